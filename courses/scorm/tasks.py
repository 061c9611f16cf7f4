"""Celery entry points of imports, in the queue of long work."""

from celery import shared_task

from courses.scorm import services


@shared_task
def carry_out(waiting_id: int) -> None:
    """Import one uploaded package."""
    services.carry_out(waiting_id)


@shared_task
def sweep() -> None:
    """Find the imports that a lost message or a dead worker left waiting."""
    services.carry_out_waiting()
