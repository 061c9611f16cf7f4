"""Decisions about people on plain values: what a number says, how a name is written, which grade is higher."""

from lms.people.rules.grades import GRADES, grade_place, grades_between
from lms.people.rules.headings import staff_column
from lms.people.rules.identifiers import (
    NipReading,
    compact,
    is_plain_nip,
    mask_number,
    read_identifier,
    read_nip,
)
from lms.people.rules.names import NameReading, normalize_name
from lms.people.rules.problems import Problem, messages
from lms.people.rules.roles import may_give

__all__ = [
    "GRADES",
    "NameReading",
    "NipReading",
    "Problem",
    "compact",
    "grade_place",
    "grades_between",
    "is_plain_nip",
    "mask_number",
    "may_give",
    "messages",
    "normalize_name",
    "read_identifier",
    "read_nip",
    "staff_column",
]
