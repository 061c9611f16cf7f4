"""Turns a Celery task into a bell that never raises."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Task
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def bell_for(task: Task[..., Any]) -> Callable[..., None]:
    """A bell that sends ``task``; when the broker does not answer it only logs, for the sweep will find the row."""

    def ring(*args: Any) -> None:
        if settings.CELERY_BROKER_URL == "memory://":  # nobody listens: the queue would only grow
            return
        try:
            task.apply_async(args=args, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("bell %s not heard: %s", task.name, error.__class__.__name__)

    return ring
