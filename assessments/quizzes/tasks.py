"""Celery entry points of quizzes."""

from celery import shared_task

from assessments.quizzes import services


@shared_task
def close_overdue() -> None:
    """Submit what was saved in attempts whose time has run out."""
    while services.close_overdue() == 200:
        pass
