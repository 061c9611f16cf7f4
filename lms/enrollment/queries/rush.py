"""A run as everybody sees it, fresh to about a second, without asking the database for every reader."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from courses.catalog.models import CourseRun
from lms.enrollment.queries.places import seating_of
from lms.enrollment.rules import RunFacts, refusal_of_run, refusal_of_window

SECONDS = 1
"""How old the state may be, in the shared cache and again in each process."""


@dataclass(frozen=True, slots=True)
class RunState:
    """The window, the seats and the waiting list of a run."""

    run_id: int
    slug: str
    is_cancelled: bool
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    seats: int | None
    left: int | None
    waiting: int

    def refusal_at(self, now: datetime) -> str | None:
        """The code of the reason why nobody can choose the run now, or ``None``."""
        facts = RunFacts(self.is_cancelled, self.ends_at, self.opens_at, self.closes_at, is_full=False)
        return refusal_of_run(facts, now) or refusal_of_window(facts, now)


_known: dict[int, tuple[float, RunState | None]] = {}
_reading = threading.Lock()


def run_state(run_id: int) -> RunState | None:
    """The state of an offered run of a published course, else ``None``; one query a second for the whole platform.

    One thread of a process looks for news; the others meanwhile take what is known.
    """
    known = _known.get(run_id)
    if known and time.monotonic() - known[0] < SECONDS:
        return known[1]
    is_mine = _reading.acquire(blocking=known is None)
    if not is_mine and known:
        return known[1]
    try:
        try:
            state = _shared(run_id)
        except (OperationalError, InterfaceError):
            # While the database is away what was known last is the best there is.
            if known is None:
                raise
            state = known[1]
        if len(_known) > 1000:
            _known.clear()
        _known[run_id] = (time.monotonic(), state)
        return state
    finally:
        _reading.release()


def _shared(run_id: int) -> RunState | None:
    key = f"run-state:{run_id}"
    state: RunState | str | None = cache.get(key, "")
    if state == "":
        state = _read(run_id)
        cache.set(key, state, SECONDS)
    return state if isinstance(state, RunState) else None


def _read(run_id: int) -> RunState | None:
    run = CourseRun.objects.visible_to(None).select_related("course", "seating__period").filter(pk=run_id).first()
    seating = seating_of(run) if run else None
    if run is None or seating is None:
        return None
    return RunState(
        run_id=run.pk,
        slug=run.course.slug,
        is_cancelled=run.is_cancelled,
        ends_at=run.ends_at,
        opens_at=seating.period.opens_at,
        closes_at=seating.period.closes_at,
        seats=seating.seats,
        left=seating.left,
        waiting=seating.waiting,
    )
