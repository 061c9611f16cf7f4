"""Decisions about certificates on plain values: the number's pattern, digests, what a check may answer."""

import hashlib
import json
import string
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

DEFAULT_PATTERN = "{sequence:06d}/{organizer}/{month}/{year}"
CLAIM = timedelta(minutes=2)
"""How long a worker may take to make one certificate before another takes it up."""
MAX_ATTEMPTS = 20

_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_FIELDS = {"sequence", "organizer", "month", "year"}
_INDONESIAN_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def number(pattern: str, *, sequence: int, organizer: str, on: date) -> str:
    """A certificate's number by an organizer's pattern, e.g. ``000123/PUSBANGKOM/XI/2026``; the month is Roman."""
    return pattern.format(sequence=sequence, organizer=organizer, month=_MONTHS[on.month - 1], year=on.year)


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern cannot number certificates, as a stable code, or ``None``.

    A pattern must tell apart the years and the certificates of a year, and hold no other field.
    """
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
        number(pattern, sequence=1, organizer="X", on=date(2026, 1, 1))
    except (KeyError, ValueError, IndexError, AttributeError):
        return "unreadable"
    if not fields <= _FIELDS:
        return "unknown-field"
    return None if {"sequence", "organizer", "year"} <= fields else "missing-field"


def facts_digest(facts: Mapping[str, str]) -> str:
    """SHA-256 of the facts as canonical JSON: what the record says cannot be changed unseen."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def in_words(day: date) -> str:
    """A day as a certificate writes it, always in Indonesian: ``17 Agustus 2025``."""
    return f"{day.day} {_INDONESIAN_MONTHS[day.month - 1]} {day.year}"


def period_in_words(first: date, last: date) -> str:
    """Two days as a certificate writes them, the shared part once: ``2-23 November 2026`` with an en dash."""
    if first == last:
        return in_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{in_words(last)}"
    if first.year == last.year:
        return f"{first.day} {_INDONESIAN_MONTHS[first.month - 1]} – {in_words(last)}"
    return f"{in_words(first)} – {in_words(last)}"


class Verdict(StrEnum):
    """What checking an uploaded file can end in."""

    GENUINE = "genuine"
    """The very file that we issued; ``Checked.certificate`` says whether it still holds."""
    CHANGED = "changed"
    """Signed, but not a file that we issued: altered after signing, or signed by somebody else."""
    UNKNOWN = "unknown"
    """Not signed, and on no record of ours."""


def verdict(*, is_on_record: bool, is_signed: bool) -> Verdict:
    """The file's digest on our record decides; a signature in it only tells an altered copy from a stranger's file."""
    if is_on_record:
        return Verdict.GENUINE
    return Verdict.CHANGED if is_signed else Verdict.UNKNOWN
