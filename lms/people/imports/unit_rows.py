"""A row of a list of units, read without asking the database: what it says, and what is wrong with it in itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.jobs.services import is_destroyed_number
from lms.people.imports.columns import read_province, read_time_zone, read_unit_type, read_yes_no
from lms.people.imports.upload import UploadedRow
from lms.people.models import OrgUnit, UnitType

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
CODE_LIMIT: int = OrgUnit._meta.get_field("code").max_length or 0
NAME_LIMIT: int = OrgUnit._meta.get_field("name").max_length or 0


@dataclass(slots=True)
class UnitRow(UploadedRow):
    """What a row says. Empty or ``None`` where it says nothing: that leaves things as they are."""

    code: str = ""
    name: str = ""
    unit_type: str = ""
    parent_code: str = ""
    opened_on: date | None = None
    is_remote: bool | None = None
    province_code: str = ""
    time_zone: str = ""

    @property
    def key(self) -> str:
        """The code as codes are compared."""
        return self.code.upper()


def read_unit_row(number: int, cells: Mapping[str, str], *, today: date) -> UnitRow:
    """Read and judge one row."""
    row = UnitRow(number)
    row.code = _code(row, "code", cells)
    if not row.code and not row.has_error:
        row.error("code", "code_empty")
    row.parent_code = _code(row, "parent_code", cells)
    row.name = cells.get("name", "")
    if len(row.name) > NAME_LIMIT:
        row.error("name", "too_long", limit=NAME_LIMIT)
    if text := cells.get("unit_type", ""):
        row.unit_type = read_unit_type(text) or ""
        if not row.unit_type:
            row.error("unit_type", "type_unknown", given=text[:60], known=known_types())
    if (text := cells.get("remote", "")) not in ("", "-"):
        row.is_remote = read_yes_no(text)
        if row.is_remote is None:
            row.error("remote", "remote_unknown", given=text[:60])
    if text := cells.get("province", ""):
        row.province_code = read_province(text) or ""
        if not row.province_code:
            row.error("province", "province_unknown", given=text[:60])
    if text := cells.get("time_zone", ""):
        row.time_zone = read_time_zone(text) or ""
        if not row.time_zone:
            row.error("time_zone", "zone_unknown", given=text[:60])
    row.opened_on = row.day("opened_on", cells, today)
    return row


def known_types() -> list[str]:
    """The types of unit in the active language."""
    return [str(label) for label in UnitType.labels]


def _code(row: UnitRow, column: str, cells: Mapping[str, str]) -> str:
    text = cells.get(column, "")
    if text == "-":
        return ""
    if is_destroyed_number(text):
        row.error(column, "code_destroyed", given=text[:40])
    elif len(text) > CODE_LIMIT:
        row.error(column, "too_long", limit=CODE_LIMIT)
    elif text and not CODE.fullmatch(text):
        row.error(column, "code_invalid", given=text[:60])
    else:
        return text
    return ""
