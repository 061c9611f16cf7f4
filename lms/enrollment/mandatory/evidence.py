"""The upload that proves why somebody is excused: a document or a photograph, and nothing that can do harm."""

from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from PIL import Image

from courses.media.rules import MAX_PIXELS, without_traces

MAX_BYTES = 5 * 1024 * 1024
PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}


class EvidenceField(forms.FileField):
    """A PDF or a photograph. Photographs lose the place and the camera that a telephone writes into them."""

    default_error_messages = {
        "too_large": _(
            "The file is larger than 5 MB. Scan it with a lower resolution, or send only the page that counts."
        ),
        "kind": _("Choose a PDF file or a photograph (JPEG or PNG)."),
        "not_so": _("This file is not what its name says. Save it anew as PDF, JPEG or PNG."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": _("Evidence"),
                "required": False,
                "help_text": _("A decree or letter as PDF, or a photograph of it; at most 5 MB."),
                "widget": forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
                **options,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        file: UploadedFile[bytes] | None = super().clean(data, initial)
        if not file:
            return None
        if (file.size or 0) > MAX_BYTES:
            raise self._wrong("too_large")
        ending = PurePosixPath(file.name or "").suffix.lstrip(".").lower()
        if ending != "pdf" and ending not in PICTURES:
            raise self._wrong("kind")
        content = file.read()
        if ending == "pdf" and not content.startswith(b"%PDF-"):
            raise self._wrong("not_so")
        if ending in PICTURES:
            content = self._photograph(content, PICTURES[ending])
        return ContentFile(content, name=get_valid_filename(PurePosixPath(file.name or "").name[-100:]))

    def _photograph(self, content: bytes, kind: str) -> bytes:
        try:
            with Image.open(BytesIO(content), formats=[kind]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise self._wrong("too_large")
                picture.load()
            return without_traces(content)
        except forms.ValidationError:
            raise
        except Exception as error:  # a broken or hostile picture makes decoders raise anything
            raise self._wrong("not_so") from error

    def _wrong(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)
