"""Celery entry points of the messages, in the queue of long work."""

from celery import shared_task

from lms.common.registry import ring
from lms.notifications import services


@shared_task
def send_mail() -> None:
    """Send some of what is due, and come back for the rest, so that other work gets its turn in between."""
    if services.send_due():
        ring("mail")


@shared_task
def sweep() -> None:
    """Find e-mails whose time has come, or that the broker or a worker lost, and forget what is old."""
    services.forget()
    send_mail()
