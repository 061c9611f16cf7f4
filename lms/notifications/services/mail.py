"""Sending what waits to be sent by e-mail, and forgetting what is old."""

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from lms.notifications.channels import email
from lms.notifications.models import Message
from lms.notifications.rules import CLAIM, KEPT, next_try

READERS = 200
"""Readers a worker takes up at once."""


def send_due(readers: int = READERS) -> int:
    """Send the e-mails of some readers and return how many readers they were; 0 when nothing is due.

    All that is due to one reader goes in one e-mail. Messages to a few people go before messages to many. Safe to run
    in any number of workers at once: a worker that dies lets go of what it took after ``rules.CLAIM``, so that at
    worst the one e-mail under way is sent twice. An address that fails is tried again later and holds up no other.
    """
    claimed = _claim(readers)
    if not claimed:
        return 0
    of_reader: dict[int, list[Message]] = defaultdict(list)
    for message in claimed:
        of_reader[message.person_id].append(message)
    with email.postbox() as box:
        for messages in of_reader.values():
            is_sent = box.send(messages[0].person, messages)
            _note(messages, is_sent, timezone.now())
    return len(of_reader)


@transaction.atomic
def _claim(readers: int) -> list[Message]:
    now = timezone.now()
    due = Message.objects.mail_due(now)
    first = list(due.order_by("is_mass", "mail_due_at").values_list("person_id", flat=True)[:readers])
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(
        due.filter(person__in=first)
        .select_related("person")
        .select_for_update(skip_locked=skip, of=("self",) if skip else ())
        .order_by("pk")
    )
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        mail_due_at=now + CLAIM, mail_attempts=F("mail_attempts") + 1
    )
    return rows


def _note(messages: list[Message], is_sent: bool, now: datetime) -> None:
    own = Message.objects.filter(pk__in=[message.pk for message in messages])
    if is_sent:
        own.update(mailed_at=now, mail_due_at=None)
    else:
        own.update(mail_due_at=next_try(max(message.mail_attempts for message in messages) + 1, now))


def forget() -> int:
    """Delete messages that have been kept long enough, a portion at a time."""
    old = Message.objects.filter(created_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)
    deleted, _by_model = Message.objects.filter(pk__in=list(old.order_by("pk")[:5_000])).delete()
    return deleted
