"""Finding certificates, and who may see which."""

from typing import Any, Self

from django.db import models


class CertificateQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own. Anybody else needs the token."""
        return self.filter(enrollment__person=person)
