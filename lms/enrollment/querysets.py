"""Finding enrollments, and who may see which."""

from typing import Any, Self

from django.db import models


class EnrollmentQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        return self.exclude(status="withdrawn")

    def visible_to(self, person: Any) -> Self:
        """Her own. Officers read others' through reports, never here."""
        return self.filter(person=person)
