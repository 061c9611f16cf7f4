"""What may be uploaded, decided on plain values."""

import secrets
from datetime import timedelta
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any

from django.utils.text import get_valid_filename, slugify
from PIL import Image, ImageOps

VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm"}
AUDIO_TYPES = {"m4a": "audio/mp4", "mp3": "audio/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg"}
ALSO_VIDEO = {"3g2", "3gp", "avi", "flv", "m2ts", "mkv", "mov", "mpeg", "mpg", "mts", "ts", "wmv"}
ALSO_AUDIO = {"aac", "aif", "aiff", "amr", "caf", "flac", "wav", "wma"}
"""What cameras and recorders write and browsers do not play: it is converted first."""
MAX_PIXELS = 40_000_000
ZIPPED = {"docx", "odt", "pptx", "xlsx", "zip"}
TEXTS = {"csv", "txt"}
TELLTALE = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Comment", "parsed"}
"""What Pillow calls the parts of a picture that may say where, when and by whom it was taken."""


def own_folder(kind: str, filename: str) -> str:
    """``filename`` in a folder that nobody can guess: a file's address is all one needs, besides being signed in."""
    name = PurePosixPath(filename)
    stem = slugify(name.stem)[:80] or "file"
    return f"{kind}/{secrets.token_urlsafe(12)}/{get_valid_filename(stem + name.suffix.lower())}"


def kinds_of(kind: str) -> list[str]:
    """The endings of files that can be converted into a video, or into a recording."""
    return sorted(VIDEO_TYPES.keys() | ALSO_VIDEO if kind == "video" else AUDIO_TYPES.keys() | ALSO_AUDIO)


def is_media(kind: str, filename: str) -> bool:
    """Whether the name promises a video, or a recording, that can be converted."""
    return PurePosixPath(filename).suffix.lstrip(".").lower() in kinds_of(kind)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 5 seconds first, five minutes at most."""
    return timedelta(seconds=min(5 * 2 ** max(failures - 1, 0), 300))


def media_type(kind: str, filename: str) -> str | None:
    """The content type of a video or audio file by its name, or ``None`` where browsers would not play it."""
    types = VIDEO_TYPES if kind == "video" else AUDIO_TYPES
    return types.get(PurePosixPath(filename).suffix.lstrip(".").lower())


def is_what_it_says(filename: str, content: bytes) -> bool:
    """Whether a document's first bytes are those of the kind that its name promises."""
    ending = PurePosixPath(filename).suffix.lstrip(".").lower()
    if ending == "pdf":
        return b"%PDF-" in content[:1024]
    if ending in ZIPPED:
        return content.startswith(b"PK")
    return ending not in TEXTS or b"\0" not in content[:4096]


def decode(file: IO[bytes]) -> None:
    """Read a picture to its last pixel; raises whatever a broken one makes its decoder raise. Ask its size before."""
    with Image.open(file) as picture:
        picture.load()


def without_traces(content: bytes) -> bytes:
    """A picture without place, camera, author and comments; as it was when it tells nothing of the kind.

    A picture that a camera marked as turned is turned, for the mark is taken away.
    """
    with Image.open(BytesIO(content)) as picture:
        if not TELLTALE & set(picture.info) and not picture.getexif():
            return content
        options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
        if getattr(picture, "n_frames", 1) > 1:
            options["save_all"] = True
            plain: Image.Image = picture
        else:
            plain = ImageOps.exif_transpose(picture)
        if picture.format in {"JPEG", "WEBP", "AVIF"}:
            options["quality"] = 92
        for name in TELLTALE:
            plain.info.pop(name, None)
        output = BytesIO()
        plain.save(output, format=picture.format, exif=b"", **options)
    return output.getvalue()
