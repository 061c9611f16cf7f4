"""Taking a place in a run, and giving it back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment import errors, rules
from lms.enrollment.events import Enrolled, Waitlisted, Withdrawn
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries import exclusions, facts_of, outsiders, seating_of
from lms.enrollment.services import seats as seat_path
from lms.events.services import announce
from lms.people.models import Membership, Person

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of each person of a mass enrollment, in the order given.

    ``kept`` had a place in the run before; ``refused`` holds the code of the reason by person.
    """

    seated: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def enroll(person: Person, run: CourseRun, *, by: Person | None = None, exception: str = "") -> Enrollment:
    """Give ``person`` a seat in ``run``, or the next number of its waiting list when it is full.

    Safe to repeat: whoever has a place in the run keeps it and gets it back. People choose for themselves within the
    period's window; ``by`` somebody else, it is an assignment, which the window does not bind. The audience binds
    both; an assignment may go beyond it with a reason for the ``exception``, which the audit trail keeps.
    """
    placed = place(run.pk, [person.pk], by=by, exception=exception)
    if placed.refused.get(person.pk) == errors.NotInAudience.code:
        seating = RunSeats.objects.select_related("period").get(pk=run.pk)
        raise errors.NotInAudience(exclusions(person, [seating]).get(run.pk))
    if placed.refused:
        raise errors.BY_CODE[placed.refused[person.pk]]
    return placed.enrollments[0]


