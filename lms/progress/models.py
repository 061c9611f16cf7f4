"""How far each learner is, where she was, and what of it a person is to look at."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.progress.querysets import ReviewQuerySet

if TYPE_CHECKING:
    from lms.progress.queries import Snapshot


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

    way: "Snapshot | None" = None
    """The learner's whole way as it was when a report wrote this row: not stored, for whoever goes on from there."""

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
    evidence = models.JSONField(
        default=dict, db_default={}, help_text="what was played, by medium, and what the pages said beyond belief"
    )

    class Meta:
        constraints = [models.UniqueConstraint("enrollment", "item", name="one_progress_per_item")]


class Review(models.Model):
    """Evidence of one learner in one lesson that a person is asked to look at: one row, opened anew if need be.

    ``evidence`` is what the decision rested on; while nothing is decided, it stands in ``ItemProgress``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        ACCEPTED = "accepted", _("accepted")
        AGAIN = "again", _("to be studied again")
        STUDIED = "studied", _("studied after all")

    class Cause(models.TextChoices):
        CLOCK = "clock", _("More was reported than the time allows")
        NOT_ENOUGH = "not_enough", _("Reported as done before enough was seen")

    UNSETTLED: ClassVar[tuple[State, ...]] = (State.OPEN, State.AGAIN)
    """In which real study closes it."""

    # The constraint begins with the enrollment.
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="as the learner reads it")
    evidence = models.JSONField(default=dict, db_default={})

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("enrollment", "item", name="one_review_per_item"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="review_is_open_until_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], condition=Q(state="open"), name="reviews_waiting"),
            models.Index(fields=["-decided_at", "-id"], condition=~Q(state="open"), name="reviews_decided"),
        ]
