"""What an author still has to do before content can be published."""

import html
import re
from collections.abc import Collection
from typing import Any

from courses.h5p.core.authoring.parts import Libraries, Scope, entity_of, is_shown, item_label, label_of
from courses.h5p.core.filtering import DEEPEST_NESTING, TooMuch, fits_pattern
from courses.h5p.core.manifest import LibraryKey
from courses.h5p.core.semantics import (
    Field,
    FileField,
    GroupField,
    LibraryField,
    ListField,
    NumberField,
    SelectField,
    TextField,
)
from courses.packages.problems import Problem, Vocabulary
from courses.packages.problems import marked as _

MOST_PROBLEMS = 200
_TAG = re.compile(r"<(?!img|hr)[^>]*>", re.IGNORECASE)

says = Vocabulary(
    {
        "needed": _("Fill in “%(label)s”."),
        "too-long": _("“%(label)s” is longer than %(limit)s characters."),
        "pattern": _("“%(label)s” does not have the form that is asked for."),
        "not-a-number": _("“%(label)s” must be a number."),
        "too-small": _("“%(label)s” must be %(limit)s or more."),
        "too-large": _("“%(label)s” must be %(limit)s or less."),
        "not-an-option": _("Choose one of the options of “%(label)s”."),
        "too-few": _("“%(label)s” needs at least %(limit)s."),
        "too-many": _("“%(label)s” may have %(limit)s at most."),
        "no-library": _("Choose what “%(label)s” is to be."),
        "library-missing": _("“%(library)s” is not installed here, so this part cannot be shown. Take it out."),
        "library-not-allowed": _("“%(library)s” cannot stand in “%(label)s”. Choose something else."),
        "no-file": _("Choose a file for “%(label)s”."),
        "file-gone": _("The file of “%(label)s” is not here any more. Choose it again."),
    }
)


def problems_in(params: Any, main: LibraryKey, libraries: Libraries, files: Collection[str]) -> list[Problem]:
    """Everything that keeps ``params`` from being published, each with its place; ``files`` are those it has.

    Raises ``TooMuch``, and ``LookupError`` without the library.
    """
    fields = libraries.semantics(main)
    if fields is None:
        raise LookupError(str(main))
    check = _Check(libraries, files)
    try:
        check.sheet(fields, params, "")
    except RecursionError:
        raise TooMuch(str(main)) from None
    return check.problems


class _Check:
    def __init__(self, libraries: Libraries, files: Collection[str]) -> None:
        self.libraries = libraries
        self.files = files
        self.problems: list[Problem] = []
        self.nesting = 0
        self.trail: list[str] = []
        """The items of lists that lead to where the check is."""

    def say(self, code: str, place: str, kind: Field, **values: object) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            where = " › ".join(self.trail)
            self.problems.append(says(code, place, label=label_of(kind) or kind.name, where=where, **values))

    def sheet(self, fields: tuple[Field, ...], params: Any, prefix: str) -> None:
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            raise TooMuch(prefix)
        values = params if isinstance(params, dict) else {}
        self.members(fields, values, prefix, (Scope(fields, values, prefix),))
        self.nesting -= 1

    def members(
        self, fields: tuple[Field, ...], values: dict[str, Any], prefix: str, scopes: tuple[Scope, ...]
    ) -> None:
        for kind in fields:
            if kind.widget != "none" and kind.raw.get("deprecated") is not True and is_shown(kind, scopes):
                self.value(kind, values.get(kind.name), prefix + kind.name, scopes)

    def value(self, kind: Field, value: Any, place: str, scopes: tuple[Scope, ...]) -> None:
        match kind:
            case TextField():
                self._text(kind, value, place)
            case NumberField():
                self._number(kind, value, place)
            case SelectField():
                self._choice(kind, value, place)
            case GroupField() if kind.is_flat:
                self.value(kind.fields[0], value, place, scopes)
            case GroupField():
                values = value if isinstance(value, dict) else {}
                if values or not kind.is_optional:
                    inside = (*scopes, Scope(kind.fields, values, f"{place}."))
                    self.members(kind.fields, values, f"{place}.", inside)
            case ListField():
                self._list(kind, value, place, scopes)
            case LibraryField():
                self._library(kind, value, place)
            case FileField():
                self._media(kind, value, place)

    def _text(self, kind: TextField, value: Any, place: str) -> None:
        text = value if isinstance(value, str) else "" if value is None else str(value)
        is_empty = not html.unescape(_TAG.sub("", text)).strip()
        # What has a text of its own to begin with plays without one too.
        if is_empty and not kind.is_optional and kind.default is None and kind.raw.get("common") is not True:
            self.say("needed", place, kind)
        if kind.max_length is not None and len(html.unescape(text)) > kind.max_length:
            self.say("too-long", place, kind, limit=kind.max_length)
        if not is_empty and not fits_pattern(kind, text):
            self.say("pattern", place, kind)

    def _number(self, kind: NumberField, value: Any, place: str) -> None:
        if value is None:
            if not kind.is_optional and kind.default is None:
                self.say("needed", place, kind)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            if not (isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value, re.ASCII)):
                self.say("not-a-number", place, kind)
        elif kind.min is not None and value < kind.min:
            self.say("too-small", place, kind, limit=f"{kind.min:g}")
        elif kind.max is not None and value > kind.max:
            self.say("too-large", place, kind, limit=f"{kind.max:g}")

    def _choice(self, kind: SelectField, value: Any, place: str) -> None:
        allowed = dict(kind.options)
        values = value if isinstance(value, list) else [value]
        named = [str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in values if entry is not None]
        is_missing = not (named or kind.is_multiple or kind.is_optional) and kind.default is None
        if is_missing or (allowed and any(entry not in allowed for entry in named if entry)):
            self.say("not-an-option", place, kind)

    def _list(self, kind: ListField, value: Any, place: str, scopes: tuple[Scope, ...]) -> None:
        items = value if isinstance(value, list) else []
        least = max(kind.min or 0, 0 if kind.is_optional else 1)
        if len(items) < least and not (kind.is_optional and not items):
            self.say("too-few", place, kind, limit=least)
        if kind.max is not None and len(items) > kind.max:
            self.say("too-many", place, kind, limit=kind.max)
        inside = (*scopes, Scope((), None, f"{place}."))
        for number, entry in enumerate(items):
            self.trail.append(f"{item_label(kind.item, entity_of(kind))} {number + 1}")
            self.value(kind.item, entry, f"{place}.{number}", inside)
            self.trail.pop()

    def _library(self, kind: LibraryField, value: Any, place: str) -> None:
        given = value if isinstance(value, dict) else {}
        key = LibraryKey.parse(given.get("library"))
        if key is None:
            if not kind.is_optional:
                self.say("no-library", place, kind)
            return
        fields = self.libraries.semantics(key)
        if key not in kind.options:
            self.say("library-not-allowed", place, kind, library=key)
        elif fields is None:
            self.say("library-missing", place, kind, library=key)
        else:
            self.sheet(fields, given.get("params"), f"{place}.params.")

    def _media(self, kind: FileField, value: Any, place: str) -> None:
        entries = value if isinstance(value, list) else [value]
        paths = [entry.get("path") for entry in entries if isinstance(entry, dict)]
        if not paths and not kind.is_optional:
            self.say("no-file", place, kind)
        for path in paths:
            if path not in self.files and not str(path).lower().startswith("https://"):
                self.say("file-gone", place, kind)
