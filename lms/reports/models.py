"""Sums that reports read, kept up to date enrollment by enrollment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """Where an enrollment stands, as reports count it. A withdrawn one counts nowhere."""

    WAITING = "waiting", _("waiting list")
    NOT_STARTED = "not_started", _("not started")
    IN_PROGRESS = "in_progress", _("in progress")
    COMPLETED = "completed", _("completed")


class EnrollmentFact(models.Model):
    """What the roll-up last counted for one enrollment. The difference to today is what a fold adds.

    ``standing`` is empty while the enrollment is counted nowhere.
    """

    enrollment = models.OneToOneField(
        "enrollment.Enrollment", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.PROTECT, related_name="+")
    employment_type = models.CharField(max_length=15, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)


class Rollup(models.Model):
    """How many enrollments of a standing a unit's whole branch has in a run, by employment type.

    Every ancestor of a unit has rows of its own, so that a page reads one row per cell and adds up nothing below it.
    """

    unit = models.ForeignKey("people.OrgUnit", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.CASCADE, related_name="+")
    employment_type = models.CharField(max_length=15, blank=True)
    standing = models.CharField(max_length=12, choices=Standing)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("unit", "run", "employment_type", "standing", name="one_rollup_per_cell"),
        ]
