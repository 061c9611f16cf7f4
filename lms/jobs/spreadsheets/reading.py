"""Reading tables from CSV and XLSX as offices really send them, as a stream of clean texts."""

import codecs
import csv
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from lms.jobs.errors import UnusableSource
from lms.jobs.rules import MAX_CELL, MAX_COLUMNS
from lms.jobs.spreadsheets.xlsx import Workbook

Row = tuple[int, list[str]]

HEADING_WITHIN = 25
"""Rows at the top among which the heading is looked for: letterheads and titles come first in many files."""
MAX_SHEETS = 10
DELIMITERS = ",;\t|"

_SPACES = re.compile(
    r"[\s\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060-\u2064\u3000\ufeff\u00ad\x00-\x1f\x7f-\x9f]+"
)
_QUOTED_FORMULA = re.compile(r'="(.*)"')
_DESTROYED = re.compile(r"[+-]?\d([.,]\d*)?E\+?\d{2,3}", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_IN_WORDS = re.compile(r"(\d{1,2})[ -]([a-z]+)\.?[ -](\d{4})", re.IGNORECASE)
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags aug agt",
            "september sep sept",
            "oktober october okt oct",
            "november nov nopember nop",
            "desember december des dec",
        ),
        1,
    )
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose heading was found: ``columns`` gives the place of each column that was recognized."""

    headings: list[str]
    columns: dict[str, int]
    lines: Iterator[Row]
    """What is below the heading and not read yet, as it stands in the file."""

    @property
    def rows(self) -> Iterator[Row]:
        """The rows that are left and not blank, cleaned, with the number the spreadsheet shows."""
        for number, cells in self.lines:
            whole = "|".join(cells)
            if _is_clean(whole):
                yield number, cells
            elif any(cleaned := [clean(cell) if cell else "" for cell in cells]):
                yield number, cleaned

    def find(self, number: int) -> list[str]:
        """The cleaned cells of a row that is left. Those before it are passed over, unread and for good."""
        cells = next((cells for found, cells in self.lines if found == number), [])
        return [clean(cell) if cell else "" for cell in cells]

    def record(self, cells: list[str]) -> dict[str, str]:
        """The recognized cells of a row by column; a cell that is not there is empty."""
        return {name: cells[place] if place < len(cells) else "" for name, place in self.columns.items()}

    @property
    def ignored(self) -> list[str]:
        """Headings that nobody knows, in their order."""
        known = set(self.columns.values())
        return [heading for place, heading in enumerate(self.headings) if heading and place not in known]


def clean(text: str) -> str:
    """A cell without what nobody sees: exotic and double spaces, control and zero-width characters, Excel's quoting."""
    if text.isascii() and text.isprintable() and "  " not in text:
        text = text.strip()
    else:
        text = _SPACES.sub(" ", text).strip()
    if text[:1] in ("'", "="):
        if match := _QUOTED_FORMULA.fullmatch(text):
            return match[1].strip()
        if text[0] == "'":
            return text[1:].lstrip()
    return text[:MAX_CELL]


def _is_clean(whole: str) -> bool:
    """Whether the cells of a row, joined by bars, are all as ``clean`` leaves them: asked of long lists, row by row."""
    return (
        whole.isascii()
        and whole.isprintable()
        and "  " not in whole
        and " |" not in whole
        and "| " not in whole
        and "|'" not in whole
        and "|=" not in whole
        and whole[:1] not in (" ", "'", "=")
        and whole[-1:] != " "
        and len(whole) <= MAX_CELL
        and whole.strip("|") != ""
    )


def is_destroyed_number(text: str) -> bool:
    """Whether a spreadsheet has turned a long number into 1.98E+17: its last digits are gone for good."""
    return _DESTROYED.fullmatch(text) is not None


def read_date(text: str) -> date | None:
    """The day written in a cell: ``2024-03-01``, ``01/03/2024`` (day first), ``1 Maret 2024``. ``None`` if no day."""
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    elif match := _IN_WORDS.fullmatch(text):
        day, month, year = int(match[1]), _MONTHS.get(match[2].lower(), 0), int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


