"""Course archives that were brought in, and what became of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.media.rules import own_folder
from courses.packages.models import Incoming
from courses.transfer.querysets import CourseImportQuerySet


def archive_path(instance: models.Model, filename: str) -> str:
    """Where an uploaded archive waits for its import."""
    return own_folder("imports", filename)


class CourseImport(Incoming):
    """One archive on its way to a course: uploaded, then imported or refused, with the report item by item.

    ``report`` has the shape described in the app's README. ``page`` is empty when nothing was made, or when the course
    was deleted since.
    """

    file_field = "archive"

    archive = models.FileField(_("course archive"), upload_to=archive_path, max_length=255, blank=True)
    course_key = models.CharField(max_length=255, blank=True, help_text="the course's own name for itself")
    is_second = models.BooleanField(default=False, help_text="a course of the same key may exist already")
    report = models.JSONField(default=dict)
    page = models.ForeignKey("pages.CoursePage", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CourseImportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["course_key"], name="import_by_course_key")]
