"""Celery entry points of people."""

from celery import shared_task

from lms.people import services


@shared_task
def follow_roles() -> None:
    """Let what comes with a role begin and end with it."""
    services.follow_roles()
