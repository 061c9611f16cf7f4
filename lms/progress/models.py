"""How far each learner is, and where she was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CourseProgress(models.Model):
    """How far one enrollment is. Written with each completion, in its transaction; never recomputed by a scan."""

    enrollment = models.OneToOneField(
        "enrollment.Enrollment", on_delete=models.PROTECT, primary_key=True, related_name="progress"
    )
    done = models.PositiveIntegerField(default=0, help_text="required items complete")
    required = models.PositiveIntegerField(default=0, help_text="required items at the last count")
    score = models.DecimalField(_("grade"), max_digits=5, decimal_places=2, null=True, help_text="0-100, of the gates")
    last_item = models.ForeignKey("catalog.OutlineItem", on_delete=models.SET_NULL, null=True, related_name="+")
    seconds = models.PositiveIntegerField(default=0, help_text="time spent, as the pages reported it")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    counted_to = models.DateTimeField(null=True, help_text="time spent is counted up to here, on the server's clock")
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["completed_at"], condition=~Q(completed_at=None), name="progress_completed")]

    @property
    def percent(self) -> int:
        """0-100, rounded down, so that 100 means complete. Who has finished stays at 100, whatever is added later."""
        if self.completed_at:
            return 100
        return self.done * 100 // self.required if self.required else 0


class ItemProgress(models.Model):
    """What one learner did with one lesson or activity: time, position, and whether and when it was completed."""

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="item_progress")
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.CASCADE, related_name="+")
    seconds = models.PositiveIntegerField(default=0)
    position = models.FloatField(default=0, help_text="0-1 down the page of a lesson; seconds into a video or audio")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0-100, the best so far")
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("enrollment", "item", name="one_progress_per_item")]
