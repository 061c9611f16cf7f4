"""Filters over imports."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from lms.people.models import Person


class CourseImportQuerySet(models.QuerySet[Any]):
    """Imports of course archives."""

    def visible_to(self, person: "Person") -> "CourseImportQuerySet":
        """One's own; an administrator sees all."""
        return self if person.is_superuser else self.filter(by=person)

    def alive(self, course_key: str) -> "CourseImportQuerySet":
        """Imports of one course that still stands."""
        return self.filter(course_key=course_key).exclude(page=None)
