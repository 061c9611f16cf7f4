"""Writing tables to CSV and XLSX, as a stream, so that no cell can become a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from queue import Queue
from threading import Thread

from rustpy_xlsxwriter import write_worksheet

Cell = str | int | float | Decimal | bool | date | datetime | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHEET_LIMIT = 1_048_576
REPORT_EVERY = 2_000


def harmless(cell: Cell) -> str:
    """A cell's text for CSV. Excel and LibreOffice run a text that looks like a formula: an apostrophe disarms it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.replace("\x00", "")
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _harmless_row(cells: Iterable[Cell]) -> list[str | int]:
    # Nearly every cell begins with a letter or a digit, or is a number: seen here, it does not cost a call.
    return [
        cell
        if (type(cell) is str and cell[:1].isalnum() and "\x00" not in cell) or type(cell) is int
        else harmless(cell)
        for cell in cells
    ]


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[int]:
    """Write ``rows`` below ``headings`` to ``path``, as its ending says, yielding the number of rows now and then.

    The file is complete when the generator ends. Memory does not grow with the rows.
    """
    write = _write_xlsx if path.suffix == ".xlsx" else _write_csv
    yield from write(path, headings, rows)


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a whole CSV file and return the number of rows. It opens well in Excel: UTF-8 with its mark."""
    return _exhaust(_write_csv(path, headings, rows))


def write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a whole XLSX file and return the number of rows.

    Raises ``ValueError`` beyond Excel's 1,048,575 rows below the heading.
    """
    return _exhaust(_write_xlsx(path, headings, rows))


def _exhaust(counts: Iterator[int]) -> int:
    return max(counts, default=0)


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[int]:
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_harmless_row(headings))
        for done, row in enumerate(rows, 1):
            writer.writerow(_harmless_row(row))
            if done % REPORT_EVERY == 0:
                yield done
    yield done


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[int]:
    names = _distinct(headings)
    done = 0
    # The writer pulls rows, we are pulled for progress: a thread of its own turns one into the other.
    queue: Queue[dict[str, Cell] | None] = Queue(maxsize=REPORT_EVERY)
    failure: list[BaseException] = []

    def records() -> Iterator[dict[str, Cell]]:
        while (record := queue.get()) is not None:
            yield record

    def write() -> None:
        try:
            write_worksheet(records(), str(path), sheet_name="Data", freeze_row=1, bold_headers=True, column_width=18.0)
        except BaseException as error:
            failure.append(error)
            for _record in records():  # let the other side finish putting
                pass

    first: dict[str, Cell] | None = None
    thread = Thread(target=write, name="xlsx-writer", daemon=True)
    thread.start()
    try:
        for done, row in enumerate(rows, 1):
            if done >= SHEET_LIMIT:
                raise ValueError("an Excel sheet ends at row 1,048,576")
            first = first or {}
            queue.put({name: _xlsx_cell(cell) for name, cell in zip(names, row, strict=False)})
            if done % REPORT_EVERY == 0:
                yield done
        if first is None:  # the writer takes its headings from the first row
            queue.put(dict.fromkeys(names, ""))
    finally:
        queue.put(None)
        thread.join()
    if failure:
        raise failure[0]
    yield done


def _xlsx_cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        # Text stays text in XLSX, whatever it begins with; only what XML cannot hold must go.
        return "".join(char for char in cell if char >= " " or char in "\n\t")[:32_767]
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, datetime) and cell.tzinfo:
        return cell.replace(tzinfo=None)
    return cell


def _distinct(headings: Sequence[str]) -> list[str]:
    """Headings as keys: a repeated or empty one gets a number."""
    seen: dict[str, int] = {}
    names = []
    for heading in headings:
        name = str(_xlsx_cell(heading)).strip() or " "
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
