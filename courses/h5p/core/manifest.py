"""What ``h5p.json`` and ``library.json`` say: read into typed objects, with every fault named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from courses.h5p.core.sentences import says
from courses.packages.problems import Problem

CORE_API = (1, 28)
"""The newest interface between libraries and player that we speak."""
HIGHEST_VERSION = 99_999
LICENSES = frozenset(
    {
        *("CC BY", "CC BY-SA", "CC BY-ND", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", "CC0 1.0"),
        *("GNU GPL", "PD", "ODC PDDL", "CC PDM", "U", "C"),
    }
)
_MACHINE_NAME = re.compile(r"[\w.-]{1,255}", re.ASCII)
_MAIN_LIBRARY = re.compile(r"[$a-z_][0-9a-z_.$]{1,254}", re.ASCII | re.IGNORECASE)
_LANGUAGE = re.compile(r"[-a-zA-Z]{1,10}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,5}", re.ASCII)
_NAMED = re.compile(r"([\w.-]{1,255}) ([0-9]{1,5})\.([0-9]{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class LibraryKey:
    """A library at the version that content is bound to; different minors live side by side."""

    name: str
    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.name} {self.major}.{self.minor}"

    @property
    def folder(self) -> str:
        """The name of its folder in packages: ``H5P.Image-1.1``."""
        return f"{self.name}-{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """The key of ``"H5P.Image 1.1"``, as content names its libraries; ``None`` for anything else."""
        match = _NAMED.fullmatch(text) if isinstance(text, str) else None
        return cls(match[1], int(match[2]), int(match[3])) if match else None


class DependencyType(StrEnum):
    """When one library needs another."""

    PRELOADED = "preloaded"
    DYNAMIC = "dynamic"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class PackageManifest:
    """``h5p.json``."""

    title: str
    language: str
    main: LibraryKey
    dependencies: tuple[LibraryKey, ...]
    embed_types: tuple[str, ...]
    metadata: Mapping[str, Any]
    """Title, license, authors and the like, as export gives them back."""


@dataclass(frozen=True, slots=True)
class LibraryManifest:
    """``library.json``."""

    key: LibraryKey
    patch: int
    title: str
    is_runnable: bool
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    dependencies: Mapping[DependencyType, tuple[LibraryKey, ...]] = field(default_factory=dict)
    license: str = ""
    is_fullscreen: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    """All that the file holds, for export and the editor."""

    @property
    def version(self) -> str:
        return f"{self.key.major}.{self.key.minor}.{self.patch}"


METADATA = (
    *("title", "license", "licenseVersion", "licenseExtras", "authors", "source", "yearFrom", "yearTo"),
    *("yearsFrom", "yearsTo", "changes", "authorComments", "defaultLanguage", "a11yTitle"),
)


def read_package_manifest(data: Any, path: str = "h5p.json") -> tuple[PackageManifest | None, list[Problem]]:
    """``h5p.json`` as it was parsed; nothing when what it takes to go on is missing."""
    if not isinstance(data, dict):
        return None, [says("json-not-object", path)]
    problems: list[Problem] = []
    title, language = data.get("title"), data.get("language")
    if not isinstance(title, str) or not title.strip():
        problems.append(says("title-missing", path))
    elif len(title) > 255:
        problems.append(says("title-too-long", path))
    if not _fits(_LANGUAGE, language):
        problems.append(says("language-invalid", path))
    embed_types = data.get("embedTypes")
    if not _is_list_of(embed_types, ("div", "iframe")) or not embed_types:
        problems.append(says("embed-types-invalid", path))
    if data.get("license") not in (*LICENSES, None, ""):
        problems.append(says("license-unknown", path, license=data["license"]))
    dependencies = _dependencies(data, "preloadedDependencies", path, problems)
    if "preloadedDependencies" not in data:
        problems.append(says("dependencies-missing", path))
    main_name = data.get("mainLibrary")
    if main_name is None:
        problems.append(says("main-library-missing", path))
    elif not _fits(_MAIN_LIBRARY, main_name):
        problems.append(says("main-library-invalid", path, library=main_name))
    main = next((key for key in dependencies if key.name == main_name), None)
    if main is None and _fits(_MAIN_LIBRARY, main_name) and not problems:
        problems.append(says("main-library-not-listed", path, library=main_name))
    if main is None or problems:
        return None, problems
    metadata = {name: data[name] for name in METADATA if name in data}
    shown_as = tuple(str(kind) for kind in data["embedTypes"])
    return PackageManifest(str(title), str(language), main, dependencies, shown_as, metadata), []


def read_library_manifest(data: Any, path: str) -> tuple[LibraryManifest | None, list[Problem]]:
    """``library.json`` as it was parsed; nothing when it does not say which library it is."""
    if not isinstance(data, dict):
        return None, [says("json-not-object", path)]
    problems: list[Problem] = []
    required = ("title", "machineName", "majorVersion", "minorVersion", "patchVersion", "runnable")
    for name in required:
        if name not in data:
            problems.append(says("library-property-missing", path, property=name))
    title, machine_name = data.get("title", ""), data.get("machineName", "")
    if "title" in data and (not isinstance(title, str) or not 0 < len(title) <= 255):
        problems.append(says("library-property-invalid", path, property="title"))
    if "machineName" in data and not _fits(_MACHINE_NAME, machine_name):
        problems.append(says("library-property-invalid", path, property="machineName"))
    numbers: dict[str, int] = {}
    for name in ("majorVersion", "minorVersion", "patchVersion"):
        number = _version_number(data.get(name))
        if number is not None:
            numbers[name] = number
        elif name in data:
            problems.append(says("version-invalid", path, property=name, value=data[name]))
    runnable = data.get("runnable")
    if "runnable" in data and runnable not in (0, 1, "0", "1"):
        problems.append(says("library-property-invalid", path, property="runnable"))
    _check_core_api(data.get("coreApi"), path, problems)
    scripts, styles = (_paths(data, name, path, problems) for name in ("preloadedJs", "preloadedCss"))
    dependencies = {kind: _dependencies(data, f"{kind}Dependencies", path, problems) for kind in DependencyType}
    if problems:
        return None, problems
    key = LibraryKey(machine_name, numbers["majorVersion"], numbers["minorVersion"])
    license_name = data.get("license")
    manifest = LibraryManifest(
        key,
        numbers["patchVersion"],
        title,
        runnable in (1, "1"),
        scripts,
        styles,
        dependencies,
        license_name[:255] if isinstance(license_name, str) else "",
        data.get("fullscreen") in (1, "1"),
        data,
    )
    return manifest, []


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_list_of(value: object, allowed: tuple[str, ...]) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) and entry in allowed for entry in value)


def _version_number(value: object) -> int | None:
    """Versions are written as numbers and as strings, by the same tools."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST_VERSION:
        return value
    return None


