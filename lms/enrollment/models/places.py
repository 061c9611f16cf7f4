"""Places in runs: periods, seats, and who has one."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.enrollment.querysets import EnrollmentQuerySet


class EnrollmentPeriod(models.Model):
    """A window in which runs may be chosen (periode), opening at one national instant. One run per learner."""

    title = models.CharField(_("title"), max_length=120)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="periods")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="period_closes_after_opening")
        ]
        indexes = [models.Index(fields=["opens_at"], name="period_by_opening")]

    def __str__(self) -> str:
        return self.title


class RunSeats(models.Model):
    """A run's seats in its period, and how many are taken. The one row that seat-taking locks."""

    run = models.OneToOneField("catalog.CourseRun", on_delete=models.CASCADE, primary_key=True, related_name="seating")
    period = models.ForeignKey(EnrollmentPeriod, on_delete=models.PROTECT, related_name="seatings")
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, help_text=_("empty: no limit"))
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seats=None) | Q(taken__lte=F("seats")), name="never_one_seat_too_many"),
        ]

    @property
    def left(self) -> int | None:
        return None if self.seats is None else self.seats - self.taken


class Enrollment(models.Model):
    """A person's place in a course run.

    Rows are never deleted: withdrawing sets ``status``, so that grades and certificates keep something to point at.
    ``unit`` and ``employment_type`` are those of the day of enrolling. The waiting list is in the order of ``pk``.
    """

    class Status(models.TextChoices):
        SEATED = "seated", _("enrolled")
        WAITING = "waiting", _("on the waiting list")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="enrollments")
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.PROTECT, related_name="enrollments")
    period = models.ForeignKey(EnrollmentPeriod, on_delete=models.PROTECT, related_name="enrollments")
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, null=True, related_name="enrollments")
    employment_type = models.CharField(max_length=15, blank=True)
    status = models.CharField(max_length=9, choices=Status)
    created_at = models.DateTimeField()
    seated_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "run", condition=~Q(status="withdrawn"), name="one_live_enrollment_per_run"
            ),
            models.UniqueConstraint(
                "person", "period", condition=~Q(status="withdrawn"), name="one_live_enrollment_per_period"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "id"], condition=Q(status="waiting"), name="waiting_list"),
            models.Index(fields=["unit", "id"], condition=Q(status="seated"), name="seated_by_unit"),
            models.Index(fields=["person", "-id"], name="enrollments_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.run_id}"
