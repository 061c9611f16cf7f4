"""What authors write: the course as a tree of pages, and the published lesson as learners read it."""

from django.db import models


class PublishedLesson(models.Model):
    """A lesson as published: HTML made once, read at every visit.

    ``parts`` is a list in reading order of ``{"html": "..."}`` and ``{"activity": "<item key>"}``; the player puts the
    learner's own state where an activity stands. ``size`` is its weight in bytes.
    """

    item = models.OneToOneField(
        "catalog.OutlineItem", on_delete=models.CASCADE, primary_key=True, related_name="published_lesson"
    )
    parts = models.JSONField()
    size = models.PositiveIntegerField()
    published_at = models.DateTimeField()
