"""Reads the rows of an XLSX file as a stream: memory does not grow with the sheet, and nothing in it is ever run."""

import posixpath
import re
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from lms.jobs.errors import UnusableSource
from lms.jobs.rules import MAX_CELL, MAX_COLUMNS

Row = tuple[int, list[str]]

SHEET_BYTES = 800 * 1024 * 1024
STRINGS_BYTES = 200 * 1024 * 1024
SMALL_PART_BYTES = 20 * 1024 * 1024
MAX_STRINGS = 4_000_000
CHUNK = 128 * 1024
EXACT = 1e15
"""From here on Excel's numbers have lost digits: it keeps fifteen."""

DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Workbook:
    """An open XLSX file. Raises ``UnusableSource`` for what is broken, encrypted or swollen."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
            self._parts = {name.lstrip("/"): info for name, info in self._zip.NameToInfo.items()}
            self._read_index()
            self._dates = self._date_styles()
            self._strings = self._shared_strings()
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise UnusableSource("xlsx_broken") from error
        except RuntimeError as error:  # zipfile's word for an encrypted member
            raise UnusableSource("xlsx_locked") from error

    def close(self) -> None:
        self._zip.close()

    def rows(self, sheet: int) -> Iterator[Row]:
        """Rows that exist in the sheet, with their numbers; cells as text, dates as ``YYYY-MM-DD``."""
        reader = _SheetReader(self._strings, self._dates, self._epoch)
        try:
            yield from self._parse(self.sheets[sheet][1], reader, SHEET_BYTES)
        except (BadZipFile, zlib.error, EOFError) as error:
            raise UnusableSource("xlsx_broken") from error

    def _read_index(self) -> None:
        """The visible worksheets with their parts, in the workbook's order, and the origin of its dates."""
        if "xl/workbook.xml" not in self._parts:
            raise UnusableSource("not_a_spreadsheet")
        targets = {}
        for tag, attributes in self._elements("xl/_rels/workbook.xml.rels"):
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                joined = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                targets[attributes.get("Id", "")] = joined
        self.sheets: list[tuple[str, str]] = []
        self._epoch = datetime(1899, 12, 30)
        for tag, attributes in self._elements("xl/workbook.xml"):
            if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self._epoch = datetime(1904, 1, 1)
            elif tag == "sheet" and attributes.get("state", "visible") == "visible":
                part = targets.get(next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), ""), "")
                if part in self._parts and "worksheets/" in part:
                    self.sheets.append((attributes.get("name", ""), part))
        if not self.sheets:
            raise UnusableSource("not_a_spreadsheet")

    def _date_styles(self) -> set[str]:
        """Indexes of cell styles that show a number as a date."""
        if "xl/styles.xml" not in self._parts:
            return set()
        formats: dict[str, bool] = {}
        dates, index, within = set(), 0, False
        for tag, attributes in self._elements("xl/styles.xml"):
            if tag == "numFmt":
                code = _LITERALS.sub("", attributes.get("formatCode", "")).lower()
                formats[attributes.get("numFmtId", "")] = "y" in code or "d" in code
            elif tag in ("cellStyleXfs", "cellXfs"):
                within = tag == "cellXfs"
            elif tag == "xf" and within:
                number = attributes.get("numFmtId", "0")
                if formats.get(number, number.isdigit() and int(number) in DATE_FORMATS):
                    dates.add(str(index))
                index += 1
            elif tag == "cellStyles":
                within = False
        return dates

    def _shared_strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._parts:
            return []
        reader = _StringsReader()
        for _batch in self._parse("xl/sharedStrings.xml", reader, STRINGS_BYTES):
            pass
        return reader.strings

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """Every element of a small part, with its attributes."""
        reader = _ElementsReader()
        for _batch in self._parse(part, reader, SMALL_PART_BYTES):
            pass
        return reader.elements

    def _parse(self, part: str, reader: "_Reader", limit: int) -> Iterator[Any]:
        info: ZipInfo | None = self._parts.get(part)
        if info is None:
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        taken = 0
        with self._zip.open(info) as stream:
            try:
                while chunk := _read(stream):
                    taken += len(chunk)
                    if taken > limit:
                        raise UnusableSource("xlsx_too_large", megabytes=limit // (1024 * 1024))
                    parser.Parse(chunk, False)
                    yield from reader.take()
                parser.Parse(b"", True)
            except expat.ExpatError as error:
                raise UnusableSource("xlsx_broken") from error
            yield from reader.take()


def _read(stream: IO[bytes]) -> bytes:
    return stream.read(CHUNK)


def _refuse_doctype(*_declaration: Any) -> None:
    raise UnusableSource("xlsx_broken")


class _Reader:
    """Hears an XML file's elements and hands over what is finished."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...

    def take(self) -> list[Any]:
        return []


class _ElementsReader(_Reader):
    def __init__(self) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements.append((tag.rpartition(":")[2], attributes))


class _StringsReader(_Reader):
    """The table of texts: rich text is joined, phonetic readings are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._listening = False
        self._phonetic = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "t":
            self._listening = not self._phonetic

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "t":
            self._listening = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "si":
            if len(self.strings) >= MAX_STRINGS:
                raise UnusableSource("xlsx_too_large", megabytes=STRINGS_BYTES // (1024 * 1024))
            self.strings.append(_unescaped("".join(self._pieces)[:MAX_CELL]))

    def text(self, text: str) -> None:
        if self._listening:
            self._pieces.append(text)


class _SheetReader(_Reader):
    def __init__(self, strings: list[str], dates: set[str], epoch: datetime) -> None:
        self._strings = strings
        self._dates = dates
        self._epoch = epoch
        self._done: list[Row] = []
        self._cells: list[str] = []
        self._row = 0
        self._column = -1
        self._type = self._style = ""
        self._pieces: list[str] = []
        self._listening = False
        self._phonetic = 0
        self._columns: dict[str, int] = {}

    def take(self) -> list[Row]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            reference = attributes.get("r")
            self._column = self._column_of(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._pieces = []
        elif tag in ("v", "t"):
            self._listening = not self._phonetic
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdigit() else self._row + 1
            self._cells = []
            self._column = -1
        elif tag == "rPh":
            self._phonetic += 1

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag in ("v", "t"):
            self._listening = False
        elif tag == "c":
            if self._pieces and 0 <= self._column < MAX_COLUMNS:
                if (missing := self._column - len(self._cells)) > 0:
                    self._cells.extend([""] * missing)
                text = self._text_of("".join(self._pieces)[:MAX_CELL])
                if self._column < len(self._cells):
                    self._cells[self._column] = text
                else:
                    self._cells.append(text)
        elif tag == "row":
            self._done.append((self._row, self._cells))
            self._cells = []
        elif tag == "rPh":
            self._phonetic -= 1

    def text(self, text: str) -> None:
        if self._listening:
            self._pieces.append(text)

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters[:3].upper():
                column = column * 26 + ord(letter) - 64
            column -= 1
            self._columns[letters[:3]] = column
        return column

    def _text_of(self, raw: str) -> str:
        match self._type:
            case "s":
                return self._strings[int(raw)] if raw.isdigit() and int(raw) < len(self._strings) else ""
            case "n":
                return self._number(raw)
            case "b":
                return "TRUE" if raw.strip() == "1" else "FALSE"
            case "d":
                return raw[:10]
            case _:
                return _unescaped(raw)

    def _number(self, raw: str) -> str:
        if self._style in self._dates:
            try:
                moment = self._epoch + timedelta(days=float(raw))
            except (ValueError, OverflowError):
                return raw
            return moment.date().isoformat()
        if raw.isdigit() and len(raw) <= 15:
            return raw
        try:
            number = float(raw)
        except ValueError:
            return raw
        if abs(number) >= EXACT:
            return f"{number:.14E}"
        return str(int(number)) if number.is_integer() else repr(number)


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
