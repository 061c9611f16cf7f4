"""The Indonesian of every app is complete, and counts the way Indonesian counts: with one form."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.ROOT)
CATALOGS = [
    path
    for group in ("lms", "courses", "assessments", "certificates", "theme")
    for path in sorted((ROOT / group).rglob("locale/id/LC_MESSAGES/django.po"))
]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: str(path.relative_to(ROOT).parents[3]))
def test_every_text_has_its_indonesian(path):
    with path.open("rb") as file:
        catalog = read_po(file, locale="id")

    assert "nplurals=1; plural=0;" in path.read_text()
    assert [message.id for message in catalog if message.id and not any(_forms(message.string))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert "msgstr[1]" not in path.read_text()


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)
