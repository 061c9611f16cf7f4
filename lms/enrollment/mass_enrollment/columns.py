"""The columns of a list of people to enroll, and what a row says."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


class ListRow(NamedTuple):
    """Whom a row names, by the digest of a number or by an e-mail address, and the run it asks for."""

    number: int
    digest: str
    email: str
    run: str


def read_rows(table: Table, job_id: int) -> Iterator[ListRow | RowProblem]:
    """Each row of the table, or what is wrong with it in itself. The first number that a row gives is the one."""
    places = [(name, table.columns[name]) for name in NUMBERS if name in table.columns]
    email_at, run_at = table.columns.get("email"), table.columns.get("run")
    for number, cells in table.rows:
        width = len(cells)
        run = cells[run_at] if run_at is not None and run_at < width else ""
        for kind, at in places:
            text = cells[at] if at < width else ""
            if text and text.strip("-0 ."):
                if is_destroyed_number(text):
                    yield _problem(job_id, number, kind, "identifier_destroyed", given=text[:40])
                    break
                digest, problem = digest_of(kind, text)
                if problem:
                    yield _problem(job_id, number, kind, problem.code, **problem.values)
                else:
                    yield ListRow(number, digest, "", run)
                break
        else:
            email = cells[email_at].lower() if email_at is not None and email_at < width else ""
            if "@" in email:
                yield ListRow(number, "", email[:254], run)
            else:
                yield _problem(job_id, number, places[0][0] if places else "email", "nobody_named")


def _problem(job_id: int, row: int, field: str, code: str, **values: Any) -> RowProblem:
    return RowProblem(job_id=job_id, row=row, field=field, code=code, values=values)
