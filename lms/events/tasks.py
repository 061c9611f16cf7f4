"""Celery entry points of the events."""

from celery import shared_task

from lms.common.registry import ring
from lms.events import services

SLICE = 10
"""Deliveries of many rows that are brought before other long work gets its turn."""


@shared_task
def deliver(delivery_ids: list[int]) -> None:
    """Bring these deliveries to their receivers now."""
    services.deliver(delivery_ids)


@shared_task
def sweep() -> None:
    """Find what the broker lost, and what failed and is due again; what comes of many rows has a sweep of its own."""
    while services.deliver(is_bulk=False) == 100:
        pass


@shared_task
def deliver_bulk(delivery_ids: list[int] | None = None) -> None:
    """Bring these deliveries, or some that are due, to their receivers, in the queue of long work."""
    if services.deliver(delivery_ids, limit=SLICE, is_bulk=True) == SLICE and delivery_ids is None:
        ring("bulk-events", None)


@shared_task
def sweep_bulk() -> None:
    """Find what is left of the deliveries of many rows."""
    deliver_bulk()
