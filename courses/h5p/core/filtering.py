"""Content made to fit its library: what the semantics do not know is dropped, what they promise is filled in.

Libraries put texts into pages as they are, so this is what stands between one author and every learner.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import re2

from courses.h5p.core.manifest import LICENSES, METADATA, LibraryKey
from courses.h5p.core.sanitizing import clean, plain
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

DEEPEST_NESTING = 20
"""Libraries inside one another; each level is some ten levels of JSON."""
MOST_PARTS = 200_000
"""Values of one content: recursive semantics with defaults must not grow without end."""
LONGEST_PATTERN = 500
_SUB_CONTENT_ID = re.compile(r"\{?[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}\}?", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_OTHER_CONTENT = re.compile(r"(?:\.\./)+(?:content/)?(?:[\w.-]+|editor)/(.+)", re.ASCII)
_MIME = re.compile(r"[\w.+-]+/[\w.+;= -]+", re.ASCII)
_FILE_KEYS = {
    "file": frozenset[str](),
    "image": frozenset({"width", "height", "originalImage"}),
    "audio": frozenset[str](),
    "video": frozenset({"width", "height", "codecs", "quality", "bitrate"}),
}
_COPYRIGHT = ("title", "author", "year", "source", "license", "version")

_NOTHING: Any = object()
"""What stands for a value that is dropped: ``None`` could be one that is kept."""

FindSemantics = Callable[[LibraryKey], tuple[Field, ...] | None]


class TooMuch(ValueError):
    """The content is nested or repeated beyond reason."""


@dataclass(slots=True)
class Filtered:
    """Content as it may be shown."""

    params: Any
    libraries: list[LibraryKey]
    """Libraries the content uses, each after those inside it, the main one last."""
    files: list[str]
    """The content's own files that it refers to."""
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """What was left out: a code and the place in the content."""
    texts: list[str] = field(default_factory=list)
    """Every text of the content, by which add-ons decide whether they are needed."""


def filter_content(
    params: Any, main: LibraryKey, find: FindSemantics, files: Collection[str], *, hosts: Collection[str] = ()
) -> Filtered:
    """``params`` as ``main`` may be given them. ``find`` gives a library's semantics or ``None`` when it is missing.

    ``files`` are the paths that the content has; ``hosts`` are those from which media may be loaded by ``https``.
    Filtering what was filtered changes nothing. Raises ``TooMuch``, and ``LookupError`` without the main library.
    """
    fields = find(main)
    if fields is None:
        raise LookupError(str(main))
    run = _Filter(find, frozenset(files), frozenset(hosts))
    try:
        kept = run.members(params if isinstance(params, dict) else {}, fields, "", False)
    except RecursionError:
        raise TooMuch(str(main)) from None
    run.libraries.setdefault(main)
    return Filtered(kept, list(run.libraries), list(run.used), run.dropped, run.texts)


def default_of(kind: Field, find: FindSemantics) -> Any:
    """What a field begins with; ``None`` for nothing."""
    value = _Filter(find, frozenset(), frozenset()).default(kind, kind.name)
    return None if value is _NOTHING else value


def filter_metadata(metadata: Any) -> dict[str, Any]:
    """Title, license, authors and the like, as plain text; unknown entries are dropped."""
    kept: dict[str, Any] = {}
    for name, value in metadata.items() if isinstance(metadata, dict) else ():
        if name == "license":
            kept[name] = value if value in LICENSES else "U"
        elif name in ("authors", "changes"):
            rows = [_plain_row(row) for row in value[:100] if isinstance(row, dict)] if isinstance(value, list) else []
            kept[name] = rows
        elif name in METADATA or name == "contentType":
            if isinstance(value, str):
                kept[name] = plain(value[:10_000])
            elif isinstance(value, int) and not isinstance(value, bool):
                kept[name] = value
    if not re.match(r"https?://", str(kept.get("source", "http://")), re.IGNORECASE):
        del kept["source"]
    return kept


def _plain_row(row: dict[str, Any]) -> dict[str, str]:
    allowed = ("name", "role", "date", "author", "log")
    return {name: plain(row[name][:1000]) for name in allowed if isinstance(row.get(name), str)}


