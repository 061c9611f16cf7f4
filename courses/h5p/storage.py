"""Where files of libraries and of content are kept."""

import hashlib
import re
from collections.abc import Mapping

LIBRARIES = "h5p/lib"
CONTENT = "h5p/content"
_SAFE = re.compile(r"[^A-Za-z0-9._-]")


def folder_of(name: str, version: str, files: Mapping[str, str]) -> str:
    """The folder of a library's files, named for what they are: another set of files never takes its place."""
    whole = hashlib.sha256("\n".join(f"{path} {files[path]}" for path in sorted(files)).encode()).hexdigest()
    return f"{_SAFE.sub('_', name)[:200]}-{version}-{whole[:16]}"


def library_file(folder: str, path: str) -> str:
    """The name in the storage of a library's file."""
    return f"{LIBRARIES}/{folder}/{path}"


def content_file(sha256: str) -> str:
    """The name in the storage of a file of content; the same file is kept once, whoever uses it."""
    return f"{CONTENT}/{sha256[:2]}/{sha256}"
