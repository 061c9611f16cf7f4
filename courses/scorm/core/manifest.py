"""``imsmanifest.xml``: the table of contents of a SCORM package, its files, and how learners are led through it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urljoin

from courses.packages.problems import Problem, Unreadable
from courses.scorm.core.sentences import says
from courses.scorm.core.sequencing import Sequencing, SequencingReader, as_number
from courses.scorm.core.xml import (
    Element,
    attribute,
    base,
    child,
    child_text,
    children,
    descendants,
    local,
    parse,
    text,
)

MANIFEST = "imsmanifest.xml"
MOST_ITEMS = 5_000
_ACTIONS = ("exit,message", "exit,no message", "continue,message", "continue,no message")


class Version(StrEnum):
    """The two SCORMs that courses are made in; they speak differently with the platform."""

    SCORM_12 = "1.2"
    SCORM_2004 = "2004"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be opened, with the files that belong to it."""

    identifier: str
    href: str
    """Where it begins, relative to the package; may carry a query, may be an address elsewhere."""
    is_sco: bool
    """Whether it speaks with the platform; otherwise it is only shown."""
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the table of contents; those with a resource can be opened."""

    identifier: str
    title: str
    resource: str = ""
    parameters: str = ""
    is_visible: bool = True
    children: tuple["Item", ...] = ()
    prerequisites: str = ""
    """SCORM 1.2: which entries must be done before, as AICC script."""
    mastery_score: float | None = None
    max_time_allowed: str = ""
    time_limit_action: str = ""
    launch_data: str = ""
    """What the entry is told when it begins (``cmi.launch_data``)."""
    completion_threshold: float | None = None
    completed_by_measure: bool = False
    progress_weight: float = 1.0
    """SCORM 2004: how much of its parent's progress the entry makes up."""
    hidden_controls: frozenset[str] = frozenset()
    """SCORM 2004: buttons of the platform that the entry wants away."""
    shared_data: tuple[tuple[str, bool, bool], ...] = ()
    """SCORM 2004: stores shared between entries: name, may be read, may be written."""
    sequencing: Sequencing | None = None

    def walk(self) -> Iterator["Item"]:
        """This entry and all below, in their order."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.children))


@dataclass(frozen=True, slots=True)
class Organization:
    """A table of contents; nearly every package has one."""

    identifier: str
    title: str
    items: tuple[Item, ...]
    objectives_global_to_system: bool = True
    shared_data_global_to_system: bool = True
    sequencing: Sequencing | None = None

    def walk(self) -> Iterator[Item]:
        """All entries, in their order."""
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Manifest:
    """``imsmanifest.xml``."""

    identifier: str
    version: Version
    edition: str
    """As the manifest says it: ``2004 4th Edition``."""
    organizations: tuple[Organization, ...]
    default: Organization
    resources: Mapping[str, Resource] = field(default_factory=dict)


def read_manifest(raw: bytes) -> tuple[Manifest | None, list[Problem]]:
    """The manifest and what is wrong with it; no manifest when no course can be made of it.

    Never raises for its content.
    """
    try:
        return _Reader(parse(raw, MANIFEST)).read()
    except Unreadable as unreadable:
        return None, [unreadable.problem]


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.problems: list[Problem] = []
        collection = child(root, "sequencingCollection")
        self.sequencing = SequencingReader(collection, self.problems.append)
        self.identifiers: set[str] = set()
        self.count = 0

    def say(self, code: str, **values: object) -> None:
        self.problems.append(says(code, MANIFEST, **values))

    def read(self) -> tuple[Manifest | None, list[Problem]]:
        if local(self.root.tag) != "manifest":
            self.say("not-a-manifest", tag=local(self.root.tag))
            return None, self.problems
        metadata = child(self.root, "metadata")
        edition = child_text(metadata, "schemaversion") if metadata is not None else ""
        version = self._version(edition)
        if version is None:
            self.say("version-unknown", version=edition)
        resources = self._resources()
        holder = child(self.root, "organizations")
        elements = children(holder, "organization") if holder is not None else []
        organizations = tuple(self._organization(element) for element in elements)
        if self.count > MOST_ITEMS:
            self.say("too-many-items", limit=MOST_ITEMS)
        if holder is None or not organizations:
            self.say("no-organization")
            return None, self.problems
        default = self._default(attribute(holder, "default"), organizations)
        if version is None:
            return None, self.problems
        identifier = attribute(self.root, "identifier")
        manifest = Manifest(identifier, version, edition, organizations, default, resources)
        self._check_references(manifest)
        return manifest, self.problems

    def _version(self, edition: str) -> Version | None:
        """By what the manifest says, else by the namespaces it uses: many say nothing, or something of their own."""
        said = edition.lower()
        if "2004" in said or said.startswith("cam 1.3"):
            return Version.SCORM_2004
        if said in ("1.2", "1.1", "scorm 1.2"):
            return Version.SCORM_12
        used = {space for element in self.root.iter() for space in element.nsmap.values()}
        if any("adlcp_v1p3" in space for space in used):
            return Version.SCORM_2004
        if any("adlcp_rootv1p2" in space or "imscp_rootv1p1p2" in space for space in used):
            return Version.SCORM_12
        return None

    def _resources(self) -> dict[str, Resource]:
        holder = child(self.root, "resources")
        if holder is None:
            return {}
        found: dict[str, Resource] = {}
        above = urljoin(base(self.root), base(holder))
        for element in children(holder, "resource"):
            identifier = self._identifier(element)
            where = urljoin(above, base(element))
            href = attribute(element, "href")
            files = (attribute(file, "href") for file in children(element, "file"))
            found.setdefault(
                identifier,
                Resource(
                    identifier,
                    urljoin(where, href) if href else "",
                    attribute(element, "scormtype").lower() == "sco",
                    tuple(urljoin(where, file) for file in files if file),
                    tuple(attribute(needed, "identifierref") for needed in children(element, "dependency")),
                ),
            )
        return found

    def _identifier(self, element: Element) -> str:
        identifier = attribute(element, "identifier")
        if not identifier:
            self.say("identifier-missing", tag=local(element.tag))
        elif identifier in self.identifiers:
            self.say("identifier-twice", name=identifier)
        self.identifiers.add(identifier)
        return identifier

    def _organization(self, element: Element) -> Organization:
        identifier = self._identifier(element)
        sequencing = child(element, "sequencing")
        return Organization(
            identifier,
            self._title(element, identifier),
            tuple(self._item(inner) for inner in children(element, "item")),
            attribute(element, "objectivesGlobalToSystem").lower() not in ("false", "0"),
            attribute(element, "sharedDataGlobalToSystem").lower() not in ("false", "0"),
            self.sequencing.read(sequencing, identifier) if sequencing is not None else None,
        )

    def _title(self, element: Element, identifier: str) -> str:
        title = child_text(element, "title")
        if not title:
            self.say("title-missing", name=identifier)
        return (title or identifier)[:1000]

    def _item(self, element: Element) -> Item:
        self.count += 1
        identifier = self._identifier(element)
        sequencing = child(element, "sequencing")
        threshold = child(element, "completionThreshold")
        action = child_text(element, "timeLimitAction") or child_text(element, "timelimitaction")
        if action and action not in _ACTIONS:
            self.say("value-invalid", property="timeLimitAction", value=action, name=identifier)
            action = ""
        return Item(
            identifier,
            self._title(element, identifier),
            attribute(element, "identifierref"),
            attribute(element, "parameters"),
            attribute(element, "isvisible").lower() not in ("false", "0"),
            tuple(self._item(inner) for inner in children(element, "item")),
            child_text(element, "prerequisites"),
            self._number(child_text(element, "masteryscore"), "masteryscore", identifier, 0, 100),
            child_text(element, "maxtimeallowed"),
            action,
            text(child(element, "dataFromLMS")) or text(child(element, "datafromlms")),
            self._threshold(threshold, identifier),
            threshold is not None and attribute(threshold, "completedByMeasure").lower() in ("true", "1"),
            self._weight(threshold, identifier),
            frozenset(text(hidden) for hidden in descendants_of(child(element, "presentation"), "hideLMSUI")),
            tuple(self._shared_data(element)),
            self.sequencing.read(sequencing, identifier) if sequencing is not None else None,
        )

    def _threshold(self, element: Element | None, identifier: str) -> float | None:
        if element is None:
            return None
        # The third edition wrote the measure as the element's text, the fourth as an attribute.
        given = attribute(element, "minProgressMeasure") or text(element)
        return self._number(given, "completionThreshold", identifier, 0, 1)

    def _weight(self, element: Element | None, identifier: str) -> float:
        given = attribute(element, "progressWeight") if element is not None else ""
        weight = self._number(given, "progressWeight", identifier, 0, 1)
        return 1.0 if weight is None else weight

    def _shared_data(self, element: Element) -> Iterator[tuple[str, bool, bool]]:
        holder = child(element, "data")
        for entry in children(holder, "map") if holder is not None else ():
            may_read, may_write = (
                attribute(entry, f"{verb}SharedData").lower() != "false" for verb in ("read", "write")
            )
            yield attribute(entry, "targetID"), may_read, may_write

    def _number(self, given: str, name: str, identifier: str, least: float, most: float) -> float | None:
        if not given:
            return None
        number = as_number(given)
        if number is None or not least <= number <= most:
            self.say("value-invalid", property=name, value=given, name=identifier)
            return None
        return number

    def _default(self, name: str, organizations: tuple[Organization, ...]) -> Organization:
        found = next((entry for entry in organizations if entry.identifier == name), None)
        if found is None and name:
            self.say("default-organization-missing", name=name)
        return found or organizations[0]

    def _check_references(self, manifest: Manifest) -> None:
        opens = 0
        for organization in manifest.organizations:
            for item in organization.walk():
                if not item.resource:
                    continue
                resource = manifest.resources.get(item.resource)
                if resource is None:
                    self.say("resource-missing", title=item.title, name=item.resource)
                elif not resource.href:
                    self.say("resource-without-file", title=item.title, name=item.resource)
                elif organization is manifest.default:
                    opens += 1
        if not opens and not any(problem.refuses for problem in self.problems):
            self.say("nothing-to-launch")
        for resource in manifest.resources.values():
            for needed in resource.dependencies:
                if needed not in manifest.resources:
                    self.say("dependency-missing", name=resource.identifier, needed=needed)


def descendants_of(element: Element | None, name: str) -> Iterator[Element]:
    """All elements of that name below; none below nothing."""
    if element is not None:
        yield from descendants(element, name)
