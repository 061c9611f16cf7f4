"""Celery entry points of certificates."""

from celery import shared_task

from certificates import services


@shared_task
def make(certificate_id: int) -> None:
    """Make one certificate now."""
    services.make(certificate_id)


@shared_task
def sweep() -> None:
    """Make what a lost message or a dead worker left undone."""
    services.make_due()
