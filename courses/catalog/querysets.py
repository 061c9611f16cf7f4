"""Finding courses, runs and outline items."""

from typing import Any, Self

from django.db import models


class CourseQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        return self.exclude(published_at=None)

    def visible_to(self, person: Any) -> Self:
        """The catalog is public: everyone sees what is published."""
        return self.published()


class CourseRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Runs of published courses, cancelled ones included, for those in them are told so."""
        return self.exclude(course__published_at=None)


class OutlineItemQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """What the course holds now, from front to back."""
        return self.filter(removed_at=None).order_by("position")
