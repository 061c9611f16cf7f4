"""Seats offered to those who waited: accepted in time, or passed on."""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from lms.enrollment import errors
from lms.enrollment.events import Enrolled, Withdrawn
from lms.enrollment.models import Enrollment, SeatReserve
from lms.enrollment.services import seats as seat_path
from lms.events.services import announce
from lms.people.models import Person


@transaction.atomic
def accept(enrollment: Enrollment, *, by: Person) -> Enrollment:
    """Take the offered seat. Safe to repeat; an offer that has run out is refused, whether it was swept yet or not."""
    seat_path.lock(enrollment.run_id)
    place: Enrollment = Enrollment.objects.get(pk=enrollment.pk)
    if place.status == Enrollment.Status.SEATED:
        return place
    now = timezone.now()
    if place.status != Enrollment.Status.OFFERED or (place.offer_ends_at and place.offer_ends_at <= now):
        raise errors.OfferOver
    place.status = Enrollment.Status.SEATED
    place.seated_at = now
    place.save(update_fields=["status", "seated_at"])
    announce(Enrolled(run_id=place.run_id, enrollment_ids=[place.pk], by_id=by.pk))
    return place


def settle_due() -> int:
    """Pass on every offer that has run out, and release every reserve whose time has come; how many runs had one.

    Safe in any number of workers at once: each run is settled under its own lock.
    """
    now = timezone.now()
    over = Enrollment.objects.filter(status=Enrollment.Status.OFFERED, offer_ends_at__lte=now)
    released = SeatReserve.objects.filter(released_at=None, releases_at__lte=now, seats__gt=F("taken"))
    run_ids = {*over.values_list("run_id", flat=True), *released.values_list("seating_id", flat=True)}
    for run_id in sorted(run_ids):
        settle(run_id)
    return len(run_ids)


@transaction.atomic
def settle(run_id: int) -> None:
    """Take back the offers of a run that have run out and give their seats to the next; release what is due."""
    # Reserves whose time has come are released by taking the lock.
    seating = seat_path.lock(run_id)
    now = timezone.now()
    over = list(
        Enrollment.objects.filter(
            Q(run_id=run_id), status=Enrollment.Status.OFFERED, offer_ends_at__lte=now
        ).values_list("pk", "reserve_id")
    )
    if not over:
        return
    ids = [pk for pk, _reserve in over]
    Enrollment.objects.filter(pk__in=ids).update(status=Enrollment.Status.WITHDRAWN, withdrawn_at=now)
    announce(Withdrawn(run_id=run_id, enrollment_ids=ids, by_id=None))
    seat_path.free_seats(seating, [reserve for _pk, reserve in over])
