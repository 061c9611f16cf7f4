"""Times and limits of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
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

FEW_ROWS = 50
"""A share of fewer rows than this says nothing."""
MANY_ERRORS = 20
MANY_WITHDRAWN = 10
"""Percent of the rows, from which on a job needs the number of what it would do, typed by hand."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a checked job looks like a mistake: a sentence's code and values, and the number to type all the same."""

    code: str
    number: int
    values: Mapping[str, int]


def doubt_about(counts: Mapping[str, int], total: int | None) -> Doubt | None:
    """What is suspicious about what a job would do; counts are ``withdrawn``, ``errors`` and ``to_do``.

    Withdrawing comes first: it takes something from people, while a row with an error is only left out.
    """
    rows, to_do = total or 0, counts.get("to_do", 0)
    if rows < FEW_ROWS or not to_do:
        return None
    for word, limit, number in (
        ("withdrawn", MANY_WITHDRAWN, counts.get("withdrawn", 0)),
        ("errors", MANY_ERRORS, to_do),
    ):
        count = counts.get(word, 0)
        if count * 100 > rows * limit:
            percent = min(100, count * 100 // rows)
            return Doubt(f"many_{word}", number, {"count": count, "rows": rows, "percent": percent})
    return None


def is_number_typed(text: str, number: int) -> bool:
    """Whether ``text`` is ``number``, with or without dots, commas or spaces between the thousands."""
    digits = "".join(text.split()).replace(".", "").replace(",", "")
    return digits.isdecimal() and len(digits) < 20 and int(digits) == number


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
