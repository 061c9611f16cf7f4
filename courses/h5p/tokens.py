"""What a sandboxed frame shows in place of a session: it has no cookies, so its addresses say what they are for."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core import signing

FRAME_LIFETIME = 12 * 3600
"""Seconds for which an opened frame works."""
RESULTS_LIFETIME = 14 * 24 * 3600
"""Seconds for which what was done in a frame is taken: a lost line, and a weekend without any."""
_FRAME = "courses.h5p.frame"
_PLAY = "courses.h5p.play"
_files = signing.Signer(salt="courses.h5p.files")
_draft_files = signing.TimestampSigner(salt="courses.h5p.draft-files")


@dataclass(frozen=True, slots=True)
class Preview:
    """A frame in which an author looks at a version: nothing of it is kept."""

    version_id: int


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A frame in which an author looks at what is being written: nothing of it is kept."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class Play:
    """A frame in which one learner plays a version at one place of her course. Useless to anybody else."""

    version_id: int
    enrollment_id: int
    item_id: int
    person_id: int
    opened_at: datetime


def preview_token(version_id: int) -> str:
    """A token for looking at a version."""
    return signing.dumps({"version": version_id}, salt=_FRAME)


def draft_token(draft_id: int, revision: int) -> str:
    """A token for looking at a draft. Each revision has another, so that a browser shows the newest."""
    return signing.dumps({"draft": draft_id, "revision": revision}, salt=_FRAME)


def play_token(version_id: int, enrollment_id: int, item_id: int, person_id: int) -> str:
    """A token for playing a version, and for what is done with it."""
    return signing.dumps([version_id, enrollment_id, item_id, person_id, int(time.time())], salt=_PLAY)


def read_frame_token(token: str) -> Preview | DraftPreview | Play | None:
    """What a frame was opened for; nothing for a token that is not ours or has run out."""
    try:
        said: Any = signing.loads(token, salt=_FRAME, max_age=FRAME_LIFETIME)
    except signing.BadSignature:
        return read_play_token(token, FRAME_LIFETIME)
    return DraftPreview(said["draft"]) if "draft" in said else Preview(said["version"])


def read_play_token(token: str, lifetime: int = RESULTS_LIFETIME) -> Play | None:
    """Who plays what where; nothing for a token that is not ours or has run out."""
    try:
        version, enrollment, item, person, opened = signing.loads(token, salt=_PLAY, max_age=lifetime)
    except signing.BadSignature:
        return None
    return Play(version, enrollment, item, person, datetime.fromtimestamp(opened, UTC))


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


def draft_files_token(draft_id: int) -> str:
    """A token for the files of a draft, as long as a frame works."""
    return _draft_files.sign(str(draft_id))


def read_draft_files_token(token: str) -> int | None:
    """The draft whose files may be fetched."""
    try:
        return int(_draft_files.unsign(token, max_age=FRAME_LIFETIME))
    except signing.BadSignature:
        return None