class _Filter:
    def __init__(self, find: FindSemantics, files: frozenset[str], hosts: frozenset[str]) -> None:
        self.find = find
        self.files = files
        self.hosts = hosts
        self.libraries: dict[LibraryKey, None] = {}
        self.used: dict[str, None] = {}
        self.dropped: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.nesting = 0
        self.parts = 0

    def drop(self, code: str, place: str) -> Any:
        if len(self.dropped) < 1000:
            self.dropped.append((code, place.removeprefix(".")))
        return _NOTHING

    def count(self, place: str) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooMuch(place)

    def value(self, value: Any, kind: Field, place: str) -> Any:
        self.count(place)
        match kind:
            case TextField():
                return self._text(value, kind)
            case NumberField():
                return _number(value, kind)
            case BooleanField():
                return _truth(value)
            case SelectField():
                return self._choice(value, kind, place)
            case GroupField():
                return self._group(value, kind, place)
            case ListField():
                return self._list(value, kind, place)
            case LibraryField():
                return self._library(value, kind, place)
            case FileField():
                return self._media(value, kind, place)
        return self.drop("unknown-type", place)

    def default(self, kind: Field, place: str) -> Any:
        """What a field that is missing begins with."""
        self.count(place)
        match kind:
            case GroupField() if kind.default is None:
                if kind.is_flat:
                    return self.default(kind.fields[0], place)
                inner = self.members({}, kind.fields, place, kind.is_sub_content)
                return inner or (_NOTHING if kind.is_optional else {})
            case ListField() if kind.default is None:
                first = (self.default(kind.item, place) for _ in range(min(kind.default_count, 100)))
                return [value for value in first if value is not _NOTHING] or _NOTHING
            case BooleanField() if kind.default is None:
                return _NOTHING if kind.is_optional else False
            case LibraryField() | FileField():
                return _NOTHING
        return _NOTHING if kind.default is None else self.value(kind.default, kind, place)

    def members(
        self, given: dict[str, Any], fields: tuple[Field, ...], place: str, is_sub_content: bool
    ) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        known = {kind.name: kind for kind in fields}
        for name in given:
            if name not in known and not (is_sub_content and name == "subContentId"):
                self.drop("unknown-field", f"{place}.{name}")
        if is_sub_content and is_sub_content_id(given.get("subContentId")):
            kept["subContentId"] = given["subContentId"]
        for name, kind in known.items():
            here = f"{place}.{name}"
            value = self.value(given[name], kind, here) if name in given else _NOTHING
            if value is _NOTHING:
                value = self.default(kind, here)
            if value is not _NOTHING:
                kept[name] = value
        return kept

    def _text(self, value: Any, kind: TextField) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        text = clean(value, kind) if isinstance(value, str) else ""
        if kind.pattern is not None and (text or not kind.is_optional) and not fits_pattern(kind, text):
            text = ""
        if text:
            self.texts.append(text)
        return text

    def _choice(self, value: Any, kind: SelectField, place: str) -> Any:
        allowed = {option for option, _label in kind.options}
        if kind.is_multiple:
            given = value if isinstance(value, list) else [value]
            chosen = [str(entry) for entry in given if isinstance(entry, str | int | float)]
            return [plain(entry) for entry in chosen[:1000] if not allowed or entry in allowed]
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str | int | float):
            return self.drop("not-an-option", place)
        if allowed and str(value) not in allowed and not (kind.is_optional and value == ""):
            self.drop("not-an-option", place)
            return plain(kind.options[0][0]) if kind.default is None and not kind.is_optional else _NOTHING
        return plain(value) if isinstance(value, str) else value

    def _group(self, value: Any, kind: GroupField, place: str) -> Any:
        if kind.is_flat:
            return self.value(value, kind.fields[0], place)
        if not isinstance(value, dict):
            return self.drop("not-a-group", place)
        return self.members(value, kind.fields, place, kind.is_sub_content)

    def _list(self, value: Any, kind: ListField, place: str) -> Any:
        if not isinstance(value, list):
            return self.drop("not-a-list", place)
        if kind.max is not None and len(value) > kind.max:
            self.drop("list-too-long", place)
            value = value[: kind.max]
        items = (self.value(entry, kind.item, f"{place}[{number}]") for number, entry in enumerate(value))
        return [item for item in items if item is not _NOTHING] or _NOTHING

    def _library(self, value: Any, kind: LibraryField, place: str) -> Any:
        if not isinstance(value, dict) or "library" not in value:
            return _NOTHING if value in (None, {}, "") else self.drop("not-a-library", place)
        key = LibraryKey.parse(value["library"])
        if key is None or key not in kind.options:
            return self.drop("library-not-allowed", place)
        fields = self.find(key)
        if fields is None:
            return self.drop("library-missing", place)
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            raise TooMuch(place)
        given = value.get("params")
        params = self.members(given if isinstance(given, dict) else {}, fields, f"{place}.params", False)
        self.nesting -= 1
        self.libraries.setdefault(key)
        kept = {"library": str(key), "params": params}
        if is_sub_content_id(value.get("subContentId")):
            kept["subContentId"] = value["subContentId"]
        if "metadata" in value:
            kept["metadata"] = filter_metadata(value["metadata"])
        return kept | _extras(value, kind.extra_attributes, taken=kept)

    def _media(self, value: Any, kind: FileField, place: str) -> Any:
        if kind.is_list:
            if not isinstance(value, list):
                return _NOTHING if value in (None, {}, "") else self.drop("not-a-list", place)
            files = (self._file(entry, kind, f"{place}[{number}]") for number, entry in enumerate(value[:50]))
            return [file for file in files if file is not _NOTHING] or _NOTHING
        return self._file(value, kind, place)

    def _file(self, value: Any, kind: FileField, place: str) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("path"), str):
            return _NOTHING if value in (None, {}, "") else self.drop("not-a-file", place)
        path = self._path(value["path"])
        if path is None:
            return self.drop("file-not-usable", place)
        kept: dict[str, Any] = {"path": path}
        if isinstance(value.get("mime"), str) and _MIME.fullmatch(value["mime"][:100]):
            kept["mime"] = value["mime"]
        for name in ("width", "height", "bitrate"):
            if name in _FILE_KEYS[kind.kind] and (number := _plain_number(value.get(name))) is not None:
                kept[name] = number
        if kind.kind == "video":
            kept |= {"codecs": plain(value["codecs"][:100])} if isinstance(value.get("codecs"), str) else {}
            quality = value.get("quality")
            if isinstance(quality, dict):
                level, label = _plain_number(quality.get("level")), quality.get("label")
                kept["quality"] = {"level": level or 0, "label": plain(str(label)[:100])}
        if kind.kind == "image" and isinstance(value.get("originalImage"), dict):
            original = self._file(value["originalImage"], kind, f"{place}.originalImage")
            kept |= {} if original is _NOTHING else {"originalImage": original}
        if isinstance(value.get("copyright"), dict):
            given = value["copyright"]
            kept["copyright"] = {
                name: plain(given[name][:1000]) for name in _COPYRIGHT if isinstance(given.get(name), str)
            }
        return kept | _extras(value, kind.extra_attributes, taken=kept)

    def _path(self, path: str) -> str | None:
        """The path as it may be kept; ``None`` for what is not this content's own and not from an allowed host."""
        path = path.removesuffix("#tmp")
        if path.lower().startswith("https://"):
            host = re.match(r"https://([a-z0-9.-]+)(?::443)?(?:[/?]|$)", path, re.IGNORECASE)
            allowed = host is not None and host[1].lower() in self.hosts
            return plain(path) if allowed and len(path) < 2000 else None
        if other := _OTHER_CONTENT.fullmatch(path):
            path = other[1]
        if _SCHEME.match(path) or path not in self.files or "'" in path:
            return None
        self.used.setdefault(path)
        return path


