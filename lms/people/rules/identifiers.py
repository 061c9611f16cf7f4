"""Numbers by which people are known: read, judged and masked."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lms.people.rules.problems import Problem

# What people type between digits: every kind of space (NBSP too), dots, and the apostrophe by which Excel keeps text.
SEPARATORS = re.compile(r"[\s.\u200b\u200e\u200f\ufeff'’‘`]+")
SCIENTIFIC = re.compile(r"^\d([.,]\d+)?E\+?\d{1,2}$", re.IGNORECASE)
OPAQUE = re.compile(r"^[0-9A-Z/-]+$")
LONGEST = 30
YOUNGEST_AT_START, OLDEST_AT_START = 18, 58


def compact(text: str) -> str:
    """The number without spaces, dots and stray apostrophes, in capitals: the form that is kept and compared."""
    return SEPARATORS.sub("", text).upper()


def mask_number(number: str) -> str:
    """Only the last four characters, the rest as dots: the front of a NIP or NIK tells the birth date."""
    if len(number) <= 4:
        return "•" * len(number)
    return "•" * (len(number) - 4) + number[-4:]


@dataclass(frozen=True, slots=True)
class NipReading:
    """What a NIP says. Facts are ``None`` where the number does not say them readably."""

    value: str
    problems: tuple[Problem, ...] = ()
    birth_on: date | None = None
    start_year: int | None = None
    start_month: int | None = None
    is_contract: bool | None = None
    sex: str = ""

    @property
    def is_valid(self) -> bool:
        return not any(problem.is_error for problem in self.problems)


def read_nip(text: str) -> NipReading:
    """Read a NIP: birth ``YYYYMMDD``, start ``YYYYMM`` (contract staff: year and contract number), sex, serial.

    Spaces and dots are accepted. There is no check digit: what cannot be is an error, what is unlikely a warning.
    """
    value, refused = _compacted(text)
    if refused:
        return NipReading(value, (refused,))
    if not _is_digits(value):
        return NipReading(value, (Problem("nip_digits"),))
    if len(value) != 18:
        return NipReading(value, (Problem("nip_length", values={"length": len(value)}),))

    problems: list[Problem] = []
    birth_on = _date(value[:8])
    if birth_on is None:
        problems.append(Problem("nip_birth", values={"digits": value[:8]}))
    start_year, part = int(value[8:12]), int(value[12:14])
    start_month = part if 1 <= part <= 12 else None
    is_contract = part >= 21
    if start_month is None and not is_contract:
        problems.append(Problem("nip_start", values={"digits": value[12:14]}))
    sex = {"1": "m", "2": "f"}.get(value[14], "")
    if not sex:
        problems.append(Problem("nip_sex", values={"digit": value[14]}))
    if value[15:] == "000":
        problems.append(Problem("nip_serial"))
    if birth_on and not any(problem.code == "nip_start" for problem in problems):
        age = _unlikely_age(birth_on, start_year, start_month)
        if age is not None:
            problems.append(Problem("nip_age", is_error=False, values={"age": age}))
    return NipReading(value, tuple(problems), birth_on, start_year, start_month, is_contract, sex)


_PLAIN_NIP = re.compile(r"[0-9]{12}(?:0[1-9]|1[0-2]|2[1-9]|[3-9][0-9])[12](?!000)[0-9]{3}")


def is_plain_nip(text: str) -> bool:
    """Whether a text is a NIP without error as it stands: the answer of ``read_nip`` for long lists, at a tenth of the
    cost. What needs reading (spaces, dots) or a sentence is left to that."""
    return _PLAIN_NIP.fullmatch(text) is not None and _is_day(text[:8])


@lru_cache(maxsize=65_536)
def _is_day(digits: str) -> bool:
    return _date(digits) is not None


def read_identifier(kind: str, text: str) -> tuple[str, tuple[Problem, ...]]:
    """The compact number and what is wrong with it. NIP and NIK have rules; other kinds are opaque text."""
    if kind == "nip":
        reading = read_nip(text)
        return reading.value, reading.problems
    value, refused = _compacted(text)
    if refused:
        return value, (refused,)
    if kind == "nik":
        if not _is_digits(value):
            return value, (Problem("nik_digits"),)
        if len(value) != 16:
            return value, (Problem("nik_length", values={"length": len(value)}),)
    elif not OPAQUE.match(value):
        return value, (Problem("identifier_characters"),)
    elif len(value) > LONGEST:
        return value, (Problem("identifier_long", values={"limit": LONGEST}),)
    return value, ()


def _compacted(text: str) -> tuple[str, Problem | None]:
    bare = "".join(text.split()).strip("'’‘`")
    if SCIENTIFIC.match(bare):
        return bare, Problem("identifier_spreadsheet", values={"given": bare})
    value = compact(text)
    return value, None if value else Problem("identifier_empty")


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _unlikely_age(birth_on: date, start_year: int, start_month: int | None) -> int | None:
    """The age at the start of service when it is outside what the service allows.

    A contract number hides the month, so there the person gets the benefit of the doubt.
    """
    oldest = start_year - birth_on.year
    if start_month is None:
        youngest = oldest - 1
    else:
        oldest -= start_month < birth_on.month
        youngest = oldest
    if oldest < YOUNGEST_AT_START:
        return oldest
    return youngest if youngest > OLDEST_AT_START else None
