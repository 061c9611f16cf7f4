"""Every long or mass action, its course and its results."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.jobs.querysets import JobQuerySet


class Job(models.Model):
    """One run of a long action of some ``kind`` (see ``lms.jobs.kinds``), from upload to undo.

    The row is the list of work: a worker claims it, writes ``checkpoint`` in the transaction of each batch, and any
    worker can go on from there.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        READY = "ready", _("waits for your go-ahead")
        REFUSED = "refused", _("cannot be used")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    phase = models.CharField(
        max_length=10, choices=State, default=State.CHECKING, help_text="what resuming a stopped job goes on with"
    )
    language = models.CharField(max_length=5, default="id", help_text="of the files it writes")
    parameters = models.JSONField(default=dict)
    source = models.FileField(upload_to="jobs/source/", max_length=255, blank=True)
    source_name = models.CharField(max_length=255, blank=True)
    result = models.FileField(upload_to="jobs/result/", max_length=255, blank=True)
    result_name = models.CharField(max_length=255, blank=True)
    errors_file = models.FileField(upload_to="jobs/errors/", max_length=255, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    counts = models.JSONField(default=dict, help_text="what it did or would do, by word of the kind's own")
    checkpoint = models.JSONField(default=dict)
    explanation = models.CharField(
        max_length=60, blank=True, help_text="code of the sentence why it was refused or failed"
    )
    explanation_values = models.JSONField(default=dict)
    trace = models.TextField(blank=True)
    stop_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="times it was taken up without finishing a batch")
    claim = models.UUIDField(null=True, help_text="of the worker that has it; another worker's claim ends the first's")
    claimed_until = models.DateTimeField(null=True)
    pace_at = models.DateTimeField(null=True, help_text="since when the pace is measured, for the end time")
    pace_done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["claimed_until"],
                condition=models.Q(state__in=["checking", "running", "undoing"]),
                name="job_under_way",
            ),
            models.Index(fields=["by", "-created_at"], name="job_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RowProblem(models.Model):
    """What is wrong with one row of a job's source, and how to mend it. ``code`` and ``values`` make the sentence."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(help_text="as the spreadsheet shows it, the heading being row 1")
    field = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    is_warning = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["job", "row"], name="problem_by_row")]


class JobChange(models.Model):
    """What a job did for one row of its source, and how things were before: undoing reads it, backwards.

    ``before`` is in the kind's own words. The row goes when it is undone, or when undoing is no longer possible.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="changes")
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=30)
    target_id = models.BigIntegerField()
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint("job", "row", name="one_change_per_row")]
