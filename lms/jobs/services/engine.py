"""Doing jobs in the background: claims, batches, stopping, and what happens when a worker dies."""

import logging
import time
import traceback
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation

from lms.jobs.errors import UnusableSource
from lms.jobs.kinds import Step, kind_of
from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.queries import UNDER_WAY
from lms.jobs.rules import CLAIM, MAX_ATTEMPTS, SLICE, UNDO_WINDOW, backoff

logger = logging.getLogger(__name__)
State = Job.State

BREATH = 0.05
"""Seconds between batches in which other writers get at SQLite, which has one writer at a time."""


class _ClaimLost(Exception):
    """Another worker has taken the job over, because this one was silent for too long."""


class _StopRequested(Exception):
    """The reader wants the job to stop."""


def work(job_id: int | None = None) -> bool:
    """Take up one job (the one named, or the first that waits) until it ends, stops, breaks off, or its slice is over.

    Safe to call at any time in any number of workers: a job is in one hand only, and each batch is written down
    together with the place to go on from. Returns whether there was anything to do.
    """
    job = _claim(job_id)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        _end(job, State.FAILED, "repeatedly_lost", done=job.done)
        return True
    with translation.override(job.language):
        try:
            _go_on(job)
        except _ClaimLost:
            logger.warning("job %s was taken over by another worker", job.pk)
        except _StopRequested:
            _end(job, State.STOPPED)
        except UnusableSource as refusal:
            _end(job, State.REFUSED, refusal.reason, **refusal.values)
        except Exception:  # a kind's bug must not stop the worker; it is kept with its trace
            logger.exception("job %s broke off", job.pk)
            _set_aside(job, traceback.format_exc())
    return True


@transaction.atomic
def _claim(job_id: int | None) -> Job | None:
    now = timezone.now()
    waiting = Job.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), state__in=UNDER_WAY)
    if job_id is not None:
        waiting = waiting.filter(pk=job_id)
    skip = connection.features.has_select_for_update_skip_locked
    job: Job | None = waiting.select_for_update(skip_locked=skip).order_by("attempts", "pk").first()
    if job is not None:
        job.claim = uuid.uuid4()
        job.claimed_until = now + CLAIM
        job.attempts += 1
        job.pace_at, job.pace_done = now, job.done
        job.save(update_fields=["claim", "claimed_until", "attempts", "pace_at", "pace_done"])
    return job


def _go_on(job: Job) -> None:
    kind = kind_of(job)
    until = timezone.now() + SLICE
    if job.state == State.CHECKING:
        _start_over(job)
        _drive(job, kind.check(job), in_transactions=False)
        kind.conclude(job)
        doubt = kind.doubt(job)
        if doubt is None:
            _end(job, State.READY)
        else:
            _end(job, State.READY, doubt.code, **doubt.values, number=doubt.number)
        return
    undoing = job.state == State.UNDOING
    steps = kind.undo(job) if undoing else kind.run(job)
    if kind.runs_in_transactions:
        if not _drive(job, steps, in_transactions=True, until=until):
            _release(job)
            return
    else:
        _start_over(job)
        _drive(job, steps, in_transactions=False)
    if not undoing:
        kind.conclude(job)
    _end(job, State.UNDONE if undoing else State.DONE)


def _start_over(job: Job) -> None:
    """What an interrupted check or export left behind is not to be counted twice."""
    with transaction.atomic():
        _hold(job)
        job.problems.all().delete()
        job.done, job.counts, job.pace_done = 0, {}, 0
        job.save(update_fields=["done", "counts", "pace_done"])


def _drive(job: Job, steps: Iterator[Step], *, in_transactions: bool, until: Any = None) -> bool:
    """Take step after step; ``False`` when the slice ended first."""
    while True:
        if in_transactions:
            with transaction.atomic():
                _hold(job)
                step = next(steps, None)
                if step is not None:
                    _write_down(job, step)
        else:
            step = next(steps, None)
            with transaction.atomic():
                _hold(job)
                if step is not None:
                    _write_down(job, step)
        if step is None:
            return True
        if until is not None and timezone.now() > until:
            return False
        if connection.vendor == "sqlite":
            time.sleep(BREATH)


def _hold(job: Job) -> None:
    """Lock the row, or learn that the job is no longer ours or should stop."""
    held = Job.objects.select_for_update().filter(pk=job.pk, claim=job.claim).values("stop_requested").first()
    if held is None:
        raise _ClaimLost
    if held["stop_requested"]:
        raise _StopRequested


def _write_down(job: Job, step: Step) -> None:
    RowProblem.objects.bulk_create(step.problems, batch_size=2_000)
    job.done = step.done
    job.checkpoint = step.checkpoint
    if step.counts is not None:
        job.counts = dict(step.counts)
    if step.total is not None:
        job.total = step.total
    job.attempts = 0
    job.claimed_until = timezone.now() + CLAIM
    job.save(update_fields=["done", "checkpoint", "counts", "total", "attempts", "claimed_until"])


def _release(job: Job) -> None:
    """Give the job back so that others get their turn; the bell or the sweep takes it up again."""
    Job.objects.filter(pk=job.pk, claim=job.claim).update(claim=None, claimed_until=None, attempts=0)


def _end(job: Job, state: State, explanation: str = "", **values: Any) -> None:
    now = timezone.now()
    changes: dict[str, Any] = {
        "state": state,
        "explanation": explanation,
        "explanation_values": values,
        "stop_requested": False,
        "claim": None,
        "claimed_until": None,
        "finished_at": now,
    }
    if job.phase == State.RUNNING and state in (State.DONE, State.STOPPED, State.FAILED) and kind_of(job).is_undoable:
        changes["undo_until"] = now + UNDO_WINDOW
    Job.objects.filter(pk=job.pk, claim=job.claim).update(**changes)


def _set_aside(job: Job, trace: str) -> None:
    """Try again later, or fail when that did not help."""
    if job.attempts >= MAX_ATTEMPTS:
        Job.objects.filter(pk=job.pk, claim=job.claim).update(trace=trace)
        stored = Job.objects.values_list("done", flat=True).get(pk=job.pk)
        _end(job, State.FAILED, "unexpected", done=stored)
        return
    Job.objects.filter(pk=job.pk, claim=job.claim).update(
        trace=trace, claim=None, claimed_until=timezone.now() + backoff(job.attempts)
    )


def forget() -> int:
    """Delete what undoing needed, once undoing is no longer possible: it holds personal data."""
    deleted, _by_model = JobChange.objects.filter(job__undo_until__lt=timezone.now()).delete()
    return deleted
