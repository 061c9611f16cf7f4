"""Messages by e-mail: one letter holds all that is due to its reader."""

import logging
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lms.notifications.models import Message
from lms.notifications.queries import lines_of
from lms.people.models import Person

logger = logging.getLogger(__name__)

SALT = "notifications.unsubscribe"
SILENT_AFTER = 5
"""Failures in a row after which the server, not the addresses, is at fault: the rest waits for the next time."""


def unsubscribe_url(person: Person) -> str:
    """Where the reader of a letter can do without further ones, without signing in."""
    token = signing.dumps(person.pk, salt=SALT)
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=[token])


def person_of_token(token: str) -> int | None:
    """Whose token this is; ``None`` for one that we did not give out."""
    try:
        return int(signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return None


class Postbox:
    """One connection to the mail server, for many letters."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._failures = 0

    def send(self, person: Person, messages: Sequence[Message]) -> bool:
        """Send one letter and say whether the server took it."""
        if not person.email or not person.is_active:
            return True
        if self._failures >= SILENT_AFTER:
            return False
        try:
            letter(person, messages, self._connection).send()
        except Exception:  # an address that fails, whatever the reason, must not stop the others
            logger.warning("mail of message %s failed", messages[0].pk, exc_info=True)
            self._failures += 1
            # After an error the session may be in any state; the next letter opens another.
            self.close()
            return False
        self._failures = 0
        return True

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()


@contextmanager
def postbox() -> Iterator[Postbox]:
    """A connection that is opened by the first letter and closed at the end."""
    box = Postbox()
    try:
        yield box
    finally:
        box.close()


def letter(person: Person, messages: Sequence[Message], connection: Any) -> EmailMultiAlternatives:
    """The letter with all these messages, in the reader's language and zone."""
    with translation.override(person.language), timezone.override(zoneinfo.ZoneInfo(person.time_zone)):
        lines = lines_of(messages)
        subject = lines[0].text.subject
        if len(lines) > 1:
            subject = _("%(subject)s, and %(more)s more") % {"subject": subject, "more": len(lines) - 1}
        unsubscribe = unsubscribe_url(person)
        context = {
            "person": person,
            "lines": lines,
            "site_url": settings.SITE_URL,
            "preferences_url": settings.SITE_URL + reverse("notifications:preferences"),
            "unsubscribe_url": unsubscribe,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string("notifications/email/letter.txt", context),
            to=[person.email or ""],
            headers={
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
            connection=connection,
        )
        mail.attach_alternative(render_to_string("notifications/email/letter.html", context), "text/html")
    return mail