def bulk_enroll(person_ids: Collection[int], run: CourseRun, *, by: Person, exception: str = "") -> BulkResult:
    """Enroll many people, in the order given, in a fixed number of queries.

    Safe to repeat: people who already have a place keep it. Seats go out in the order given; the rest wait in it.
    Whoever is not of the run's audience is refused, unless there is a reason for an ``exception``.
    """
    refused = rules.refusal_of_run(facts_of(run, seating_of(run)), timezone.now())
    if refused:
        raise errors.BY_CODE[refused]
    placed = place(run.pk, list(person_ids), by=by, is_assignment=True, exception=exception)
    return BulkResult(
        seated=[each.person_id for each in placed.fresh if each.status == Enrollment.Status.SEATED],
        waiting=[each.person_id for each in placed.fresh if each.status == Enrollment.Status.WAITING],
        kept=[each.person_id for each in placed.kept],
        refused=placed.refused,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of people who asked for a place in one run.

    ``fresh`` in the order in which they arrived; ``kept`` had a place in the run before; ``refused`` holds the code of
    the reason by person. ``numbers`` are the waiting numbers of the fresh ones who wait, by person.
    """

    fresh: list[Enrollment] = field(default_factory=list)
    kept: list[Enrollment] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)

    @property
    def enrollments(self) -> list[Enrollment]:
        return self.kept + self.fresh


def place(
    run_id: int,
    person_ids: Sequence[int],
    *,
    by: Person | None = None,
    is_assignment: bool | None = None,
    exception: str = "",
) -> Placed:
    """Give places in a run to people who arrive in the order given: seats first, then numbers of the waiting list.

    The one path for one person and for many, in the same few statements. What is decided is decided from rows read
    under the run's lock, window and cancellation too. A person who takes another run of the period in the same instant
    is refused, and the seat she would have had goes to the next. ``exception`` is why an assignment may go beyond the
    run's audience.
    """
    ordered = list(dict.fromkeys(person_ids))
    if is_assignment is None:
        is_assignment = by is not None and ordered != [by.pk]
    return again_when_raced(lambda: _place(ordered, run_id, by, is_assignment, exception))


def withdraw(enrollment: Enrollment, *, by: Person) -> Enrollment:
    """Give the place back; a seat goes to the first who waits and may take it, in the same transaction.

    Safe to repeat, and the way to decline an offer. A completed enrollment stays: a certificate stands on it.
    """
    if withdraw_many(enrollment.run_id, [enrollment.pk], by=by).completed:
        raise errors.AlreadyCompleted
    ended: Enrollment = Enrollment.objects.get(pk=enrollment.pk)
    return ended


@dataclass(frozen=True, slots=True)
class Ended:
    """The ids of enrollments that were withdrawn, and of those that stay because they are completed."""

    withdrawn: list[int] = field(default_factory=list)
    completed: list[int] = field(default_factory=list)


@transaction.atomic
def withdraw_many(run_id: int, enrollment_ids: Sequence[int], *, by: Person) -> Ended:
    """Give back many places of one run, in a fixed number of queries. Those that ended before are left alone."""
    seating = seat_path.lock(run_id)
    # Progress locks the same row when the course is completed, so that only one of the two happens.
    found = (
        Enrollment.objects.live()
        .filter(run_id=run_id, pk__in=enrollment_ids)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    places = list(found)
    completed = set(
        Enrollment.objects.completed().filter(pk__in=[each.pk for each in places]).values_list("pk", flat=True)
    )
    ending = [each for each in places if each.pk not in completed]
    if not ending:
        return Ended([], sorted(completed))
    ids = [each.pk for each in ending]
    Enrollment.objects.filter(pk__in=ids).update(status=Enrollment.Status.WITHDRAWN, withdrawn_at=timezone.now())
    of_others = [each for each in ending if each.person_id != by.pk]
    if of_others:
        record("enrollment.withdraw", of_others, by=by, run=run_id)
    announce(Withdrawn(run_id=run_id, enrollment_ids=ids, by_id=by.pk))
    waited = sum(each.status == Enrollment.Status.WAITING for each in ending)
    seat_path.count(seating, waiting=-waited)
    freed = [each.reserve_id for each in ending if each.status != Enrollment.Status.WAITING]
    if freed:
        seat_path.free_seats(seating, freed)
    return Ended(ids, sorted(completed))


@transaction.atomic
def change_seats(run: CourseRun, seats: int | None, by: Person) -> RunSeats:
    """Change a run's seats; ``None`` is without limit.

    New seats go to the waiting list at once, in its order. Fewer seats than people who have one is refused, so that
    nobody loses a place she was told she has.
    """
    seating = seat_path.lock(run.pk)
    before = seating.seats
    seat_path.set_seats(seating, seats)
    record("enrollment.change_seats", [seating], by=by, before=before, after=seats)
    return seating


def again_when_raced(placing: Callable[[], Result]) -> Result:
    """Place once more when the same person took a place elsewhere in the same instant: now that place is seen.

    The constraints of ``Enrollment`` decide who was first; the next try finds what the first one met.
    """
    for _attempt in range(3):
        try:
            return placing()
        except IntegrityError:
            continue
    return placing()


@transaction.atomic
def _place(person_ids: Sequence[int], run_id: int, by: Person | None, is_assignment: bool, exception: str) -> Placed:
    memberships = {
        person_id: (unit_id, employment_type)
        for person_id, unit_id, employment_type in Membership.objects.holding()
        .filter(person_id__in=person_ids)
        .values_list("person_id", "unit_id", "employment_type")
    }
    # What follows is decided with the run's turn in hand, so numbers are arrivals.
    seating = seat_path.lock(run_id)
    known = {
        each.person_id: each
        for each in Enrollment.objects.live().filter(person_id__in=person_ids, period_id=seating.period_id)
    }
    # The clocks of two servers differ a little; whoever arrives later is never written down as earlier.
    now = timezone.now()
    if seating.arrived_at and seating.arrived_at > now:
        now = seating.arrived_at
    kept = [known[pk] for pk in person_ids if pk in known and known[pk].run_id == run_id]
    wanted = [pk for pk in person_ids if pk not in known]
    facts = facts_of(seating.run, seating)
    closed = rules.refusal_of_run(facts, now)
    if not closed and not is_assignment:
        closed = rules.refusal_of_window(facts, now)
    refused = {pk: errors.OneRunPerPeriod.code for pk in person_ids if pk in known and known[pk].run_id != run_id}
    if closed:
        return Placed([], kept, refused | dict.fromkeys(wanted, closed))
    if not (is_assignment and exception) and (strangers := outsiders(seating, wanted)):
        refused |= {pk: errors.NotInAudience.code for pk in wanted if pk in strangers}
        wanted = [pk for pk in wanted if pk not in strangers]
    if not wanted:
        return Placed([], kept, refused)
    granted = seat_path.grant(seating, wanted)
    arrivals, line = seating.arrivals, seating.waiting
    fresh, numbers = [], {}
    for arrival, person_id in enumerate(wanted, arrivals + 1):
        is_seated = person_id in granted
        if not is_seated:
            line += 1
            numbers[person_id] = line
        unit_id, employment_type = memberships.get(person_id, (None, ""))
        reserve = granted.get(person_id)
        fresh.append(
            Enrollment(
                person_id=person_id,
                run_id=run_id,
                period_id=seating.period_id,
                unit_id=unit_id,
                employment_type=employment_type,
                status=Enrollment.Status.SEATED if is_seated else Enrollment.Status.WAITING,
                arrival=arrival,
                reserve_id=reserve.pk if reserve else None,
                created_at=now,
                seated_at=now if is_seated else None,
            )
        )
    seat_path.count(seating, taken=granted.values(), waiting=len(numbers), arrivals=len(fresh), arrived_at=now)
    # Two lists with the same people for two runs of a period would wait for each other in a circle, were they not
    # written in the same order; numbers are given before.
    Enrollment.objects.bulk_create(sorted(fresh, key=attrgetter("person_id")))
    seated = [each.pk for each in fresh if each.status == Enrollment.Status.SEATED]
    waiting = [each.pk for each in fresh if each.status == Enrollment.Status.WAITING]
    if seated:
        announce(Enrolled(run_id=run_id, enrollment_ids=seated, by_id=by.pk if by else None))
    if waiting:
        announce(Waitlisted(run_id=run_id, enrollment_ids=waiting))
    if by and is_assignment:
        why = {"exception": exception} if exception else {}
        record("enrollment.enroll", fresh, by=by, run=run_id, **why)
    return Placed(fresh, kept, refused, numbers)
