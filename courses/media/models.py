"""Pictures, documents, video and audio, what is said in them, and what is made of them."""

import secrets
import uuid
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.search import index

from courses.media.pipeline.captions import read as read_captions
from courses.media.pipeline.captions import write as write_captions
from courses.media.querysets import PreparationQuerySet, UploadQuerySet
from courses.media.reasons import sentence
from courses.media.rules import (
    is_media,
    is_what_it_says,
    kinds_of,
    media_type,
    own_folder,
    without_traces,
)


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


def results_folder() -> str:
    """A new folder, which nobody can guess, for what is made of a file."""
    return f"renditions/{secrets.token_urlsafe(12)}/"


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

    SIZES = (
        "width-480|format-webp",
        "width-960|format-webp",
        "width-480|format-avif|avifquality-50",
        "width-960|format-avif|avifquality-50",
    )
    """What is made of every picture. Lessons always have the first two; the others are lighter and take longer."""

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
    """A video or audio file as uploaded. ``file`` is empty when what was uploaded turned out to be unusable."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(
        _("file"),
        upload_to=file_path,
        max_length=255,
        help_text=_("As the camera, the telephone or the recorder wrote it: MP4, MOV, MKV, WebM, M4A, MP3 ..."),
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
        if self.file and self.kind and not is_media(self.kind, self.file.name or ""):
            known = ", ".join(kinds_of(self.kind))
            raise ValidationError({"file": _("This file cannot be converted. Use one of these kinds: %s.") % known})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Notes the type and weight of the file beside it."""
        if self.file:
            self.content_type = media_type(self.kind, self.file.name or "") or ""
            if not getattr(self.file, "_committed", True):
                self.size = self.file.size
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """Where a signed-in learner's browser finds the file as uploaded."""
        return address_of(self.file.name)

    @property
    def is_playable(self) -> bool:
        """Whether browsers play the file as it was uploaded."""
        return bool(self.file and self.content_type)


class Caption(models.Model):
    """Captions of a media file in one language: WebVTT, checked when saved. SRT is made WebVTT."""

    LANGUAGES = [("id", "Indonesia"), ("en", "English")]

    media = ParentalKey(MediaFile, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    file = models.FileField(_("WebVTT or SRT file"), upload_to=caption_path, max_length=255)

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
            cues, faults = read_captions(file.read())
            file.seek(0)
        if faults:
            told = [sentence(fault.code, {"line": fault.line, **fault.values}) for fault in faults]
            raise ValidationError({"file": told})
        # Whatever was uploaded, what is kept is WebVTT as players want it.
        self.file = ContentFile(write_captions(cues), name=f"{self.language}.vtt")

    @property
    def address(self) -> str:
        """Where a signed-in learner's browser finds the captions."""
        return address_of(self.file.name or "")


class Preparation(models.Model):
    """What is made of one uploaded file in the background, step by step, for learners.

    One worker holds it at a time. Its claim runs out at ``not_before`` unless it gives a sign of life; then another
    goes on with the first step that is not done. Everything made lies in ``folder``, under names that follow from the
    step, so that doing a step again replaces and never adds. A file that takes another's place has a preparation of its
    own.
    """

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")
        PICTURE = "picture", _("picture")
        DOCUMENT = "document", _("document")

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        DONE = "done", _("ready")
        REFUSED = "refused", _("cannot be used")
        FAILED = "failed", _("broken off")

    kind = models.CharField(max_length=8, choices=Kind)
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, null=True, related_name="preparations")
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, null=True, related_name="preparations")
    document = models.ForeignKey(CourseDocument, on_delete=models.CASCADE, null=True, related_name="preparations")
    source = models.CharField(max_length=255, unique=True, help_text="name in the storage of what was uploaded")
    folder = models.CharField(max_length=60, unique=True, default=results_folder)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    facts = models.JSONField(default=dict, help_text="what the first look at the file found")
    reason = models.CharField(max_length=30, blank=True)
    reason_values = models.JSONField(default=dict)
    claim = models.UUIDField(null=True)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="since the last step that was done")
    pauses = models.PositiveSmallIntegerField(default=0, help_text="times in a row that the storage did not answer")
    trace = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["video", "audio"], media__isnull=False, picture=None, document=None)
                | Q(kind="picture", picture__isnull=False, media=None, document=None)
                | Q(kind="document", document__isnull=False, media=None, picture=None),
                name="a_preparation_is_of_one_file",
            )
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="preparation_due"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def explanation(self) -> str:
        """What is wrong with the file, for its reader; empty when nothing is."""
        return sentence(self.reason, self.reason_values) if self.reason else ""


class Step(models.Model):
    """One step of a preparation. It is done once everything it made is stored and written down."""

    wagtail_reference_index_ignore = True

    class Name(models.TextChoices):
        PROBE = "probe", _("Look into the file")
        LOUDNESS = "loudness", _("Measure how loud it is")
        POSTER = "poster", _("Draw its picture")
        STRIP = "strip", _("Draw small pictures to find one's place")
        LIGHT = "light", _("Convert for slow lines (240p)")
        SOUND = "sound", _("Convert the sound alone")
        VIDEO = "video", _("Convert for better lines")
        RECORDING = "recording", _("Convert the recording")
        PACKAGE = "package", _("Put together")
        SIZES = "sizes", _("Make sizes for telephones")
        PAGES = "pages", _("Make pages for telephones")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("not needed")

    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=10, choices=Name)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    seconds = models.FloatField(default=0, help_text="that it took")

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint("preparation", "name", name="one_step_of_a_name")]

    def __str__(self) -> str:
        return f"{self.preparation_id}: {self.name}"


class Rendition(models.Model):
    """A video or a recording in one size. ``plain`` is 240p for browsers without script, ``audio`` the sound alone."""

    wagtail_reference_index_ignore = True

    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=10)
    file = models.CharField(max_length=120)
    playlist = models.CharField(max_length=120, blank=True, help_text="empty for what is played as one file")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    rate = models.PositiveIntegerField(help_text="bits a second, on average")
    peak = models.PositiveIntegerField(default=0, help_text="bits a second of the heaviest part")
    size = models.PositiveBigIntegerField(help_text="bytes")

    class Meta:
        ordering = ("rate",)
        constraints = [models.UniqueConstraint("preparation", "name", name="one_rendition_of_a_name")]

    def __str__(self) -> str:
        return f"{self.preparation_id}: {self.name}"

    @property
    def kilobits(self) -> int:
        """Kilobits a second, on average."""
        return round(self.rate / 1000)


class Upload(models.Model):
    """A video or a recording on its way in, sent by a browser in parts straight to the storage.

    Which parts are there, the storage knows. ``is_whole`` once they are one file, which then waits for the form to be
    saved; the row goes with that.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=MediaFile.Kind)
    name = models.CharField(max_length=255, unique=True, help_text="in the storage")
    handle = models.CharField(max_length=255, help_text="what the storage calls the upload")
    size = models.PositiveBigIntegerField(help_text="bytes")
    part_size = models.PositiveIntegerField()
    is_whole = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def part_count(self) -> int:
        """How many parts make the whole."""
        return -(-self.size // self.part_size)


class Leftover(models.Model):
    """A stored file, or a folder of them (with a slash at its end), that nobody needs from ``due_at`` on."""

    name = models.CharField(max_length=255, unique=True)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.name