def _dependencies(data: dict[str, Any], name: str, path: str, problems: list[Problem]) -> tuple[LibraryKey, ...]:
    listed = data.get(name, [])
    if not isinstance(listed, list):
        problems.append(says("dependencies-invalid", path, property=name))
        return ()
    found = []
    for entry in listed:
        entry = entry if isinstance(entry, dict) else {}
        major, minor = _version_number(entry.get("majorVersion")), _version_number(entry.get("minorVersion"))
        machine_name = entry.get("machineName")
        if (
            not isinstance(machine_name, str)
            or not _fits(_MACHINE_NAME, machine_name)
            or major is None
            or minor is None
        ):
            problems.append(says("dependencies-invalid", path, property=name))
        else:
            found.append(LibraryKey(machine_name, major, minor))
    return tuple(dict.fromkeys(found))


def _paths(data: dict[str, Any], name: str, path: str, problems: list[Problem]) -> tuple[str, ...]:
    listed = data.get(name) or []
    if not isinstance(listed, list):
        problems.append(says("library-property-invalid", path, property=name))
        return ()
    found = []
    for entry in listed:
        file = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(file, str) and file:
            found.append(file)
        else:
            problems.append(says("library-property-invalid", path, property=name))
    return tuple(found)


def _check_core_api(wanted: Any, path: str, problems: list[Problem]) -> None:
    if wanted is None:
        return
    wanted = wanted if isinstance(wanted, dict) else {}
    major, minor = _version_number(wanted.get("majorVersion")), _version_number(wanted.get("minorVersion"))
    if major is None or minor is None:
        problems.append(says("library-property-invalid", path, property="coreApi"))
    elif (major, minor) > CORE_API:
        values = {"wanted": f"{major}.{minor}", "ours": f"{CORE_API[0]}.{CORE_API[1]}"}
        problems.append(says("core-api-too-new", path, **values))
