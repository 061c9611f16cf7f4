"""Files that authors put into content: judged by their bytes, named anew, and freed of what a phone wrote into them."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image

from courses.h5p.core.files import CONTENT_TYPES, extension, is_what_it_says
from courses.h5p.errors import BadUpload
from courses.media.rules import MAX_PIXELS, decode, without_traces
from courses.packages.zips import HEAD, MEGABYTE, Limits

ENDINGS = {
    "image": ("jpg", "jpeg", "png", "gif"),
    "audio": ("mp3", "m4a", "wav", "ogg"),
    "video": ("mp4", "webm"),
    "file": tuple(sorted(CONTENT_TYPES)),
}
"""What players show, by the kind of field."""
FOLDERS = {"image": "images", "audio": "audios", "video": "videos", "file": "files"}
LARGEST_IMAGE = 20 * MEGABYTE
_FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it is kept."""

    path: str
    """Its place in the content, but for the mark that tells its bytes from others of the same name."""
    ending: str
    body: File  # type: ignore[type-arg]
    about: dict[str, Any]
    """What content says of it: the size of a picture."""


def accept(kind: str, name: str, upload: "File[Any]") -> Accepted:
    """Judge a file for a field of a ``kind``; raises ``BadUpload``."""
    ending = extension(name)
    largest = LARGEST_IMAGE if kind == "image" else Limits().packed
    if (upload.size or 0) > largest:
        raise BadUpload(_("The file is larger than %(limit)s MB.") % {"limit": largest // MEGABYTE})
    if ending not in ENDINGS[kind]:
        known = ", ".join(f".{each}" for each in ENDINGS[kind][:12])
        raise BadUpload(_("This cannot be a file of that kind. Files ending in %(known)s can.") % {"known": known})
    upload.seek(0)
    if not is_what_it_says(name, upload.read(HEAD)):
        raise BadUpload(_("The file is not what its name says. Export it again from the program that made it."))
    upload.seek(0)
    stem = f"{FOLDERS[kind]}/{slugify(re.sub(r'[.][^.]*$', '', name))[:60] or kind}"
    if kind != "image":
        return Accepted(stem, ending, upload, {})
    return _picture(stem, upload.read())


def _picture(stem: str, content: bytes) -> Accepted:
    """A whole picture without place and camera, and its size: players make room for it before it is there."""
    broken = BadUpload(_("The picture is damaged or of a kind that is not known. Save it as JPEG or PNG."))
    try:
        with Image.open(BytesIO(content)) as picture:
            form, (width, height) = picture.format or "", picture.size
    except Exception as error:
        raise broken from error
    if form not in _FORMATS:
        raise broken
    if width * height > MAX_PIXELS:
        raise BadUpload(
            _("The picture has more than %(limit)s million pixels. Make it smaller first.")
            % {"limit": MAX_PIXELS // 1_000_000}
        )
    try:
        decode(BytesIO(content))
        plain = without_traces(content)
        with Image.open(BytesIO(plain)) as picture:
            width, height = picture.size
    except Exception as error:
        raise broken from error
    return Accepted(stem, _FORMATS[form], ContentFile(plain), {"width": width, "height": height})
