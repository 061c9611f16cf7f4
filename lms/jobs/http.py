"""Answers that pages of several kinds of job give."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponse
from django.utils.functional import Promise

from lms.jobs.spreadsheets.writing import Cell, write_csv, write_xlsx

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""The endings in which templates are given."""


def template_file(
    stem: str | Promise, ending: str, labels: Mapping[str, str | Promise], example: Mapping[str, Cell]
) -> HttpResponse:
    """An empty table with our headings and one example, to be saved under ``stem``; ``ending`` is one of ``TYPES``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"template.{ending}"
        write = write_xlsx if ending == "xlsx" else write_csv
        write(path, [str(label) for label in labels.values()], [[example.get(name, "") for name in labels]])
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{stem}.{ending}"'}
    return HttpResponse(content, content_type=TYPES[ending], headers=headers)
