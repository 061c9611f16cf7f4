"""What a mass enrollment has read from its list."""

from django.db import models


class ListedPlace(models.Model):
    """A row of an uploaded list that names somebody we know: whom to enroll in which run.

    Checking writes it, the run reads it in the order of ``row``, and it goes with the job. Ids without foreign keys:
    a million rows are written at once, and what they name is looked up again under the run's lock.
    """

    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="+")
    row = models.PositiveIntegerField(help_text="as the spreadsheet shows it")
    run_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    person_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("job", "period_id", "person_id", name="one_place_per_list_and_period"),
            models.UniqueConstraint("job", "row", name="one_place_per_listed_row"),
        ]
