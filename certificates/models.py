"""Certificates: the record behind the PDF, the public page and the number."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.querysets import CertificateQuerySet


class NumberSeries(models.Model):
    """The last number an organizer gave in a year. Taken in the transaction of the certificate, so without gaps."""

    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("organizer", "year", name="one_series_per_organizer_and_year")]


class Certificate(models.Model):
    """What was certified, with the facts of that day.

    The row is committed before anything is rendered or signed, so that after any crash there is a record of what may
    exist. ``facts``: name, identity kind and number, unit, course, run, JP, dates, signatory. ``file_digest`` is the
    SHA-256 of the signed PDF; it is set together with ``file``, once.
    """

    class State(models.TextChoices):
        DUE = "due", _("being made")
        ISSUED = "issued", _("valid")
        REVOKED = "revoked", _("revoked")
        REPLACED = "replaced", _("replaced")

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="certificates")
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=32, unique=True, help_text="160 random bits, base32, in the QR code")
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    facts = models.JSONField()
    facts_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    file = models.CharField(max_length=255, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, db_index=True)
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.TextField(blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organizer", "year", "sequence", name="one_certificate_per_number"),
            models.UniqueConstraint(
                "enrollment",
                condition=models.Q(state__in=["due", "issued"]),
                name="one_live_certificate_per_enrollment",
            ),
        ]
        indexes = [models.Index(fields=["claimed_until"], condition=models.Q(state="due"), name="certificate_due")]

    def __str__(self) -> str:
        return self.number