def is_sub_content_id(value: Any) -> bool:
    """Whether a value can name a part of content."""
    return isinstance(value, str) and _SUB_CONTENT_ID.fullmatch(value) is not None


def _extras(value: dict[str, Any], names: tuple[str, ...], *, taken: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        given = value.get(name)
        if name in taken or name not in value:
            continue
        if isinstance(given, str):
            found[name] = plain(given[:10_000])
        elif isinstance(given, int | float):
            found[name] = given
    return found


def fits_pattern(kind: TextField, text: str) -> bool:
    """Whether a text fits its library's pattern, in time that grows with the text alone.

    A pattern that RE2 does not know (it may look ahead or back) decides nothing.
    """
    if kind.pattern is None or len(kind.pattern) > LONGEST_PATTERN:
        return True
    options = re2.Options()
    options.case_sensitive = not kind.pattern_ignores_case
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(kind.pattern, options).search(text[:10_000]) is not None
    except re2.error:
        return True


def _plain_number(value: Any) -> int | float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value, re.ASCII):
        return float(value) if "." in value else int(value)
    return None


def _number(value: Any, kind: NumberField) -> Any:
    number = _plain_number(value)
    if number is None:
        return _NOTHING
    if kind.step is not None and kind.step > 0:
        start = kind.min or 0
        steps = (number - start) / kind.step
        if abs(steps - round(steps)) > 1e-6:
            number = start + int(steps // 1) * kind.step
    if kind.decimals is not None and isinstance(number, float):
        number = round(number, min(kind.decimals, 15))
    if kind.min is not None and number < kind.min:
        number = kind.min
    if kind.max is not None and number > kind.max:
        number = kind.max
    return number


def _truth(value: Any) -> bool:
    """Tools write truth as a boolean, a number and a string; PHP takes only the first and reads the others as false."""
    return value is True or value in (1, "1", "true")
