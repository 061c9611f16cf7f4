"""What may be uploaded, decided on plain values."""

import secrets
from io import StringIO
from pathlib import PurePosixPath

import webvtt
from django.utils.text import get_valid_filename, slugify

VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm"}
AUDIO_TYPES = {"m4a": "audio/mp4", "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg"}
MAX_PIXELS = 40_000_000


def own_folder(kind: str, filename: str) -> str:
    """``filename`` in a folder that nobody can guess: a file's address is all one needs, besides being signed in."""
    name = PurePosixPath(filename)
    stem = slugify(name.stem)[:80] or "file"
    return f"{kind}/{secrets.token_urlsafe(12)}/{get_valid_filename(stem + name.suffix.lower())}"


def media_type(kind: str, filename: str) -> str | None:
    """The content type of a video or audio file by its name, or ``None`` where browsers would not play it."""
    types = VIDEO_TYPES if kind == "video" else AUDIO_TYPES
    return types.get(PurePosixPath(filename).suffix.lstrip(".").lower())


def vtt_fault(content: bytes) -> str | None:
    """Why ``content`` is not a WebVTT file with at least one caption, in technical words; ``None`` when it is one."""
    try:
        captions = webvtt.from_buffer(StringIO(content.decode("utf-8-sig")), format="vtt")
    except UnicodeDecodeError:
        return "not UTF-8"
    except webvtt.errors.MalformedFileError as error:
        return str(error)
    if not captions.captions:
        return "no captions"
    for caption in captions.captions:
        if caption.start_in_seconds > caption.end_in_seconds:
            return f"{caption.start} > {caption.end}"
    return None
