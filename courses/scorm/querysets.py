"""Finding packages, and who may see which."""

from typing import Any, Self

from django.db import models


class PackageQuerySet(models.QuerySet[Any]):
    def editable_by(self, person: Any) -> Self:
        """All packages, for those who write courses: authors share one library of them, as of pictures."""
        return self if person.has_perm("scorm.change_package") else self.none()


class PackageImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own, while she may bring packages in."""
        return self.filter(by=person) if person.has_perm("scorm.change_package") else self.none()


class RegistrationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own, while she has her place in the run."""
        return self.filter(enrollment__person=person, enrollment__status="seated")
