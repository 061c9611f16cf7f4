"""The file that says what became of each row of a list."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models import Max
from django.utils.translation import gettext

from lms.common.batches import behind
from lms.enrollment import queries, services
from lms.enrollment.mass_enrollment.columns import column
from lms.enrollment.models import Enrollment
from lms.jobs.models import Job, RowProblem
from lms.jobs.services import Cell, Table, keep_result, open_table, sentence, write_table

TOLD_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows up to ``last`` that no earlier outcome tells of: their places, or why they have none."""

    last: int
    places: Mapping[int, tuple[str, int]]
    problems: Mapping[int, str]


@contextmanager
def result_behind(job: Job) -> Iterator[Callable[[Outcome], None]]:
    """Write the file in a thread while the caller hands over the outcomes, in their order and for all rows.

    It is kept as the job's when the block has ended. If the block fails, it is gone.
    """
    ending = ".xlsx" if job.source_name.lower().endswith(".xlsx") else ".csv"
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"result{ending}"

        def write(outcomes: Iterator[Outcome]) -> None:
            with open_table(job.source, column, least=1) as table:
                headings = [gettext("Outcome"), gettext("Arrival"), *table.headings]
                for _written in write_table(path, headings, _lines(table, outcomes)):
                    pass

        with behind(write) as tell:
            yield tell
        keep_result(job, path, f"{gettext('result')}-{job.pk}{ending}")


def write_result(job: Job) -> None:
    """Write the file at once, from what is true now."""
    with result_behind(job) as tell:
        for outcome in outcomes(job, (1, last_row(job))):
            tell(outcome)


def last_row(job: Job) -> int:
    """The last row that there is anything to say about."""
    span = services.rows_of_list(job.pk)
    return max(span[1] if span else 0, job.problems.aggregate(last=Max("row"))["last"] or 0)


def outcomes(job: Job, rows: tuple[int, int]) -> Iterator[Outcome]:
    """What has become of these rows as things are now, a stretch after the other; two queries for each."""
    for first in range(rows[0], rows[1] + 1, TOLD_AT_ONCE):
        span = (first, min(first + TOLD_AT_ONCE - 1, rows[1]))
        yield Outcome(span[1], queries.became(job.pk, span), _sentences(job, span))


def outcome_of(job: Job, rows: tuple[int, int], placed: services.ListedResult) -> Outcome:
    """What has become of the rows of a stretch that was placed just now."""
    if placed.is_in_order:
        places = queries.became_in_order(job.pk, rows, placed.arrivals, placed.last_seats)
    else:
        places = queries.became(job.pk, rows)
    return Outcome(rows[1], places, _sentences(job, rows))


def _sentences(job: Job, span: tuple[int, int]) -> dict[int, str]:
    rows: Iterable[RowProblem] = job.problems.filter(row__range=span, is_warning=False)
    return {problem.row: sentence(job, problem.code, problem.values) for problem in rows}


def _lines(table: Table, outcomes: Iterator[Outcome]) -> Iterator[Sequence[Cell]]:
    labels = {str(status): str(status.label) for status in Enrollment.Status}
    not_done = gettext("not done")
    outcome, rest = Outcome(0, {}, {}), Outcome(sys.maxsize, {}, {})
    for number, cells in table.rows:
        while number > outcome.last:
            outcome = next(outcomes, rest)
        if place := outcome.places.get(number):
            yield [labels[place[0]], place[1], *cells]
        else:
            yield [outcome.problems.get(number) or not_done, "", *cells]
