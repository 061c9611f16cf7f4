"""Questions about messages."""

from dataclasses import dataclass
from typing import Any

from lms.common.statements import Statement, given_id
from lms.notifications.kinds import Text, text_of
from lms.notifications.models import Message, Preference
from lms.people.models import Person

MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Line:
    """A message with its words."""

    message: Message
    text: Text


def lines_of(messages: Any) -> list[Line]:
    """The messages with their words, in the language and zone that are active."""
    return [Line(message, text_of(message.kind, message.values)) for message in messages]


def unread_count(person: Any) -> int:
    """How many messages she has not read, at most ``MOST_COUNTED + 1``."""
    # Asked by every page, from an index of what is unread: no dearer than a cache would be, and never out of date.
    return len(_UNREAD.all(person=person.pk)) if person.is_authenticated else 0


_UNREAD: Statement[tuple[int]] = Statement(
    lambda: Message.objects.visible_to(given_id("person")).unread().order_by().values_list("pk")[: MOST_COUNTED + 1]
)


def email_preference(person: Person) -> str:
    """Whether she wants e-mail at once, once a day, or never."""
    chosen = Preference.objects.filter(person=person).values_list("email", flat=True).first()
    return chosen or Preference.Email.AT_ONCE
