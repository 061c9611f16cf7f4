"""``cmi5.xml``: the structure of a cmi5 course, its assignable units and when learners may move on from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from courses.packages.problems import Problem, Unreadable, refused
from courses.packages.zips import Limits, ZippedFile, name_fault, opened
from courses.scorm.core.package import is_packers_own
from courses.scorm.core.sentences import says
from courses.scorm.core.xml import MOST_BYTES, Element, attribute, child, children, local, parse, text

STRUCTURE = "cmi5.xml"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
MOST_UNITS = 5_000
LARGEST_SCRIPT = 5 * 1024 * 1024
_RESERVED = frozenset({"endpoint", "fetch", "actor", "registration", "activityid"})
_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_SCORE = re.compile(r"0(?:\.\d{1,4})?|1(?:\.0{1,4})?", re.ASCII)
_VOIDS = re.compile(rb"\(\s*[\"'`]https?://adlnet\.gov/expapi/verbs/voided[\"'`]")
"""A statement being made with the verb; libraries that only list all verbs have it as a value of a table."""


class MoveOn(StrEnum):
    """When a unit is done."""

    PASSED = "Passed"
    COMPLETED = "Completed"
    COMPLETED_AND_PASSED = "CompletedAndPassed"
    COMPLETED_OR_PASSED = "CompletedOrPassed"
    NOT_APPLICABLE = "NotApplicable"


class LaunchMethod(StrEnum):
    """In which window a unit wants to be opened."""

    OWN_WINDOW = "OwnWindow"
    ANY_WINDOW = "AnyWindow"


@dataclass(frozen=True, slots=True)
class Unit:
    """An assignable unit: what learners open."""

    identifier: str
    title: Mapping[str, str]
    """By language."""
    description: Mapping[str, str]
    url: str
    """A path inside the package, with its query, or an absolute address."""
    move_on: MoveOn = MoveOn.NOT_APPLICABLE
    mastery_score: float | None = None
    launch_method: LaunchMethod = LaunchMethod.ANY_WINDOW
    launch_parameters: str = ""
    entitlement_key: str = ""
    activity_type: str = ""
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A group of units and blocks; it is satisfied when all of them are."""

    identifier: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    parts: tuple["Block | Unit", ...] = ()
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """``cmi5.xml``."""

    identifier: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    parts: tuple[Block | Unit, ...] = ()
    objectives: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Titles of objectives by their ids."""

    def units(self) -> Iterator[Unit]:
        """All units, in their order."""
        waiting = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            if isinstance(part, Unit):
                yield part
            else:
                waiting.extend(reversed(part.parts))


@dataclass(slots=True)
class Cmi5Package:
    """What a cmi5 course holds, as far as it could be read."""

    course: Course | None = None
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every file by its path; none for a bare course structure."""
    size: int = 0
    """Bytes of all files."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not refused(self.problems)


def read_cmi5(path: Path, limits: Limits | None = None) -> Cmi5Package:
    """Look over a zip with ``cmi5.xml``, or a bare course structure whose units lie elsewhere.

    Every problem is in ``problems``; the course may be taken when ``is_good``. Never raises for what is in the file.
    """
    package = Cmi5Package()
    try:
        if path.suffix.lower() == ".xml":
            with path.open("rb") as file:
                raw: bytes | None = file.read(MOST_BYTES + 1)
        else:
            raw = _read_zip(path, limits, package)
    except Unreadable as unreadable:
        package.problems.append(unreadable.problem)
        return package
    if raw is None:
        package.problems.append(_why_no_structure(package.files))
        return package
    name = STRUCTURE if package.files else path.name
    package.course, problems = read_structure(raw, name)
    package.problems.extend(problems)
    if package.course is not None:
        package.problems.extend(_problems_of_addresses(package.course, package.files, name))
    return package


def _read_zip(path: Path, limits: Limits | None, package: Cmi5Package) -> bytes | None:
    raw: bytes | None = None
    with opened(path, limits, is_packers_own) as packed:
        for file in packed.files():
            if file.name == STRUCTURE:
                raw = file.read(MOST_BYTES) or b""
            elif file.name.lower().endswith((".js", ".mjs", ".html", ".htm")) and _voids(file):
                package.problems.append(says("unit-voids-statements", file.name))
        package.problems.extend(packed.problems)
        package.files = {name: value.hex() for name, value in packed.fingerprints.items()}
        package.size = sum(packed.sizes.values())
    return raw


def _voids(file: ZippedFile) -> bool:
    script = file.read(LARGEST_SCRIPT)
    return script is not None and _VOIDS.search(script) is not None


def _why_no_structure(files: dict[str, str]) -> Problem:
    folder = next((name.rpartition("/")[0] for name in files if name.lower().endswith(f"/{STRUCTURE}")), None)
    return says("structure-missing") if folder is None else says("structure-in-folder", folder=folder)


def _problems_of_addresses(course: Course, files: dict[str, str], where: str) -> Iterator[Problem]:
    by_folded = {name.casefold() for name in files}
    for unit in course.units():
        address = urlsplit(unit.url)
        for parameter, _value in parse_qsl(address.query, keep_blank_values=True):
            if parameter.lower() in _RESERVED:
                yield says("url-reserved", where, name=unit.identifier, parameter=parameter)
        if address.scheme or not unit.url:
            continue
        name = unquote(address.path)
        if not files:
            yield says("url-relative", where, name=unit.identifier, address=unit.url)
        elif name_fault(name) == "path-escapes":
            yield says("unit-file-unsafe", where, name=unit.identifier, file=name)
        elif name.removeprefix("./").casefold() not in by_folded:
            yield says("unit-file-missing", where, name=unit.identifier, file=name)


def read_structure(raw: bytes, where: str = STRUCTURE) -> tuple[Course | None, list[Problem]]:
    """The course and what is wrong with its structure; nothing when it is none. Never raises for its content."""
    try:
        return _Reader(parse(raw, where), where).read()
    except Unreadable as unreadable:
        return None, [unreadable.problem]


_ROOT = ("course", "objectives", "block|au")
_COURSE = ("title", "description")
_BLOCK = ("title", "description", "objectives", "block|au")
_UNIT = ("title", "description", "objectives", "url", "launchParameters", "entitlementKey")
_OPTIONAL = frozenset({"objectives", "launchParameters", "entitlementKey", "block|au"})


class _Reader:
    def __init__(self, root: Element, where: str) -> None:
        self.root = root
        self.where = where
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.objectives: dict[str, Mapping[str, str]] = {}
        self.count = 0

    def say(self, code: str, **values: object) -> None:
        self.problems.append(says(code, self.where, **values))

    def read(self) -> tuple[Course | None, list[Problem]]:
        namespace = self.root.tag[1:].partition("}")[0] if self.root.tag.startswith("{") else ""
        if local(self.root.tag) != "courseStructure":
            self.say("not-a-structure", tag=local(self.root.tag))
            return None, self.problems
        if namespace != NAMESPACE:
            self.say("namespace-unknown", namespace=namespace)
            return None, self.problems
        self._check_order(self.root, _ROOT, "courseStructure")
        element = child(self.root, "course")
        if element is None:
            return None, self.problems
        identifier = self._identifier(element)
        self._check_order(element, _COURSE, identifier)
        holder = child(self.root, "objectives")
        for objective in children(holder, "objective") if holder is not None else ():
            name = self._identifier(objective)
            self.objectives[name] = self._texts(objective, "title", name)
        parts = self._parts(self.root)
        if self.count > MOST_UNITS:
            self.say("too-many-units", limit=MOST_UNITS)
        title, description = self._titles(element, identifier)
        course = Course(identifier, title, description, parts, self.objectives)
        if not self.problems and not any(True for _unit in course.units()):
            self.say("no-units")
        return course, self.problems

    def _parts(self, holder: Element) -> tuple[Block | Unit, ...]:
        found: list[Block | Unit] = []
        for element in holder:
            if local(element.tag) == "block":
                found.append(self._block(element))
            elif local(element.tag) == "au":
                found.append(self._unit(element))
        return tuple(found)

    def _block(self, element: Element) -> Block:
        self.count += 1
        identifier = self._identifier(element)
        self._check_order(element, _BLOCK, identifier)
        title, description = self._titles(element, identifier)
        return Block(identifier, title, description, self._parts(element), self._objectives(element, identifier))

    def _unit(self, element: Element) -> Unit:
        self.count += 1
        identifier = self._identifier(element)
        self._check_order(element, _UNIT, identifier)
        title, description = self._titles(element, identifier)
        score = attribute(element, "masteryScore")
        if score and not _SCORE.fullmatch(score):
            self.say("attribute-invalid", property="masteryScore", value=score, name=identifier)
            score = ""
        return Unit(
            identifier,
            title,
            description,
            self._url(element, identifier),
            MoveOn(self._one_of(element, "moveOn", MoveOn.NOT_APPLICABLE, tuple(MoveOn), identifier)),
            float(score) if score else None,
            LaunchMethod(
                self._one_of(element, "launchMethod", LaunchMethod.ANY_WINDOW, tuple(LaunchMethod), identifier)
            ),
            text(child(element, "launchParameters")),
            text(child(element, "entitlementKey")),
            attribute(element, "activityType"),
            self._objectives(element, identifier),
        )

    def _url(self, element: Element, identifier: str) -> str:
        url = text(child(element, "url"))
        try:
            address = urlsplit(url)
            is_address = (
                bool(url) and not re.search(r"[\s<>\"\\^`{|}]", url) and address.scheme in ("", "http", "https")
            )
            is_address = is_address and (bool(address.hostname) if address.scheme else not address.netloc)
        except ValueError:
            is_address = False
        if not is_address and child(element, "url") is not None:
            self.say("url-invalid", name=identifier, address=url)
        return url if is_address else ""

    def _one_of(self, element: Element, name: str, default: str, allowed: tuple[str, ...], identifier: str) -> str:
        value = attribute(element, name)
        if value and value not in allowed:
            self.say("attribute-invalid", property=name, value=value, name=identifier)
        return value if value in allowed else default

    def _identifier(self, element: Element) -> str:
        identifier = attribute(element, "id")
        if not identifier:
            self.say("id-missing", tag=local(element.tag))
        elif not _IRI.fullmatch(identifier):
            self.say("id-invalid", name=identifier)
        elif identifier in self.seen:
            self.say("id-twice", name=identifier)
        self.seen.add(identifier)
        return identifier or local(element.tag)

    def _titles(self, element: Element, identifier: str) -> tuple[dict[str, str], dict[str, str]]:
        return self._texts(element, "title", identifier), self._texts(element, "description", identifier)

    def _texts(self, element: Element, tag: str, identifier: str) -> dict[str, str]:
        holder = child(element, tag)
        if holder is None:
            return {}
        found = {attribute(entry, "lang") or "und": text(entry) for entry in children(holder, "langstring")}
        if not any(found.values()):
            self.say("text-missing", tag=tag, name=identifier)
        return found

    def _objectives(self, element: Element, identifier: str) -> tuple[str, ...]:
        holder = child(element, "objectives")
        named = [attribute(entry, "idref") for entry in children(holder, "objective")] if holder is not None else []
        for name in named:
            if name not in self.objectives:
                self.say("objective-missing", name=identifier, needed=name)
        return tuple(named)

    def _check_order(self, element: Element, order: tuple[str, ...], name: str) -> None:
        """Whether the children stand as the schema of cmi5 has them; other namespaces may stand anywhere."""
        own = [local(inner.tag) for inner in element if inner.tag.startswith(f"{{{NAMESPACE}}}")]
        place = 0
        for number, tag in enumerate(own):
            position = next((at for at, allowed in enumerate(order) if tag in allowed.split("|")), None)
            if position is None:
                self.say("element-unknown", tag=tag, name=name)
            elif position < place:
                self.say("element-misplaced", tag=tag, name=name)
            elif "|" not in order[position] and tag in own[:number]:
                self.say("element-twice", tag=tag, name=name)
            place = max(place, position or 0)
        for tag in order:
            if tag not in _OPTIONAL and tag not in own:
                self.say("element-missing", tag=tag, name=name)
