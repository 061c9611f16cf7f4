"""Questions about messages."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from lms.notifications.kinds import Text, text_of
from lms.notifications.models import Message, Preference
from lms.people.models import Person

MOST_COUNTED = 99
REMEMBERED = 60
"""Seconds that the number in the header is remembered: a message to a million people need not touch a million keys."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message with its words."""

    message: Message
    text: Text


def lines_of(messages: Any) -> list[Line]:
    """The messages with their words, in the language and zone that are active."""
    return [Line(message, text_of(message.kind, message.values)) for message in messages]


def unread_key(person_id: int) -> str:
    """Where the cache keeps a person's number of unread messages."""
    return f"unread:{person_id}"


def unread_count(person: Any) -> int:
    """How many messages she has not read, at most ``MOST_COUNTED + 1``; up to a minute old."""
    if not person.is_authenticated:
        return 0
    known: int | None = cache.get(unread_key(person.pk))
    if known is None:
        known = Message.objects.visible_to(person).unread()[: MOST_COUNTED + 1].count()
        cache.set(unread_key(person.pk), known, REMEMBERED)
    return known


def email_preference(person: Person) -> str:
    """Whether she wants e-mail at once, once a day, or never."""
    chosen = Preference.objects.filter(person=person).values_list("email", flat=True).first()
    return chosen or Preference.Email.AT_ONCE
