"""The one path by which seats are taken and given back.

Nothing else writes ``RunSeats.taken`` or makes a waiting enrollment seated. Two promises hold at every commit: never
more seats taken than there are, and no seat free while somebody waits. Both rest on the run's row being locked before
anything is read that the decision depends on; callers hold the lock to the end of their transaction.
"""

from django.db.models import F
from django.utils import timezone

from lms.enrollment.errors import NotOffered, SeatsBelowTaken
from lms.enrollment.events import Enrolled
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries import waiting_list
from lms.events.services import announce


def lock(run_id: int) -> RunSeats:
    """Wait for the run's turn and hold it to the end of the transaction.

    SQLite has one writer at a time, and its transactions here begin as writers: they are in turn already.
    """
    seating = RunSeats.objects.select_for_update(no_key=True, of=("self",)).filter(run_id=run_id).first()
    if seating is None:
        raise NotOffered
    return seating


def take_seats(seating: RunSeats, wanted: int) -> int:
    """Take up to ``wanted`` seats of a locked run and say how many there were. Whoever gets none waits."""
    granted = wanted if seating.left is None else min(wanted, seating.left)
    if granted:
        RunSeats.objects.filter(pk=seating.pk).update(taken=F("taken") + granted)
        seating.taken += granted
    return granted


def free_seats(seating: RunSeats, freed: int) -> None:
    """Give back seats of a locked run: they go to whoever waits, in order of arrival, before anybody else."""
    if freed:
        RunSeats.objects.filter(pk=seating.pk).update(taken=F("taken") - freed)
        seating.taken -= freed
    _promote(seating)


def set_seats(seating: RunSeats, seats: int | None) -> None:
    """Change how many seats a locked run has. More seats go to whoever waits; fewer than are taken is refused."""
    if seats is not None and seats < seating.taken:
        raise SeatsBelowTaken
    RunSeats.objects.filter(pk=seating.pk).update(seats=seats)
    seating.seats = seats
    _promote(seating)


def _promote(seating: RunSeats) -> None:
    queue = waiting_list(seating.pk).values_list("pk", flat=True)
    next_ids = list(queue if seating.left is None else queue[: seating.left])
    if not next_ids:
        return
    take_seats(seating, len(next_ids))
    Enrollment.objects.filter(pk__in=next_ids).update(status=Enrollment.Status.SEATED, seated_at=timezone.now())
    announce(Enrolled(run_id=seating.pk, enrollment_ids=next_ids, by_id=None))
