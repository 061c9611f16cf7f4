"""The ticket of an open lesson page, by which it reports what it sees of a learner."""

import secrets
import time
from typing import Any, NamedTuple

from django.core import signing

SALT = "progress.page"
LASTS = 7 * 24 * 3600
"""Seconds for which a page that lost its line may still send what it has kept."""


class OpenPage(NamedTuple):
    """One page of one lesson, opened by one learner. ``opened`` is in seconds, by the server's clock.

    ``criterion`` is what the lesson asks for, as the outline keeps it.
    """

    person_id: int
    enrollment_id: int
    item_id: int
    page: str
    opened: int
    criterion: dict[str, Any]


def ticket_for(person_id: int, enrollment_id: int, item_id: int, criterion: dict[str, Any]) -> str:
    """A signed ticket for a page that is opened now. Nobody else, and no other lesson, can use it."""
    page = OpenPage(person_id, enrollment_id, item_id, secrets.token_urlsafe(6), int(time.time()), criterion)
    return signing.dumps(list(page), salt=SALT, compress=bool(criterion))


def page_of(ticket: str) -> OpenPage:
    """The page that a ticket was made for; ``BadSignature`` when we made none like it, or too long ago."""
    return OpenPage(*signing.loads(ticket, salt=SALT, max_age=LASTS))
