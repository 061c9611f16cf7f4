"""Celery entry points of the preparation of files, in a queue of their own that no learner waits for."""

from celery import shared_task

from courses.media import services


@shared_task
def prepare(preparation_id: int | None) -> None:
    """Prepare this file, then whatever else is due."""
    if preparation_id is not None:
        services.work(preparation_id)
    sweep()


@shared_task
def sweep() -> None:
    """Find what a lost message, a dead worker or an absent storage left undone."""
    services.tidy()
    services.drop_old_uploads()
    services.clear_leftovers()
    services.take_up_missing()
    while services.work():
        pass
