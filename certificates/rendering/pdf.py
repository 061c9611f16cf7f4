"""Sets a certificate's facts with Typst."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import segno
import typst

TEMPLATE = Path(__file__).parent / "templates" / "completion.typ"
# Choosing the mask is four fifths of a QR code's cost, and every mask is read alike (see decisions.md).
QR_MASK = 3


@cache
def _compiler() -> typst.Compiler:
    """One compiler a process: it keeps its fonts. System fonts are left out, so that every host sets the same page."""
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)


def _qr_code(address: str) -> str:
    image = io.BytesIO()
    segno.make(address, error="m", mask=QR_MASK, micro=False).save(image, kind="svg", border=0, dark="#0b2e2b")
    return image.getvalue().decode()


def render(facts: Mapping[str, str], *, number: str, address: str, issued_at: datetime) -> bytes:
    """The certificate as an unsigned PDF/A-2b, dated ``issued_at``.

    ``facts`` are those of ``Certificate.facts``; ``address`` is the public page's and goes into the QR code. Text
    is set as text: nothing in a fact can become markup.
    """
    # Typst dates a document to the second.
    dated = issued_at.replace(microsecond=0)
    inputs = {"facts": json.dumps({**facts, "number": number, "address": address}), "qr": _qr_code(address)}
    pdf = _compiler().compile(sys_inputs=inputs, timestamp=dated, pdf_standards=["a-2b"])
    assert isinstance(pdf, bytes)
    return pdf
