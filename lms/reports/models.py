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

    ``standing`` is empty while the enrollment is counted nowhere. Unit and run are those of an enrollment, which keeps
    both from being deleted: no keys and indexes of its own for them.
    """

    enrollment = models.OneToOneField(
        "enrollment.Enrollment", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    unit = models.ForeignKey(
        "people.OrgUnit",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    run = models.ForeignKey(
        "catalog.CourseRun", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    employment_type = models.CharField(max_length=15, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)

    is_derived = True


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
