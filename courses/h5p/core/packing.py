"""Writes a package, the same bytes for the same content."""

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from courses.h5p.core.manifest import LibraryKey

Chunks = Callable[[], Iterable[bytes]]
_MOMENT = (2000, 1, 1, 0, 0, 0)
"""The time of every file: a package says what it holds, not when it was made."""
_READABLE = 0o644 << 16


def package_json(
    title: str, language: str, main: LibraryKey, preloaded: Iterable[LibraryKey], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """What stands in ``h5p.json``. ``preloaded`` is all that plays; libraries for editors only are not named there."""
    return {
        "title": title,
        "language": language,
        "mainLibrary": main.name,
        "embedTypes": ["iframe"],
        "license": "U",
        **{name: value for name, value in metadata.items() if name not in ("title", "language", "contentType")},
        "preloadedDependencies": [
            {"machineName": key.name, "majorVersion": key.major, "minorVersion": key.minor}
            for key in dict.fromkeys([main, *preloaded])
        ],
    }


def as_json(value: Any) -> Chunks:
    """A file of a package that holds this value."""
    return lambda: [json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()]


def write_package(target: IO[bytes], files: Mapping[str, Chunks]) -> None:
    """Write a package with these files. No entries for folders: some readers refuse them."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            with archive.open(entry, "w") as packed:
                for chunk in files[path]():
                    packed.write(chunk)
