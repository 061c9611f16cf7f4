"""Quizzes, attempts at them, and practice in lessons."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.quizzes.querysets import AttemptQuerySet


class Quiz(models.Model):
    """A test an author puts together: which questions, how often, how long, and what the learner is told."""

    class Feedback(models.TextChoices):
        FULL = "full", _("which answers were right, and why")
        RESULTS = "results", _("which answers were right")
        SCORE = "score", _("the grade only")

    title = models.CharField(_("title"), max_length=200)
    course = models.ForeignKey(
        "catalog.Course",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="quizzes",
        verbose_name=_("course"),
    )
    instructions = models.TextField(_("instructions"), blank=True)
    passing_grade = models.DecimalField(
        _("passing grade"),
        max_digits=5,
        decimal_places=2,
        default=70,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts"), null=True, blank=True, default=3, help_text=_("empty: no limit")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True, help_text=_("empty: no limit"))
    shuffle = models.BooleanField(_("shuffle questions and choices"), default=False)
    feedback = models.CharField(_("what the learner is told"), max_length=7, choices=Feedback, default=Feedback.FULL)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class QuizQuestion(models.Model):
    """A question's place and weight in a quiz."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="places")
    question = models.ForeignKey("bank.Question", on_delete=models.PROTECT, related_name="places")
    position = models.PositiveIntegerField()
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=1)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint("quiz", "question", name="a_question_once_per_quiz")]


class Attempt(models.Model):
    """One try at a quiz. ``paper`` is what was asked, fixed at the start; ``answers`` is what was saved so far.

    ``paper``: a list of ``{"version": id, "kind": name, "points": "1.00", "order": [...]}`` in the learner's own order.
    ``answers``: by version id, in the shape of the question's kind. The deadline is the server's: what arrives later
    is not counted.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SUBMITTED = "submitted", _("submitted")

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="attempts")
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    paper = models.JSONField()
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0-100")
    has_passed = models.BooleanField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("enrollment", "item", "number", name="one_attempt_per_number"),
            models.UniqueConstraint("enrollment", "item", condition=Q(state="open"), name="one_open_attempt"),
        ]
        indexes = [models.Index(fields=["deadline_at"], condition=Q(state="open"), name="attempt_deadline")]


class Response(models.Model):
    """How one question of a submitted attempt was answered and marked: written once, for review and analysis."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    version = models.ForeignKey("bank.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField(null=True)
    fraction = models.DecimalField(max_digits=5, decimal_places=4, help_text="0-1 of the points")
    points = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint("attempt", "version", name="one_response_per_question")]


class Practice(models.Model):
    """A learner's last answer to a question inside a lesson: no limit, marked at once, best mark kept."""

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.CASCADE, related_name="practice")
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("bank.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    fraction = models.DecimalField(max_digits=5, decimal_places=4)
    tries = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("enrollment", "item", name="one_practice_per_item")]
