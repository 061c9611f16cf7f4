"""A row of a staff list, read without asking the database: what it says, and what is wrong with it in itself."""

import re
from dataclasses import dataclass, field
from datetime import date

from lms.jobs.services import is_destroyed_number
from lms.people import vault
from lms.people.imports.columns import read_employment_type, read_grade, read_sex
from lms.people.imports.upload import UploadedRow
from lms.people.models import EmploymentType, Identifier, Membership
from lms.people.rules import normalize_name, read_identifier, read_nip

EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
KINDS = tuple(str(kind) for kind in Identifier.Kind)
POSITION_LIMIT: int = Membership._meta.get_field("position").max_length or 0
GRADE_LIMIT: int = Membership._meta.get_field("grade").max_length or 0


@dataclass(slots=True)
class StaffRow(UploadedRow):
    """What a row says. Empty where it says nothing: that leaves things as they are."""

    identifiers: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    email: str = ""
    full_name: str = ""
    title_prefix: str = ""
    title_suffix: str = ""
    birth_on: date | None = None
    sex: str = ""
    unit_code: str = ""
    unit_name: str = ""
    employment_type: str = ""
    position: str = ""
    grade: str = ""
    starts_on: date | None = None


def read_row(number: int, cells: dict[str, str], *, today: date) -> StaffRow:
    """Read and judge one row."""
    row = StaffRow(number)
    _read_name(row, cells)
    _read_birth(row, cells, today)
    _read_identity(row, cells)
    row.unit_code = cells.get("unit_code", "")
    row.unit_name = cells.get("unit_name", "")
    row.position = cells.get("position", "")
    row.grade = read_grade(cells.get("grade", ""))
    for column, text, limit in (("position", row.position, POSITION_LIMIT), ("grade", row.grade, GRADE_LIMIT)):
        if len(text) > limit:
            row.error(column, "too_long", limit=limit)
    if text := cells.get("employment_type", ""):
        row.employment_type = read_employment_type(text) or ""
        if not row.employment_type:
            known = [str(label) for label in EmploymentType.labels]
            row.error("employment_type", "employment_unknown", given=text[:60], known=known)
    row.starts_on = row.day("starts_on", cells, today)
    return row


def _read_name(row: StaffRow, cells: dict[str, str]) -> None:
    reading = normalize_name(cells.get("name", ""))
    for problem in reading.problems:
        (row.error if problem.is_error else row.warn)("name", problem.code, **problem.values)
    row.full_name = reading.full_name
    row.title_prefix = cells.get("title_prefix", "") or reading.prefix
    row.title_suffix = cells.get("title_suffix", "") or reading.suffix
    for column, text in (("title_prefix", row.title_prefix), ("title_suffix", row.title_suffix)):
        if len(text) > 60 and not row.has_error:
            row.error(column, "too_long", limit=60)


def _read_birth(row: StaffRow, cells: dict[str, str], today: date) -> None:
    row.birth_on = row.day("birth_on", cells, today)
    if text := cells.get("sex", ""):
        row.sex = read_sex(text) or ""
        if not row.sex:
            row.error("sex", "sex_unknown", given=text[:60])


def _read_identity(row: StaffRow, cells: dict[str, str]) -> None:
    for kind in KINDS:
        text = cells.get(kind, "")
        if not text.strip("-0 ."):
            continue
        if is_destroyed_number(text):
            row.error(kind, "identifier_destroyed", given=text[:40])
            continue
        value, problems = read_identifier(kind, text)
        for problem in problems:
            (row.error if problem.is_error else row.warn)(kind, problem.code, **problem.values)
        if not any(problem.is_error for problem in problems):
            row.identifiers[kind] = value
            row.digests[kind] = vault.digest(value)
    if "nip" in row.identifiers:
        reading = read_nip(row.identifiers["nip"])
        if row.birth_on and reading.birth_on != row.birth_on:
            row.warn("birth_on", "birth_differs")
        row.birth_on = row.birth_on or reading.birth_on
        row.sex = row.sex or reading.sex
        if not cells.get("employment_type"):
            row.employment_type = EmploymentType.PPPK if reading.is_contract else EmploymentType.PNS
    row.email = cells.get("email", "").lower().removeprefix("mailto:")
    if row.email in ("-", "tidak ada", "n/a"):
        row.email = ""
    if row.email and (len(row.email) > 254 or not EMAIL.fullmatch(row.email)):
        row.error("email", "email_invalid", given=row.email[:60])
        row.email = ""
    if not row.identifiers and not row.email and not row.has_error:
        row.error("nip", "no_identity")
