"""What a mass enrollment has read from its list."""

from django.db import models


class ListedPlace(models.Model):
    """A row of an uploaded list that names somebody we know: whom to enroll in which run.

    Checking writes it, the run reads it in the order of ``row``, and it goes with the job. No foreign keys and one
    index: a million rows are written at once, and what they name is looked up again under the run's lock.
    """

    pk = models.CompositePrimaryKey("job_id", "row")
    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    row = models.PositiveIntegerField(help_text="as the spreadsheet shows it")
    run_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
