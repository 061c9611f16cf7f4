"""Keeping what people owe in step with plans, audiences, transfers, completions and the calendar.

Everything is written in statements whose rows never pass through here; each is safe to repeat.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from lms.enrollment.models import Audience, AudienceMember, Due, Plan, PlanCycle
from lms.enrollment.queries import dues as owing
from lms.enrollment.querysets import DueQuerySet
from lms.enrollment.rules import plans as rules
from lms.people.models import Ancestry, Membership

AT_ONCE = 5_000
"""People of an audience whose dues are written in one transaction."""
LOST = timedelta(minutes=30)
"""After so long a plan whose dues were to be written in the background is taken up again."""


def follow_members(audience_id: int, person_ids: Collection[int]) -> None:
    """Bring what these people owe in line with the audience: in it they owe what its plans ask, outside nothing."""
    scope = Q(person__in=person_ids)
    for pk in Plan.objects.active().filter(audience=audience_id).order_by("pk").values_list("pk", flat=True):
        bring_in_line(pk, scope)


def follow_transfers(people: Q) -> None:
    """The same for people who moved, in the plans of parts of the ministry that they came from or went to."""
    members = Membership.objects.filter(people, ends_on=None)
    now_above = Ancestry.objects.filter(ends_on=None, unit__in=members.values("unit")).values("ancestor")
    plans = Plan.objects.active().filter(organizer__parent__isnull=False)
    if not plans.exists():
        return
    touched = plans.filter(Q(organizer__in=now_above) | Exists(Due.objects.filter(people, plan=OuterRef("pk"))))
    for pk in touched.order_by("pk").values_list("pk", flat=True):
        bring_in_line(pk, people)


def follow_branches(unit_ids: Collection[int]) -> None:
    """The same for everybody in these branches, when they themselves were moved."""
    branches = Ancestry.objects.filter(ends_on=None, ancestor__in=unit_ids).values("unit")
    follow_transfers(Q(person__in=Membership.objects.filter(ends_on=None, unit__in=branches).values("person")))


def fulfill(person_id: int, course_id: int) -> int:
    """Note what she has fulfilled by completing a course; returns how many dues that were. Safe to repeat."""
    return _fulfill(Due.objects.filter(person=person_id, plan__plan_courses__course=course_id))


def write_plan(plan_id: int) -> None:
    """Bring the dues of everybody in line with a plan, a stretch of people at a time.

    Each stretch is a transaction; whoever dies in the middle leaves what is right, and the next one begins anew.
    """
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        return
    known = list(plan.cycles.filter(opened_at=None).values_list("pk", flat=True))
    for scope in _stretches(plan.audience_id):
        bring_in_line(plan_id, scope, anew=True)
    # A change that came in between wants to be written itself.
    Plan.objects.filter(pk=plan_id, changed_at=plan.changed_at).update(pending_since=None)
    PlanCycle.objects.filter(pk__in=known, plan__changed_at=plan.changed_at).update(opened_at=timezone.now())


def open_cycles() -> int:
    """Begin the rounds whose time has come, and finish what a worker left; returns how many plans were written.

    Safe to repeat and after a crash: a round that has begun is not begun again, and who owes it is not asked twice.
    """
    today = timezone.localdate()
    for plan in Plan.objects.active().prefetch_related("cycles").order_by("pk"):
        begin_cycles(plan, today)
    unwritten = Q(cycles__opened_at=None, cycles__isnull=False) | Q(pending_since__lt=timezone.now() - LOST)
    due = Plan.objects.active().filter(unwritten).order_by("pk").distinct()
    plans = list(due.values_list("pk", flat=True))
    for pk in plans:
        write_plan(pk)
    return len(plans)


def begin_cycles(plan: Plan, today: date) -> None:
    """Write down the rounds of a plan that have begun; who owes them is written afterwards."""
    known = {cycle.number for cycle in plan.cycles.all()}
    fresh = [cycle for cycle in rules.cycles(plan.schedule, today) if cycle.number not in known]
    if fresh:
        PlanCycle.objects.bulk_create([cycle_row(plan, cycle) for cycle in fresh], ignore_conflicts=True)


def cycle_row(plan: Plan, cycle: rules.Cycle) -> PlanCycle:
    """The row of a round."""
    return PlanCycle(
        plan=plan,
        number=cycle.number,
        opens_on=cycle.opens_on,
        due_on=cycle.due_on,
        counts_from=cycle.counts_from,
    )


@transaction.atomic
def bring_in_line(plan_id: int, scope: Q, *, anew: bool = False) -> None:
    """Write what the people in ``scope`` owe of a plan that is active; ``anew`` moves days that the plan has changed.

    The audience's row is held to the end: nobody enters or leaves between looking and writing, and two who write do so
    one after the other. Otherwise who leaves while her entry is being written would owe for good.
    """
    plan = Plan.objects.select_related("organizer").filter(pk=plan_id).first()
    if plan is None:
        return
    hold_audience(plan.audience_id)
    plan.refresh_from_db()
    if plan.state != Plan.State.ACTIVE:
        return
    today = timezone.localdate()
    begun = set(plan.cycles.values_list("number", flat=True))
    cycles = [cycle for cycle in rules.cycles(plan.schedule, today) if cycle.number in begun]
    own = Due.objects.filter(scope, plan=plan)
    for cycle in cycles:
        if anew:
            _move_days(plan, cycle, own, today)
        _add(plan, cycle, scope, today)
    _fulfill(own)
    excuse(own)
    own.open().filter(~Q(cycle__in=begun) | owing.is_not_meant(plan)).delete()


def hold_audience(audience_id: int) -> None:
    """Let nobody enter or leave an audience until the end of the transaction."""
    Audience.objects.select_for_update(no_key=True).filter(pk=audience_id).values_list("pk").first()


def _add(plan: Plan, cycle: rules.Cycle, scope: Q, today: date) -> None:
    # Who owes it already is found by the constraint, one look-up each whatever the planner knows of a new table.
    owed = owing.owed(plan, cycle).filter(scope)
    select, values = owed.values_list("person_id", "entered_on", "due_day").query.sql_with_params()
    table = connection.ops.quote_name(Due._meta.db_table)
    day = "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (plan_id, cycle, counts_from, state, remind_on, person_id, entered_on, due_on)"  # noqa: S608
            f" SELECT %s, %s, {day}, %s, {day}, owed.person_id, owed.entered_on, owed.due_day"
            f" FROM ({select}) AS owed WHERE TRUE ON CONFLICT DO NOTHING",
            [
                plan.pk,
                cycle.number,
                connection.ops.adapt_datefield_value(cycle.counts_from),
                Due.State.DUE,
                connection.ops.adapt_datefield_value(today),
                *values,
            ],
        )


def _move_days(plan: Plan, cycle: rules.Cycle, own: DueQuerySet, today: date) -> None:
    """Give open dues the days that the plan now says; whoever gets another day is told of it."""
    dues = own.open().filter(cycle=cycle.number)
    asked = owing.asked_by(plan.schedule, cycle)
    if asked is not None:
        dues.exclude(asked).delete()
    day = owing.due_day(plan.schedule, cycle)
    is_same = Q(counts_from=cycle.counts_from) if cycle.counts_from else Q(counts_from__isnull=True)
    moved = dues.annotate(due_day=day).exclude(is_same, due_on=F("due_day"))
    moved.update(due_on=day, counts_from=cycle.counts_from, remind_on=today, escalated_on=None)


def _fulfill(dues: DueQuerySet) -> int:
    counting = owing.completions()
    found = dues.exclude(state=Due.State.DONE).filter(Exists(counting))
    done: int = found.update(
        state=Due.State.DONE,
        enrollment=Subquery(counting.values("pk")[:1]),
        done_on=Subquery(counting.values("completed_on")[:1]),
        remind_on=None,
    )
    return done


def excuse(dues: DueQuerySet) -> int:
    """Excuse from the open ones of these dues where an exemption holds; returns how many those are."""
    naming = owing.excuses()
    found = dues.open().filter(Exists(naming))
    excused: int = found.update(
        state=Due.State.EXCUSED, exemption=Subquery(naming.values("exemption")[:1]), remind_on=None
    )
    return excused


def _stretches(audience_id: int) -> Iterator[Q]:
    """Everybody, in stretches of ids that hold ``AT_ONCE`` people of the audience each; the last one is open."""
    after = 0
    while True:
        people = AudienceMember.objects.filter(audience=audience_id, person__gt=after).order_by("person")
        last = people.values_list("person_id", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
        if last is None:
            yield Q(person__gt=after)
            return
        yield Q(person__gt=after, person__lte=last)
        after = last
