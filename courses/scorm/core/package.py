"""Reading a whole SCORM package: one pass over it, and every problem named. Nothing is stored."""

from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote, urlsplit

from courses.packages.problems import Problem, Unreadable, refused
from courses.packages.zips import Limits, name_fault, opened
from courses.scorm.core.manifest import MANIFEST, Manifest, read_manifest
from courses.scorm.core.sentences import says
from courses.scorm.core.xml import MOST_BYTES

MOST_MISSING = 20
"""Missing files that are named one by one."""
_PACKERS_OWN = ("__macosx/*", "*/__macosx/*", ".ds_store", "*/.ds_store", "._*", "*/._*", "thumbs.db", "*/thumbs.db")
_AICC = ("*.cst", "*.crs", "*.au", "*.des")


@dataclass(slots=True)
class ScormPackage:
    """What a package holds, as far as it could be read."""

    manifest: Manifest | None = None
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every file by its path."""
    size: int = 0
    """Bytes of all files."""
    launches: dict[str, str] = field(default_factory=dict)
    """What each resource opens, by its identifier: a path that the package has, with its query."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not refused(self.problems)


def is_packers_own(name: str) -> bool:
    """Whether a file is something that operating systems add to archives."""
    return any(fnmatch(name.lower(), pattern) for pattern in _PACKERS_OWN)


def read_scorm(path: Path, limits: Limits | None = None) -> ScormPackage:
    """Look over a package. Every problem is in ``problems``; it may be taken when ``is_good``.

    Never raises for what is in the file.
    """
    package = ScormPackage()
    raw: bytes | None = None
    try:
        with opened(path, limits, is_packers_own) as packed:
            for file in packed.files():
                if file.name == MANIFEST:
                    raw = file.read(MOST_BYTES) or b""
            package.problems.extend(packed.problems)
            package.files = {name: value.hex() for name, value in packed.fingerprints.items()}
            package.size = sum(packed.sizes.values())
    except Unreadable as unreadable:
        package.problems.append(unreadable.problem)
        return package
    if raw is None:
        package.problems.append(_why_no_manifest(package.files))
        return package
    package.manifest, problems = read_manifest(raw)
    package.problems.extend(problems)
    if package.manifest is not None:
        _Files(package, package.manifest).look_over()
    return package


def _why_no_manifest(files: dict[str, str]) -> Problem:
    folder = next((name.rpartition("/")[0] for name in files if name.lower().endswith(f"/{MANIFEST}")), None)
    if folder is not None:
        return says("manifest-in-folder", folder=folder)
    if any(fnmatch(name.lower(), pattern) for name in files for pattern in _AICC):
        return says("aicc-not-supported")
    return says("manifest-missing")


class _Files:
    """What the manifest says of files, held against those that are there."""

    def __init__(self, package: ScormPackage, manifest: Manifest) -> None:
        self.package = package
        self.manifest = manifest
        # Courses made on Windows write the letters of a name as they like.
        self.by_folded = {name.casefold(): name for name in package.files}

    def find(self, href: str) -> str | None:
        """The file that an address inside the package means, if there is one."""
        given = urlsplit(href).path
        for name in (given, unquote(given), given.replace("\\", "/")):
            found = self.by_folded.get(name.removeprefix("./").casefold())
            if found is not None:
                return found
        return None

    def look_over(self) -> None:
        say = self.package.problems.append
        items = [item for entry in self.manifest.organizations for item in entry.walk()]
        launched = {item.resource: item for item in reversed(items)}
        for identifier, resource in self.manifest.resources.items():
            item = launched.get(identifier)
            if item is None or not resource.href:
                continue
            address = urlsplit(resource.href)
            found = self.find(resource.href)
            if address.scheme or address.netloc:
                say(says("resource-remote", MANIFEST, title=item.title, address=resource.href))
            elif found is None and name_fault(unquote(address.path)) == "path-escapes":
                say(says("launch-file-unsafe", MANIFEST, title=item.title, file=resource.href))
            elif found is None:
                say(says("launch-file-missing", MANIFEST, title=item.title, file=address.path))
            else:
                query = f"?{address.query}" if address.query else ""
                fragment = f"#{address.fragment}" if address.fragment else ""
                self.package.launches[identifier] = f"{found}{query}{fragment}"
        self._look_over_lists()

    def _look_over_lists(self) -> None:
        listed = (file for resource in self.manifest.resources.values() for file in resource.files)
        elsewhere = ("http://", "https://", "//")
        missing = [
            file for file in dict.fromkeys(listed) if not file.lower().startswith(elsewhere) and self.find(file) is None
        ]
        for file in missing[:MOST_MISSING]:
            self.package.problems.append(says("file-missing", MANIFEST, file=file))
        if len(missing) > MOST_MISSING:
            self.package.problems.append(says("more-files-missing", MANIFEST, count=len(missing) - MOST_MISSING))
