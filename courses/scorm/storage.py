"""Where the files of packages are kept."""

from uuid import UUID

ROOT = "scorm/files"


def stored_name(folder: UUID, sha256: str) -> str:
    """The name in the storage of a version's file: no name of a stranger's ever gets there."""
    return f"{ROOT}/{folder}/{sha256}"
