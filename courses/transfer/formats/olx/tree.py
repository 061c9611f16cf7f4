"""A course as its archive describes it, before anything is converted."""

from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from courses.transfer.formats.archive import Archive
from courses.transfer.formats.findings import Fault

CONTAINERS = frozenset(
    (
        *("course", "chapter", "sequential", "videosequence", "vertical", "wrapper", "problemset"),
        *("library_content", "legacy_library_content", "itembank", "split_test", "randomize", "conditional"),
    )
)
"""Tags that hold other blocks; every other tag is a component, a leaf."""

POOLS = frozenset({"library_content", "legacy_library_content", "itembank", "split_test", "randomize", "conditional"})
"""Containers that show each learner only some of their children."""


@dataclass
class Block:
    """A block of the course: a container with children, or a component with its XML.

    ``xml`` is ``None`` when the source names a block it does not hold, or holds it damaged; ``fault`` then says which.
    """

    tag: str
    name: str
    path: str
    title: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    xml: etree._Element | None = None
    html: str | None = None
    """The body of an HTML component, wherever the archive kept it."""
    children: list["Block"] = field(default_factory=list)
    fault: Fault | None = None

    @property
    def is_container(self) -> bool:
        return self.tag in CONTAINERS

    @property
    def is_graded(self) -> bool:
        return self.settings.get("graded", "").lower() == "true"


@dataclass(frozen=True, slots=True)
class Grading:
    """The course's grading policy, as far as it has a counterpart here."""

    passing_grade: Decimal | None
    formats: tuple[str, ...]


@dataclass
class CourseTree:
    """Everything the reader found. ``root_folder`` is the path inside the archive that the other paths start from."""

    archive: Archive
    root_folder: str
    org: str
    number: str
    run: str
    root: Block
    grading: Grading
    about: dict[str, str] = field(default_factory=dict)
    extras: list[tuple[str, str]] = field(default_factory=list)
    """Pages and settings with no counterpart here: (kind, path)."""
    assets: dict[str, str] = field(default_factory=dict)
    """Files of ``static/`` by the name that links use, lower case, to their path in the archive."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def key(self) -> str:
        return "+".join(part for part in (self.org, self.number, self.run) if part)
