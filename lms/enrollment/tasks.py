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


@shared_task
def tend_plans() -> None:
    """Begin the rounds of mandatory training whose time has come, and tell people and superiors what is due."""
    services.open_cycles()
    services.remind_due()
    services.escalate_due()
