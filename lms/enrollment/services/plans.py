"""Making and changing plans of mandatory training."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from courses.catalog.models import Course
from lms.audit.services import record
from lms.enrollment import errors
from lms.enrollment.events import PlanChanged
from lms.enrollment.models import Plan, PlanCourse
from lms.enrollment.rules import plans as rules
from lms.enrollment.services.audiences import hold_for_use
from lms.enrollment.services.dues import begin_cycles, cycle_row, hold_audience, write_plan
from lms.events.services import announce
from lms.people.models import Person

WRITTEN_AT_ONCE = 2_000
"""Dues of an audience of so many people are written in the request that saves a plan; of more, in the background."""

TERMS = (
    "title",
    "organizer_id",
    "audience_id",
    "starts_on",
    "due_on",
    "due_days",
    "yearly_month",
    "yearly_day",
    "window_days",
    "grace_days",
    "counts_since",
    "equivalence_reason",
    "reminds_before",
    "reminds_after",
    "escalates_after",
)
"""What a plan says, for the audit trail."""


@transaction.atomic
def create_plan(
    plan: Plan, courses: Sequence[Course], equivalents: Sequence[Course] = (), *, by: Person | None
) -> Plan:
    """Put a plan that is filled in into force: any one of ``courses``, or of their ``equivalents``, fulfills it."""
    hold_for_use([plan.audience_id])
    plan.changed_at = timezone.now()
    _save(plan)
    _set_courses(plan, courses, equivalents)
    record("enrollment.create_plan", [plan], by=by, **_terms(plan))
    begin_cycles(plan, timezone.localdate())
    _write(plan)
    return plan


@transaction.atomic
def change_plan(
    plan: Plan, courses: Sequence[Course], equivalents: Sequence[Course] = (), *, by: Person | None
) -> Plan:
    """Save a plan that was filled in anew. What is done and excused stays; what is open gets the days it now says."""
    # The audience first and then the plan, as everybody does who holds both.
    hold_audience(Plan.objects.values_list("audience_id", flat=True).get(pk=plan.pk))
    held = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if held.state == Plan.State.ENDED:
        raise errors.PlanEnded
    if plan.audience_id != held.audience_id:
        hold_for_use([plan.audience_id])
    before = _terms(held)
    plan.state, plan.changed_at = held.state, timezone.now()
    _save(plan)
    _set_courses(plan, courses, equivalents)
    after = _terms(plan)
    if before == after:
        return plan
    record("enrollment.change_plan", [plan], by=by, before=before, after=after)
    _change_cycles(plan)
    _write(plan)
    return plan


@transaction.atomic
def pause_plan(plan: Plan, *, by: Person) -> None:
    """Ask nobody new and remind nobody until it is resumed. Who completes it meanwhile has done it."""
    _change_state(plan, Plan.State.ACTIVE, Plan.State.PAUSED, by)


@transaction.atomic
def resume_plan(plan: Plan, *, by: Person) -> None:
    """Go on, with everybody who came or left meanwhile."""
    if _change_state(plan, Plan.State.PAUSED, Plan.State.ACTIVE, by):
        begin_cycles(plan, timezone.localdate())
        _write(plan)


@transaction.atomic
def end_plan(plan: Plan, *, by: Person) -> None:
    """Ask for it no more, for good. What was done, excused and left undone stays on record."""
    _change_state(plan, Plan.State.ACTIVE, Plan.State.ENDED, by)
    _change_state(plan, Plan.State.PAUSED, Plan.State.ENDED, by)


def _change_state(plan: Plan, before: str, after: str, by: Person) -> bool:
    hold_audience(plan.audience_id)
    changed = Plan.objects.filter(pk=plan.pk, state=before).update(state=after, changed_at=timezone.now())
    if changed:
        record("enrollment.plan_state", [plan], by=by, before=str(before), after=str(after))
        plan.refresh_from_db()
    return bool(changed)


def _save(plan: Plan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        if "one_plan_of_a_title" in str(error) or "title" in str(error):
            raise errors.PlanTitleTaken from error
        raise


def _set_courses(plan: Plan, courses: Sequence[Course], equivalents: Sequence[Course]) -> None:
    wanted = {course.pk: True for course in equivalents} | {course.pk: False for course in courses}
    plan.plan_courses.exclude(course__in=wanted).delete()
    PlanCourse.objects.bulk_create(
        [PlanCourse(plan=plan, course_id=pk, is_equivalent=is_equivalent) for pk, is_equivalent in wanted.items()],
        update_conflicts=True,
        unique_fields=["plan", "course"],
        update_fields=["is_equivalent"],
    )


def _change_cycles(plan: Plan) -> None:
    """Rounds that are past stay as they were; the others become what the plan now says."""
    today = timezone.localdate()
    wanted = {cycle.number: cycle for cycle in rules.cycles(plan.schedule, today)}
    still_open = Q(number=rules.FIRST) | Q(due_on__gte=today)
    plan.cycles.filter(still_open | Q(number__in=wanted)).delete()
    plan.cycles.bulk_create([cycle_row(plan, cycle) for cycle in wanted.values()])


def _write(plan: Plan) -> None:
    if plan.state != Plan.State.ACTIVE:
        return
    Plan.objects.filter(pk=plan.pk).update(pending_since=timezone.now())
    plan.refresh_from_db()
    if plan.audience.members <= WRITTEN_AT_ONCE:
        write_plan(plan.pk)
        plan.refresh_from_db()
    else:
        announce(PlanChanged(plan.pk))


def _terms(plan: Plan) -> dict[str, Any]:
    said = {name: getattr(plan, name) for name in TERMS}
    for name in ("starts_on", "due_on", "counts_since"):
        said[name] = said[name].isoformat() if said[name] else None
    courses = plan.plan_courses.order_by("course").values_list("course_id", "is_equivalent")
    said["courses"] = [pk for pk, is_equivalent in courses if not is_equivalent]
    said["equivalents"] = [pk for pk, is_equivalent in courses if is_equivalent]
    return said
