"""What a library's ``semantics.json`` says its content looks like, as a typed tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.h5p.core.manifest import LibraryKey

MOST_FIELDS = 5_000


class BadSemantics(ValueError):
    """``semantics.json`` is not a description of fields; the message names the place."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of content. ``raw`` keeps everything that the file says of it, for forms and the editor."""

    name: str
    label: str = ""
    description: str = ""
    is_optional: bool = False
    default: Any = None
    importance: str = "medium"
    widget: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextField(Field):
    tags: tuple[str, ...] | None = None
    """Tags of HTML that may be used; ``None`` for plain text."""
    font: frozenset[str] = frozenset()
    """What of the letters may be styled: size, family, color, background, spacing, height."""
    max_length: int | None = None
    pattern: str | None = None
    pattern_ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class NumberField(Field):
    min: float | None = None
    max: float | None = None
    step: float | None = None
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class BooleanField(Field):
    pass


@dataclass(frozen=True, slots=True)
class SelectField(Field):
    options: tuple[tuple[str, str], ...] = ()
    """Value and label; groups of options are flattened."""
    is_multiple: bool = False


@dataclass(frozen=True, slots=True)
class GroupField(Field):
    fields: tuple[Field, ...] = ()
    is_sub_content: bool = False

    @property
    def is_flat(self) -> bool:
        """A group of one field is kept as that field's value."""
        return len(self.fields) == 1 and not self.is_sub_content


@dataclass(frozen=True, slots=True)
class ListField(Field):
    item: Field = field(default_factory=lambda: Field("item"))
    min: int | None = None
    max: int | None = None
    default_count: int = 0
    """How many items a new list begins with."""


@dataclass(frozen=True, slots=True)
class LibraryField(Field):
    options: tuple[LibraryKey, ...] = ()
    extra_attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileField(Field):
    """A file, picture, sound or film, as ``kind`` says; sounds and films are lists of files."""

    kind: str = "file"
    extra_attributes: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.kind in ("audio", "video")


@dataclass(frozen=True, slots=True)
class UnknownField(Field):
    """A field of a type that H5P does not have; whatever content holds for it is dropped."""


def read_semantics(data: Any) -> tuple[Field, ...]:
    """The fields of a library, as its ``semantics.json`` was parsed. Raises ``BadSemantics``."""
    if not isinstance(data, list):
        raise BadSemantics("[]")
    return _Reader().fields(data, "")


class _Reader:
    def __init__(self) -> None:
        self.count = 0

    def fields(self, data: Any, place: str) -> tuple[Field, ...]:
        if not isinstance(data, list):
            raise BadSemantics(place or "[]")
        return tuple(self.field(entry, f"{place}[{number}]") for number, entry in enumerate(data))

    def field(self, data: Any, place: str, *, needs_name: bool = True) -> Field:
        self.count += 1
        if not isinstance(data, dict) or not isinstance(data.get("type"), str) or self.count > MOST_FIELDS:
            raise BadSemantics(place)
        name = data.get("name", "")
        if not isinstance(name, str) or (needs_name and not name):
            raise BadSemantics(place)
        common: dict[str, Any] = {
            "name": name,
            "label": _text(data.get("label")),
            "description": _text(data.get("description")),
            "is_optional": data.get("optional") is True,
            "default": data.get("default"),
            "importance": _text(data.get("importance")) or "medium",
            "widget": _text(data.get("widget")),
            "raw": data,
        }
        match data["type"]:
            case "text":
                return self._text_field(data, common)
            case "number":
                limits: dict[str, Any] = {key: _number(data.get(key)) for key in ("min", "max", "step")}
                return NumberField(**common, **limits, decimals=_count(data.get("decimals")))
            case "boolean":
                return BooleanField(**common)
            case "select":
                return SelectField(**common, options=_options(data), is_multiple=data.get("multiple") is True)
            case "group":
                inner = self.fields(data.get("fields"), f"{place}.fields")
                return GroupField(**common, fields=inner, is_sub_content=data.get("isSubContent") is True)
            case "list":
                item = self.field(data.get("field"), f"{place}.field", needs_name=False)
                sizes: dict[str, Any] = {key: _count(data.get(key)) for key in ("min", "max")}
                return ListField(**common, item=item, **sizes, default_count=_count(data.get("defaultNum")) or 0)
            case "library":
                return LibraryField(**common, options=_libraries(data), extra_attributes=_attributes(data))
            case "file" | "image" | "audio" | "video" as kind:
                return FileField(**common, kind=kind, extra_attributes=_attributes(data))
        return UnknownField(**common)

    def _text_field(self, data: dict[str, Any], common: dict[str, Any]) -> TextField:
        tags = data.get("tags")
        pattern = data.get("regexp")
        pattern = pattern if isinstance(pattern, dict) else {}
        font = data.get("font")
        return TextField(
            **common,
            tags=tuple(tag.lower() for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else None,
            font=frozenset(key for key, value in font.items() if value) if isinstance(font, dict) else frozenset(),
            max_length=_count(data.get("maxLength")),
            pattern=pattern["pattern"] if isinstance(pattern.get("pattern"), str) else None,
            pattern_ignores_case="i" in _text(pattern.get("modifiers")),
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _attributes(data: dict[str, Any]) -> tuple[str, ...]:
    listed = data.get("extraAttributes")
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()


def _options(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    listed = data.get("options")
    for option in listed if isinstance(listed, list) else ():
        if not isinstance(option, dict):
            continue
        inner = option.get("options") if option.get("type") == "optgroup" else [option]
        for entry in inner if isinstance(inner, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("value"), str | int | float):
                found.append((str(entry["value"]), _text(entry.get("label"))))
    return tuple(found)


def _libraries(data: dict[str, Any]) -> tuple[LibraryKey, ...]:
    listed = data.get("options")
    entries = listed if isinstance(listed, list) else []
    names = (entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
    return tuple(key for key in map(LibraryKey.parse, names) if key)
