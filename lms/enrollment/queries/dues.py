"""Who owes what by when, as statements: the same that ``rules.plans`` says of one person, said of everybody at once."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, DateField, Exists, ExpressionWrapper, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate

from lms.enrollment.models import AudienceMember, Enrollment, ExemptPerson, Plan, PlanCourse
from lms.enrollment.querysets import EnrollmentQuerySet
from lms.enrollment.rules import plans as rules
from lms.people.models import Ancestry

ZONE = ZoneInfo(settings.TIME_ZONE)
"""Days are the ministry's own, whoever looks."""


def meant(plan: Plan) -> Any:
    """The members of the plan's audience whom it binds, each with the day from which hers counts (``entered_on``)."""
    members = AudienceMember.objects.filter(audience=plan.audience_id)
    since = TruncDate("since", tzinfo=ZONE)
    if plan.organizer.parent_id is None:
        return members.annotate(entered_on=since)
    # A plan of a part of the ministry binds that part, whomever its audience holds; who moves there enters that day.
    branch = Ancestry.objects.filter(ancestor=plan.organizer_id, ends_on=None).values("unit")
    place = FilteredRelation("person__memberships", condition=Q(person__memberships__ends_on=None))
    here = members.alias(place=place).filter(place__unit__in=branch)
    return here.annotate(entered_on=Greatest(since, F("place__starts_on")))


def owed(plan: Plan, cycle: rules.Cycle) -> Any:
    """Whom a round of the plan asks, with ``entered_on`` and ``due_day``."""
    people = meant(plan)
    asked = asked_by(plan.schedule, cycle)
    if asked is not None:
        people = people.filter(asked)
    return people.annotate(due_day=due_day(plan.schedule, cycle))


def asked_by(schedule: rules.Schedule, cycle: rules.Cycle) -> Q | None:
    """The condition on ``entered_on`` under which a round asks somebody; ``None`` when it asks everybody."""
    is_second = cycle.number != rules.FIRST and schedule.has_first
    return Q(entered_on__lte=cycle.opens_on) if is_second else None


def due_day(schedule: rules.Schedule, cycle: rules.Cycle) -> Any:
    """``rules.due_on`` as an expression over ``entered_on``."""
    if cycle.due_on is None:
        return _later(Greatest(F("entered_on"), _day(schedule.starts_on)), schedule.due_days or 0)
    late = Greatest(_day(cycle.due_on), _later(F("entered_on"), schedule.grace_days))
    return Case(When(entered_on__lte=cycle.opens_on, then=_day(cycle.due_on)), default=late)


def _day(day: date) -> Any:
    return Cast(Value(day), DateField())


def _later(day: Any, days: int) -> Any:
    # A day and an interval are a moment to PostgreSQL.
    moved = ExpressionWrapper(day + Value(timedelta(days=days)), output_field=DateField())
    return Cast(moved, DateField())


def completions() -> EnrollmentQuerySet:
    """For each due: the places whose completion fulfills it, the earliest first, with the day (``completed_on``)."""
    courses = PlanCourse.objects.filter(plan=OuterRef(OuterRef("plan"))).values("course")
    done = Enrollment.objects.seated().completed().filter(person=OuterRef("person"), run__course__in=courses)
    counting: EnrollmentQuerySet = done.annotate(completed_on=_completed_on()).filter(
        completed_on__gte=Coalesce(OuterRef("counts_from"), _day(date.min))
    )
    return counting.order_by("progress__completed_at", "pk")


def completed_courses(course_ids: Collection[int], counts_from: date | None) -> EnrollmentQuerySet:
    """The places in which somebody completed one of the courses since a day (``None``: ever)."""
    done: EnrollmentQuerySet = Enrollment.objects.seated().completed().filter(run__course__in=course_ids)
    if counts_from is None:
        return done
    lately: EnrollmentQuerySet = done.annotate(completed_on=_completed_on()).filter(completed_on__gte=counts_from)
    return lately


def _completed_on() -> TruncDate:
    return TruncDate("progress__completed_at", tzinfo=ZONE)


def excuses() -> Any:
    """For each due: the lines of exemptions that hold for it, the oldest first."""
    own = ExemptPerson.objects.filter(
        person=OuterRef("person"),
        exemption__plan=OuterRef("plan"),
        exemption__revoked_at=None,
        exemption__starts_on__lte=OuterRef("due_on"),
    )
    return own.filter(Q(exemption__ends_on=None) | Q(exemption__ends_on__gte=OuterRef("due_on"))).order_by("exemption")


def is_not_meant(plan: Plan) -> Any:
    """For each due: whether it is of somebody whom the plan does not bind any more."""
    return ~Exists(meant(plan).filter(person=OuterRef("person")))
