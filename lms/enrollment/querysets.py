"""Finding enrollments and audiences, and who may see which."""

from typing import Any, Self

from django.db import models

from lms.people.querysets import units_below

EDITORS = ("organizer", "hr_officer", "administrator")
"""The roles whose holders make audiences in their branch."""


class EnrollmentQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        return self.exclude(status="withdrawn")

    def seated(self) -> Self:
        return self.filter(status="seated")

    def completed(self) -> Self:
        """Those whose course is complete. Progress, an app above, writes that row; it is read here by its name."""
        return self.filter(progress__completed_at__isnull=False)

    def visible_to(self, person: Any) -> Self:
        """Her own. Officers read others' through reports, never here."""
        return self.filter(person=person)


class AudienceQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Those of the units in branches where she organizes or looks after people: she may edit them, too."""
        if person.is_superuser:
            return self
        return self.filter(organizer__in=units_below(person, *EDITORS))