@contextmanager
def open_table(source: Any, recognize: Callable[[str], str | None], *, least: int = 2) -> Iterator[Table]:
    """Open an uploaded file (a ``FieldFile`` or a path) as the first sheet whose heading ``recognize`` knows.

    ``recognize`` turns a heading into the name of a column, or ``None``. Raises ``UnusableSource`` when the file is no
    table, or no row near its top has ``least`` known headings.
    """
    with _on_disk(source) as path:
        with path.open("rb") as file:
            start = file.read(8)
        if not start:
            raise UnusableSource("empty_file")
        if start.startswith(b"PK\x03\x04"):
            workbook = Workbook(path)
            try:
                yield _first_table(
                    (workbook.rows(number) for number in range(min(len(workbook.sheets), MAX_SHEETS))), recognize, least
                )
            finally:
                workbook.close()
        elif start.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnusableSource("old_or_locked_excel")
        else:
            encoding = _encoding(path)
            with path.open(encoding=encoding, errors="replace", newline="") as text:
                yield _first_table(iter([_csv_rows(text)]), recognize, least)


def _first_table(sheets: Iterator[Iterator[Row]], recognize: Callable[[str], str | None], least: int) -> Table:
    nothing = True
    for rows in sheets:
        top: list[Row] = list(islice(rows, HEADING_WITHIN))
        nothing = nothing and not any(clean(cell) for _number, cells in top for cell in cells)
        best: tuple[int, dict[str, int]] = (-1, {})
        for place, (_number, cells) in enumerate(top):
            columns: dict[str, int] = {}
            for index, cell in enumerate(cells):
                name = recognize(clean(cell)) if cell else None
                if name:
                    columns.setdefault(name, index)
            if len(columns) > len(best[1]):
                best = (place, columns)
        place, columns = best
        if len(columns) >= least:
            headings = [clean(cell) for cell in top[place][1]]
            return Table(headings, columns, chain(top[place + 1 :], rows))
    raise UnusableSource("empty_file" if nothing else "no_heading")


@contextmanager
def _on_disk(source: Any) -> Iterator[Path]:
    """The file as a path of this machine; one that lives elsewhere is copied in pieces and removed again."""
    if isinstance(source, Path):
        yield source
        return
    try:
        path = Path(source.path)
    except NotImplementedError:
        with NamedTemporaryFile(suffix=".upload") as copy:
            with source.open("rb") as remote:
                shutil.copyfileobj(remote, copy, 1024 * 1024)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path


def _encoding(path: Path) -> str:
    """UTF-16 and UTF-8 by their marks, else UTF-8 if the whole file is, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if b"\x00" in start:
            odd, even = start[1::2].count(0), start[::2].count(0)
            if odd > len(start) / 4 and even < len(start) / 40:
                return "utf-16-le"
            if even > len(start) / 4 and odd < len(start) / 40:
                return "utf-16-be"
            raise UnusableSource("not_a_spreadsheet")
        if start.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8", b"GIF8", b"\x1f\x8b")):
            raise UnusableSource("not_a_spreadsheet")
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _csv_rows(file: IO[str]) -> Iterator[Row]:
    delimiter, skip = _delimiter(file)
    reader = csv.reader(file, delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > skip:
                yield number, cells if len(cells) <= MAX_COLUMNS else cells[:MAX_COLUMNS]
    except csv.Error as error:  # an opening quote without its end swallows the rest of the file
        raise UnusableSource("csv_broken", row=number + 1) from error


def _delimiter(file: IO[str]) -> tuple[str, int]:
    """The delimiter that splits the first lines most evenly, and the number of lines that only name it."""
    start = file.read(64 * 1024)
    file.seek(0)
    first = start.split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    lines = [line for line in start.split("\n")[:60] if line.strip()][:HEADING_WITHIN]
    scores = {}
    for delimiter in DELIMITERS:
        counts = sorted((_outside_quotes(line).count(delimiter) for line in lines), reverse=True)
        # The middle line: a letterhead above the table or a comma within an address does not mislead it.
        scores[delimiter] = counts[len(counts) // 2] if counts else 0
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return (best if scores[best] else ","), 0


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
