"""The kinds of package that can be taken, each registered by the app that plays it; and telling them apart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from courses.packages.problems import Problem, Unreadable, Vocabulary, refused, shortened
from courses.packages.problems import marked as _
from courses.packages.zips import opened
from lms.common.registry import Registry

UNKNOWN = "unknown"

says = Vocabulary(
    {
        "no-file": _("There is no such file."),
        "kind-unknown": _(
            "This is no content package: it holds neither h5p.json (H5P), imsmanifest.xml (SCORM) nor cmi5.xml (cmi5)."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of package, by the name it is registered under."""

    check: Callable[[Path], list[Problem]]
    """Everything that is wrong with a file of this kind; nothing of it is kept."""
    markers: tuple[str, ...]
    """Names (patterns) of files of which one makes a package this kind."""
    suffixes: tuple[str, ...] = ()
    """Endings of a file's name that belong to this kind alone."""
    roots: tuple[bytes, ...] = ()
    """Elements by which a bare XML file is told to be of this kind."""


kinds: Registry[Kind] = Registry()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one file."""

    kind: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not refused(self.problems)


def check(path: Path) -> Verdict:
    """The verdict on a file of any kind."""
    if not path.is_file():
        return Verdict(UNKNOWN, [says("no-file", path.name)])
    name, fault = kind_of(path)
    if name == UNKNOWN:
        return Verdict(name, [fault or says("kind-unknown")])
    return Verdict(name, shortened(kinds[name].check(path)))


def kind_of(path: Path) -> tuple[str, Problem | None]:
    """The name of a file's kind; of a file of no kind, also why it is none where that can be said."""
    for name, kind in kinds.items():
        if path.suffix.lower() in kind.suffixes:
            return name, None
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    if not head.startswith(b"PK"):
        is_xml = path.suffix.lower() == ".xml"
        found = (name for name, kind in kinds.items() if is_xml and any(root in head for root in kind.roots))
        if (name := next(found, UNKNOWN)) != UNKNOWN:
            return name, None
    try:
        with opened(path) as package:
            return _kind_of_names(package.names), None
    except Unreadable as unreadable:
        return UNKNOWN, unreadable.problem


def _kind_of_names(names: Iterable[str]) -> str:
    """The kind whose marker lies highest: a package may carry another one among its files."""
    found: dict[str, int] = {}
    for path in names:
        depth, own_name = path.count("/"), path.rsplit("/", 1)[-1].lower()
        for name, kind in kinds.items():
            if any(fnmatch(own_name, marker) for marker in kind.markers):
                found[name] = min(depth, found.get(name, depth))
    return min(found, key=found.__getitem__, default=UNKNOWN)
