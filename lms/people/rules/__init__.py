"""Decisions about people on plain values: what a number says, how a name is written."""

from lms.people.rules.identifiers import (
    NipReading,
    compact,
    mask_number,
    read_identifier,
    read_nip,
)
from lms.people.rules.names import NameReading, normalize_name
from lms.people.rules.problems import Problem

__all__ = [
    "NameReading",
    "NipReading",
    "Problem",
    "compact",
    "mask_number",
    "normalize_name",
    "read_identifier",
    "read_nip",
]
