"""Certificates: the record behind the PDF, the public page and the number."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.querysets import CertificateQuerySet
from certificates.rules import DEFAULT_PATTERN, pattern_problem

PATTERN_PROBLEMS = {
    "unreadable": _("This pattern cannot be read. Check its braces, e.g. {sequence:06d}/{organizer}/{month}/{year}."),
    "unknown-field": _("A pattern can hold {sequence}, {organizer}, {month} and {year}, nothing else in braces."),
    "missing-field": _("A pattern needs {sequence}, {organizer} and {year}, or two certificates would share a number."),
}


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that could give a number twice."""
    if problem := pattern_problem(pattern):
        raise ValidationError(PATTERN_PROBLEMS[problem], code=problem)


class NumberPattern(models.Model):
    """How an organizer writes its certificates' numbers. An organizer without one uses ``rules.DEFAULT_PATTERN``."""

    organizer = models.OneToOneField(
        "people.OrgUnit", on_delete=models.CASCADE, related_name="+", verbose_name=_("organizer")
    )
    pattern = models.CharField(
        _("pattern"),
        max_length=80,
        default=DEFAULT_PATTERN,
        validators=[validate_pattern],
        help_text=_("with {sequence}, {organizer}, {year} and, if wanted, {month} in Roman numerals"),
    )

    class Meta:
        verbose_name = _("certificate number pattern")
        verbose_name_plural = _("certificate number patterns")

    def __str__(self) -> str:
        return self.pattern


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
    exist. ``facts``: name, identity_kind and identity_number, unit, course, run, jp, dates, organizer, issued_on, all
    text. ``file_digest`` is the SHA-256 of the signed PDF; it is set together with ``file``, once.
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
