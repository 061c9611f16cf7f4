"""Captions written beside the video."""

from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from courses.media.events import FilePrepared
from courses.media.models import Caption, MediaFile
from courses.media.pipeline.captions import Cue, write
from courses.media.services.leftovers import leave
from courses.media.services.preparing import STILL_SHOWN
from lms.events.services import announce


@transaction.atomic
def save_captions(media: MediaFile, language: str, cues: Sequence[Cue]) -> Caption | None:
    """Keep these captions in place of those of the language; none at all takes them away.

    Lessons that show the video hear of it.
    """
    caption = Caption.objects.filter(media=media, language=language).first()
    if caption is not None:
        # Whoever has a lesson open still has the old address in it.
        leave([caption.file.name or ""], after=STILL_SHOWN)
    if not cues:
        if caption is not None:
            caption.delete()
        caption = None
    else:
        caption = caption or Caption(media=media, language=language)
        caption.file = ContentFile(write(cues), name=f"{language}.vtt")
        caption.save()
    announce(FilePrepared(kind=media.kind, file_id=media.pk))
    return caption
