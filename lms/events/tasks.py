"""Celery entry points of the events."""

from celery import shared_task

from lms.events import services


@shared_task
def deliver(delivery_ids: list[int]) -> None:
    """Bring these deliveries to their receivers now."""
    services.deliver(delivery_ids)


@shared_task
def sweep() -> None:
    """Find what the broker lost, and what failed and is due again."""
    while services.deliver() == 100:
        pass
