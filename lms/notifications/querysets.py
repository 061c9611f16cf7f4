"""Finding messages."""

from datetime import datetime
from typing import Any, Self

from django.db import models


class MessageQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own, and nobody else's: what the ministry tells a person is between the two."""
        return self.filter(person=person)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def mail_due(self, now: datetime) -> Self:
        return self.filter(mail_due_at__lte=now)
