"""Writing messages into inboxes, for one person or a million, and what the reader does with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from lms.common.batches import batches
from lms.common.registry import ring
from lms.notifications.kinds import kinds
from lms.notifications.models import Message, Preference
from lms.notifications.rules import AT_ONCE, DAILY, MASS, mail_due_at
from lms.people.models import Person

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Note:
    """What one person is told, where it differs from reader to reader."""

    person_id: int
    values: Mapping[str, Any]
    key: str
    url: str = ""


def notify(
    person_ids: Collection[int], kind: str, values: Mapping[str, Any] | None = None, *, key: str, url: str = ""
) -> int:
    """Tell all of them the same and return how many had not been told.

    ``key`` says what it is about (``run:12``): of one kind and key a person gets one message, so repeating is harmless.
    Each ``BATCH`` is a transaction of its own unless the caller holds one; who left the ministry is not told.
    """
    return notify_each([Note(person_id, values or {}, key, url) for person_id in person_ids], kind)


def notify_each(notes: Sequence[Note], kind: str) -> int:
    """The same with values, key and address of each reader's own."""
    if kind not in kinds:
        raise LookupError(f"no message kind {kind!r} is registered")
    is_mass = len(notes) >= MASS
    return sum(_write(batch, kind, is_mass) for batch in batches(notes, BATCH))


@transaction.atomic
def _write(notes: tuple[Note, ...], kind: str, is_mass: bool) -> int:
    now = timezone.now()
    ids = {note.person_id for note in notes}
    readers = {
        pk: (email, zone)
        for pk, email, zone in Person.objects.filter(pk__in=ids, is_active=True).values_list("pk", "email", "time_zone")
    }
    preferences = dict(Preference.objects.filter(person__in=ids).values_list("person_id", "email"))
    known = set(
        Message.objects.filter(person__in=ids, kind=kind, key__in={note.key for note in notes}).values_list(
            "person_id", "key"
        )
    )
    fresh = []
    for note in notes:
        if note.person_id not in readers or (note.person_id, note.key) in known:
            continue
        known.add((note.person_id, note.key))
        email, zone = readers[note.person_id]
        due = mail_due_at(preferences.get(note.person_id, AT_ONCE), now, zone) if email else None
        fresh.append(
            Message(
                person_id=note.person_id,
                kind=kind,
                key=note.key,
                values=dict(note.values),
                url=note.url,
                created_at=now,
                is_mass=is_mass,
                mail_due_at=due,
            )
        )
    if not fresh:
        return 0
    # Somebody may be telling the same people the same at this moment: the constraint decides who was first.
    Message.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)
    transaction.on_commit(partial(ring, "mail"))
    return len(fresh)


@transaction.atomic
def mark_read(message: Message) -> None:
    """Note that she has seen it; what she has read in the inbox need not come by e-mail as well."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now(), mail_due_at=None)


@transaction.atomic
def mark_all_read(person: Person) -> int:
    """Note that she has seen all that she has."""
    changed: int = Message.objects.visible_to(person).unread().update(read_at=timezone.now(), mail_due_at=None)
    return changed


@transaction.atomic
def set_email_preference(person: Person, email: str) -> None:
    """Let e-mail come at once, once a day or never; what waits to be sent follows the choice."""
    Preference.objects.update_or_create(person=person, defaults={"email": email})
    due = mail_due_at(email, timezone.now(), person.time_zone)
    waiting = Message.objects.visible_to(person).exclude(mail_due_at=None)
    waiting.update(mail_due_at=due)
    if email != DAILY:
        transaction.on_commit(partial(ring, "mail"))
