"""Whom something is for: rules over people, and who meets them today."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.enrollment.querysets import AudienceQuerySet


class Audience(models.Model):
    """A rule that says whom something is for, and the people who meet it today, kept as ``AudienceMember`` rows.

    ``rule`` is in the language of ``rules.audiences``. The ``follows_*`` marks are read off it, so that a change finds
    the audiences that it can touch without reading every rule. In the archive it keeps its rule, and holds nobody.
    """

    name = models.CharField(_("name"), max_length=120)
    organizer = models.ForeignKey(
        "people.OrgUnit", on_delete=models.PROTECT, related_name="audiences", help_text="whose branch may edit it"
    )
    rule = models.JSONField()
    members = models.PositiveIntegerField(_("people"), default=0)
    follows_places = models.BooleanField(default=False)
    follows_persons = models.BooleanField(default=False)
    follows_units = models.BooleanField(default=False)
    follows_training = models.BooleanField(default=False)
    follows_days = models.BooleanField(default=False)
    evaluated_on = models.DateField(help_text="time-driven conditions are answered as of this day")
    pending_since = models.DateTimeField(null=True, help_text="the rule has changed and its people are not yet written")
    archived_at = models.DateTimeField(null=True, help_text="put away: not offered, and nobody is kept in it")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(help_text="of the name or the rule")

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [
            models.UniqueConstraint("organizer", "name", name="one_audience_of_a_name"),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(members=0, pending_since=None), name="archived_audience_holds_nobody"
            ),
        ]
        indexes = [
            models.Index(fields=["evaluated_on"], condition=Q(follows_days=True), name="audience_by_day"),
            models.Index(fields=["pending_since"], condition=~Q(pending_since=None), name="audience_pending"),
        ]

    def __str__(self) -> str:
        return self.name


class AudienceMember(models.Model):
    """A person who meets an audience's rule, since the moment this was found. Written by refreshing only."""

    is_derived = True
    """It follows from other rows: nobody is in use because of it (see ``lms.people.queries.used_ids``)."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="audiences")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "person"], name="one_membership_per_audience")]
