"""What all of HR's uploads have in common: who may start one, how its rows are counted, its files, its page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.services import Cell, Kind, Step, Tally, read_date, write_errors_file, write_result_file
from lms.people.queries import has_role

ROLE = "hr_officer"
UNDO_BATCH = 500

Text = str | Promise


@dataclass(slots=True)
class UploadedRow:
    """A row as it was read, with what is wrong with it."""

    number: int
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def has_error(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)

    def error(self, column: str, code: str, **values: Any) -> None:
        self.problems.append(RowProblem(row=self.number, field=column, code=code, values=values))

    def warn(self, column: str, code: str, **values: Any) -> None:
        self.problems.append(RowProblem(row=self.number, field=column, code=code, values=values, is_warning=True))

    def day(self, column: str, cells: Mapping[str, str], today: date) -> date | None:
        """The day in a cell, if it says one that has come."""
        text = cells.get(column, "")
        if not text or text == "-":
            return None
        day = read_date(text)
        if day is None:
            self.error(column, "date_invalid", given=text[:60])
        elif day > today:
            self.error(column, "date_future", given=day.isoformat())
        return day


class Judged(Protocol):
    """A row without an error, and the word for what becomes of it."""

    outcome: str


class Upload(Kind):
    """A spreadsheet of HR's that is checked row by row against what is known and then carried out."""

    is_undoable = True
    labels: ClassVar[Mapping[str, Text]]
    """The columns in the template's order, as the reader knows them."""
    hints: ClassVar[Mapping[str, Text]]
    required: ClassVar[frozenset[str]]
    example: ClassVar[Mapping[str, Cell]]
    template_name: ClassVar[Text]
    """The template's file name, without its ending."""
    heading: ClassVar[Text]
    scope: ClassVar[Text]
    """What comes before the names of the officer's branches."""
    note: ClassVar[Text]
    """What the upload leaves alone."""
    outcomes: ClassVar[Mapping[str, Text]]
    """What becomes of a row that changes something, by the word that is counted."""
    outcome_labels: ClassVar[Mapping[str, Text]]
    """The same words as the preview counts them."""
    page: ClassVar[str]
    template_page: ClassVar[str]
    undo_order: ClassVar[str] = "-row"

    def recognize(self, heading: str) -> str | None:
        """The column that a heading stands for."""
        raise NotImplementedError

    def take_back(self, job: Job, batch: Sequence[JobChange]) -> None:
        """Put a batch of changes back."""
        raise NotImplementedError

    def may_use(self, person: Any) -> bool:
        return has_role(person, ROLE)

    def url(self, job: Job) -> str:
        return reverse(self.page)

    def column_labels(self, job: Job) -> Mapping[str, Text]:
        return self.labels

    def tallies(self, job: Job) -> list[Tally]:
        counts = job.counts
        tallies = [
            Tally(label, counts.get(outcome, 0), "success" if outcome == "new" else "info")
            for outcome, label in self.outcome_labels.items()
        ]
        tallies.append(Tally(_("unchanged"), counts.get("unchanged", 0)))
        for word, label, tone in (
            ("errors", _("rows with errors"), "danger"),
            ("warnings", _("rows with warnings"), "warning"),
        ):
            count = counts.get(word, 0)
            tallies.append(Tally(label, count, tone if count else "neutral"))
        return tallies

    def undo(self, job: Job) -> Iterator[Step]:
        undone = job.done
        while batch := list(job.changes.order_by(self.undo_order)[:UNDO_BATCH]):
            self.take_back(job, batch)
            job.changes.filter(pk__in=[change.pk for change in batch]).delete()
            undone += len(batch)
            yield Step(undone, job.checkpoint)

    def conclude(self, job: Job) -> None:
        write_errors_file(job, self.recognize)
        if job.state == Job.State.RUNNING:
            write_result_file(job, self.recognize, self.outcomes, _("unchanged"))

    def nothing_yet(self) -> dict[str, int]:
        """All counts at nought."""
        return dict.fromkeys((*self.outcomes, "unchanged", "errors", "warnings", "rows", "to_do"), 0)

    def to_do(self, counts: Mapping[str, int]) -> int:
        """How many rows change something."""
        return sum(counts[outcome] for outcome in self.outcomes)


def tally(counts: dict[str, int], rows: Sequence[UploadedRow], judged: Iterable[Judged]) -> None:
    """Add what became of the rows to the counts."""
    counts["rows"] += len(rows)
    for row in rows:
        if row.has_error:
            counts["errors"] += 1
        elif row.problems:
            counts["warnings"] += 1
    for each in judged:
        counts[each.outcome] += 1


def problems_of(job: Job, rows: Iterable[UploadedRow]) -> list[RowProblem]:
    """What is wrong with the rows, as problems of the job."""
    problems = [problem for row in rows for problem in row.problems]
    for problem in problems:
        problem.job_id = job.pk
    return problems


def keep_new_errors(job: Job, rows: Iterable[UploadedRow]) -> None:
    """Keep what has come up since the check, because somebody changed things in between."""
    failed = [row for row in rows if row.has_error]
    if not failed:
        return
    span = (min(row.number for row in failed), max(row.number for row in failed))
    known = set(job.problems.filter(row__range=span, is_warning=False).values_list("row", flat=True))
    RowProblem.objects.bulk_create(problems_of(job, [row for row in failed if row.number not in known]))
