"""When a delivery is tried again."""

from datetime import timedelta

MANY = 100
"""From how many ids on an event is one of many rows, whose deliveries wait behind those of single people."""
PART = 2_000
"""The ids that one event holds at most: a receiver is done with them long before its claim runs out."""
MAX_ATTEMPTS = 8
CLAIM = timedelta(minutes=2)
"""How long a claimed delivery is left alone before another worker may take it up."""


def backoff(attempts: int) -> timedelta:
    """Wait before the next attempt: 5 s, 10 s, 20 s ... at most 10 minutes."""
    return timedelta(seconds=min(5 * 2 ** max(attempts - 1, 0), 600))
