"""Background work of the authoring side."""

from celery import shared_task

from courses.pages import services


@shared_task
def publish_scheduled() -> None:
    """Publish the pages whose moment has come."""
    services.publish_scheduled()
