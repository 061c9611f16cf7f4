"""Courses, their runs and their outlines: plain tables, quick to read, written by publishing."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.querysets import CourseQuerySet, CourseRunQuerySet, OutlineItemQuerySet


class Category(models.Model):
    """A shelf of the catalog."""

    slug = models.SlugField(unique=True)
    name_id = models.CharField(_("name in Indonesian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("name_id",)

    def __str__(self) -> str:
        return self.name_id


class Course(models.Model):
    """A course as the catalog shows it. The author writes the page; publishing it writes this row.

    ``published_at`` is empty until the first publication and after the page is taken back.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False, help_text="the page's own")
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    about_html = models.TextField(blank=True, help_text="what one learns, sanitized when published")
    audience = models.TextField(_("for whom"), blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="courses")
    jp = models.PositiveSmallIntegerField(_("lesson hours (JP)"), default=0, help_text=_("of 45 minutes"))
    language = models.CharField(_("language"), max_length=5, default="id")
    cover = models.CharField(max_length=255, blank=True, help_text="a rendition's name in the storage")
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, null=True, related_name="courses")
    has_certificate = models.BooleanField(_("gives a certificate"), default=True)
    search_text = models.TextField(blank=True, help_text="lower-cased title, summary and audience")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-published_at"], condition=~Q(published_at=None), name="course_published")]

    def __str__(self) -> str:
        return self.title


class CourseRun(models.Model):
    """One intake of a course (angkatan): when it is taught, and by whom it is organized. Seats are enrollment's."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs")
    title = models.CharField(_("title"), max_length=120)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="runs")
    is_cancelled = models.BooleanField(default=False)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("course run")
        verbose_name_plural = _("course runs")
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="run_ends_after_start")]
        indexes = [models.Index(fields=["course", "starts_at"], name="run_by_course")]

    def __str__(self) -> str:
        return f"{self.course.title}: {self.title}"


class OutlineItem(models.Model):
    """A section, lesson or activity of a course as last published: what progress and reports count.

    ``key`` is the page's or block's own and outlives every publication, so learners' completions do too. An item that
    the author took out keeps its row with ``removed_at`` set. Items are read in ``position`` order, which is the
    order of the course from front to back: section, its lessons, each followed by its activities.
    """

    class Kind(models.TextChoices):
        SECTION = "section", _("section")
        LESSON = "lesson", _("lesson")
        ACTIVITY = "activity", _("activity")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="items")
    key = models.UUIDField()
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    kind = models.CharField(max_length=8, choices=Kind)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    minutes = models.PositiveSmallIntegerField(default=0, help_text="the author's estimate")
    is_required = models.BooleanField(default=True, help_text="counts toward completing the course")
    is_gate = models.BooleanField(default=False, help_text="of a section: the next opens when this one is complete")
    activity_kind = models.CharField(max_length=20, blank=True, help_text="quiz, question, video ...")
    activity_id = models.BigIntegerField(null=True, help_text="of the quiz, question, ... in its own app")
    passing_grade = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="0-100; the activity completes only at or above it",
    )
    criterion = models.JSONField(
        default=dict, db_default={}, help_text="what completes the activity besides, in the words of its kind"
    )
    removed_at = models.DateTimeField(null=True)

    objects = OutlineItemQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("course", "key", name="one_item_per_key")]
        indexes = [
            models.Index(fields=["course", "position"], condition=Q(removed_at=None), name="outline_in_order"),
        ]

    def __str__(self) -> str:
        return self.title
