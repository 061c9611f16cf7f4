"""Celery entry points of the jobs, in the queue of long work."""

from celery import shared_task

from lms.common.registry import ring
from lms.jobs import services


@shared_task
def work(job_id: int) -> None:
    """Take this job up, and come back for it when its slice of time was not enough."""
    if services.work(job_id):
        ring("jobs", job_id)


@shared_task
def sweep() -> None:
    """Find the jobs the broker lost or a worker left, and what need not be kept for undoing any more."""
    services.forget()
    while services.work():
        pass
