"""The one path by which seats are taken and given back.

Nothing else writes the counters of ``RunSeats`` or moves an enrollment off the waiting list. Promises that hold at
every commit: never more seats taken than there are, in all and in each reserved share; no seat free while somebody
waits who may take it; arrivals numbered without a gap. All rest on the run's row being locked before anything is read
that the decision depends on; callers hold the lock to the end of their transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from lms.enrollment.errors import NotOffered, ReserveTooLarge, SeatsBelowReserved, SeatsBelowTaken
from lms.enrollment.events import Enrolled, MovedUp, Offered
from lms.enrollment.models import AudienceMember, Enrollment, RunSeats, SeatReserve
from lms.enrollment.queries import waiting_list
from lms.events.services import announce

OPEN: SeatReserve | None = None
"""Where a seat is from that no reserved share keeps."""


def lock(run_id: int) -> RunSeats:
    """Wait for the run's turn and hold it to the end of the transaction; the row comes with its run and period.

    SQLite has one writer at a time, and its transactions here begin as writers: they are in turn already. Reserves
    whose time has come are released first, so that nobody new passes those who have waited for it.
    """
    # Locked first and read afterwards: a statement that waits for the lock has seen the run and the period as they were
    # before it waited, and would let somebody into a run that was cancelled, or a period that was closed, meanwhile.
    if connection.features.has_select_for_update:
        list(RunSeats.objects.filter(pk=run_id).select_for_update(no_key=True).values_list("pk"))
    seating: RunSeats | None = RunSeats.objects.select_related("run", "period").filter(pk=run_id).first()
    if seating is None:
        raise NotOffered
    if seating.held:
        now = timezone.now()
        release(seating, [reserve for reserve in _reserves(seating) if reserve.is_due(now)])
    return seating


def furnish(seatings: Sequence[RunSeats], reserves: Iterable[SeatReserve] = ()) -> None:
    """Give seats to runs that have none yet, with the shares that are kept of them, in two statements."""
    kept: dict[int, int] = {}
    rows = list(reserves)
    for reserve in rows:
        kept[reserve.seating_id] = kept.get(reserve.seating_id, 0) + reserve.seats
    for seating in seatings:
        seating.held = kept.get(seating.pk, 0)
        if seating.held > (seating.seats or 0):
            raise ReserveTooLarge
    RunSeats.objects.bulk_create(seatings)
    SeatReserve.objects.bulk_create(rows)


def grant(seating: RunSeats, person_ids: Sequence[int]) -> dict[int, SeatReserve | None]:
    """Which of these people, who arrive in this order, get a seat, and from which reserve; whoever is left out waits.

    Whoever belongs to a reserve's audience takes one of its seats, then an open one; others only an open one.
    """
    left = seating.left
    reserves = [reserve for reserve in _reserves(seating) if reserve.free] if seating.held else []
    members = {reserve.pk: _members(reserve, person_ids) for reserve in reserves}
    free = {reserve.pk: reserve.free for reserve in reserves}
    granted: dict[int, SeatReserve | None] = {}
    for person_id in person_ids:
        own = next((each for each in reserves if free[each.pk] and person_id in members[each.pk]), None)
        if own:
            free[own.pk] -= 1
            granted[person_id] = own
        elif left is None:
            granted[person_id] = OPEN
        elif left:
            left -= 1
            granted[person_id] = OPEN
    return granted


def count(
    seating: RunSeats,
    *,
    taken: Iterable[SeatReserve | None] = (),
    waiting: int = 0,
    arrivals: int = 0,
    arrived_at: datetime | None = None,
) -> None:
    """Write what a locked run has given out: seats (each by where it is from), waiting numbers, arrival numbers."""
    seats = list(taken)
    from_reserves: dict[int, int] = {}
    for reserve in seats:
        if reserve is not None:
            from_reserves[reserve.pk] = from_reserves.get(reserve.pk, 0) + 1
    _add(
        seating,
        taken=len(seats),
        held=-sum(from_reserves.values()),
        waiting=waiting,
        arrivals=arrivals,
        arrived_at=arrived_at,
    )
    for reserve_id, number in from_reserves.items():
        SeatReserve.objects.filter(pk=reserve_id).update(taken=F("taken") + number)


def free_seats(seating: RunSeats, reserve_ids: Sequence[int | None]) -> None:
    """Give back seats of a locked run, each by its reserve, and let those move up who may take one, by arrival."""
    now = timezone.now()
    kept = {reserve.pk: 0 for reserve in _reserves(seating) if not reserve.is_due(now)} if any(reserve_ids) else {}
    for reserve_id in reserve_ids:
        if reserve_id in kept:
            kept[reserve_id] += 1
    _add(seating, taken=-len(reserve_ids), held=sum(kept.values()))
    for reserve_id, number in kept.items():
        if number:
            SeatReserve.objects.filter(pk=reserve_id).update(taken=F("taken") - number)
    promote(seating)


def vacate(seating: RunSeats, *, seats: int, waiting: int) -> None:
    """Take back places of a cancelled, locked run: its reserves are released, and nobody moves up."""
    if seating.held:
        release(seating, _reserves(seating))
    _add(seating, taken=-seats, waiting=-waiting)


def set_seats(seating: RunSeats, seats: int | None) -> None:
    """Change how many seats a locked run has. More seats go to whoever waits; fewer than are taken is refused.

    A run without a limit has nothing to reserve: its reserves are released.
    """
    if seats is not None and seats < seating.taken:
        raise SeatsBelowTaken
    if seats is not None and seats < seating.taken + seating.held:
        raise SeatsBelowReserved
    RunSeats.objects.filter(pk=seating.pk).update(seats=seats)
    seating.seats = seats
    if seats is None:
        release(seating, _reserves(seating))
    promote(seating)


def release(seating: RunSeats, reserves: Sequence[SeatReserve]) -> None:
    """Open what is left in these reserves of a locked run to everybody, those who wait first."""
    if not reserves:
        return
    SeatReserve.objects.filter(pk__in=[reserve.pk for reserve in reserves]).update(released_at=timezone.now())
    _add(seating, held=-sum(reserve.free for reserve in reserves))
    promote(seating)


def hold(seating: RunSeats, change: int) -> None:
    """Keep so many more seats (or fewer) of a locked run in reserves, and let those move up who may take one."""
    _add(seating, held=change)
    promote(seating)


def promote(seating: RunSeats) -> None:
    """Give the free seats of a locked run to those who wait and may take one, in order of arrival.

    Nobody moves up into a run that was cancelled.
    """
    if seating.run.is_cancelled:
        return
    if not seating.waiting or not (seating.left is None or seating.left or seating.held):
        return
    queue = _candidates(seating)
    granted = grant(seating, list(queue))
    if not granted:
        return
    count(seating, taken=granted.values(), waiting=-len(granted))
    now = timezone.now()
    hours = seating.period.offer_hours
    if hours:
        change = {"status": Enrollment.Status.OFFERED, "offer_ends_at": now + timedelta(hours=hours)}
    else:
        change = {"status": Enrollment.Status.SEATED, "seated_at": now}
    by_reserve: dict[int | None, list[int]] = {}
    for person_id, reserve in granted.items():
        by_reserve.setdefault(reserve.pk if reserve else None, []).append(queue[person_id])
    for reserve_id, ids in by_reserve.items():
        Enrollment.objects.filter(pk__in=ids).update(reserve=reserve_id, **change)
    moved = [queue[person_id] for person_id in granted]
    if hours:
        announce(Offered(seating.pk, moved, (now + timedelta(hours=hours)).isoformat()))
    else:
        announce(Enrolled(run_id=seating.pk, enrollment_ids=moved, by_id=None, has_waited=True))
        announce(MovedUp(run_id=seating.pk, enrollment_ids=moved))


def _candidates(seating: RunSeats) -> dict[int, int]:
    """Those who may move up, in order of arrival: their enrollments by person.

    As many from the front of the line as there are free seats, and as many from the front of each audience.
    """
    columns = ("arrival", "person_id", "pk")
    line = waiting_list(seating.pk)
    if seating.left is None:
        return {person_id: pk for _arrival, person_id, pk in line.values_list(*columns)}
    free = seating.left + seating.held
    found: set[tuple[int, int, int]] = set(line.values_list(*columns)[:free]) if seating.left else set()
    for reserve in _reserves(seating) if seating.held else ():
        if reserve.free:
            theirs = line.filter(person__audiences__audience=reserve.audience_id)
            found.update(theirs.values_list(*columns)[:free])
    return {person_id: pk for _arrival, person_id, pk in sorted(found)}


def _reserves(seating: RunSeats) -> list[SeatReserve]:
    return list(SeatReserve.objects.filter(seating=seating, released_at=None).order_by("pk"))


def _members(reserve: SeatReserve, person_ids: Sequence[int]) -> set[int]:
    rows = AudienceMember.objects.filter(audience=reserve.audience_id, person__in=person_ids)
    return set(rows.values_list("person_id", flat=True))


def _add(seating: RunSeats, *, arrived_at: datetime | None = None, **changes: int) -> None:
    changes = {name: change for name, change in changes.items() if change}
    if not changes:
        return
    values: dict[str, Any] = {name: F(name) + change for name, change in changes.items()}
    if arrived_at:
        values["arrived_at"] = arrived_at
    RunSeats.objects.filter(pk=seating.pk).update(**values)
    for name, change in changes.items():
        setattr(seating, name, getattr(seating, name) + change)
