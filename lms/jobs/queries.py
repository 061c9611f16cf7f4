"""What a job's page and lists ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.jobs.kinds import kind_of
from lms.jobs.models import Job
from lms.jobs.rules import seconds_left
from lms.jobs.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from lms.jobs.models import RowProblem

SHOWN_PROBLEMS = 50
State = Job.State
UNDER_WAY = (State.CHECKING, State.RUNNING, State.UNDOING)
TONES = {
    State.CHECKING: "info",
    State.READY: "warning",
    State.REFUSED: "danger",
    State.RUNNING: "info",
    State.STOPPED: "warning",
    State.DONE: "success",
    State.FAILED: "danger",
    State.UNDOING: "info",
    State.UNDONE: "neutral",
}


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem as the page shows it."""

    row: int
    field: str
    text: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How far a job under way is."""

    done: int
    total: int | None
    percent: int | None
    ends_at: datetime | None
    left: str


def course_of(job: Job) -> Course:
    """How far it is, and when it will be ready at the pace since it was taken up."""
    now = timezone.now()
    left = seconds_left(job.done, job.total, pace_done=job.pace_done, pace_at=job.pace_at, now=now)
    percent = min(100, job.done * 100 // job.total) if job.total else None
    if left is None:
        return Course(job.done, job.total, percent, None, "")
    return Course(job.done, job.total, percent, now + timedelta(seconds=left), _time_left(left))


def _time_left(seconds: int) -> str:
    if seconds < 60:
        return _("less than a minute")
    if seconds < 5400:
        minutes = round(seconds / 60)
        return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    hours = round(seconds / 3600)
    return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}


def problems_of(job: Job, *, only: str = "") -> "QuerySet[RowProblem]":
    """Problems in the order of the rows: ``errors``, ``warnings``, or both."""
    found = job.problems.order_by("row", "pk")
    return found.filter(is_warning=only == "warnings") if only else found


def problem_lines(job: Job, problems: "Iterable[RowProblem]") -> list[ProblemLine]:
    """The problems as the page shows them, in the reader's language."""
    labels = kind_of(job).column_labels(job)
    return [
        ProblemLine(
            problem.row,
            str(labels.get(problem.field, problem.field)),
            sentence(job, problem.code, problem.values),
            problem.is_warning,
        )
        for problem in problems
    ]


def explanation_of(job: Job) -> str:
    """Why the job was refused or failed, in the reader's language."""
    return sentence(job, job.explanation, job.explanation_values) if job.explanation else ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job in a list."""

    job: Job
    title: str
    icon: str
    tone: str
    percent: int | None


def line_of(job: Job) -> JobLine:
    """The job as a line of a list; no query."""
    kind = kind_of(job)
    percent = course_of(job).percent if job.state in UNDER_WAY else None
    return JobLine(job, str(kind.title), kind.icon, TONES[State(job.state)], percent)


def page_of(job: Job) -> dict[str, Any]:
    """Everything a job's page shows."""
    kind = kind_of(job)
    with_errors, with_warnings = job.counts.get("errors", 0), job.counts.get("warnings", 0)
    shown = list(problems_of(job)[: SHOWN_PROBLEMS + 1]) if job.state not in (State.CHECKING, State.RUNNING) else []
    return {
        "job": job,
        "kind": kind,
        "tone": TONES[State(job.state)],
        "is_under_way": job.state in UNDER_WAY,
        "is_stopping": job.stop_requested,
        "course": course_of(job),
        "tallies": kind.tallies(job),
        "errors": with_errors,
        "warnings": with_warnings,
        "to_do": job.counts.get("to_do", 0),
        "problems": problem_lines(job, shown[:SHOWN_PROBLEMS]),
        "has_more_problems": len(shown) > SHOWN_PROBLEMS,
        "explanation": explanation_of(job),
        "can_confirm": job.state == State.READY and job.counts.get("to_do", 0) > 0,
        "number_to_type": number_to_type(job),
        "can_resume": job.state in (State.STOPPED, State.FAILED),
        "can_undo": can_undo(job),
        "action": kind.action(job),
        "undo_note": kind.undo_note(job),
        "again_url": kind.url(job),
    }


def number_to_type(job: Job) -> int | None:
    """The number that lets a doubtful job go on; ``None`` when a click is enough."""
    if job.state != State.READY or not job.explanation:
        return None
    return int(job.explanation_values["number"])


def can_undo(job: Job) -> bool:
    """Whether the job has done something that can still be taken back."""
    at_rest = job.state in (State.DONE, State.STOPPED, State.FAILED) and job.phase in (State.RUNNING, State.UNDOING)
    if not (at_rest and kind_of(job).is_undoable):
        return False
    return (job.undo_until is None or timezone.now() < job.undo_until) and job.changes.exists()
