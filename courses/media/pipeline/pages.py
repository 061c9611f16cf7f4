"""Makes pages of a PDF readable on a telephone: a picture of each, and its words. Runs as a process of its own."""

import json
import sys
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from courses.media.pipeline.convert import Heard
from courses.media.pipeline.faults import Broke, Unusable
from courses.media.pipeline.programs import python

MOST_PAGES = 300
PAGE_WIDTH = 900
TALLEST = 3000
MOST_WORDS = 20_000


def pages(source: Path, *, folder: Path, heard: Heard) -> list[dict[str, Any]]:
    """``page-1.webp`` and so on, and of each page its width, height and text; raises ``Unusable`` for a broken PDF."""
    try:
        told = python("courses.media.pipeline.pages", [str(source)], folder=folder, seconds=1800, heard=heard)
    except Broke as error:
        raise Unusable("unreadable-pdf") from error
    said: dict[str, Any] = json.loads(told.output.splitlines()[-1])
    if "fault" in said:
        raise Unusable(said["fault"], **said["values"])
    found: list[dict[str, Any]] = said["pages"]
    return found


def _draw(source: str) -> dict[str, Any]:
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        return {"fault": "locked-pdf" if locked else "unreadable-pdf", "values": {}}
    if len(document) > MOST_PAGES:
        return {"fault": "too-many-pages", "values": {"count": len(document), "most": MOST_PAGES}}
    found = []
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        scale = min(PAGE_WIDTH / max(width, 1), TALLEST / max(height, 1))
        picture = page.render(scale=scale).to_pil().convert("RGB")
        picture.save(f"page-{number}.webp", quality=60, method=4)
        words = page.get_textpage().get_text_bounded()[:MOST_WORDS]
        found.append({"width": picture.width, "height": picture.height, "text": "\n".join(words.split("\r\n")).strip()})
        sys.stdout.write(f"out_time_us={number * 1_000_000}\n")
        sys.stdout.flush()
        page.close()
    return {"pages": found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_draw(sys.argv[1])) + "\n")
