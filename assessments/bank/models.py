"""Questions and their versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question that authors place in quizzes and lessons. What it asks is in its versions; the last one is used."""

    kind = models.CharField(_("kind"), max_length=20, help_text="a name from assessments.bank.kinds")
    title = models.CharField(_("title"), max_length=200, help_text=_("for authors, to find it again"))
    course = models.ForeignKey(
        "catalog.Course",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("course"),
    )
    current = models.ForeignKey("QuestionVersion", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class QuestionVersion(models.Model):
    """What a question asked at some time. Never changed: an attempt keeps pointing at what the learner saw.

    ``body`` has the shape of its kind (see ``assessments.bank.kinds``): ``text`` (sanitized HTML), the choices or the
    key, ``feedback`` and ``hints``. It holds the answer key, so it never goes to a browser as it is.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("question", "number", name="one_version_per_number")]
