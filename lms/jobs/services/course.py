"""What people do with a job: start it, let it go on, stop it, resume it, take it back."""

from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from lms.audit.services import record
from lms.common.registry import ring
from lms.jobs.errors import NotAllowed, NotNow, NumberMismatch
from lms.jobs.kinds import kinds
from lms.jobs.models import Job
from lms.jobs.queries import UNDER_WAY, can_undo, number_to_type
from lms.jobs.rules import is_number_typed

State = Job.State


@transaction.atomic
def create(
    kind: str, by: Any, parameters: dict[str, Any] | None = None, source: "File[Any] | None" = None, *, name: str = ""
) -> Job:
    """Start a job of ``kind``: it is checked, or runs at once where there is nothing to confirm.

    ``source`` is kept in storage under a name of ours; ``name`` (or its own) is only shown.
    """
    if not kinds[kind].may_use(by):
        raise NotAllowed
    begin = State.CHECKING if kinds[kind].needs_confirmation else State.RUNNING
    job = Job(
        kind=kind,
        by=by,
        state=begin,
        phase=begin,
        parameters=parameters or {},
        language=(get_language() or "id")[:5],
        started_at=timezone.now(),
    )
    if source is not None:
        job.source_name = (name or source.name or "")[-255:]
        ending = ".xlsx" if job.source_name.lower().endswith(".xlsx") else ".csv"
        job.source.save(f"upload{ending}", source, save=False)
    job.save()
    record("jobs.create", [job], by=by, kind=kind)
    _wake(job)
    return job


@transaction.atomic
def confirm(job: Job, *, by: Any, typed: str = "") -> Job:
    """Let a checked job do its work. Confirming twice starts it once.

    A job that looks like a mistake (see ``Kind.doubt``) needs the number its page asks for, and the audit trail keeps
    that it was let go on all the same.
    """
    held = _locked(job)
    number = number_to_type(held)
    if number is not None:
        if not is_number_typed(typed, number):
            raise NumberMismatch
        record("jobs.confirm_doubtful", [held], by=by, doubt=held.explanation, **held.explanation_values)
    return _turn(held, "jobs.confirm", by, when=[State.READY], to=State.RUNNING, done=0, checkpoint={})


@transaction.atomic
def request_stop(job: Job, *, by: Any) -> Job:
    """Ask a job to stop after the batch at hand; one that only waits for its go-ahead stops at once."""
    held = _locked(job)
    if held.state == State.READY:
        held.state = State.STOPPED
    elif held.state in UNDER_WAY:
        held.stop_requested = True
    else:
        raise NotNow
    held.save(update_fields=["state", "stop_requested"])
    record("jobs.stop", [held], by=by)
    if held.state in UNDER_WAY:
        _wake(held)
    return held


@transaction.atomic
def resume(job: Job, *, by: Any) -> Job:
    """Go on where a stopped or failed job is; no row is done twice."""
    return _turn(job, "jobs.resume", by, when=[State.STOPPED, State.FAILED], to=None)


@transaction.atomic
def undo(job: Job, *, by: Any) -> Job:
    """Take back what the job did, while that is possible (see ``queries.can_undo``)."""
    held = _locked(job)
    if not can_undo(held):
        raise NotNow
    total = held.changes.count()
    return _turn(held, "jobs.undo", by, when=[State(held.state)], to=State.UNDOING, done=0, total=total)


def _locked(job: Job) -> Job:
    held: Job = Job.objects.select_for_update().get(pk=job.pk)
    return held


def _turn(job: Job, action: str, by: Any, *, when: list[State], to: State | None, **changes: Any) -> Job:
    held = _locked(job)
    if held.state not in when:
        raise NotNow
    held.state = held.phase = to or State(held.phase)
    held.stop_requested = False
    held.attempts = 0
    held.explanation = held.trace = ""
    held.explanation_values = {}
    held.claim = held.claimed_until = held.finished_at = held.pace_at = None
    for field, value in changes.items():
        setattr(held, field, value)
    held.save()
    record(action, [held], by=by)
    _wake(held)
    return held


def _wake(job: Job) -> None:
    transaction.on_commit(partial(ring, "jobs", job.pk))
