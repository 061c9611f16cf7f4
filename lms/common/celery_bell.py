"""Turns a Celery task into a bell that never raises."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import Task
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
GATHERED_FOR = 0.1
"""Seconds for which a gathering bell waits for more: nobody sees them, and a rush rings now and then."""


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


def gathering_bell_for(task: Task[..., Any]) -> Callable[[list[int]], None]:
    """A bell for a task that takes a list of ids: those of a moment, of all threads of this process, go in one task.

    What a process that is killed had gathered, the sweep finds.
    """
    send = bell_for(task)
    lock = threading.Lock()
    gathered: list[int] = []

    def go() -> None:
        with lock:
            ids = gathered.copy()
            gathered.clear()
        send(ids)

    def ring(ids: list[int]) -> None:
        with lock:
            is_first = not gathered
            gathered.extend(ids)
        if is_first:
            threading.Timer(GATHERED_FOR, go).start()

    return ring
