"""Finding what is on its way in and what is being prepared, and who may see it."""

from typing import Any, Self

from django.db import models


class PreparationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """All of them, for those who look after the library: authors share it."""
        return self if person.has_perm("media.change_mediafile") else self.none()


class UploadQuerySet(models.QuerySet[Any]):
    def of(self, person: Any) -> Self:
        """Her own, as long as she may add files."""
        return self.filter(by=person) if person.has_perm("media.add_mediafile") else self.none()
