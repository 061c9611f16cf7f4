"""Announcing events and bringing them to their receivers, at least once."""

import dataclasses
import logging
import traceback
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.utils import timezone

from lms.common.registry import ring
from lms.events.models import Delivery, Event
from lms.events.rules import CLAIM, MAX_ATTEMPTS, backoff

logger = logging.getLogger(__name__)

Facts = TypeVar("Facts")
_receivers: dict[str, dict[str, tuple[type, Callable[[Any], None]]]] = defaultdict(dict)


def receiver(event_type: type[Facts]) -> Callable[[Callable[[Facts], None]], Callable[[Facts], None]]:
    """Make a function hear every ``event_type``. It may be called twice for one event, and late.

    Use it in an app's ``receivers.py``, imported by ``AppConfig.ready``.
    """

    def register(function: Callable[[Facts], None]) -> Callable[[Facts], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _receivers[event_name(event_type)][name] = (event_type, function)
        return function

    return register


def event_name(event_type: type) -> str:
    """The stable name of an event: its app's label and its class, e.g. ``progress.CourseCompleted``."""
    return f"{event_type.__module__.split('.')[-2]}.{event_type.__name__}"


def announce(event: Any) -> None:
    """Write down that ``event`` (a frozen dataclass of ids and facts) happened, in the caller's transaction.

    After commit its receivers are called in the background, each at least once; nothing is lost when the broker or a
    worker dies. An event without receivers costs one insert.
    """
    name = event_name(type(event))
    row = Event.objects.create(name=name, facts=dataclasses.asdict(event))
    names = list(_receivers[name])
    if not names:
        return
    now = timezone.now()
    deliveries = Delivery.objects.bulk_create([Delivery(event=row, receiver=name, not_before=now) for name in names])
    transaction.on_commit(partial(ring, "events", [delivery.pk for delivery in deliveries]))


def deliver(delivery_ids: list[int] | None = None, *, limit: int = 100) -> int:
    """Bring due deliveries to their receivers and return how many were claimed.

    Safe to run in any number of workers at once: each delivery is claimed by one, and a claim whose worker died runs
    out after ``rules.CLAIM``. A receiver that raises is tried again with growing pauses, then set aside with its trace.
    """
    claimed = _claim(delivery_ids, limit)
    for delivery in claimed:
        _call(delivery)
    return len(claimed)


@transaction.atomic
def _claim(delivery_ids: list[int] | None, limit: int) -> list[Delivery]:
    now = timezone.now()
    due = Delivery.objects.filter(state=Delivery.State.DUE, not_before__lte=now).select_related("event")
    if delivery_ids is not None:
        due = due.filter(pk__in=delivery_ids)
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
        event_type, function = known
        function(cast("Callable[..., Any]", event_type)(**delivery.event.facts))
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
