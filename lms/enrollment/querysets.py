"""Finding enrollments, and who may see which."""

from typing import Any, Self

from django.db import models


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
