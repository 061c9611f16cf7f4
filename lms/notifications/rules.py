"""When an e-mail is sent, decided on plain values."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

AT_ONCE, DAILY, NEVER = "at_once", "daily", "never"
DIGEST_HOUR = 6
"""The hour, in the reader's own zone, at which what happened since yesterday is sent together."""
CLAIM = timedelta(minutes=10)
"""How long a worker may take for the e-mails it took up before another one does."""
MAX_ATTEMPTS = 6
MASS = 100
"""From how many readers on a message counts as one to many."""
KEPT = timedelta(days=400)
"""How long a message stays in the inbox."""


def mail_due_at(preference: str, now: datetime, zone: str) -> datetime | None:
    """When the e-mail of a message written ``now`` is due; ``None`` when there is none."""
    if preference == NEVER:
        return None
    if preference != DAILY:
        return now
    local = now.astimezone(ZoneInfo(zone))
    due = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return due if due > local else due + timedelta(days=1)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When an e-mail that failed is tried again: 1 min, 5 min, 25 min ...; ``None`` is never."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + timedelta(minutes=min(5 ** max(attempts - 1, 0), 720))
