"""Which jobs a person may see."""

from typing import Any, Self

from django.db import models


class JobQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own jobs; an administrator sees all of them."""
        return self if person.is_superuser else self.filter(by=person)
