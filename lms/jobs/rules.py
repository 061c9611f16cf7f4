"""Times and limits of jobs."""

from datetime import datetime, timedelta

CLAIM = timedelta(minutes=2)
"""How long a worker is left alone with a job after its last finished batch."""
SLICE = timedelta(minutes=5)
"""How long one worker keeps one job before others get their turn."""
MAX_ATTEMPTS = 4
"""How often a job is taken up without finishing a batch, before it fails."""
UNDO_WINDOW = timedelta(days=7)
MAX_UPLOAD = 100 * 1024 * 1024
MAX_COLUMNS = 200
MAX_CELL = 10_000
"""Characters of a cell; a longer one is cut."""


def backoff(attempts: int) -> timedelta:
    """Wait before a job that broke off is taken up again: 5, 10, 20 ... seconds."""
    return timedelta(seconds=min(5 * 2 ** max(attempts - 1, 0), 300))


def seconds_left(
    done: int, total: int | None, *, pace_done: int, pace_at: datetime | None, now: datetime
) -> int | None:
    """Seconds until the last row at the pace so far; ``None`` while there is nothing to judge by."""
    if not total or pace_at is None or done <= pace_done or done >= total:
        return None
    elapsed = (now - pace_at).total_seconds()
    if elapsed < 1:
        return None
    return max(1, round((total - done) * elapsed / (done - pace_done)))
