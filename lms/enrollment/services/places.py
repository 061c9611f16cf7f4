"""Taking a place in a run, and giving it back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment import errors, rules
from lms.enrollment.events import Enrolled, Waitlisted, Withdrawn
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries import facts_of, seating_of
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


def enroll(person: Person, run: CourseRun, *, by: Person | None = None) -> Enrollment:
    """Give ``person`` a seat in ``run``, or the next number of its waiting list when it is full.

    Safe to repeat: whoever has a place in the run keeps it and gets it back. People choose for themselves within the
    period's window; ``by`` somebody else, it is an assignment, which the window does not bind.
    """
    facts = facts_of(run, seating_of(run))
    now = timezone.now()
    refused = rules.refusal_of_run(facts, now)
    if not refused and (by is None or by.pk == person.pk):
        refused = rules.refusal_of_window(facts, now)
    if refused:
        own: Enrollment | None = Enrollment.objects.live().filter(person=person, run=run).first()
        if own is None:
            raise errors.BY_CODE[refused]
        return own
    placed = _again_when_raced(lambda: _place([person.pk], run, by))
    if placed.refused:
        raise errors.BY_CODE[placed.refused[person.pk]]
    return placed.enrollments[0]


def bulk_enroll(person_ids: Collection[int], run: CourseRun, *, by: Person) -> BulkResult:
    """Enroll many people, in the order given, in a fixed number of queries.

    Safe to repeat: people who already have a place keep it. Seats go out in the order given; the rest wait in it.
    """
    refused = rules.refusal_of_run(facts_of(run, seating_of(run)), timezone.now())
    if refused:
        raise errors.BY_CODE[refused]
    ordered = list(dict.fromkeys(person_ids))
    placed = _again_when_raced(lambda: _place(ordered, run, by))
    return BulkResult(
        seated=[place.person_id for place in placed.fresh if place.status == Enrollment.Status.SEATED],
        waiting=[place.person_id for place in placed.fresh if place.status == Enrollment.Status.WAITING],
        kept=[place.person_id for place in placed.kept],
        refused=placed.refused,
    )


@transaction.atomic
def withdraw(enrollment: Enrollment, *, by: Person) -> Enrollment:
    """Give the place back; a seat goes to the first who waits, in the same transaction.

    Safe to repeat. A completed enrollment stays: a certificate stands on it.
    """
    seating = seat_path.lock(enrollment.run_id)
    # Progress locks the same row when the course is completed, so that only one of the two happens.
    place: Enrollment = Enrollment.objects.select_for_update(no_key=True, of=("self",)).get(pk=enrollment.pk)
    if place.status == Enrollment.Status.WITHDRAWN:
        return place
    if Enrollment.objects.completed().filter(pk=place.pk).exists():
        raise errors.AlreadyCompleted
    had_seat = place.status == Enrollment.Status.SEATED
    place.status = Enrollment.Status.WITHDRAWN
    place.withdrawn_at = timezone.now()
    place.save(update_fields=["status", "withdrawn_at"])
    if by.pk != place.person_id:
        record("enrollment.withdraw", [place], by=by, run=place.run_id)
    announce(Withdrawn(run_id=place.run_id, enrollment_ids=[place.pk], by_id=by.pk))
    if had_seat:
        seat_path.free_seats(seating, 1)
    return place


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


@dataclass(frozen=True, slots=True)
class _Placed:
    fresh: list[Enrollment]
    kept: list[Enrollment]
    refused: dict[int, str]

    @property
    def enrollments(self) -> list[Enrollment]:
        return self.kept + self.fresh


def _again_when_raced(placing: Callable[[], Result]) -> Result:
    """Place once more when the same person took a place elsewhere in the same instant: now that place is seen.

    The constraints of ``Enrollment`` decide who was first; the second try finds what the first one met.
    """
    for _attempt in range(3):
        try:
            return placing()
        except IntegrityError:
            continue
    return placing()


@transaction.atomic
def _place(person_ids: Sequence[int], run: CourseRun, by: Person | None) -> _Placed:
    memberships = {
        person_id: (unit_id, employment_type)
        for person_id, unit_id, employment_type in Membership.objects.holding()
        .filter(person_id__in=person_ids)
        .values_list("person_id", "unit_id", "employment_type")
    }
    if len(person_ids) > 1:
        # Two lists with the same people for two runs of a period would wait for each other in a circle.
        list(
            Person.objects.filter(pk__in=person_ids)
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", flat=True)
        )
    # What follows is decided with the run's turn in hand; whoever waits gets her number in it, so numbers are arrivals.
    seating = seat_path.lock(run.pk)
    known = {
        place.person_id: place
        for place in Enrollment.objects.live().filter(person_id__in=person_ids, period_id=seating.period_id)
    }
    kept = [known[pk] for pk in person_ids if pk in known and known[pk].run_id == run.pk]
    refused = {pk: errors.OneRunPerPeriod.code for pk in person_ids if pk in known and known[pk].run_id != run.pk}
    wanted = [pk for pk in person_ids if pk not in known]
    if not wanted:
        return _Placed([], kept, refused)
    granted = seat_path.take_seats(seating, len(wanted))
    now = timezone.now()
    places = []
    for position, person_id in enumerate(wanted):
        is_seated = position < granted
        unit_id, employment_type = memberships.get(person_id, (None, ""))
        places.append(
            Enrollment(
                person_id=person_id,
                run=run,
                period_id=seating.period_id,
                unit_id=unit_id,
                employment_type=employment_type,
                status=Enrollment.Status.SEATED if is_seated else Enrollment.Status.WAITING,
                created_at=now,
                seated_at=now if is_seated else None,
            )
        )
    fresh = Enrollment.objects.bulk_create(places)
    by_id = by.pk if by else None
    if granted:
        announce(Enrolled(run_id=run.pk, enrollment_ids=[place.pk for place in fresh[:granted]], by_id=by_id))
    if granted < len(fresh):
        announce(Waitlisted(run_id=run.pk, enrollment_ids=[place.pk for place in fresh[granted:]]))
    if by and (len(wanted) > 1 or by.pk != wanted[0]):
        record("enrollment.enroll", fresh, by=by, run=run.pk)
    return _Placed(fresh, kept, refused)
