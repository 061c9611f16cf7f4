"""The platform's worker with a slow receiver added and a clock that sweeps every second."""

import django

django.setup()

from lms.celery import app  # noqa: E402
from tests.concurrency import slow  # noqa: E402

__all__ = ["app", "slow"]

app.conf.beat_schedule = {"events-sweep": {"task": "lms.events.tasks.sweep", "schedule": 1.0}}
