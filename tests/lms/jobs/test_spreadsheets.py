import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from lms.jobs.errors import UnusableSource
from lms.jobs.services import (
    Table,
    clean,
    harmless,
    is_destroyed_number,
    open_table,
    read_date,
    write_csv,
    write_xlsx,
)
from lms.jobs.spreadsheets import xlsx

MATERIAL = Path(settings.ROOT).parent / "shared" / "material" / "csv"
SPECTRUM = sorted((MATERIAL / "csv-spectrum" / "csvs").glob("*.csv"))
STRINGS = MATERIAL / "big-list-of-naughty-strings.txt"
NAUGHTY = [
    "=1+1",
    "+62811",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil")',
    "\t=1+1",
    "\r=1+1",
    "'apostrophe",
    'a "quoted" word',
    "semi;colon, comma",
    "two\nlines",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "😍 🇮🇩",
    "ثم نفس سقطت",
    "Ṱ̺̺̕o͞ ̷i̲̬n̝̗v̟o̠ḵ̳̖e̞",
    "<script>alert(1)</script>",
    "'; DROP TABLE people; --",
    "NULL",
    "1E+02",
    "_x0041_",
    "x" * 5_000,
]


def recognize(heading):
    return {"nip": "nip", "nama": "name", "unit": "unit"}.get(heading.lower())


