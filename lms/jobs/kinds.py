"""The kinds of job: what each long or mass action must be able to do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django.core.files import File
from django.utils.functional import Promise

from lms.common.registry import Registry
from lms.jobs.models import Job, RowProblem
from lms.jobs.rules import Doubt, doubt_about
from lms.jobs.spreadsheets.writing import Cell, write_table


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch achieved: rows done so far, where to go on, and the tallies so far."""

    done: int
    checkpoint: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] | None = None
    total: int | None = None
    problems: Sequence[RowProblem] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """A figure on the job's page: ``tone`` is a badge tone, ``help`` says what the figure means."""

    label: str | Promise
    count: int
    tone: str = "neutral"
    help: str | Promise = ""


class Kind(ABC):
    """A kind of job. One instance, registered under its name in ``AppConfig.ready``, serves all its jobs.

    ``check``, ``run`` and ``undo`` are generators: the engine calls ``next`` for one batch at a time, and after each
    writes down the step, keeps its claim, and looks whether to stop. When a worker dies the next one starts the
    generator anew: ``check`` from the beginning, ``run`` from ``job.checkpoint``, ``undo`` from the changes left.
    """

    name: ClassVar[str]
    title: ClassVar[str | Promise]
    icon: ClassVar[str] = "list-checks"
    needs_confirmation: ClassVar[bool] = True
    """Whether it is checked first and waits for a go-ahead; otherwise it runs at once."""
    is_undoable: ClassVar[bool] = False
    runs_in_transactions: ClassVar[bool] = True
    """Whether each batch of ``run`` and ``undo`` is one transaction together with its checkpoint: then no row is done
    twice, ever. Kinds that only read and write a file turn it off, and start over after a crash."""
    sentences: ClassVar[Mapping[str, str | Promise]] = {}
    """Sentences for the codes of problems and explanations, with ``%(name)s`` for their values."""

    @abstractmethod
    def may_use(self, person: Any) -> bool:
        """Whether ``person`` may start such a job at all. What it may touch is checked row by row."""

    def check(self, job: Job) -> Iterator[Step]:
        """Read the whole source and change nothing: problems, tallies of what would happen, and ``total``.

        Raises ``UnusableSource`` when the file as a whole cannot be used.
        """
        yield Step(done=0)

    @abstractmethod
    def run(self, job: Job) -> Iterator[Step]:
        """Do the rows after ``job.checkpoint``, a batch per step."""

    def undo(self, job: Job) -> Iterator[Step]:
        """Put back what ``job.changes`` remembers, last row first, a batch per step, deleting the changes undone."""
        raise NotImplementedError

    def conclude(self, job: Job) -> None:  # noqa: B027 -- most kinds leave no file
        """Write the files for the reader after ``check`` and ``run``; called again when a crash interrupted it."""

    def doubt(self, job: Job) -> Doubt | None:
        """What about the checked job looks like a mistake. It then needs a number typed by hand to go on."""
        return doubt_about(job.counts, job.total)

    def tallies(self, job: Job) -> list[Tally]:
        """What the job's page shows of ``job.counts``."""
        return []

    def column_labels(self, job: Job) -> Mapping[str, str | Promise]:
        """How the page calls the ``field`` of a problem."""
        return {}

    def url(self, job: Job) -> str:
        """Where the reader starts another job of this kind; empty when there is no such page."""
        return ""

    def action(self, job: Job) -> str | Promise:
        """What the button says that lets a checked job go on; empty, it speaks of rows."""
        return ""

    def undo_note(self, job: Job) -> str | Promise:
        """What undoing cannot bring back, for the page."""
        return ""


class Export(Kind):
    """A job that writes rows of the database to a file to download, as CSV or XLSX (``parameters["format"]``)."""

    needs_confirmation = False
    runs_in_transactions = False
    icon = "file-down"

    @abstractmethod
    def headings(self, job: Job) -> list[str]:
        """The first line, in the language that is active."""

    @abstractmethod
    def rows(self, job: Job) -> Iterable[Sequence[Cell]]:
        """The lines, streamed."""

    @abstractmethod
    def total(self, job: Job) -> int:
        """About how many lines there will be."""

    @abstractmethod
    def file_stem(self, job: Job) -> str:
        """The name of the file without its ending."""

    def run(self, job: Job) -> Iterator[Step]:
        total = self.total(job)
        yield Step(done=0, total=total)
        ending = "xlsx" if job.parameters.get("format") == "xlsx" else "csv"
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"export.{ending}"
            done = 0
            for done in write_table(path, self.headings(job), self.rows(job)):
                yield Step(done=done, total=max(total, done))
            keep_result(job, path, f"{self.file_stem(job)}.{ending}")
        yield Step(done=done, total=done, counts={"rows": done})


def keep_result(job: Job, path: Path, name: str) -> None:
    """Put a finished file into storage as the job's result, in place of an earlier one."""
    if job.result:
        job.result.delete(save=False)
    with path.open("rb") as file:
        job.result.save(f"{job.pk}{path.suffix}", File(file), save=False)
    job.result_name = name
    job.save(update_fields=["result", "result_name"])


kinds: Registry[Kind] = Registry()


def kind_of(job: Job) -> Kind:
    """The kind that knows how to do ``job``."""
    return kinds[job.kind]
