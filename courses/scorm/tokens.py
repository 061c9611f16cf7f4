"""What the address of packages knows in place of a session: signed tokens that say what they are for."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core import signing

STAGE_LIFETIME = 24 * 3600
"""Seconds for which an opened window works."""
_STAGE = "courses.scorm.stage"
_files = signing.Signer(salt="courses.scorm.files")


@dataclass(frozen=True, slots=True)
class Stage:
    """A window in which a version plays; without a registration, an author looks at it and nothing is kept."""

    version: int
    origin: str
    """Of the platform's page around it."""
    language: str
    registration: int | None = None
    session: int = 0


def stage_token(stage: Stage) -> str:
    """A token for one window."""
    return signing.dumps(asdict(stage), salt=_STAGE)


def read_stage_token(token: str) -> Stage | None:
    """What a window was opened for; nothing for a token that is not ours or has run out."""
    try:
        said: Any = signing.loads(token, salt=_STAGE, max_age=STAGE_LIFETIME)
    except signing.BadSignature:
        return None
    return Stage(**said)


def files_token(version_id: int, today: date) -> str:
    """A token for the files of a version: the same for everyone within a month, so that browsers keep the files."""
    return _files.sign(f"{version_id}-{today:%Y%m}")


def read_files_token(token: str, today: date) -> int | None:
    """The version whose files may be fetched; tokens of the month before still work."""
    try:
        version_id, _dash, month = _files.unsign(token).partition("-")
    except signing.BadSignature:
        return None
    months = today.year * 12 + today.month - (int(month[:4]) * 12 + int(month[4:]))
    return int(version_id) if 0 <= months <= 1 else None
