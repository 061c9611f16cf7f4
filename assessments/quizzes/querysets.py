"""Finding attempts, and who may see which."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import JSONField
from django.db.models.expressions import Func

from assessments.quizzes.rules import GRACE


class MergedJson(Func):
    """One JSON object laid over another in the database, so that two devices that save at once both keep theirs."""

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return super().as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" || ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return super().as_sql(compiler, connection, function="json_patch", **context)


class AttemptQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own, while she has her place in the run."""
        return self.filter(enrollment__person=person, enrollment__status="seated")

    def open(self) -> Self:
        return self.filter(state="open")

    def overdue(self, now: datetime) -> Self:
        """Open attempts whose time, with the grace for what was under way, is over."""
        return self.open().filter(deadline_at__lt=now - GRACE)
