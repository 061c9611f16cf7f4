"""Questions about places: who may take one, who has one, and how many are left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from lms.common.statements import Statement, given_id
from lms.enrollment.errors import BY_CODE, NotInAudience
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries.audiences import exclusions
from lms.enrollment.querysets import EnrollmentQuerySet
from lms.enrollment.rules import OPEN, WAITING_LIST, RunFacts, answer
from lms.people.models import Person

_INVITATIONS: dict[str, str | Promise] = {
    OPEN: _("You may enroll."),
    WAITING_LIST: _("All seats are taken. You may join the waiting list; seats that become free go out in its order."),
}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a person may take a place in a run, and why. ``enrollment_id`` is that of the place she has."""

    may: bool
    code: str
    reason: str | Promise
    enrollment_id: int | None = None


def seating_of(run: CourseRun) -> RunSeats | None:
    """The run's row of seats with its period; no query when the run was read with ``seating__period``."""
    if "seating" not in run._state.fields_cache:
        run._state.fields_cache["seating"] = RunSeats.objects.select_related("period").filter(run=run).first()
    seating: RunSeats | None = run._state.fields_cache["seating"]
    return seating


def facts_of(run: CourseRun, seating: RunSeats | None) -> RunFacts:
    """What the rules ask of a run."""
    return RunFacts(
        is_cancelled=run.is_cancelled,
        ends_at=run.ends_at,
        opens_at=seating.period.opens_at if seating else None,
        closes_at=seating.period.closes_at if seating else None,
        is_full=seating is not None and seating.left is not None and seating.left <= 0,
    )


def eligibility(person: Person | None, run: CourseRun, now: datetime | None = None) -> Eligibility:
    """Whether ``person`` (``None`` is a stranger) may take a place in ``run``, and why not."""
    return eligibilities(person, [run], now)[run.pk]


@dataclass(frozen=True, slots=True)
class Place:
    """A live place of a person, as far as decisions need it."""

    enrollment_id: int
    run_id: int
    period_id: int
    status: str


def places_of(person: Person | None) -> list[Place]:
    """The live places of a person; none, without a query, of a stranger."""
    if person is None:
        return []
    return [Place(*row) for row in _PLACES.all(person=person.pk)]


_PLACES: Statement[tuple[int, int, int, str]] = Statement(
    lambda: (
        Enrollment.objects.live().filter(person=given_id("person")).values_list("pk", "run_id", "period_id", "status")
    )
)


def eligibilities(
    person: Person | None,
    runs: Iterable[CourseRun],
    now: datetime | None = None,
    places: list[Place] | None = None,
) -> dict[int, Eligibility]:
    """The same for many runs, in a number of queries that does not grow with them.

    It takes none for runs for everybody that were read with ``seating__period`` and a person whose ``places`` are
    known; one more where all runs are for her; and a few more to say why one is not.
    """
    now = now or timezone.now()
    runs = list(runs)
    missing = [run.pk for run in runs if "seating" not in run._state.fields_cache]
    if missing:
        found = RunSeats.objects.select_related("period").in_bulk(missing)
        for run in runs:
            if "seating" not in run._state.fields_cache:
                run._state.fields_cache["seating"] = found.get(run.pk)
    if places is None:
        places = places_of(person) if runs else []
    own = {place.run_id: (place.status, place.enrollment_id) for place in places}
    periods = {place.period_id: place.run_id for place in places}
    seatings = [seating for run in runs if (seating := seating_of(run)) is not None]
    excluded = exclusions(person, seatings) if person is not None else {}
    answers = {}
    for run in runs:
        seating = seating_of(run)
        status, enrollment_id = own.get(run.pk) or ("", None)
        code = answer(
            facts_of(run, seating),
            now,
            is_signed_in=person is not None,
            own=status,
            elsewhere=seating is not None and periods.get(seating.period_id, run.pk) != run.pk,
            is_meant=run.pk not in excluded,
        )
        reason: str | Promise = _INVITATIONS[code] if code in _INVITATIONS else BY_CODE[code].message
        if code == NotInAudience.code:
            reason = excluded[run.pk]
        answers[run.pk] = Eligibility(code in _INVITATIONS, code, reason, enrollment_id)
    return answers


def waiting_number(run_id: int, enrollment_id: int) -> int:
    """The number of an enrollment that waits, on the waiting list of its run, counted from 1."""
    own = Enrollment.objects.filter(pk=enrollment_id).values("arrival")
    return waiting_list(run_id).filter(arrival__lte=Subquery(own)).count()


def waiting_numbers(enrollments: Iterable[Enrollment]) -> dict[int, int]:
    """The number of each of these enrollments that waits, by its id, in one query."""
    waiting = [place.pk for place in enrollments if place.status == Enrollment.Status.WAITING]
    if not waiting:
        return {}
    ahead = Enrollment.objects.filter(
        run=OuterRef("run"), status=Enrollment.Status.WAITING, arrival__lte=OuterRef("arrival")
    ).order_by()
    number = Subquery(ahead.values("run").annotate(number=Count("pk")).values("number"))
    return dict(
        Enrollment.objects.filter(pk__in=waiting, status=Enrollment.Status.WAITING)
        .annotate(number=number)
        .values_list("pk", "number")
    )


def waiting_list(run_id: int) -> EnrollmentQuerySet:
    """Who waits for a seat of the run, in order of arrival."""
    return Enrollment.objects.filter(run_id=run_id, status=Enrollment.Status.WAITING).order_by("arrival")
