"""What organizers ask: how their periods stand, whom a step concerns, who arrived, and what lies in a month."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.enrollment.models import Enrollment, EnrollmentPeriod, RunSeats
from lms.enrollment.querysets import PLANNERS, EnrollmentQuerySet
from lms.enrollment.rules.planning import PAST, RUNNING, UPCOMING, Span, Week, days_shown, phase_of, weeks_of
from lms.people.models import Person
from lms.people.queries import has_role

ARRIVALS_PER_PAGE = 100


def may_organize(person: Any) -> bool:
    """Whether she plans periods anywhere."""
    return any(has_role(person, kind) for kind in PLANNERS)


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period as a list shows it, with the sums of its runs; ``seats`` is empty where a run has no limit."""

    period: EnrollmentPeriod
    phase: str
    runs: int
    cancelled: int
    seats: int | None
    taken: int
    waiting: int

    @property
    def percent(self) -> int:
        return min(100, self.taken * 100 // self.seats) if self.seats else 0


def periods_of(person: Person, phase: str, now: datetime | None = None) -> "QuerySet[EnrollmentPeriod]":
    """The periods she plans: those that are open or to come with the next to happen first, past ones latest first."""
    now = now or timezone.now()
    found: QuerySet[EnrollmentPeriod] = EnrollmentPeriod.objects.editable_by(person).select_related("organizer")
    if phase == UPCOMING:
        return found.filter(opens_at__gt=now).order_by("opens_at", "pk")
    if phase == RUNNING:
        return found.filter(opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "pk")
    return found.filter(closes_at__lte=now).order_by("-opens_at", "-pk")


def phase_counts(person: Person) -> dict[str, int]:
    """How many periods there are of each phase, in one query."""
    now = timezone.now()
    counts: dict[str, int] = EnrollmentPeriod.objects.editable_by(person).aggregate(
        upcoming=Count("pk", filter=Q(opens_at__gt=now)),
        running=Count("pk", filter=Q(opens_at__lte=now, closes_at__gt=now)),
        past=Count("pk", filter=Q(closes_at__lte=now)),
    )
    return {phase: counts[phase] for phase in (RUNNING, UPCOMING, PAST)}


def lines_of_periods(periods: Iterable[EnrollmentPeriod]) -> list[PeriodLine]:
    """The periods with the sums of their runs, in one query more."""
    shown = list(periods)
    now = timezone.now()
    sums = {
        row["period"]: row
        for row in RunSeats.objects.filter(period__in=shown)
        .values("period")
        .annotate(
            runs=Count("pk"),
            cancelled=Count("pk", filter=Q(run__is_cancelled=True)),
            limited=Sum("seats", filter=Q(run__is_cancelled=False)),
            unlimited=Count("pk", filter=Q(seats=None, run__is_cancelled=False)),
            all_taken=Sum("taken"),
            all_waiting=Sum("waiting"),
        )
    }
    lines = []
    for period in shown:
        row = sums.get(period.pk, {})
        lines.append(
            PeriodLine(
                period=period,
                phase=phase_of(period.opens_at, period.closes_at, now),
                runs=row.get("runs", 0),
                cancelled=row.get("cancelled", 0),
                seats=None if row.get("unlimited") else row.get("limited") or 0,
                taken=row.get("all_taken", 0),
                waiting=row.get("all_waiting", 0),
            )
        )
    return lines


def runs_of_period(period: EnrollmentPeriod) -> list[RunSeats]:
    """The runs of a period as they stand, by their start; their reserves and class sizes are at hand."""
    return list(
        RunSeats.objects.filter(period=period)
        .select_related("run__course", "run__class_split", "audience")
        .prefetch_related("reserves__audience")
        .order_by("run__starts_at", "run__course__title", "run__title", "pk")
    )


def places_to_end(run_ids: Collection[int]) -> EnrollmentQuerySet:
    """The places that end when these runs are cancelled: all live ones but those of people who have finished."""
    return Enrollment.objects.live().filter(run__in=run_ids).exclude(progress__completed_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many people a cancellation concerns."""

    seated: int
    offered: int
    waiting: int
    completed: int

    @property
    def people(self) -> int:
        return self.seated + self.offered + self.waiting


def concerned_by(run_ids: Collection[int]) -> Concerned:
    """Whom cancelling these runs concerns, in two queries."""
    rows = places_to_end(run_ids).order_by().values_list("status").annotate(number=Count("pk"))
    by_status = dict(rows)
    completed = Enrollment.objects.live().completed().filter(run__in=run_ids).count()
    return Concerned(
        seated=by_status.get(Enrollment.Status.SEATED, 0),
        offered=by_status.get(Enrollment.Status.OFFERED, 0),
        waiting=by_status.get(Enrollment.Status.WAITING, 0),
        completed=completed,
    )


def arrivals_of(run_id: int, text: str = "") -> EnrollmentQuerySet:
    """Everybody who ever asked for a place in the run, in order of arrival; ``text`` is part of a name."""
    found = Enrollment.objects.filter(run=run_id).select_related("person", "unit").order_by("arrival")
    for word in text.split():
        found = found.filter(person__full_name__icontains=word)
    return found


@dataclass(frozen=True, slots=True)
class ArrivalsPage:
    """Some arrivals, and the number after which the next page begins."""

    rows: list[Enrollment]
    next_after: int | None


def arrivals_page(run_id: int, *, text: str = "", after: int = 0, size: int = ARRIVALS_PER_PAGE) -> ArrivalsPage:
    """The arrivals after a number, in one query whatever the page. A ``text`` of digits is the number of an arrival."""
    found = arrivals_of(run_id, "" if text.isdigit() else text)
    if text.isdigit():
        found = found.filter(arrival=int(text[:9]))
    rows = list(found.filter(arrival__gt=after)[: size + 1])
    return ArrivalsPage(rows[:size], rows[size - 1].arrival if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the planner's calendar; ``entries`` are the periods and runs that its bars name by their keys."""

    weeks: list[Week]
    entries: dict[str, EnrollmentPeriod | CourseRun]


def month_of(person: Person, year: int, month: int) -> Month:
    """The periods and runs she plans that lie in a month, in two queries."""
    first, last = days_shown(year, month)
    zone = timezone.get_current_timezone()
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    periods = EnrollmentPeriod.objects.editable_by(person).filter(opens_at__lt=ends, closes_at__gt=begins)
    seatings = RunSeats.objects.editable_by(person).filter(run__starts_at__lt=ends, run__ends_at__gt=begins)
    entries: dict[str, EnrollmentPeriod | CourseRun] = {f"period-{each.pk}": each for each in periods}
    entries |= {f"run-{each.pk}": each.run for each in seatings.select_related("run__course")}
    spans = [Span(key, *_days(entry)) for key, entry in entries.items()]
    return Month(weeks_of(year, month, spans), entries)


def _days(entry: EnrollmentPeriod | CourseRun) -> tuple[date, date]:
    if isinstance(entry, CourseRun):
        return timezone.localdate(entry.starts_at), timezone.localdate(entry.ends_at)
    return timezone.localdate(entry.opens_at), timezone.localdate(entry.closes_at)
