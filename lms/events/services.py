"""Announcing events and bringing them to their receivers, at least once."""

import dataclasses
import logging
import traceback
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

from django.db import connection, transaction
from django.utils import timezone

from lms.common.batches import batches
from lms.common.registry import ring
from lms.common.statements import Insert
from lms.events.models import Delivery, Event
from lms.events.rules import CLAIM, MANY, MAX_ATTEMPTS, PART, backoff

logger = logging.getLogger(__name__)

Facts = TypeVar("Facts")


class _Receiver(NamedTuple):
    event_type: type
    function: Callable[[Any], None]
    can_wait: bool


_receivers: dict[str, dict[str, _Receiver]] = defaultdict(dict)


def receiver(
    event_type: type[Facts], *, can_wait: bool = False
) -> Callable[[Callable[[Facts], None]], Callable[[Facts], None]]:
    """Make a function hear every ``event_type``. It may be called twice for one event, and late.

    Use it in an app's ``receivers.py``, imported by ``AppConfig.ready``. What nobody waits for at her screen, such as a
    message, ``can_wait`` behind the long work.
    """

    def register(function: Callable[[Facts], None]) -> Callable[[Facts], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _receivers[event_name(event_type)][name] = _Receiver(event_type, function, can_wait)
        return function

    return register


def event_name(event_type: type) -> str:
    """The stable name of an event: its app's label and its class, e.g. ``progress.CourseCompleted``."""
    return f"{event_type.__module__.split('.')[-2]}.{event_type.__name__}"


def announce(*events: Any) -> None:
    """Write down that an event (a frozen dataclass of ids and facts) happened, in the caller's transaction.

    Several events at once are of one type; they cost no more statements than two together.

    After commit its receivers are called in the background, each at least once; nothing is lost when the broker or a
    worker dies. An event without receivers costs one insert.

    A type that names its list of ids in ``many`` is written in parts of ``rules.PART`` of them. Parts of ``rules.MANY``
    and more are delivered by the workers of long work: what follows from a mass enrollment is never in front of what
    follows from a learner's step.
    """
    if not events:
        return
    name = event_name(type(events[0]))
    known = _receivers[name]
    field: str = getattr(events[0], "many", "")
    parts = [part for event in events for part in _parts(event, field)]
    now = timezone.now()
    write = _one_by_one if len(parts) == 1 else _at_once
    rows = [{"name": name, "facts": part, "created_at": now} for part in parts]
    deliveries = [
        {
            "event_id": event_id,
            "receiver": receiver_name,
            "not_before": now,
            "is_bulk": each.can_wait or (bool(field) and len(part[field]) >= MANY),
        }
        for part, event_id in zip(parts, write(Event, rows), strict=True)
        for receiver_name, each in known.items()
    ]
    prompt: list[int] = []
    for facts, delivery_id in zip(deliveries, write(Delivery, deliveries), strict=True):
        if facts["is_bulk"]:
            transaction.on_commit(partial(ring, "bulk-events", [delivery_id]))
        else:
            prompt.append(delivery_id)
    if prompt:
        transaction.on_commit(partial(ring, "events", prompt))


def _parts(event: Any, field: str) -> list[dict[str, Any]]:
    # As it is: the copy that dataclasses would make, id by id, is thrown away once it is written.
    facts = {each.name: getattr(event, each.name) for each in dataclasses.fields(event)}
    return [facts | {field: list(part)} for part in batches(facts[field], PART)] if field else [facts]


_INSERTS = {Event: Insert(Event), Delivery: Insert(Delivery)}


def _one_by_one(model: type[Event | Delivery], rows: list[dict[str, Any]]) -> list[int]:
    """Write the few rows of a learner's step by a statement that is ready, and give their numbers."""
    return [_INSERTS[model](**row) for row in rows]


def _at_once(model: type[Event | Delivery], rows: list[dict[str, Any]]) -> list[int]:
    """Write rows in one statement, however many there are, and give their numbers."""
    manager: Any = model._default_manager
    return [row.pk for row in manager.bulk_create(model(**row) for row in rows)]


def deliver(delivery_ids: list[int] | None = None, *, limit: int = 100, is_bulk: bool | None = None) -> int:
    """Bring due deliveries to their receivers and return how many were claimed: these, those of one lane, or all.

    Safe to run in any number of workers at once: each delivery is claimed by one, and a claim whose worker died runs
    out after ``rules.CLAIM``. A receiver that raises is tried again with growing pauses, then set aside with its trace.
    """
    claimed = _claim(delivery_ids, limit, is_bulk)
    for delivery in claimed:
        _call(delivery)
    return len(claimed)


@transaction.atomic
def _claim(delivery_ids: list[int] | None, limit: int, is_bulk: bool | None = None) -> list[Delivery]:
    now = timezone.now()
    due = Delivery.objects.filter(state=Delivery.State.DUE, not_before__lte=now).select_related("event")
    if delivery_ids is not None:
        due = due.filter(pk__in=delivery_ids)
    if is_bulk is not None:
        due = due.filter(is_bulk=is_bulk)
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(due.select_for_update(skip_locked=skip, of=("self",) if skip else ()).order_by("pk")[:limit])
    for row in rows:
        row.attempts += 1
        row.not_before = now + CLAIM
    Delivery.objects.bulk_update(rows, ["attempts", "not_before"])
    return rows


def _call(delivery: Delivery) -> None:
    known = _receivers[delivery.event.name].get(delivery.receiver)
    try:
        if known is None:
            raise LookupError(f"{delivery.receiver} does not exist in this version")
        known.function(cast("Callable[..., Any]", known.event_type)(**delivery.event.facts))
    except Exception:  # a receiver's bug must not stop the other receivers; it is kept with its trace
        logger.exception("delivery %s of %s failed", delivery.pk, delivery.event.name)
        delivery.trace = traceback.format_exc()
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = Delivery.State.POISON
        delivery.not_before = timezone.now() + backoff(delivery.attempts)
    else:
        delivery.state = Delivery.State.DONE
        delivery.trace = ""
    delivery.save(update_fields=["state", "not_before", "trace"])
