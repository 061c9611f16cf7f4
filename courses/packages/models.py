"""The shape of a row that stands for a file on its way in; no table of this app's own."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Incoming(models.Model):
    """A file that somebody uploaded: it waits, then it is brought in or refused, and the row says what became of it.

    Whoever inherits adds the file itself, under the name in ``file_field``, and what the file became.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("imported")
        REFUSED = "refused", _("refused")

    file_field: ClassVar[str] = "package"

    source_name = models.CharField(_("file"), max_length=255)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often a worker took it up")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.source_name
