"""Finding attempts, and who may see which."""

from typing import Any, Self

from django.db import models


class AttemptQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own, while she has her place in the run."""
        return self.filter(enrollment__person=person, enrollment__status="seated")
