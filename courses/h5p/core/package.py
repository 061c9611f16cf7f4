"""Reading a whole ``.h5p`` file: one pass over it, and every problem named. Nothing is stored."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from courses.h5p.core.files import (
    CONTENT_TYPES,
    LIBRARY_TYPES,
    extension,
    is_active_svg,
    is_what_it_says,
    looks_like_markup,
)
from courses.h5p.core.manifest import (
    DependencyType,
    LibraryKey,
    LibraryManifest,
    PackageManifest,
    read_library_manifest,
    read_package_manifest,
)
from courses.h5p.core.registry import dependencies_of
from courses.h5p.core.semantics import BadSemantics, Field, read_semantics
from courses.h5p.core.sentences import says
from courses.packages import strict_json
from courses.packages.problems import Problem, Unreadable, refused
from courses.packages.zips import Limits, ZippedFile, name_fault, opened

LARGEST_SVG = 5 * 1024 * 1024
MOST_JSON = 40 * 1024 * 1024
"""Bytes of JSON in one package that are kept while it is looked over."""
_LANGUAGE_FILE = re.compile(r"-?[a-z]+(-[a-z]+){0,6}\.json", re.ASCII | re.IGNORECASE)
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

CONTENT = "content"


@dataclass(slots=True)
class PackedLibrary:
    """A library as it lies in a package."""

    folder: str
    manifest: LibraryManifest | None = None
    semantics: tuple[Field, ...] | None = None
    raw_semantics: Any = None
    translations: dict[str, Any] = field(default_factory=dict)
    """What ``language/*.json`` holds, by language."""
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every file, by the path inside the folder."""


@dataclass(slots=True)
class Package:
    """What a package holds, as far as it could be read."""

    manifest: PackageManifest | None = None
    params: Any = None
    libraries: dict[LibraryKey, PackedLibrary] = field(default_factory=dict)
    content_files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every file of the content, by the path inside ``content/``."""
    content_sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of every file of the content."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not refused(self.problems)


def is_hidden(name: str) -> bool:
    """Whether a file belongs to the program that packed it: any part of its path begins with a dot or an underscore."""
    return any(part.startswith((".", "_")) and part not in (".", "..") for part in name.split("/"))


def none_installed(key: LibraryKey) -> LibraryManifest | None:
    """What is installed where nothing is."""
    return None


def read_package(
    path: Path,
    installed: Callable[[LibraryKey], LibraryManifest | None] = none_installed,
    limits: Limits | None = None,
) -> Package:
    """Look over a package. ``installed`` knows the libraries that are there already, at exactly that version.

    Every problem is in ``problems``; the package may be taken when ``is_good``. Never raises for what is in the file.
    """
    reading = _Reading(installed)
    if path.suffix.lower() != ".h5p":
        reading.package.problems.append(says("wrong-extension", path.name))
    try:
        with opened(path, limits, is_hidden) as packed:
            reading.problems.extend(packed.problems)
            found = len(packed.problems)
            for file in packed.files():
                reading.take(file)
            reading.problems.extend(packed.problems[found:])
            reading.set_fingerprints({name: value.hex() for name, value in packed.fingerprints.items()})
            reading.package.content_sizes = {
                path: packed.sizes[f"{CONTENT}/{path}"] for path in reading.package.content_files
            }
    except Unreadable as unreadable:
        reading.problems.append(unreadable.problem)
        return reading.package
    reading.look_at_the_whole()
    return reading.package


class _Reading:
    def __init__(self, installed: Callable[[LibraryKey], LibraryManifest | None]) -> None:
        self.package = Package()
        self.problems = self.package.problems
        self.installed = installed
        self.folders: dict[str, PackedLibrary] = {}
        self.root_names: set[str] = set()
        self.content_names: set[str] = set()
        self.has_params = False
        self.json_bytes = 0

    # One file after the other

    def take(self, file: ZippedFile) -> None:
        top, _slash, inner = file.name.partition("/")
        if not inner:
            self._take_root_file(file)
        elif top == CONTENT:
            self._take_content_file(file, inner)
        else:
            self._take_library_file(file, top, inner)

    def _take_root_file(self, file: ZippedFile) -> None:
        self.root_names.add(file.name)
        if file.name == "h5p.json":
            data = self._json(file)
            if data is not _BROKEN:
                self.package.manifest, problems = read_package_manifest(data)
                self.problems.extend(problems)
        elif extension(file.name) not in CONTENT_TYPES | {""}:
            self.problems.append(says("file-type-not-allowed", file.name))

    def _take_content_file(self, file: ZippedFile, inner: str) -> None:
        self.content_names.add(inner)
        if inner == "content.json":
            self.has_params = True
            data = self._json(file)
            if data is not _BROKEN and not isinstance(data, dict):
                self.problems.append(says("json-not-object", file.name))
            elif data is not _BROKEN:
                self.package.params = data
        elif extension(inner) not in CONTENT_TYPES:
            self.problems.append(says("file-type-not-allowed", file.name))
        elif not is_what_it_says(inner, file.head) or looks_like_markup(file.head):
            self.problems.append(says("content-mismatch", file.name))
        else:
            self.package.content_files[inner] = ""

    def _take_library_file(self, file: ZippedFile, folder: str, inner: str) -> None:
        library = self.folders.setdefault(folder, PackedLibrary(folder))
        library.files[inner] = ""
        kind = extension(inner)
        if kind not in LIBRARY_TYPES:
            self.problems.append(says("file-type-not-allowed", file.name))
        elif not is_what_it_says(inner, file.head):
            self.problems.append(says("content-mismatch", file.name))
        elif kind == "svg":
            drawing = file.read(LARGEST_SVG)
            if drawing is None or is_active_svg(drawing):
                self.problems.append(says("active-svg", file.name))
        elif inner == "library.json":
            data = self._json(file)
            if data is not _BROKEN:
                library.manifest, problems = read_library_manifest(data, file.name)
                self.problems.extend(problems)
        elif inner == "semantics.json":
            data = self._json(file, repeated_keys=True)
            if data is not _BROKEN:
                self._take_semantics(library, data, file.name)
        elif inner.startswith("language/") and kind == "json":
            self._take_translation(library, file, inner.removeprefix("language/"))

    def _take_semantics(self, library: PackedLibrary, data: Any, path: str) -> None:
        if not isinstance(data, list):
            self.problems.append(says("json-not-list", path))
            return
        try:
            library.semantics = read_semantics(data)
            library.raw_semantics = data
        except BadSemantics as bad:
            self.problems.append(says("semantics-invalid", path, detail=bad))
        except RecursionError:
            self.problems.append(says("json-too-deep", path))

    def _take_translation(self, library: PackedLibrary, file: ZippedFile, name: str) -> None:
        if not _LANGUAGE_FILE.fullmatch(name):
            self.problems.append(says("language-file-name", file.name))
            return
        data = self._json(file, repeated_keys=True)
        if data is not _BROKEN and not isinstance(data, dict):
            self.problems.append(says("json-not-object", file.name))
        elif data is not _BROKEN:
            library.translations[name.removesuffix(".json")] = data

    def _json(self, file: ZippedFile, *, repeated_keys: bool = False) -> Any:
        raw = file.read(strict_json.MOST_BYTES)
        self.json_bytes += len(raw or b"")
        try:
            if raw is None or self.json_bytes > MOST_JSON:
                raise strict_json.BadJson("json-too-large")
            return strict_json.loads(raw, repeated_keys=repeated_keys)
        except strict_json.BadJson as bad:
            self.problems.append(says(bad.reason, file.name, detail=bad.detail or "?"))
            return _BROKEN

    def set_fingerprints(self, fingerprints: dict[str, str]) -> None:
        for path in self.package.content_files:
            self.package.content_files[path] = fingerprints[f"{CONTENT}/{path}"]
        for library in self.folders.values():
            for path in library.files:
                library.files[path] = fingerprints[f"{library.folder}/{path}"]

    # The whole

    def look_at_the_whole(self) -> None:
        if "h5p.json" not in self.root_names:
            wrapping = next((name for name, library in self.folders.items() if "h5p.json" in library.files), None)
            if wrapping is not None:
                self.problems[:] = [says("wrapped-in-folder", folder=wrapping)]
                return
            self.problems.append(says("missing-h5p-json"))
        if not self.has_params:
            self.problems.append(says("missing-content-json"))
        for library in self.folders.values():
            self._look_at_library(library)
        self._look_at_needs()
        if isinstance(self.package.params, dict):
            self.problems.extend(self._references())

    def _look_at_library(self, library: PackedLibrary) -> None:
        where = f"{library.folder}/library.json"
        if "library.json" not in library.files:
            self.problems.append(says("missing-library-json", library.folder))
        manifest = library.manifest
        if manifest is None:
            return
        if library.folder not in (manifest.key.name, manifest.key.folder):
            self.problems.append(says("library-folder-name", library.folder, library=manifest.key.folder))
            return
        if manifest.key in self.package.libraries:
            self.problems.append(says("library-twice", where, library=manifest.key))
        self.package.libraries[manifest.key] = library
        for paths, kind in ((manifest.scripts, "js"), (manifest.styles, "css")):
            for path in paths:
                if name_fault(path) or extension(path) != kind:
                    self.problems.append(says("library-path-unsafe", where, file=path))
                elif path not in library.files:
                    self.problems.append(says("library-file-missing", where, file=path))
        if manifest.is_runnable and "semantics.json" not in library.files:
            self.problems.append(says("missing-semantics", library.folder, library=manifest.key))

    def _find(self, key: LibraryKey) -> LibraryManifest | None:
        packed = self.package.libraries.get(key)
        return packed.manifest if packed else self.installed(key)

    def _look_at_needs(self) -> None:
        manifest = self.package.manifest
        if manifest is None:
            return
        main = self._find(manifest.main)
        unread = {library.folder for library in self.folders.values() if library.manifest is None}
        if main is None and not unread & {manifest.main.folder, manifest.main.name}:
            self.problems.append(says("missing-main-library", "h5p.json", library=manifest.main))
        elif main is not None and not main.is_runnable:
            self.problems.append(says("main-library-not-runnable", "h5p.json", library=manifest.main))
        used = [key for key in _libraries_named(self.package.params) if key != manifest.main]
        listed = [
            key for key in manifest.dependencies if key != manifest.main and not key.name.startswith("H5PEditor.")
        ]
        for key in dict.fromkeys([*listed, *used]):
            if self._find(key) is None and not unread & {key.folder, key.name}:
                self.problems.append(says("missing-required-library", "h5p.json", library=key, needed_by=manifest.main))
        needed, missing = dependencies_of([*used, manifest.main], self._find)
        to_play = {entry.library for entry in needed if entry.type != DependencyType.EDITOR}
        all_missing = dict.fromkeys([*missing, *dependencies_of(self.package.libraries, self._find)[1]])
        for key, needed_by in all_missing:
            if unread & {key.folder, key.name}:
                continue
            user = self._find(needed_by)
            only_edits = user is None or key in user.dependencies.get(DependencyType.EDITOR, ())
            code = "missing-editor-library" if only_edits or needed_by not in to_play else "missing-required-library"
            self.problems.append(says(code, f"{needed_by.folder}/library.json", library=key, needed_by=needed_by))

    def _references(self) -> Iterator[Problem]:
        """What the content says of files, as far as it can be seen without knowing its semantics."""
        where = f"{CONTENT}/content.json"
        for path in dict.fromkeys(_paths_named(self.package.params)):
            address = path.removesuffix("#tmp")
            if _REMOTE.match(address):
                yield says("remote-file", where, address=address)
            elif _SCHEME.match(address) or name_fault(address):
                yield says("unsafe-reference", where, address=address)
            elif address not in self.content_names:
                yield says("file-not-in-package", where, address=address)


_BROKEN: Any = object()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _libraries_named(params: Any) -> list[LibraryKey]:
    """Libraries that stand inside the content, whether or not the semantics allow them there."""
    keys = (LibraryKey.parse(part["library"]) for part in _objects(params) if "params" in part and "library" in part)
    return list(dict.fromkeys(key for key in keys if key))


def _paths_named(params: Any) -> Iterator[str]:
    for part in _objects(params):
        if isinstance(part.get("path"), str) and part["path"]:
            yield part["path"]
