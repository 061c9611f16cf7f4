"""A form for content: its fields as the library describes them, each with what stands in it."""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any, Protocol
from uuid import uuid4

from courses.h5p.core.filtering import DEEPEST_NESTING, MOST_PARTS, TooMuch, default_of, filter_content
from courses.h5p.core.manifest import LICENSES, LibraryKey
from courses.h5p.core.sanitizing import clean
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
from courses.packages.problems import Problem

LONGEST_DIGEST = 80
MOST_NEW_ITEMS = 20
"""How many items a new list may begin with, whatever a library asks for."""
_TAG = re.compile(r"<[^>]*>")
_HEX_COLOR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_CARRIED_WIDGETS = {"none", "dynamicCheckboxes"}
_GUIDE = TextField("guide", tags=("p", "ul", "ol", "li", "strong", "em", "code", "br"))
MEDIA = {"image": "image/*", "audio": "audio/*", "video": "video/*", "file": ""}
"""What a browser offers for each kind of file."""


class Libraries(Protocol):
    """What is installed, as forms ask for it."""

    def semantics(self, key: LibraryKey) -> tuple[Field, ...] | None:
        """The fields of a library, in the author's language; ``None`` when it is not installed."""

    def title(self, key: LibraryKey) -> str:
        """What authors call it."""

    def has_titles(self, key: LibraryKey) -> bool:
        """Whether content of it inside other content has a title of its own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An input that decides whether a part is shown, and the values with which it is."""

    name: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Part:
    """One field of a form, or one item of a list.

    ``name`` is the place in the content and of its inputs, ``path`` the field's place in its library. A part that is
    ``folded`` has its value as JSON in place of inputs: forms of a hundred questions stay light.
    """

    kind: str
    field: Field
    name: str
    path: str
    library: LibraryKey
    label: str = ""
    value: Any = None
    parts: list["Part"] = made_by(default_factory=list)
    sheet: "Sheet | None" = None
    options: list[tuple[str, str]] = made_by(default_factory=list)
    rules: tuple[Rule, ...] = ()
    needs_all_rules: bool = False
    folded: str | None = None
    is_open: bool = False
    digest: str = ""
    problems: list[Problem] = made_by(default_factory=list)
    attributes: dict[str, Any] = made_by(default_factory=dict)

    @property
    def is_required(self) -> bool:
        """Whether its author must do something about it: what has a beginning plays as it is."""
        is_asked = self.kind not in ("truth", "group", "list", "item", "carried")
        return is_asked and not self.field.is_optional and self.field.default is None

    @property
    def list_name(self) -> str:
        """The list that an item belongs to."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """What tells an item from others of its list."""
        return self.name.rpartition(".")[2]

    @property
    def is_simple(self) -> bool:
        """Whether an item is one input, which needs no heading of its own."""
        kind = self.field
        while isinstance(kind, GroupField) and kind.is_flat:
            kind = kind.fields[0]
        return not isinstance(kind, GroupField | LibraryField | ListField | FileField)

    @property
    def number(self) -> str:
        """A number as inputs take it, whatever the language."""
        return str(self.value)

    @property
    def when(self) -> str:
        """The rules for the script that hides the part."""
        return json.dumps([[rule.name, *rule.values] for rule in self.rules]) if self.rules else ""

    @property
    def has_problems(self) -> bool:
        """Whether something in it, however deep, is wrong."""
        inner = self.sheet.has_problems if self.sheet else False
        return bool(self.problems) or inner or any(part.has_problems for part in self.parts)


@dataclass(slots=True)
class Section:
    """Parts that are seldom changed and stand behind one heading; ``folded`` as in :class:`Part`."""

    name: str
    parts: list[Part]
    folded: str | None = None

    @property
    def has_problems(self) -> bool:
        return any(part.has_problems for part in self.parts)


@dataclass(slots=True)
class Sheet:
    """The form of one library: what matters first, then its settings, then the texts that learners see on buttons."""

    library: LibraryKey
    prefix: str
    main: list[Part]
    settings: Section
    texts: Section

    @property
    def has_problems(self) -> bool:
        return any(part.has_problems for part in self.main) or self.settings.has_problems or self.texts.has_problems


@dataclass(frozen=True, slots=True)
class Scope:
    """The fields among which a field stands, with their values: where rules look for others."""

    fields: tuple[Field, ...]
    values: Any
    prefix: str


def sections(fields: Sequence[Field]) -> tuple[list[int], list[int], list[int]]:
    """Which fields of a library are its matter, which are settings, and which are texts of its own.

    A setting on which some of the matter depends stands with it.
    """
    texts = [number for number, kind in enumerate(fields) if kind.raw.get("common") is True]
    main = [number for number, kind in enumerate(fields) if number not in texts and not _is_setting(kind)]
    decisive = {rule["field"] for number in main for rule in _raw_rules(fields[number])[0]}
    main += [number for number, kind in enumerate(fields) if kind.name in decisive and number not in (*texts, *main)]
    settings = [number for number in range(len(fields)) if number not in main and number not in texts]
    return sorted(main), settings, texts


def _is_setting(kind: Field) -> bool:
    if kind.importance != "low":
        return False
    must_be_filled = isinstance(kind, TextField | LibraryField | FileField) and not kind.is_optional
    return not (must_be_filled and kind.default is None)


def form_of(
    params: Any,
    main: LibraryKey,
    libraries: Libraries,
    *,
    problems: Iterable[Problem] = (),
    unfolded: bool = False,
) -> Sheet:
    """The form for content of ``main``. Parts with problems are open, others with much inside are folded.

    With ``unfolded`` nothing is. Raises ``TooMuch``, and ``LookupError`` without the library.
    """
    builder = _Builder(libraries, problems, unfolded)
    fields = libraries.semantics(main)
    if fields is None:
        raise LookupError(str(main))
    try:
        return builder.sheet(main, fields, params, "", is_root=True)
    except RecursionError:
        raise TooMuch(str(main)) from None


def part_of(
    library: LibraryKey, path: str, name: str, value: Any, libraries: Libraries, *, as_item: bool = False
) -> Part:
    """One part of a form, opened: what a form asks for later. ``as_item`` makes it an item of its list.

    Raises ``LookupError`` when the library has no such field.
    """
    kind = locate(libraries.semantics(library) or (), path)
    builder = _Builder(libraries, (), False)
    try:
        if as_item:
            whole = locate(libraries.semantics(library) or (), path.rpartition(".")[0])
            return builder.item(kind, value, name, path, library, (), is_open=True, entity=entity_of(whole))
        return builder.part(kind, value, name, path, library, ())
    except RecursionError:
        raise TooMuch(name) from None


def section_of(library: LibraryKey, which: str, prefix: str, values: Any, libraries: Libraries) -> Section:
    """The settings or the texts of a library inside a form, opened. Raises ``LookupError`` without the library."""
    fields = libraries.semantics(library)
    if fields is None or which not in ("settings", "texts"):
        raise LookupError(str(library))
    _main, settings, texts = sections(fields)
    given = values if isinstance(values, dict) else {}
    numbers = settings if which == "settings" else texts
    scope = (Scope(fields, given, prefix),)
    return _Builder(libraries, (), False).section(which, numbers, fields, given, prefix, library, scope, True)


def locate(fields: Sequence[Field], path: str) -> Field:
    """The field at a path such as ``2.0.1``: the third field, its item, the second field of that."""
    found: Field | None = None
    inner: Sequence[Field] = fields
    for step in path.split("."):
        number = int(step) if step.isascii() and step.isdigit() and len(step) < 5 else -1
        if not 0 <= number < len(inner):
            raise LookupError(path)
        found = inner[number]
        inner = _inside(found)
    assert found is not None
    return found


def _inside(kind: Field) -> Sequence[Field]:
    if isinstance(kind, GroupField):
        return kind.fields
    return (kind.item,) if isinstance(kind, ListField) else ()


def new_library(key: LibraryKey, libraries: Libraries) -> dict[str, Any]:
    """What content of a library that was just chosen begins with."""
    return {
        "library": str(key),
        "params": filter_content({}, key, libraries.semantics, ()).params,
        "subContentId": str(uuid4()),
        "metadata": {"contentType": libraries.title(key), "license": "U", "title": ""},
    }


class _Builder:
    def __init__(self, libraries: Libraries, problems: Iterable[Problem], unfolded: bool) -> None:
        self.libraries = libraries
        self.unfolded = unfolded
        self.nesting = 0
        self.count = 0
        self.problems: dict[str, list[Problem]] = {}
        self.troubled: set[str] = set()
        for problem in problems:
            self.problems.setdefault(problem.path, []).append(problem)
            steps = problem.path.split(".")
            self.troubled |= {".".join(steps[:length]) for length in range(1, len(steps) + 1)}

    def sheet(
        self, key: LibraryKey, fields: tuple[Field, ...], params: Any, prefix: str, *, is_root: bool = False
    ) -> Sheet:
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            raise TooMuch(prefix)
        values = params if isinstance(params, dict) else {}
        scope = (Scope(fields, values, prefix),)
        main, settings, texts = sections(fields)
        made = Sheet(
            key,
            prefix,
            [self._member(number, fields[number], values, prefix, key, scope) for number in main],
            self.section("settings", settings, fields, values, prefix, key, scope, is_root),
            self.section("texts", texts, fields, values, prefix, key, scope, is_root),
        )
        self.nesting -= 1
        return made

    def section(
        self,
        which: str,
        numbers: list[int],
        fields: tuple[Field, ...],
        values: dict[str, Any],
        prefix: str,
        key: LibraryKey,
        scope: tuple[Scope, ...],
        is_root: bool,
    ) -> Section:
        name = f"{prefix}~{which}"
        is_troubled = any(prefix + fields[number].name in self.troubled for number in numbers)
        if numbers and not (is_root or is_troubled or self.unfolded):
            names = [fields[number].name for number in numbers]
            return Section(name, [], _json({each: values[each] for each in names if each in values}))
        return Section(name, [self._member(number, fields[number], values, prefix, key, scope) for number in numbers])

    def _member(
        self, number: int, kind: Field, values: dict[str, Any], prefix: str, key: LibraryKey, scopes: tuple[Scope, ...]
    ) -> Part:
        return self.part(kind, values.get(kind.name), prefix + kind.name, str(number), key, scopes)

    def part(
        self, kind: Field, value: Any, name: str, path: str, library: LibraryKey, scopes: tuple[Scope, ...]
    ) -> Part:
        self.count += 1
        if self.count > MOST_PARTS:
            raise TooMuch(name)
        rules, needs_all = rules_of(kind, scopes)
        made = Part("carried", kind, name, path, library, label_of(kind), rules=rules, needs_all_rules=needs_all)
        made.problems = self.problems.get(name, [])
        guide = kind.raw.get("important")
        if isinstance(guide, dict):
            made.attributes = {
                "guide": clean(_word(guide.get("description")), _GUIDE),
                "example": _TAG.sub("", _word(guide.get("example"))),
            }
        if kind.widget in _CARRIED_WIDGETS or kind.raw.get("deprecated") is True:
            made.folded = _json(value)
            return made
        match kind:
            case TextField():
                self._text(made, kind, value)
            case NumberField():
                made.kind = "number"
                made.value = "" if value is None else value
                made.attributes |= {"min": kind.min, "max": kind.max, "step": _step(kind)}
            case BooleanField():
                made.kind = "truth"
                made.value = value in (True, 1, "1", "true") if value is not None else kind.default is True
            case SelectField():
                self._choice(made, kind, value)
            case GroupField():
                self._group(made, kind, value, scopes)
            case ListField():
                self._list(made, kind, value, scopes)
            case LibraryField():
                self._library(made, kind, value)
            case FileField():
                self._file(made, kind, value)
            case _:
                made.folded = _json(value)
        return made

    def _text(self, made: Part, kind: TextField, value: Any) -> None:
        text = value if isinstance(value, str) else "" if value is None else str(value)
        made.attributes |= {"maxlength": kind.max_length, "placeholder": _word(kind.raw.get("placeholder"))}
        if is_rich(kind, text):
            made.kind, made.value = "rich", clean(text, kind)
            made.attributes |= {"tags": " ".join(kind.tags or ()), "enter": _word(kind.raw.get("enterMode"))}
        elif kind.widget == "colorSelector" or _is_color(kind):
            made.kind, made.value = "color", html.unescape(text)
            made.attributes["swatch"] = made.value if _HEX_COLOR.fullmatch(made.value) else "#ffffff"
        else:
            made.value = html.unescape(text)
            is_long = kind.widget in ("textarea", "html") or "\n" in text or len(text) > 120
            made.kind = "long" if is_long else "text"

    def _choice(self, made: Part, kind: SelectField, value: Any) -> None:
        made.options = list(dict(kind.options).items())
        if kind.is_multiple:
            made.kind = "choices"
            made.value = [str(entry) for entry in value] if isinstance(value, list) else []
            return
        if isinstance(value, list):
            value = value[0] if value else None
        if value is None:
            value = kind.default
        made.value = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        made.kind = "radio" if kind.widget == "radioGroup" else "choice"
        if made.kind == "choice" and (kind.is_optional or made.value not in dict(made.options)):
            made.options.insert(0, ("", "–"))

    def _group(self, made: Part, kind: GroupField, value: Any, scopes: tuple[Scope, ...]) -> None:
        made.kind = "group"
        if kind.is_flat:
            inner = kind.fields[0]
            made.parts = [self.part(inner, value, made.name, f"{made.path}.0", made.library, scopes)]
            made.problems = []
            if not isinstance(inner, ListField | GroupField):
                # One field needs no frame around it, only the better of the two names.
                [only] = made.parts
                only.label = only.label or made.label
                made.kind = "flat"
            return
        values = value if isinstance(value, dict) else {}
        inside = (*scopes, Scope(kind.fields, values, f"{made.name}."))
        if kind.is_sub_content:
            made.attributes["id"] = values.get("subContentId") or str(uuid4())
        made.parts = [
            self.part(
                each,
                values.get(each.name),
                f"{made.name}.{each.name}",
                f"{made.path}.{number}",
                made.library,
                inside,
            )
            for number, each in enumerate(kind.fields)
        ]
        made.is_open = kind.importance != "low" or kind.raw.get("expanded") is True

    def _list(self, made: Part, kind: ListField, value: Any, scopes: tuple[Scope, ...]) -> None:
        made.kind = "list"
        values = list(value) if isinstance(value, list) else self._first_items(kind)
        is_new = not isinstance(value, list)
        inside = (*scopes, Scope((), None, f"{made.name}."))
        for number, entry in enumerate(values):
            name = f"{made.name}.{number}"
            is_open = is_new or not is_large(kind.item) or name in self.troubled
            path = f"{made.path}.0"
            made.parts.append(
                self.item(kind.item, entry, name, path, made.library, inside, is_open=is_open, entity=entity_of(kind))
            )
        made.attributes |= {"min": kind.min or 0, "max": kind.max, "entity": entity_of(kind)}

    def _first_items(self, kind: ListField) -> list[Any]:
        least = 0 if kind.is_optional else max(kind.min or 0, 1)
        wanted = min(max(kind.default_count, least), MOST_NEW_ITEMS)
        return [default_of(kind.item, self.libraries.semantics) for _ in range(wanted)]

    def item(
        self,
        kind: Field,
        value: Any,
        name: str,
        path: str,
        library: LibraryKey,
        scopes: tuple[Scope, ...],
        *,
        is_open: bool,
        entity: str = "",
    ) -> Part:
        label = item_label(kind, entity)
        made = Part("item", kind, name, path, library, label, is_open=is_open)
        made.digest = digest(kind, value, self.libraries)
        if is_open or self.unfolded:
            made.parts = [self.part(kind, value, name, path, library, scopes)]
        else:
            made.folded = _json(value)
        return made

    def _library(self, made: Part, kind: LibraryField, value: Any) -> None:
        made.kind = "library"
        given = value if isinstance(value, dict) else {}
        there = [key for key in kind.options if self.libraries.semantics(key) is not None]
        made.options = [(str(key), self.libraries.title(key)) for key in there]
        chosen = LibraryKey.parse(given.get("library"))
        if chosen is None and len(there) == 1 and not kind.is_optional and self.nesting < DEEPEST_NESTING // 4:
            chosen, given = there[0], new_library(there[0], self.libraries)
        made.attributes["is_single"] = len(there) == 1 and chosen == there[0] and not kind.is_optional
        made.value = ""
        if chosen is None:
            return
        made.value = str(chosen)
        metadata = given["metadata"] if isinstance(given.get("metadata"), dict) else {}
        title = metadata.get("title")
        made.attributes |= {
            "id": given.get("subContentId") or str(uuid4()),
            "metadata": _json({name: entry for name, entry in metadata.items() if name != "title"}),
            "title": html.unescape(title) if isinstance(title, str) else "",
            "has_title": self.libraries.has_titles(chosen),
        }
        fields = self.libraries.semantics(chosen)
        if fields is None:
            # Nobody knows what is in it: it stays as it is.
            made.folded = _json(given.get("params"))
            made.options.append((made.value, made.value))
        else:
            made.sheet = self.sheet(chosen, fields, given.get("params"), f"{made.name}.params.")
            if chosen not in there:
                made.options.append((made.value, self.libraries.title(chosen)))

    def _file(self, made: Part, kind: FileField, value: Any) -> None:
        made.kind = "file"
        entries = value if kind.is_list else [value]
        entries = entries if isinstance(entries, list) else []
        made.value = [
            {
                "key": str(number),
                "path": entry["path"],
                "json": _json({name: each for name, each in entry.items() if name != "copyright"}),
                "kept": _json(entry.get("copyright")),
                "copyright": _copyright(entry.get("copyright")),
            }
            for number, entry in enumerate(entries)
            if isinstance(entry, dict) and isinstance(entry.get("path"), str)
        ]
        made.attributes |= {
            "blank": {"key": "new", "path": "", "json": "", "kept": "", "copyright": {}},
            "media": kind.kind,
            "accept": MEDIA[kind.kind],
            "is_list": kind.is_list,
            "has_copyright": kind.raw.get("disableCopyright") is not True,
            "licenses": sorted(LICENSES - {"U"}),
        }


def is_rich(kind: TextField, text: str) -> bool:
    """Whether a text is written with an editor for HTML. A plain one that may hold tags does when it has some."""
    return kind.tags is not None and (kind.widget == "html" or "<" in text)


def is_large(kind: Field) -> bool:
    """Whether an item of a list holds so much that lists of it are read closed."""
    if isinstance(kind, LibraryField):
        return True
    return isinstance(kind, GroupField) and any(map(is_large, kind.fields))


def label_of(kind: Field) -> str:
    """What a field is called; one without a label is called by its name."""
    if label := kind.label.strip():
        return label
    if isinstance(kind, GroupField) and kind.is_flat:
        return label_of(kind.fields[0])
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.name).capitalize() if not isinstance(kind, GroupField) else ""


def digest(kind: Field, value: Any, libraries: Libraries) -> str:
    """A few words by which an item of a list is known while it is closed."""
    if isinstance(kind, LibraryField) and isinstance(value, dict):
        key = LibraryKey.parse(value.get("library"))
        if key is None:
            return ""
        metadata, params = value.get("metadata"), value.get("params")
        title = metadata.get("title") if isinstance(metadata, dict) else None
        # Editors name what has no name.
        words = _short(title) if isinstance(title, str) and not title.startswith("Untitled") else ""
        if not words:
            values = params if isinstance(params, dict) else {}
            words = _first_text(libraries.semantics(key) or (), values, libraries)
        if len(kind.options) == 1:
            return words
        return f"{libraries.title(key)}: {words}" if words else libraries.title(key)
    if isinstance(kind, GroupField):
        if kind.is_flat:
            return digest(kind.fields[0], value, libraries)
        return _first_text(kind.fields, value if isinstance(value, dict) else {}, libraries)
    if isinstance(kind, ListField) and isinstance(value, list) and value:
        return digest(kind.item, value[0], libraries)
    return _short(value) if isinstance(kind, TextField) and isinstance(value, str) else ""


def _first_text(fields: Sequence[Field], values: dict[str, Any], libraries: Libraries) -> str:
    telling = (kind for kind in fields if kind.name in values and kind.raw.get("common") is not True)
    found = (digest(kind, values[kind.name], libraries) for kind in telling if kind.importance != "low")
    return next((words for words in found if words), "")


def _short(text: str) -> str:
    words = " ".join(html.unescape(_TAG.sub(" ", text[:2000])).split())
    return words if len(words) <= LONGEST_DIGEST else f"{words[: LONGEST_DIGEST - 1]}…"


def rules_of(kind: Field, scopes: tuple[Scope, ...]) -> tuple[tuple[Rule, ...], bool]:
    """The inputs on which it depends whether a field is shown, and whether all of them must agree."""
    rules, needs_all = _raw_rules(kind)
    found = []
    for rule in rules:
        target = _target(rule["field"], scopes)
        if target is None:
            return (), False
        other, prefix, _value = target
        name = prefix + other.name
        found.append(Rule(f"{name}.library" if isinstance(other, LibraryField) else name, _wanted(rule)))
    return tuple(found), needs_all


def is_shown(kind: Field, scopes: tuple[Scope, ...]) -> bool:
    """Whether the values of other fields let a field be shown."""
    rules, needs_all = _raw_rules(kind)
    verdicts = []
    for rule in rules:
        target = _target(rule["field"], scopes)
        if target is None:
            return True
        other, _prefix, value = target
        if isinstance(other, LibraryField):
            value = value.get("library") if isinstance(value, dict) else ""
        elif value is None:
            value = other.default if other.default is not None else False
        verdicts.append((str(value).lower() if isinstance(value, bool) else str(value)) in _wanted(rule))
    return not verdicts or (all(verdicts) if needs_all else any(verdicts))


def _raw_rules(kind: Field) -> tuple[list[dict[str, Any]], bool]:
    described = kind.raw.get("showWhen")
    if not isinstance(described, dict) or not isinstance(described.get("rules"), list):
        return [], False
    rules = [rule for rule in described["rules"] if isinstance(rule, dict) and isinstance(rule.get("field"), str)]
    return rules, described.get("type") == "and"


def _wanted(rule: dict[str, Any]) -> tuple[str, ...]:
    wanted = rule.get("equals")
    values = wanted if isinstance(wanted, list) else [wanted]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _target(place: str, scopes: tuple[Scope, ...]) -> tuple[Field, str, Any] | None:
    """The field that a rule names: ``../mode`` stands one level above its own."""
    steps = place.split("/")
    while steps and steps[0] == "..":
        scopes, steps = scopes[:-1], steps[1:]
    if not scopes or len(steps) != 1:
        return None
    scope = scopes[-1]
    for kind in scope.fields:
        if kind.name == steps[0]:
            return kind, scope.prefix, scope.values.get(kind.name)
    return None


def _is_color(kind: Field) -> bool:
    described = kind.raw.get("showWhen")
    return isinstance(described, dict) and described.get("widget") == "colorSelector"


def _copyright(value: Any) -> dict[str, str]:
    given = value if isinstance(value, dict) else {}
    names = ("title", "author", "year", "source", "license", "version")
    return {name: html.unescape(given[name]) for name in names if isinstance(given.get(name), str)}


def _step(kind: NumberField) -> float | str:
    if kind.step is not None:
        return kind.step
    return "any" if kind.decimals != 0 else 1


def item_label(kind: Field, entity: str) -> str:
    """What an item of a list is called, before its number."""
    return entity[:1].upper() + entity[1:] or label_of(kind)


def entity_of(kind: Field) -> str:
    """What a list calls its items."""
    return _word(kind.raw.get("entity")).strip()


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