def written(tmp_path, content, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def records(path, recognize=recognize):
    with open_table(path, recognize) as table:
        return [table.record(cells) for _number, cells in table.rows]


def workbook(tmp_path, *sheets, name="list.xlsx"):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def reason(path):
    with pytest.raises(UnusableSource) as refusal:
        records(path)
    return refusal.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_offices_use_is_read(tmp_path, encoding):
    path = written(tmp_path, "NIP;Nama\n1;Siti Zoë – “Aminah”\n".encode(encoding))

    assert records(path) == [{"nip": "1", "name": "Siti Zoë – “Aminah”"}]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_separator_is_found(tmp_path, delimiter, ending):
    lines = [delimiter.join(cells) for cells in (("NIP", "Nama"), ("1", '"Siti, S.Pd; M.Pd|x"'), ("2", "Budi"))]

    assert [row["name"] for row in records(written(tmp_path, ending.join(lines)))] == ["Siti, S.Pd; M.Pd|x", "Budi"]


def test_the_line_that_excel_names_the_separator_with_is_skipped(tmp_path):
    assert records(written(tmp_path, "sep=;\nNIP;Nama\n1;Siti\n")) == [{"nip": "1", "name": "Siti"}]


def test_a_letterhead_above_the_headings_and_blank_rows_are_skipped_and_rows_keep_their_numbers(tmp_path):
    path = written(tmp_path, "KEMENTERIAN;;\n;;\nNama;NIP;Catatan\n\nSiti;1;\n;;\n \u00a0;;\nBudi;2;\n")

    with open_table(path, recognize) as table:
        assert [number for number, _cells in table.rows] == [5, 8]
        assert table.ignored == ["Catatan"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\u00a0Siti\u00a0\u00a0Aminah\u200b ", "Siti Aminah"),
        ("Siti\tAminah\r\n", "Siti Aminah"),
        ("\ufeffSiti", "Siti"),
        ("'0123", "0123"),
        ('="0123"', "0123"),
        ("Si\x00ti", "Si ti"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_taken_out_of_a_cell(raw, text):
    assert clean(raw) == text


@pytest.mark.parametrize("text", ["1.98E+17", "1,98503E+17", "1E+17", "1.98503172010013E+17"])
def test_a_number_that_excel_destroyed_is_recognized(text):
    assert is_destroyed_number(text)


@pytest.mark.parametrize("text", ["198503172010012901", "12E3", "E+17", "1.5", ""])
def test_what_only_looks_a_little_like_a_destroyed_number_is_not(text):
    assert not is_destroyed_number(text)


@pytest.mark.parametrize(
    "text", ["2024-03-01", "01/03/2024", "1-3-2024", "1.3.2024", "1 Maret 2024", "1 mar 2024", "2024-03-01 00:00:00"]
)
def test_a_day_is_read_however_it_is_written(text):
    assert read_date(text) == date(2024, 3, 1)


@pytest.mark.parametrize("text", ["31/02/2024", "kemarin", "2024", "45352", ""])
def test_what_is_no_day_is_none(text):
    assert read_date(text) is None


def test_excel_cells_of_every_type_become_text(tmp_path):
    rows = [
        ["NIP", "Nama", "Unit"],
        ["198503172010012901", "Siti", "0101"],
        [198503172010012901, datetime(2024, 3, 1, 7, 30), 101],
        [12.5, True, date(2024, 3, 1)],
        [3.0, None, "x"],
    ]

    found = records(workbook(tmp_path, rows))

    assert found[0] == {"nip": "198503172010012901", "name": "Siti", "unit": "0101"}
    assert is_destroyed_number(found[1]["nip"])
    assert (found[1]["name"], found[1]["unit"]) == ("2024-03-01", "101")
    assert found[2] == {"nip": "12.5", "name": "TRUE", "unit": "2024-03-01"}
    assert found[3] == {"nip": "3", "name": "", "unit": "x"}


def test_the_sheet_with_the_headings_is_found_among_several(tmp_path):
    path = workbook(tmp_path, [["Petunjuk"], ["Isilah lembar kedua"]], [["NIP", "Nama"], ["1", "Siti"]])

    assert records(path) == [{"nip": "1", "name": "Siti"}]


def test_formulas_in_a_workbook_are_never_run(tmp_path):
    assert records(workbook(tmp_path, [["NIP", "Nama"], ["1", "=1+1"]])) == [{"nip": "1", "name": ""}]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty_file"),
        (b"\n\n \n", "empty_file"),
        (b"a,b\n1,2\n", "no_heading"),
        (b"%PDF-1.7 \x80", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_or_locked_excel"),
        (b"PK\x03\x04" + bytes(100), "xlsx_broken"),
        (bytes(range(256)) * 4, "not_a_spreadsheet"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason(tmp_path, content, expected):
    assert reason(written(tmp_path, content)) == expected


def test_another_archive_that_calls_itself_a_workbook_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert reason(path) == "not_a_spreadsheet"


def swollen(path, part, content):
    """The workbook with one part replaced."""
    out = path.with_name("swollen.xlsx")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for info in archive.infolist():
            copy.writestr(info.filename, content if info.filename == part else archive.read(info))
    return out


@pytest.mark.parametrize(
    ("limit", "part"),
    [("SHEET_BYTES", "xl/worksheets/sheet1.xml"), ("SMALL_PART_BYTES", "xl/styles.xml")],
)
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path, monkeypatch, limit, part):
    monkeypatch.setattr(xlsx, limit, 1024 * 1024)
    bomb = swollen(workbook(tmp_path, [["NIP", "Nama"], ["1", "Siti"]]), part, b"<x>" + b" " * 8_000_000 + b"</x>")
    assert bomb.stat().st_size < 50_000

    assert reason(bomb) == "xlsx_too_large"


def test_entities_that_multiply_are_refused(tmp_path):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'

    book = workbook(tmp_path, [["NIP", "Nama"], ["1", "Siti"]])

    assert reason(swollen(book, "xl/worksheets/sheet1.xml", laughs)) == "xlsx_broken"


def test_a_cell_far_to_the_right_costs_no_memory(tmp_path):
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>NIP</t></is></c><c r="B1" t="inlineStr"><is><t>Nama</t></is></c>'
        b'<c r="XFD1" t="inlineStr"><is><t>Unit</t></is></c></row>'
        b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>1</t></is></c></row></sheetData></worksheet>'
    )
    path = swollen(workbook(tmp_path, [["x"]]), "xl/worksheets/sheet1.xml", sheet)

    with open_table(path, recognize) as table:
        assert (table.headings, list(table.rows)) == (["NIP", "Nama"], [(1_048_576, ["1"])])


def test_every_reason_has_a_sentence_in_plain_words(tmp_path):
    from lms.jobs.sentences import COMMON

    reasons = {"empty_file", "no_heading", "not_a_spreadsheet", "old_or_locked_excel", "xlsx_broken", "xlsx_too_large"}

    assert {*reasons, "xlsx_locked", "csv_broken", "missing_columns"} <= COMMON.keys()


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_cell_of_a_csv_we_write_can_become_a_formula(tmp_path, text):
    path = tmp_path / "out.csv"
    write_csv(path, ["NIP", "Nama"], [["1", text]])

    with path.open(encoding="utf-8-sig", newline="") as file:
        cell = list(csv.reader(file))[1][1]

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_no_cell_of_a_workbook_we_write_can_become_a_formula(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, ["NIP", "=1+1"], [[str(row), text] for row, text in enumerate(NAUGHTY)])

    rows = list(openpyxl.load_workbook(path).active.iter_rows())

    assert [cell.data_type for row in rows for cell in row] == ["s"] * len(rows) * 2
    assert [row[0].value for row in rows[1:]] == [str(row) for row in range(len(NAUGHTY))]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_we_write_we_read_again(tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    write = write_xlsx if ending == "xlsx" else write_csv
    write(path, ["NIP", "Nama", "Unit"], [["1", text, "x"] for text in NAUGHTY])

    found = [row["name"] for row in records(path)]

    assert found == [clean(text if ending == "xlsx" else harmless(text)) for text in NAUGHTY]


def test_numbers_dates_and_nothing_are_written_as_what_they_are(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, ["a", "b", "c", "d", "a"], [[1, Decimal("2.5"), date(2024, 3, 1), None, -3]])

    headings, values = openpyxl.load_workbook(path).active.iter_rows(values_only=True)

    assert headings == ("a", "b", "c", "d", "a (2)")
    assert (values[0], values[1], values[4]) == (1, 2.5, -3)


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_the_reader_agrees_with_the_csv_spectrum(path):
    expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text())

    found = records(path, lambda heading: heading)

    assert found == [{name: clean(value) for name, value in row.items()} for row in expected]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('NIP,Nama\n1,"Aceh, Selatan"\n', ["Aceh, Selatan"]),
        ('NIP,Nama\n1,"ha ""ha"" ha"\n', ['ha "ha" ha']),
        ('NIP,Nama\r\n1,"satu\r\ndua"\r\n', ["satu dua"]),
        ('NIP,Nama\n1,""\n2,\n', ["", ""]),
        ("NIP,Nama\n1,ʤ\n", ["ʤ"]),
    ],
)
def test_quotes_lines_and_empty_cells_are_read_as_they_are_meant(tmp_path, text, cells):
    assert [row["name"] for row in records(written(tmp_path, text))] == cells


def test_a_list_of_naughty_strings_is_read_without_a_break(tmp_path):
    strings = STRINGS.read_text("utf-8").splitlines() if STRINGS.exists() else NAUGHTY
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["NIP", "Nama"], *([str(row), text] for row, text in enumerate(strings))])

    found = records(written(tmp_path, buffer.getvalue()))

    assert [row["name"] for row in found] == [clean(text) for text in strings]


def test_an_opening_quote_without_its_end_is_refused_rather_than_swallowing_the_list(tmp_path):
    assert reason(written(tmp_path, 'NIP,Nama\n1,"Siti\n' + "2,Budi\n" * 30_000)) == "csv_broken"


@given(st.lists(st.lists(st.text(alphabet=" ab1|'=\"\t\u00a0é", max_size=4), max_size=4), max_size=6))
def test_a_row_looked_at_as_a_whole_is_cleaned_like_its_cells(rows):
    table = Table([], {}, enumerate(rows, 2))

    cleaned = [(number, [clean(cell) for cell in cells]) for number, cells in enumerate(rows, 2)]
    assert list(table.rows) == [(number, cells) for number, cells in cleaned if any(cells)]


def test_a_row_is_found_by_its_number_behind_those_already_read():
    table = Table([], {}, iter([(2, ["a"]), (3, ["  b "]), (5, ["c"]), (6, ["d"])]))

    assert [table.find(3), table.find(5)] == [["b"], ["c"]]
    assert list(table.rows) == [(6, ["d"])]
