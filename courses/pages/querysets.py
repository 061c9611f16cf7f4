"""Finding course pages, and who may write which."""

from typing import Any, Self

from django.db.models import Q
from wagtail.models import PageQuerySet

from lms.people.models import OrgUnit


class CoursePageQuerySet(PageQuerySet):  # type: ignore[misc]
    def editable_by(self, person: Any) -> Self:
        """Her own, and those of the units in whose branch she is an author."""
        if person.is_superuser:
            return self
        editable: Self = self.filter(Q(owner=person) | Q(organizer__in=OrgUnit.objects.visible_to(person, "author")))
        return editable
