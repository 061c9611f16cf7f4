"""Who changed what, when, and by whose hand."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One change by one hand. Rows are only ever added: the database refuses to change or delete them."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="empty: the system"
    )
    action = models.CharField(max_length=80, help_text="app.verb, e.g. enrollment.withdraw")
    target_type = models.CharField(max_length=80)
    target_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id", "at"], name="audit_by_target")]
