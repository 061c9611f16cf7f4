"""What is decided about libraries: whether one is taken, what it brings along, and in which order it is loaded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2

from courses.h5p.core.manifest import DependencyType, LibraryKey, LibraryManifest

FindManifest = Callable[[LibraryKey], LibraryManifest | None]


class Decision(StrEnum):
    """What happens to a library that a package brings."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    KEEP = "keep"


def decide(installed_patch: int | None, offered_patch: int) -> Decision:
    """Another major or minor version is another library; of the same one a higher patch takes the place of a lower."""
    if installed_patch is None:
        return Decision.INSTALL
    return Decision.UPGRADE if offered_patch > installed_patch else Decision.KEEP


@dataclass(frozen=True, slots=True)
class Difference:
    """What an upgrade does to a library's files; whoever confirms it sees this."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def difference(before: Mapping[str, bytes | str], after: Mapping[str, bytes | str]) -> Difference:
    """Compare two sets of files by path and fingerprint."""
    return Difference(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(path for path in before.keys() & after.keys() if before[path] != after[path])),
    )


@dataclass(frozen=True, slots=True)
class Dependency:
    """A library that content needs, and when."""

    library: LibraryKey
    type: DependencyType
    weight: int
    """Lower ones are loaded first."""


def dependencies_of(
    libraries: Iterable[LibraryKey], find: FindManifest
) -> tuple[list[Dependency], list[tuple[LibraryKey, LibraryKey]]]:
    """All that content needs which uses ``libraries`` (in their order), by weight; and what is missing, with its user.

    Children come before parents, circles end, and of two minors of one library the first stays, as in H5P itself:
    both would define the same names in the page. All that an editor's library needs, only the editor needs.
    """
    seen: set[tuple[DependencyType, str]] = set()
    found: list[Dependency] = []
    missing: dict[tuple[LibraryKey, LibraryKey], None] = {}

    def below(key: LibraryKey, is_editor: bool) -> list[tuple[LibraryKey, DependencyType]]:
        manifest = find(key)
        if manifest is None:
            return []
        kinds = (DependencyType.DYNAMIC, DependencyType.PRELOADED, DependencyType.EDITOR)
        return [
            (needed, DependencyType.EDITOR if is_editor and kind == DependencyType.PRELOADED else kind)
            for kind in kinds
            for needed in manifest.dependencies.get(kind, ())
        ]

    def walk(start: LibraryKey, as_type: DependencyType) -> None:
        # A package may chain thousands of libraries: a list of what waits does not overflow as calls would.
        waiting = [(start, as_type, iter(below(start, as_type == DependencyType.EDITOR)))]
        while waiting:
            key, kind, rest = waiting[-1]
            step = next(rest, None)
            if step is None:
                waiting.pop()
                found.append(Dependency(key, kind, len(found) + 1))
                continue
            needed, needed_kind = step
            if (needed_kind, needed.name) in seen:
                continue
            if find(needed) is None:
                missing.setdefault((needed, key))
                continue
            seen.add((needed_kind, needed.name))
            waiting.append((needed, needed_kind, iter(below(needed, needed_kind == DependencyType.EDITOR))))

    for library in libraries:
        if (DependencyType.PRELOADED, library.name) not in seen and find(library) is not None:
            seen.add((DependencyType.PRELOADED, library.name))
            walk(library, DependencyType.PRELOADED)
    return found, list(missing)


@dataclass(frozen=True, slots=True)
class Assets:
    """Files of libraries that a page loads, in order: the library and the path inside it."""

    styles: tuple[tuple[LibraryManifest, str], ...]
    scripts: tuple[tuple[LibraryManifest, str], ...]


def assets_of(dependencies: Sequence[Dependency], find: FindManifest) -> Assets:
    """What the player loads for content with these dependencies: only what is needed before it begins."""
    needed = (entry for entry in sorted(dependencies, key=lambda entry: entry.weight))
    manifests = [find(entry.library) for entry in needed if entry.type == DependencyType.PRELOADED]
    loaded = [manifest for manifest in manifests if manifest is not None]
    dropped = {name for manifest in loaded for name in _dropped_styles(manifest)}
    return Assets(
        tuple((manifest, path) for manifest in loaded if manifest.key.name not in dropped for path in manifest.styles),
        tuple((manifest, path) for manifest in loaded for path in manifest.scripts),
    )


def _dropped_styles(manifest: LibraryManifest) -> list[str]:
    listed = manifest.raw.get("dropLibraryCss")
    entries = listed if isinstance(listed, list) else []
    return [str(entry.get("machineName")) for entry in entries if isinstance(entry, dict)]


def addons_needed(addons: Iterable[LibraryManifest], texts: Sequence[str]) -> list[LibraryKey]:
    """The add-ons (such as the display of formulas) that the texts of some content call for."""
    return [addon.key for addon in addons if any(_asks_for(pattern, texts) for pattern in _text_patterns(addon))]


def _text_patterns(addon: LibraryManifest) -> list[str]:
    place: Any = addon.raw.get("addTo")
    for name in ("content", "types"):
        place = place.get(name) if isinstance(place, dict) else None
    patterns = []
    for entry in place if isinstance(place, list) else []:
        text = entry.get("text") if isinstance(entry, dict) else None
        pattern = text.get("regex") if isinstance(text, dict) else None
        if isinstance(pattern, str):
            patterns.append(pattern)
    return patterns


def _asks_for(pattern: str, texts: Sequence[str]) -> bool:
    """Libraries bring these patterns, so they are matched in time that grows with the text alone."""
    written = re2_pattern(pattern)
    return written is not None and any(written.search(text) for text in texts)


def re2_pattern(pattern: str) -> Any | None:
    """A pattern written as in PHP (``/.../i``) or plainly, compiled; ``None`` when RE2 does not know it."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    if len(pattern) > 1 and pattern[0] == "/" and "/" in pattern[1:]:
        pattern, _slash, flags = pattern[1:].rpartition("/")
        options.case_sensitive = "i" not in flags
        options.dot_nl = "s" in flags
    try:
        return re2.compile(pattern[:500], options)
    except re2.error:
        return None
