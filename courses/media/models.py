"""Pictures, documents, video and audio, and what is said in them."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.search import index

from courses.media.rules import is_what_it_says, media_type, own_folder, vtt_fault, without_traces


def address_of(name: str | None) -> str:
    """The lasting address of a stored file, for whoever is signed in: published lessons are full of these."""
    return reverse("media:file", args=[name or ""])


def file_path(instance: models.Model, filename: str) -> str:
    """Where a video or audio file is stored."""
    return own_folder("media", filename)


def poster_path(instance: models.Model, filename: str) -> str:
    """Where a poster is stored."""
    return own_folder("media", filename)


def caption_path(instance: models.Model, filename: str) -> str:
    """Where captions are stored."""
    return own_folder("captions", filename)


def document_path(instance: models.Model, filename: str) -> str:
    """Where a document is stored."""
    return own_folder("documents", filename)


class Picture(AbstractImage):  # type: ignore[misc]
    """A picture of the library. ``description`` is read out to those who do not see it."""

    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    uploaded_by_user.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):  # type: ignore[misc]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_picture", "Can choose picture")]

    def get_upload_to(self, filename: str) -> str:
        return own_folder("pictures", filename)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores the picture without the place and the camera that a telephone writes into it."""
        file: Any = self.file  # type: ignore[has-type]
        if file and not getattr(file, "_committed", True):
            file.seek(0)
            content = file.read()
            file.seek(0)
            plain = without_traces(content)
            if plain is not content:
                self.file = ImageFile(BytesIO(plain), name=file.name)
                self._set_image_file_metadata()
        super().save(*args, **kwargs)


class PictureRendition(AbstractRendition):  # type: ignore[misc]
    """A picture in one size."""

    image = models.ForeignKey(Picture, related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="one_rendition_per_picture_and_size"
            )
        ]

    def get_upload_to(self, filename: str) -> str:
        return own_folder("pictures", filename)

    @property
    def url(self) -> str:
        """The lasting address, not the storage's own, which runs out."""
        return address_of(self.file.name)


class CourseDocument(AbstractDocument):  # type: ignore[misc]
    """A document that learners may download."""

    file = models.FileField(_("file"), upload_to=document_path, max_length=255)

    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    uploaded_by_user.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):  # type: ignore[misc]
        permissions = [("choose_coursedocument", "Can choose document")]

    def clean(self) -> None:
        super().clean()
        if not self.file or getattr(self.file, "_committed", True):
            return
        self.file.seek(0)
        start = self.file.read(4096)
        self.file.seek(0)
        if not is_what_it_says(self.file.name or "", start):
            raise ValidationError({"file": _("This file is not what its name says. Save it anew in its own program.")})

    @property
    def url(self) -> str:
        """The lasting address, not the storage's own, which runs out."""
        return address_of(self.file.name)


class MediaFile(index.Indexed, ClusterableModel):  # type: ignore[misc]
    """A video or audio file as uploaded."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(
        _("file"), upload_to=file_path, max_length=255, help_text=_("Video: MP4 or WebM. Audio: M4A, MP3 or OGG.")
    )
    poster = models.FileField(_("poster picture"), upload_to=poster_path, max_length=255, blank=True, editable=False)
    content_type = models.CharField(max_length=60, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False, help_text="bytes")
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    transcript = models.TextField(
        _("transcript"), blank=True, help_text=_("Everything that is said, for those who read instead of listening.")
    )
    added_at = models.DateTimeField(auto_now_add=True)

    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("video or audio")
        verbose_name_plural = _("video and audio")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.file and self.kind and media_type(self.kind, self.file.name or "") is None:
            raise ValidationError(
                {"file": _("Browsers do not play this file. Use MP4 or WebM for video; M4A, MP3 or OGG for audio.")}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Notes the type and weight of the file beside it."""
        if self.file:
            self.content_type = media_type(self.kind, self.file.name or "") or ""
            if not getattr(self.file, "_committed", True):
                self.size = self.file.size
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """Where a signed-in learner's browser finds the file."""
        return address_of(self.file.name)


class Caption(models.Model):
    """Captions of a media file in one language: WebVTT, checked when saved."""

    media = ParentalKey(MediaFile, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=10, choices=[("id", "Indonesia"), ("en", "English")])
    file = models.FileField(_("WebVTT file"), upload_to=caption_path, max_length=255)

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        constraints = [models.UniqueConstraint("media", "language", name="one_caption_per_language")]

    def __str__(self) -> str:
        return f"{self.media_id}: {self.language}"

    def clean(self) -> None:
        super().clean()
        if not self.file or getattr(self.file, "_committed", True):
            return
        with self.file.open() as file:
            fault = vtt_fault(file.read())
            file.seek(0)
        if fault:
            raise ValidationError({"file": _("This is not a WebVTT file that players understand: %s") % fault})

    @property
    def address(self) -> str:
        """Where a signed-in learner's browser finds the captions."""
        return address_of(self.file.name or "")
