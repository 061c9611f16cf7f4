"""What organizers, officers and superiors read about mandatory training."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from lms.enrollment.models import Due, Exemption, Plan, PlanCycle
from lms.enrollment.queries import dues as owing
from lms.enrollment.queries import facts
from lms.enrollment.querysets import EDITORS, DueQuerySet
from lms.enrollment.rules import audiences
from lms.enrollment.rules import plans as rules
from lms.enrollment.rules.plan_words import describe_schedule
from lms.people.models import Ancestry, Membership, OrgUnit, Person, Role
from lms.people.queries import branch_roots, has_role

DUE, OVERDUE, DONE, EXCUSED = "due", "overdue", "done", "excused"
STANDINGS = (OVERDUE, DUE, DONE, EXCUSED)
"""Where a due can stand, the most pressing first."""
REMEMBERED = timedelta(days=366)
"""A superior's page shows what was due in the last year, and whatever is open."""
SHOWN_DAYS = 12


def may_plan(person: Any) -> bool:
    """Whether a person may make plans anywhere."""
    return any(has_role(person, kind) for kind in EDITORS)


def may_lead(person: Any) -> bool:
    """Whether a person is somebody's superior."""
    return has_role(person, Role.Kind.SUPERIOR)


def standing(today: date) -> Case:
    """Where a due stands on a day, as an expression."""
    return Case(When(state=DUE, due_on__lt=today, then=Value(OVERDUE)), default=F("state"), output_field=CharField())


@dataclass(slots=True)
class Counts:
    """Dues by where they stand."""

    overdue: int = 0
    due: int = 0
    done: int = 0
    excused: int = 0

    @property
    def total(self) -> int:
        return self.overdue + self.due + self.done + self.excused

    @property
    def percent_done(self) -> int:
        """Done of those who owe it, 0-100, rounded down; the excused owe nothing."""
        owing_it = self.total - self.excused
        return self.done * 100 // owing_it if owing_it else 0


@dataclass(slots=True)
class PlanLine:
    """A plan as the list shows it; the counts are of its latest round."""

    plan: Plan
    counts: Counts = field(default_factory=Counts)
    cycle: PlanCycle | None = None
    courses: list[str] = field(default_factory=list)
    schedule: list[str] = field(default_factory=list)


def lines_of(plans: Sequence[Plan], viewer: Person, today: date) -> list[PlanLine]:
    """The plans with what they ask, and how far whom ``viewer`` looks after is: three queries for any number."""
    lines = {plan.pk: PlanLine(plan, schedule=describe_schedule(plan.schedule)) for plan in plans}
    for cycle in PlanCycle.objects.filter(plan__in=lines).order_by("plan", "opens_on", "number"):
        lines[cycle.plan_id].cycle = cycle
    named = Plan.courses.through.objects.filter(plan__in=lines, is_equivalent=False).order_by("course__title")
    for plan_id, title in named.values_list("plan_id", "course__title"):
        lines[plan_id].courses.append(title)
    latest = Q(pk__in=[])
    for line in lines.values():
        if line.cycle:
            latest |= Q(plan=line.plan.pk, cycle=line.cycle.number)
    seen = Due.objects.visible_to(viewer).filter(latest).annotate(standing=standing(today))
    for plan_id, where, count in seen.values_list("plan_id", "standing").annotate(Count("pk")).order_by():
        setattr(lines[plan_id].counts, where, count)
    return list(lines.values())


def audience_words(plan: Plan) -> list[str]:
    """Whom the plan's audience holds, in sentences."""
    rule = audiences.stored_rule(plan.audience.rule)
    return audiences.describe(rule, facts.names_in([rule]))


def tops_of(plan: Plan, viewer: Person) -> list[OrgUnit]:
    """The highest units of the plan that ``viewer`` looks after: its organizer, or her own branches below it."""
    if viewer.is_superuser:
        return [plan.organizer]
    roots = {unit.pk: unit for unit in branch_roots(viewer, *EDITORS).order_by("name")}
    if Ancestry.objects.filter(unit=plan.organizer_id, ancestor__in=roots, ends_on=None).exists():
        return [plan.organizer]
    below = Ancestry.objects.filter(ancestor=plan.organizer_id, unit__in=roots, ends_on=None)
    return [roots[pk] for pk in roots if pk in set(below.values_list("unit_id", flat=True))]


