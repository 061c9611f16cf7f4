"""What comes back from a form, made content again."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from courses.h5p.core.authoring.parts import Libraries, sections
from courses.h5p.core.filtering import DEEPEST_NESTING, TooMuch, is_sub_content_id
from courses.h5p.core.manifest import LibraryKey
from courses.h5p.core.semantics import (
    BooleanField,
    Field,
    FileField,
    GroupField,
    LibraryField,
    ListField,
    NumberField,
    SelectField,
    TextField,
)
from courses.packages.strict_json import BadJson, loads

MOST_ITEMS = 2000
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_COPYRIGHT = ("author", "source", "license")
"""What the form asks of the rights to a file."""
_NOTHING: Any = object()

Pairs = Iterable[tuple[str, str]]


def params_from(pairs: Pairs, main: LibraryKey, libraries: Libraries) -> dict[str, Any]:
    """The content that a form of ``main`` was sent with: names and values in the order of the page.

    It is what the author wrote, whole or not, and nothing was judged: what plays is filtered. Raises ``TooMuch``, and
    ``LookupError`` without the library.
    """
    fields = libraries.semantics(main)
    if fields is None:
        raise LookupError(str(main))
    reader = _Reader(_Given(pairs), libraries)
    try:
        return reader.sheet(fields, "")
    except RecursionError:
        raise TooMuch(str(main)) from None


def value_from(text: str) -> Any:
    """A value that a form carries as JSON; nothing when it is none."""
    try:
        return loads(text.encode())
    except (BadJson, UnicodeEncodeError):
        return None


class _Given:
    def __init__(self, pairs: Pairs) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            self.values.setdefault(name, []).append(value)

    def first(self, name: str) -> str | None:
        found = self.values.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def carried(self, name: str) -> Any:
        text = self.first(name)
        return _NOTHING if text is None else value_from(text)


class _Reader:
    def __init__(self, given: _Given, libraries: Libraries) -> None:
        self.given = given
        self.libraries = libraries
        self.nesting = 0

    def sheet(self, fields: tuple[Field, ...], prefix: str) -> dict[str, Any]:
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            raise TooMuch(prefix)
        _main, settings, texts = sections(fields)
        carried: dict[str, Any] = {}
        is_carried: set[int] = set()
        for which, numbers in (("settings", settings), ("texts", texts)):
            values = self.given.carried(f"{prefix}~{which}")
            if values is not _NOTHING:
                is_carried |= set(numbers)
                carried |= values if isinstance(values, dict) else {}
        read: dict[str, Any] = {}
        for number, kind in enumerate(fields):
            value = carried.get(kind.name, _NOTHING) if number in is_carried else self.value(kind, prefix + kind.name)
            if value is not _NOTHING:
                read[kind.name] = value
        self.nesting -= 1
        return read

    def value(self, kind: Field, name: str) -> Any:
        carried = self.given.carried(f"{name}~")
        if carried is not _NOTHING:
            return _NOTHING if carried is None else carried
        match kind:
            case TextField():
                return self._text(kind, name)
            case NumberField():
                return _number(self.given.first(name))
            case BooleanField():
                is_true = self.given.first(name) is not None
                return _NOTHING if not is_true and kind.is_optional and kind.default is None else is_true
            case SelectField():
                return self._choice(kind, name)
            case GroupField():
                return self._group(kind, name)
            case ListField():
                keys = dict.fromkeys(self.given.all(f"{name}[]"))
                if len(keys) > MOST_ITEMS:
                    raise TooMuch(name)
                return [self._item(kind.item, f"{name}.{key}") for key in keys] or _NOTHING
            case LibraryField():
                return self._library(name)
            case FileField():
                files = [self._file(f"{name}.{key}") for key in dict.fromkeys(self.given.all(f"{name}[]"))]
                files = [file for file in files if file]
                return (files if kind.is_list else files[0]) if files else _NOTHING
        return _NOTHING

    def _item(self, kind: Field, name: str) -> Any:
        """A value for an item, also when nothing is in it yet: it keeps its place."""
        value = self.value(kind, name)
        if value is not _NOTHING:
            return value
        while isinstance(kind, GroupField) and kind.is_flat:
            kind = kind.fields[0]
        return "" if isinstance(kind, TextField) else {} if isinstance(kind, GroupField | LibraryField) else None

    def _text(self, kind: TextField, name: str) -> Any:
        text = self.given.first(f"{name}:html")
        if text is None:
            text = self.given.first(name)
            if text is None:
                return _NOTHING
            text = escaped(text.replace("\r\n", "\n"))
        return _NOTHING if not text and kind.is_optional and kind.default is None else text

    def _choice(self, kind: SelectField, name: str) -> Any:
        typed = _typed_options(kind)
        if kind.is_multiple:
            chosen = [typed.get(value, value) for value in self.given.all(name)]
            return chosen or (_NOTHING if kind.is_optional else [])
        value = self.given.first(name)
        return typed.get(value, value) if value else _NOTHING

    def _group(self, kind: GroupField, name: str) -> Any:
        if kind.is_flat:
            return self.value(kind.fields[0], name)
        read = {}
        for each in kind.fields:
            value = self.value(each, f"{name}.{each.name}")
            if value is not _NOTHING:
                read[each.name] = value
        if kind.is_sub_content:
            read["subContentId"] = _id(self.given.first(f"{name}.id"))
        return read if read or not kind.is_optional else _NOTHING

    def _library(self, name: str) -> Any:
        chosen = self.given.first(f"{name}.library")
        key = LibraryKey.parse(chosen)
        if key is None:
            return _NOTHING
        fields = self.libraries.semantics(key)
        if fields is None:
            params = self.given.carried(f"{name}.params~")
            params = params if isinstance(params, dict) else {}
        else:
            params = self.sheet(fields, f"{name}.params.")
        metadata = self.given.carried(f"{name}.metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        title = self.given.first(f"{name}.title")
        if title is not None:
            metadata["title"] = escaped(title.strip()[:255])
        return {
            "library": str(key),
            "params": params,
            "subContentId": _id(self.given.first(f"{name}.id")),
            "metadata": metadata,
        }

    def _file(self, name: str) -> dict[str, Any] | None:
        described = self.given.carried(f"{name}.file")
        if not isinstance(described, dict) or not isinstance(described.get("path"), str):
            return None
        kept = self.given.carried(f"{name}.copyright")
        rights = dict(kept) if isinstance(kept, dict) else {}
        for part in _COPYRIGHT:
            text = self.given.first(f"{name}.copyright.{part}")
            if text is not None:
                rights.pop(part, None)
                rights |= {part: escaped(text.strip()[:1000])} if text.strip() else {}
        return {**described, "copyright": rights} if rights else described


def escaped(text: str) -> str:
    """``text`` as H5P keeps what is no HTML."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#039;")


def _number(text: str | None) -> Any:
    """A number; what is none stays as it was typed, so that its author finds it again."""
    text = (text or "").strip()[:100]
    if not text:
        return _NOTHING
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return escaped(text)


def _typed_options(kind: SelectField) -> dict[str, Any]:
    """The values of options as the library has them: some are numbers."""
    listed = kind.raw.get("options")
    found: dict[str, Any] = {}
    for option in listed if isinstance(listed, list) else ():
        inner = option.get("options") if isinstance(option, dict) and option.get("type") == "optgroup" else [option]
        for entry in inner if isinstance(inner, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("value"), str | int | float):
                found.setdefault(str(entry["value"]), entry["value"])
    return found


def _id(text: str | None) -> str:
    """The id of a part, made once and kept: answers of learners hang on it."""
    return text if text is not None and is_sub_content_id(text) else str(uuid4())
