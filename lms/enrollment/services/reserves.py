"""Shares of a run's seats that are kept for an audience."""

from datetime import datetime

from django.db import transaction

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment import errors
from lms.enrollment.models import Audience, SeatReserve
from lms.enrollment.services import seats as seat_path
from lms.enrollment.services.audiences import hold_for_use
from lms.people.models import Person


@transaction.atomic
def reserve_seats(
    run: CourseRun, audience: Audience, seats: int, *, releases_at: datetime | None, by: Person
) -> SeatReserve:
    """Keep so many of a run's seats for an audience until ``releases_at``; what the reserve was before is changed.

    Refused where there are not so many free seats, or more people have one from this reserve already.
    """
    hold_for_use([audience.pk])
    seating = seat_path.lock(run.pk)
    if seating.seats is None:
        raise errors.ReserveNeedsLimit
    known = SeatReserve.objects.filter(seating=seating, audience=audience, released_at=None).first()
    reserve = known or SeatReserve(seating=seating, audience=audience, seats=0)
    change = seats - reserve.seats
    if seats < reserve.taken:
        raise errors.ReserveBelowTaken
    if change > (seating.left or 0):
        raise errors.ReserveTooLarge
    reserve.seats, reserve.releases_at = seats, releases_at
    reserve.save()
    record("enrollment.reserve", [seating], by=by, audience=audience.pk, seats=seats)
    seat_path.hold(seating, change)
    return reserve


@transaction.atomic
def release_reserve(reserve: SeatReserve, *, by: Person) -> None:
    """Open what is left of a reserve to everybody now. Safe to repeat."""
    seating = seat_path.lock(reserve.seating_id)
    current = SeatReserve.objects.filter(pk=reserve.pk, released_at=None).first()
    if current is None:
        return
    record("enrollment.release_reserve", [seating], by=by, audience=reserve.audience_id, seats=current.free)
    seat_path.release(seating, [current])


def promote_from(audience_id: int) -> None:
    """Let those move up whom a change of this audience has given a reserved seat."""
    reserves = SeatReserve.objects.filter(audience=audience_id, released_at=None, seating__waiting__gt=0)
    for run_id in reserves.values_list("seating_id", flat=True).order_by("seating_id"):
        with transaction.atomic():
            seat_path.promote(seat_path.lock(run_id))