def branch_of(plan: Plan, viewer: Person, unit_id: str) -> tuple[OrgUnit | None, list[OrgUnit]]:
    """The unit that is asked for, if it stands below one of the tops (else the first top), and the way down to it."""
    tops = tops_of(plan, viewer)
    if unit_id.isdecimal() and len(unit_id) < 19:
        above = Ancestry.objects.filter(unit=int(unit_id), ends_on=None).select_related("ancestor").order_by("-depth")
        way = [row.ancestor for row in above]
        ids = {top.pk for top in tops}
        start = next((place for place, unit in enumerate(way) if unit.pk in ids), None)
        if start is not None:
            return way[-1], way[start:]
    return (tops[0], tops[:1]) if tops else (None, [])


@dataclass(slots=True)
class UnitLine:
    """A line of the progress: a unit's branch, or (``is_own``) the people directly in the unit itself."""

    unit: OrgUnit
    counts: Counts = field(default_factory=Counts)
    has_children: bool = False
    is_own: bool = False


def progress_of(plan: Plan, cycle: int, unit: OrgUnit, today: date) -> tuple[Counts, list[UnitLine]]:
    """How far a unit's branch is with one round, and a line for each unit right below it: three queries."""
    children = list(OrgUnit.objects.filter(parent=unit, closed_on=None).order_by("name", "pk"))
    ids = [unit.pk, *(child.pk for child in children)]
    above = "person__memberships__unit__above"
    rows = Due.objects.filter(
        **{
            "plan": plan,
            "cycle": cycle,
            "person__memberships__ends_on": None,
            f"{above}__ends_on": None,
            f"{above}__ancestor__in": ids,
        }
    ).annotate(standing=standing(today), top=F(f"{above}__ancestor"))
    sums: dict[int, Counts] = defaultdict(Counts)
    for top, where, count in rows.values_list("top", "standing").annotate(Count("pk")).order_by():
        setattr(sums[top], where, count)
    parents = set(OrgUnit.objects.filter(parent__in=ids[1:], closed_on=None).values_list("parent_id", flat=True))
    lines = [UnitLine(child, sums[child.pk], child.pk in parents) for child in children if sums[child.pk].total]
    total = sums[unit.pk]
    own = Counts(
        **{where: getattr(total, where) - sum(getattr(each.counts, where) for each in lines) for where in STANDINGS}
    )
    if own.total and children:
        lines.append(UnitLine(unit, own, is_own=True))
    return total, lines


@dataclass(frozen=True, slots=True)
class DueFilters:
    """What a list of people is narrowed to; empty means all."""

    cycle: int | None = None
    unit_id: int | None = None
    standing: str = ""
    text: str = ""


def dues_of(plan: Plan, viewer: Person, filters: DueFilters, today: date) -> DueQuerySet:
    """What people whom ``viewer`` looks after owe of a plan, by name, each with its ``standing``."""
    dues = Due.objects.visible_to(viewer).filter(plan=plan)
    if filters.cycle is not None:
        dues = dues.filter(cycle=filters.cycle)
    if filters.unit_id:
        branch = Ancestry.objects.filter(ancestor=filters.unit_id, ends_on=None).values("unit")
        members = Membership.objects.filter(ends_on=None, unit__in=branch)
        dues = dues.filter(person__in=members.values("person"))
    found: DueQuerySet = _narrowed(dues, filters, today).order_by("person__full_name", "person", "cycle")
    return found


