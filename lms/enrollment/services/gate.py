"""The gate before the click: how many are let in at once, and a fair queue of numbers for everybody else.

A process lets in a bounded number of clicks, and none that had to wait long for a thread: where clicks pile up in front
of the server, nobody is told anything. Those draw the run's next number from the shared cache and come again when they
are let in: first come, first served, on every web server together. The number is signed for the person and the run, so
that nobody can forge one or take another's.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.cache import cache

SALT = "enrollment.gate"
LASTS = 3 * 24 * 3600
LET_IN_EVERY = 0.25
"""Seconds after which a process that has room lets in more, even if nobody has finished: some never come back."""
LATE = 4.0
"""Seconds that a click may have been under way to a busy process before it is given a number."""
EMPTY_FOR = 0.1
"""Seconds for which a process that saw no queue looks for none: so much later it hears of one that others began."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number in the queue, how many are ahead, and about how many seconds it will take."""

    number: int
    ahead: int
    seconds: int
    signed: str


class _Door:
    """How many clicks are inside this process, and when it last let in more."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = 0
        self.opened_at = 0.0
        self.seen: tuple[float, int] = (0.0, 0)
        self.rate = 0.0
        self.empty_until: dict[int, float] = {}


_door = _Door()


@contextmanager
def enter(run_id: int, person_id: int, signed: str = "", waited: float = 0.0) -> Iterator[Ticket | None]:
    """Let a click in (``None``), or give it a number in the queue and say how far it has come.

    ``waited`` is for how many seconds it was under way, as far as is known.
    """
    number = _number_of(run_id, person_id, signed)
    ticket = _admit(run_id, person_id, number, waited)
    if ticket:
        yield ticket
        return
    try:
        yield None
    finally:
        _step_out()
        if number:
            _let_in(run_id, 1)


def _admit(run_id: int, person_id: int, number: int, waited: float) -> Ticket | None:
    """Take a place inside and return nothing, or stand in the queue."""
    is_inside, room, is_busy = _step_in()
    if is_inside and is_busy and not number and waited > LATE:
        _step_out()
        is_inside = False
    if is_inside and time.monotonic() < _door.empty_until.get(run_id, 0):
        return None
    queue = _Queue(run_id)
    if queue.is_empty:
        _door.empty_until[run_id] = time.monotonic() + EMPTY_FOR
    elif is_inside and number > queue.let_in and _is_time_to_let_in():
        _let_in(run_id, room + 1)
        queue = _Queue(run_id)
    if is_inside:
        if queue.is_empty or 0 < number <= queue.let_in:
            return None
        _step_out()
    number = number or _draw(run_id)
    _door.empty_until.pop(run_id, None)
    ahead = max(number - queue.let_in - 1, 0)
    return Ticket(number, ahead, _seconds(queue.let_in, ahead), signing.dumps([run_id, person_id, number], salt=SALT))


def _step_in() -> tuple[bool, int, bool]:
    """Whether there was a place inside and it is taken now, how many are left, and whether half of all are taken."""
    limit = settings.CLICKS_AT_ONCE
    with _door.lock:
        if _door.inside >= limit:
            return False, 0, True
        _door.inside += 1
        return True, limit - _door.inside, _door.inside * 2 > limit


def _step_out() -> None:
    with _door.lock:
        _door.inside -= 1


def _is_time_to_let_in() -> bool:
    with _door.lock:
        now = time.monotonic()
        is_time = now - _door.opened_at > LET_IN_EVERY
        if is_time:
            _door.opened_at = now
    return is_time


class _Queue:
    """The numbers drawn for a run, and up to which they are let in."""

    def __init__(self, run_id: int) -> None:
        found = cache.get_many([_drawn(run_id), _in(run_id)])
        self.drawn: int = found.get(_drawn(run_id)) or 0
        self.let_in: int = found.get(_in(run_id)) or 0

    @property
    def is_empty(self) -> bool:
        return self.let_in >= self.drawn


def _drawn(run_id: int) -> str:
    return f"gate:{run_id}:drawn"


def _in(run_id: int) -> str:
    return f"gate:{run_id}:in"


def _draw(run_id: int) -> int:
    cache.add(_drawn(run_id), 0, LASTS)
    return int(cache.incr(_drawn(run_id)))


def _let_in(run_id: int, more: int) -> None:
    queue = _Queue(run_id)
    more = min(more, queue.drawn - queue.let_in)
    if more > 0:
        cache.add(_in(run_id), 0, LASTS)
        cache.incr(_in(run_id), more)


def has_number(run_id: int, person_id: int, signed: str) -> bool:
    """Whether this is the number of a person who stands, or stood, in the queue of a run."""
    return bool(_number_of(run_id, person_id, signed))


def _number_of(run_id: int, person_id: int, signed: str) -> int:
    """The number on a ticket of this person for this run, or 0."""
    if not signed:
        return 0
    try:
        of_run, of_person, number = signing.loads(signed, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    return int(number) if (of_run, of_person) == (run_id, person_id) else 0


def _seconds(let_in: int, ahead: int) -> int:
    """About how long it takes until so many have been let in, from how fast the queue has moved."""
    now = time.monotonic()
    with _door.lock:
        since, before = _door.seen
        if now - since >= 1:
            rate = max(let_in - before, 0) / (now - since)
            _door.rate = rate if not _door.rate else 0.5 * _door.rate + 0.5 * rate
            _door.seen = (now, let_in)
        rate = _door.rate
    return 1 + round(ahead / max(rate, 20))
