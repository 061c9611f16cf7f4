"""Video and audio files, and what is said in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MediaFile(models.Model):
    """A video or audio file as uploaded."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="media/", max_length=255)
    poster = models.FileField(_("poster picture"), upload_to="media/posters/", max_length=255, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    transcript = models.TextField(_("transcript"), blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("video or audio")
        verbose_name_plural = _("video and audio")

    def __str__(self) -> str:
        return self.title


class Caption(models.Model):
    """Captions of a media file in one language: WebVTT, checked when saved."""

    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=10)
    file = models.FileField(_("WebVTT file"), upload_to="media/captions/", max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint("media", "language", name="one_caption_per_language")]
