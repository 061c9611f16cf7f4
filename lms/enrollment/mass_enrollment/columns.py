"""The columns of a list of people to enroll, and what a row says."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.enrollment.services import Listed
from lms.jobs.models import RowProblem
from lms.jobs.services import Cell, Table, is_destroyed_number
from lms.people.queries import digest_of
from lms.people.rules import staff_column

NUMBERS = ("nip", "nik", "nuptk", "npk", "pegid")
LABELS: Mapping[str, str | Promise] = {
    "nip": "NIP",
    "nik": "NIK",
    "nuptk": "NUPTK",
    "npk": "NPK",
    "pegid": "PegID",
    "email": _("E-mail"),
    "run": _("Run number"),
}
HINTS: Mapping[str, str | Promise] = {
    "nip": _("18 digits; spaces and dots do no harm. Format the column as text."),
    "email": _("Enough when there is no number."),
    "run": _("Only when the list is for several runs: the number beside each run in the list above."),
}
EXAMPLE: Mapping[str, Cell] = {"nip": "198503172010012901", "email": "siti.aminah@example.go.id"}

_RUN_HEADINGS = {"nomor angkatan", "kode angkatan", "id angkatan", "angkatan", "run", "run number", "run id"}


def column(heading: str) -> str | None:
    """The column that a heading stands for."""
    known = staff_column(heading)
    if known in LABELS:
        return known
    words = " ".join(heading.lower().replace("_", " ").split())
    return "run" if words in _RUN_HEADINGS else None


Place = tuple[int, int]
"""A run and its period."""


def read_rows(table: Table, job_id: int, runs: Mapping[int, int], chosen: int | None) -> Iterator[Listed | RowProblem]:
    """Whom each row of the table names and in which of the ``runs``, or what is wrong with it in itself.

    The first number that a row gives is the one; ``chosen`` is the run where a row names none.
    """
    columns = [(name, table.columns[name]) for name in NUMBERS if name in table.columns]
    email_at, run_at = table.columns.get("email"), table.columns.get("run")
    places = {str(run_id): (run_id, period_id) for run_id, period_id in runs.items()}
    for number, cells in table.rows:
        width = len(cells)
        digest = email = ""
        for kind, at in columns:
            text = cells[at] if at < width else ""
            if text and text.strip("-0 ."):
                digest, problem = _digest_of(kind, text, job_id, number)
                break
        else:
            email = cells[email_at].lower()[:254] if email_at is not None and email_at < width else ""
            nobody = "@" not in email
            problem = (
                _problem(job_id, number, columns[0][0] if columns else "email", "nobody_named") if nobody else None
            )
        if problem:
            yield problem
            continue
        run = cells[run_at] if run_at is not None and run_at < width else ""
        place = places.get(run) or _place(run, runs, chosen)
        if place:
            yield number, *place, digest, email
        elif run or chosen:
            yield _problem(job_id, number, "run", "run_unknown", given=run[:40] or str(chosen))
        else:
            yield _problem(job_id, number, "run", "run_missing")


def _digest_of(kind: str, text: str, job_id: int, number: int) -> tuple[str, RowProblem | None]:
    if is_destroyed_number(text):
        return "", _problem(job_id, number, kind, "identifier_destroyed", given=text[:40])
    digest, problem = digest_of(kind, text)
    return digest, _problem(job_id, number, kind, problem.code, **problem.values) if problem else None


def _place(run: str, runs: Mapping[int, int], chosen: int | None) -> Place | None:
    run_id = int(run) if run.isdecimal() and len(run) < 19 else (None if run else chosen)
    return (run_id, runs[run_id]) if run_id is not None and run_id in runs else None


def _problem(job_id: int, row: int, field: str, code: str, **values: Any) -> RowProblem:
    return RowProblem(job_id=job_id, row=row, field=field, code=code, values=values)
