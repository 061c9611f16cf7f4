"""The Indonesian of every app is complete, and counts the way Indonesian counts: with one form."""

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
import wagtail
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.ROOT)
FOLDERS = ("lms", "courses", "assessments", "certificates", "theme")
CATALOGS = [path for group in FOLDERS for path in sorted((ROOT / group).rglob("locale/id/LC_MESSAGES/django.po"))]
THEIRS = [
    path
    for package in (django, wagtail, allauth)
    for path in sorted(Path(package.__path__[0]).rglob("locale/id/LC_MESSAGES/django.po"))
]
"""Catalogs of what we build on, whose words we may use."""
CALLS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
"""What marks a text for translation, and which of its arguments are texts."""


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: str(path.relative_to(ROOT).parents[3]))
def test_every_text_has_its_indonesian(path):
    with path.open("rb") as file:
        catalog = read_po(file, locale="id")

    assert "nplurals=1; plural=0;" in path.read_text()
    assert [message.id for message in catalog if message.id and not any(_forms(message.string))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert "msgstr[1]" not in path.read_text()


def test_every_text_of_the_sources_stands_in_a_catalog():
    known = {(message.context, _first(message.id)) for path in [*CATALOGS, *THEIRS] for message in _read(path)}

    said = {text for folder in FOLDERS for text in _texts_below(ROOT / folder)}

    assert len(said) > 1000
    assert sorted(text for text in said if text[1:] not in known) == []


def _texts_below(folder: Path) -> Iterator[tuple[str, str | None, str]]:
    """File, context and text of everything that is marked for translation."""
    for path in folder.rglob("*"):
        if path.suffix == ".py":
            language, source = "python", path.read_text()
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            # What templatize leaves is calls of gettext between crosses, which no Python tokenizer reads.
            language, source = "javascript", templatize(path.read_text(), origin=str(path))
        else:
            continue
        for _line, text, _comments, context in extract(language, io.BytesIO(source.encode()), keywords=CALLS):
            if text and _first(text):
                yield str(path.relative_to(ROOT)), context, _first(text)


def test_a_text_has_one_indonesian_in_all_apps():
    """Django puts all catalogs into one: where two apps disagree, each shows what the other meant."""
    said: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for path in CATALOGS:
        for message in _read(path):
            said[message.context, str(message.id)][str(path.relative_to(ROOT).parents[3])] = str(message.string)

    assert {text: apps for text, apps in said.items() if len(set(apps.values())) > 1} == {}


def _read(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file, locale="id") if message.id and any(_forms(message.string))]


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)