def team_dues(viewer: Person, filters: DueFilters, today: date) -> DueQuerySet:
    """What the people below a superior owe, the most pressing first; what is long past only where it is open."""
    lately = Q(state=DUE) | Q(due_on__gte=today - REMEMBERED)
    dues = Due.objects.visible_to(viewer, Role.Kind.SUPERIOR).filter(lately, plan__state=Plan.State.ACTIVE)
    rank = Case(*(When(standing=each, then=Value(place)) for place, each in enumerate(STANDINGS)))
    narrowed = _narrowed(dues.exclude(person=viewer), filters, today)
    found: DueQuerySet = narrowed.annotate(rank=rank).order_by("rank", "due_on", "person__full_name", "pk")
    return found


def _narrowed(dues: DueQuerySet, filters: DueFilters, today: date) -> DueQuerySet:
    found: DueQuerySet = dues.annotate(standing=standing(today))
    for word in filters.text.split():
        found = found.filter(person__full_name__icontains=word)
    if filters.standing == OVERDUE:
        found = found.filter(state=DUE, due_on__lt=today)
    elif filters.standing == DUE:
        found = found.filter(state=DUE, due_on__gte=today)
    elif filters.standing:
        found = found.filter(state=filters.standing)
    return found


def counts_of(dues: DueQuerySet) -> Counts:
    """How many dues stand where."""
    counted = dues.order_by().values_list("standing").annotate(Count("pk"))
    return Counts(**dict(counted))


@dataclass(frozen=True, slots=True)
class DueLine:
    """A due as a list shows it, with where the person is today."""

    due: Any
    membership: Membership | None


def due_lines(dues: Iterable[Due]) -> list[DueLine]:
    """Dues with the places of their people, in one query for any number."""
    rows = list(dues)
    here = Membership.objects.filter(person__in={due.person_id for due in rows}, ends_on=None).select_related("unit")
    places = {place.person_id: place for place in here}
    return [DueLine(due, places.get(due.person_id)) for due in rows]


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many people become due on a day; the last of a long list stands for all that follow (``is_last``)."""

    day: date
    people: int
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """What putting a plan into force asks of whom: nothing is written."""

    meant: int
    done: int
    days: list[DueDay]
    begins_on: date | None
    is_pending: bool

    @property
    def due(self) -> int:
        return self.meant - self.done


def preview_of(plan: Plan, course_ids: Sequence[int], today: date) -> PlanPreview:
    """How many people owe a plan that is not saved yet, and by when; who has completed it already is told apart.

    Where no round has begun, of the next one. Two queries a round, whatever the audience.
    """
    day = max(today, plan.starts_on)
    cycles = rules.cycles(plan.schedule, day)
    upcoming = rules.next_cycle(plan.schedule, day)
    begins_on = plan.starts_on if plan.starts_on > today else None
    if not cycles and upcoming:
        cycles, begins_on = [upcoming], upcoming.opens_on
    people: dict[date, int] = defaultdict(int)
    meant = done = 0
    for cycle in cycles:
        completed = owing.completed_courses(course_ids, cycle.counts_from)
        owed = owing.owed(plan, cycle).annotate(is_done=Exists(completed.filter(person=OuterRef("person"))))
        for due_day, is_done, count in owed.values_list("due_day", "is_done").annotate(Count("pk")).order_by():
            meant += count
            if is_done:
                done += count
            else:
                people[due_day] += count
    days = [DueDay(each, people[each]) for each in sorted(people)]
    if len(days) > SHOWN_DAYS:
        rest = sum(each.people for each in days[SHOWN_DAYS - 1 :])
        days = [*days[: SHOWN_DAYS - 1], DueDay(days[SHOWN_DAYS - 1].day, rest, is_last=True)]
    return PlanPreview(meant, done, days, begins_on, plan.audience.pending_since is not None)


def exemptions_of(plan: Plan, viewer: Person) -> QuerySet[Exemption]:
    """The exemptions from a plan, the latest first, with how many people each names, and whether she may change it."""
    shown: QuerySet[Exemption] = (
        Exemption.objects.filter(plan=plan, pk__in=Exemption.objects.visible_to(viewer).values("pk"))
        .select_related("by")
        .annotate(
            named=Count("people"),
            is_hers=Exists(Exemption.objects.editable_by(viewer).filter(pk=OuterRef("pk"))),
        )
        .order_by("-pk")
    )
    return shown
