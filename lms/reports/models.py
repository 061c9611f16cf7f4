"""Sums that reports read, kept up to date enrollment by enrollment."""

from django.db import models


class EnrollmentFact(models.Model):
    """What the roll-up last counted for one enrollment. The difference to today is what a fold adds."""

    enrollment = models.OneToOneField(
        "enrollment.Enrollment", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.PROTECT, related_name="+")
    employment_type = models.CharField(max_length=15)
    status = models.CharField(max_length=12, help_text="waiting, not_started, in_progress, completed")


class Rollup(models.Model):
    """How many enrollments of a status a unit's whole branch has in a run, by employment type.

    Every ancestor of a unit has rows of its own, so that a page reads one row per cell and adds up nothing below it.
    """

    unit = models.ForeignKey("people.OrgUnit", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.CASCADE, related_name="+")
    employment_type = models.CharField(max_length=15)
    status = models.CharField(max_length=12)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("unit", "run", "employment_type", "status", name="one_rollup_per_cell"),
        ]
