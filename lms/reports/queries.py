"""What HR reads: a branch's sums by unit, and the people of one unit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.enrollment.models import Enrollment, EnrollmentPeriod
from lms.people.models import Identifier, OrgUnit, Role
from lms.people.queries import has_role
from lms.reports.models import Rollup, Standing

STANDING = Case(
    When(status="withdrawn", then=Value("")),
    When(status__in=("waiting", "offered"), then=Value(Standing.WAITING.value)),
    When(~Q(progress__completed_at=None), then=Value(Standing.COMPLETED.value)),
    When(~Q(progress__started_at=None), then=Value(Standing.IN_PROGRESS.value)),
    default=Value(Standing.NOT_STARTED.value),
)
"""Where an enrollment stands, as an expression over ``Enrollment``."""

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader narrowed the report to; ``None`` and empty mean all."""

    period_id: int | None = None
    run_id: int | None = None
    standing: str = ""
    employment_type: str = ""


@dataclass(slots=True)
class Counts:
    """Enrollments by standing."""

    waiting: int = 0
    not_started: int = 0
    in_progress: int = 0
    completed: int = 0

    @property
    def seated(self) -> int:
        return self.not_started + self.in_progress + self.completed

    @property
    def percent_completed(self) -> int:
        """Completed of seated, 0-100, rounded down."""
        return self.completed * 100 // self.seated if self.seated else 0


@dataclass(slots=True)
class UnitRow:
    """A line of the report: a unit's whole branch, or (``is_own``) only the people directly in the unit itself."""

    unit: OrgUnit
    counts: Counts = field(default_factory=Counts)
    has_children: bool = False
    is_own: bool = False


def may_report(person: Any) -> bool:
    """Whether a person looks after any branch."""
    return bool(
        person.is_authenticated
        and (has_role(person, Role.Kind.HR_OFFICER) or has_role(person, Role.Kind.ADMINISTRATOR))
    )


def reportable_units(person: Any) -> QuerySet[OrgUnit]:
    """Units whose report a person may read: her branches as HR officer or administrator."""
    return OrgUnit.objects.visible_to(person, Role.Kind.HR_OFFICER, Role.Kind.ADMINISTRATOR)


def branch_report(unit: OrgUnit, filters: Filters) -> tuple[Counts, list[UnitRow]]:
    """A unit's sum and a row for each unit right below it, then one for the people directly in it, if there are any.

    Four queries, whatever the size of the branch.
    """
    children = list(OrgUnit.objects.filter(parent=unit, closed_on=None).order_by("name", "pk"))
    sums = _sums([unit.pk, *(child.pk for child in children)], filters)
    parents = set(
        OrgUnit.objects.filter(parent__in=[child.pk for child in children], closed_on=None).values_list(
            "parent_id", flat=True
        )
    )
    total = sums.get(unit.pk, Counts())
    rows = [
        UnitRow(unit=child, counts=sums.get(child.pk, Counts()), has_children=child.pk in parents) for child in children
    ]
    own = Counts(
        **{
            standing: getattr(total, standing) - sum(getattr(row.counts, standing) for row in rows)
            for standing in Standing.values
        }
    )
    if own.seated or own.waiting:
        rows.append(UnitRow(unit=unit, counts=own, is_own=True))
    return total, rows


def _sums(unit_ids: list[int], filters: Filters) -> dict[int, Counts]:
    cells = Rollup.objects.filter(unit__in=unit_ids)
    if filters.run_id:
        cells = cells.filter(run=filters.run_id)
    elif filters.period_id:
        # Named one by one, so that the unique index serves; a period holds a handful of runs.
        runs = CourseRun.objects.filter(seating__period=filters.period_id).values_list("pk", flat=True)
        cells = cells.filter(run__in=list(runs))
    if filters.employment_type:
        cells = cells.filter(employment_type=filters.employment_type)
    if filters.standing:
        cells = cells.filter(standing=filters.standing)
    sums: dict[int, Counts] = {}
    for unit_id, standing, count in cells.values_list("unit", "standing").annotate(Sum("count")).order_by():
        setattr(sums.setdefault(unit_id, Counts()), standing, count)
    return sums


def people_of_unit(unit: OrgUnit, filters: Filters) -> QuerySet[Enrollment]:
    """Enrollments of the people who were directly in ``unit`` when they enrolled, by name."""
    enrollments = Enrollment.objects.filter(unit=unit).live()
    return _narrowed(enrollments, filters).order_by("person__full_name", "pk")


def enrollments_of_branch(unit: OrgUnit, filters: Filters) -> QuerySet[Enrollment]:
    """All enrollments of a branch, for export, in the order of their rows."""
    enrollments = Enrollment.objects.filter(unit__above__ancestor=unit, unit__above__ends_on=None).live()
    return _narrowed(enrollments, filters).order_by("pk")


def export_rows(unit: OrgUnit, filters: Filters) -> Iterator[tuple[Any, ...]]:
    """A branch's enrollments as plain tuples, streamed: unit code, unit, unit above, NIP, name in its three parts,
    employment type, period, course, run, standing, percent, grade, then the moments enrolled, started and completed."""
    nip = Identifier.objects.filter(person=OuterRef("person"), kind=Identifier.Kind.NIP, ends_on=None).values("value")
    rows = enrollments_of_branch(unit, filters).annotate(nip=Subquery(nip[:1]))
    return rows.values_list(
        "unit__code",
        "unit__name",
        "unit__parent__name",
        "nip",
        "person__title_prefix",
        "person__full_name",
        "person__title_suffix",
        "employment_type",
        "period__title",
        "run__course__title",
        "run__title",
        "standing",
        "percent",
        "progress__score",
        "created_at",
        "progress__started_at",
        "progress__completed_at",
    ).iterator(chunk_size=5000)


def _narrowed(enrollments: QuerySet[Enrollment], filters: Filters) -> QuerySet[Enrollment]:
    enrollments = enrollments.annotate(
        standing=STANDING,
        percent=Case(
            When(progress__required__gt=0, then=F("progress__done") * 100 / F("progress__required")), default=Value(0)
        ),
    )
    if filters.run_id:
        enrollments = enrollments.filter(run=filters.run_id)
    elif filters.period_id:
        enrollments = enrollments.filter(run__seating__period=filters.period_id)
    if filters.employment_type:
        enrollments = enrollments.filter(employment_type=filters.employment_type)
    if filters.standing:
        enrollments = enrollments.filter(standing=filters.standing)
    return enrollments


def periods() -> list[EnrollmentPeriod]:
    """Periods to choose from, the newest first. One that has not opened has nobody to report yet."""
    return list(EnrollmentPeriod.objects.filter(opens_at__lte=timezone.now()).order_by("-opens_at")[:PAGE])


def runs_of(period_id: int | None) -> list[CourseRun]:
    """Runs to choose from: those of the period."""
    if period_id is None:
        return []
    return list(
        CourseRun.objects.filter(seating__period=period_id).select_related("course").order_by("course__title", "pk")
    )


def trail(unit: OrgUnit, roots: Iterable[int]) -> list[OrgUnit]:
    """The units from the reader's own branch root down to ``unit``, for finding the way back."""
    above = list(OrgUnit.objects.filter(below__unit=unit, below__ends_on=None).order_by("-below__depth"))
    starts = [index for index, ancestor in enumerate(above) if ancestor.pk in set(roots)]
    return above[starts[0] :] if starts else above
