"""Content packages made for a test, honest ones and hostile ones."""

import json
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)
PALM = "content/images/palm.png"

Files = Mapping[str, str | bytes | dict[str, Any] | list[Any] | None]


def zip_of(path: Path, files: Files) -> Path:
    """A zip of these files; objects and lists become JSON, what is ``None`` is left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is not None:
                body = content if isinstance(content, str | bytes) else json.dumps(content)
                archive.writestr(name, body)
    return path


def add_link(path: Path, name: str, target: str = "/etc/passwd") -> Path:
    """The package with a symbolic link in it."""
    link = zipfile.ZipInfo(name)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, target)
    return path


def rename_in(path: Path, before: str, after: bytes) -> Path:
    """The package with one name replaced by bytes of the same length: zipfile itself would not write such names."""
    assert len(before) == len(after)
    path.write_bytes(path.read_bytes().replace(before.encode(), after))
    return path


def lie_about_size(path: Path, size: int = 10) -> Path:
    """The package, its last file said to be of another size than it is."""
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.rindex(b"PK\x01\x02") + 24, size)
    path.write_bytes(raw)
    return path


def library(name: str = "H5P.Card", version: str = "1.0.3", **values: Any) -> dict[str, Any]:
    """A ``library.json``; ``None`` takes a property away."""
    major, minor, patch = (int(part) for part in version.split("."))
    made = {
        "title": name,
        "machineName": name,
        "majorVersion": major,
        "minorVersion": minor,
        "patchVersion": patch,
        "runnable": 1,
        "preloadedJs": [{"path": "card.js"}],
        "preloadedCss": [{"path": "card.css"}],
        **values,
    }
    return {key: value for key, value in made.items() if value is not None}


def needs(name: str, version: str = "1.0") -> dict[str, Any]:
    """An entry of a list of dependencies, its version written as strings, as many tools do."""
    major, minor = version.split(".")
    return {"machineName": name, "majorVersion": major, "minorVersion": minor}


CARD = "H5P.Card-1.0"
SEMANTICS = [
    {"name": "greeting", "type": "text", "label": "Greeting", "default": "Hello"},
    {"name": "picture", "type": "image", "label": "Picture", "optional": True},
]


def h5p_json(**values: Any) -> dict[str, Any]:
    """An ``h5p.json``; ``None`` takes a property away."""
    made = {
        "title": "A card",
        "language": "id",
        "mainLibrary": "H5P.Card",
        "embedTypes": ["iframe"],
        "license": "U",
        "preloadedDependencies": [needs("H5P.Card")],
        **values,
    }
    return {key: value for key, value in made.items() if value is not None}


def h5p_files(**values: Any) -> dict[str, Any]:
    """The files of a small package that is good; ``values`` go into its ``h5p.json``."""
    return {
        "h5p.json": h5p_json(**values),
        "content/content.json": {"greeting": "Halo", "picture": {"path": "images/palm.png", "mime": "image/png"}},
        PALM: PNG,
        f"{CARD}/library.json": library(),
        f"{CARD}/semantics.json": SEMANTICS,
        f"{CARD}/language/id.json": {"semantics": []},
        f"{CARD}/card.js": "H5P.Card = function () {};",
        f"{CARD}/card.css": ".card {}",
    }


def h5p(folder: Path, changes: Files | None = None, *, name: str = "card.h5p", **values: Any) -> Path:
    """A small package; ``changes`` add, replace or (``None``) take away files of it."""
    return zip_of(folder / name, {**h5p_files(**values), **(changes or {})})


def with_library(name: str, **values: Any) -> dict[str, Any]:
    """The files of a further library, at version 1.0."""
    files = {"library.json": library(name, **values), "semantics.json": [], "card.js": "", "card.css": ""}
    return {f"{name}-1.0/{inner}": content for inner, content in files.items()}
