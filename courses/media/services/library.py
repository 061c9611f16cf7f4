"""Putting files into the library; what is made of them follows in the background."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import willow
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils.translation import gettext as _

from courses.media.errors import FileRefused
from courses.media.models import Caption, CourseDocument, MediaFile, Picture
from courses.media.rules import MAX_PIXELS, decode
from courses.media.services.preparing import prepare


@transaction.atomic
def add_picture(title: str, filename: str, content: bytes, *, description: str = "", by: Any = None) -> Picture:
    """Add a picture; raises ``FileRefused`` for what is not one or would not fit into memory."""
    try:
        size = willow.Image.open(BytesIO(content)).get_size()
        if size[0] * size[1] <= MAX_PIXELS:
            decode(BytesIO(content))
    except Exception as error:  # whatever a broken or hostile file makes a decoder raise
        raise FileRefused(_("%s is not a picture that can be shown.") % filename) from error
    if size[0] * size[1] > MAX_PIXELS:
        raise FileRefused(_("%s has too many pixels.") % filename)
    picture = Picture(
        title=title[:255],
        description=description[:255],
        file=ImageFile(BytesIO(content), name=filename),
        width=size[0],
        height=size[1],
        uploaded_by_user=by,
    )
    picture._set_image_file_metadata()
    picture.save()
    prepare(picture)
    return picture


@transaction.atomic
def add_document(title: str, filename: str, content: bytes, *, by: Any = None) -> CourseDocument:
    """Add a document; raises ``FileRefused`` for a type that learners cannot be given."""
    document = CourseDocument(title=title[:255], file=ContentFile(content, name=filename), uploaded_by_user=by)
    try:
        document.clean()
    except ValidationError as error:
        raise FileRefused(" ".join(error.messages)) from error
    document._set_document_file_metadata()
    document.save()
    prepare(document)
    return document


@transaction.atomic
def add_media(
    kind: str,
    title: str,
    filename: str,
    content: bytes,
    *,
    seconds: int | None = None,
    transcript: str = "",
    captions: Mapping[str, bytes] | None = None,
    poster: bytes | None = None,
) -> MediaFile:
    """Add a video or audio file with its WebVTT captions by language; raises ``FileRefused`` with the reason."""
    media = MediaFile(
        kind=kind,
        title=title[:200],
        file=ContentFile(content, name=filename),
        seconds=seconds,
        transcript=transcript,
    )
    if poster:
        media.poster = ContentFile(poster, name="poster.webp")
    added = [
        Caption(media=media, language=language, file=ContentFile(text, name=f"{language}.vtt"))
        for language, text in (captions or {}).items()
    ]
    try:
        media.clean()
        for caption in added:
            caption.clean()
    except ValidationError as error:
        raise FileRefused(" ".join(error.messages)) from error
    media.save()
    for caption in added:
        caption.media = media
        caption.save()
    prepare(media)
    return media
