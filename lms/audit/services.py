"""Writing the audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from lms.audit.models import AuditEntry


def record(action: str, targets: Iterable[models.Model], *, by: models.Model | None, **facts: Any) -> None:
    """Write one entry per target, in the caller's transaction, in one insert.

    ``facts`` must be JSON and hold ids and codes, never a secret or an identity number in clear.
    """
    AuditEntry.objects.bulk_create(
        AuditEntry(
            by_id=by.pk if by else None,
            action=action,
            target_type=target._meta.label_lower,
            target_id=target.pk,
            facts=facts,
        )
        for target in targets
    )
