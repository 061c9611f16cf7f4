"""The files a job leaves: rows to mend, and what was done row by row."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lms.jobs.kinds import keep_result
from lms.jobs.models import Job, RowProblem
from lms.jobs.sentences import sentence
from lms.jobs.spreadsheets.reading import Row, Table, open_table
from lms.jobs.spreadsheets.writing import Cell, write_csv, write_xlsx

BATCH = 20_000
Recognize = Callable[[str], str | None]


def write_errors_file(job: Job, recognize: Recognize, *, least: int = 2) -> None:
    """Keep the rows that have errors, as they were uploaded, behind a column that says what to mend.

    Mended, the file can be uploaded as it is.
    """
    if job.errors_file:
        job.errors_file.delete(save=False)
    if job.problems.filter(is_warning=False).exists():
        with open_table(job.source, recognize, least=least) as table, TemporaryDirectory() as folder:
            path = Path(folder) / f"errors{_ending(job)}"
            _write(path, [_("What to mend"), *table.headings], _rows_to_mend(job, table))
            with path.open("rb") as file:
                job.errors_file.save(f"{job.pk}{path.suffix}", File(file), save=False)
    job.save(update_fields=["errors_file"])


def write_result_file(
    job: Job, recognize: Recognize, outcomes: Mapping[str, str | Promise], unchanged: str | Promise, *, least: int = 2
) -> None:
    """Keep the whole upload behind two columns: what was done with the row, and remarks."""
    with open_table(job.source, recognize, least=least) as table, TemporaryDirectory() as folder:
        path = Path(folder) / f"result{_ending(job)}"
        _write(path, [_("Outcome"), _("Remarks"), *table.headings], _rows_done(job, table, outcomes, unchanged))
        keep_result(job, path, f"{_('result')}-{job.pk}{path.suffix}")


def _ending(job: Job) -> str:
    return ".xlsx" if job.source_name.lower().endswith(".xlsx") else ".csv"


def _write(path: Path, headings: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
    (write_xlsx if path.suffix == ".xlsx" else write_csv)(path, headings, rows)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _rows_to_mend(job: Job, table: Table) -> Iterator[Sequence[Cell]]:
    errors = job.problems.filter(is_warning=False).order_by("row", "pk").iterator(BATCH)
    for number, problems in groupby(errors, attrgetter("row")):
        to_mend = " ".join(sentence(job, problem.code, problem.values) for problem in problems)
        yield [to_mend, *table.find(number)]


def _rows_done(
    job: Job, table: Table, outcomes: Mapping[str, str | Promise], unchanged: str | Promise
) -> Iterator[Sequence[Cell]]:
    for batch in _batches(table.rows):
        errors = _sentences(job, batch, is_warning=False)
        warnings = _sentences(job, batch, is_warning=True)
        span = (batch[0][0], batch[-1][0])
        done = dict(job.changes.filter(row__range=span).values_list("row", "outcome"))
        reached = job.checkpoint.get("row", 0)
        for number, cells in batch:
            if number in errors:
                outcome: str | Promise = _("not done")
            elif number in done:
                outcome = outcomes.get(done[number], done[number])
            else:
                outcome = unchanged if number <= reached else _("not done")
            yield [str(outcome), " ".join(errors.get(number, []) + warnings.get(number, [])), *cells]


def _sentences(job: Job, batch: list[Row], *, is_warning: bool) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = RowProblem.objects.filter(job=job, row__range=(batch[0][0], batch[-1][0]), is_warning=is_warning)
    for problem in rows.order_by("row", "pk"):
        found[problem.row].append(sentence(job, problem.code, problem.values))
    return found
