"""Celery entry points of enrollment."""

from celery import shared_task

from lms.enrollment import services


@shared_task
def settle() -> None:
    """Pass on offers that have run out, and release reserves whose time has come."""
    services.settle_due()


@shared_task
def sweep_audiences() -> None:
    """Let audiences follow the calendar."""
    services.follow_days()
