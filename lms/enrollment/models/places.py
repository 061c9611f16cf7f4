"""Places in runs: periods, seats, and who has one."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.enrollment.querysets import EnrollmentQuerySet, OrganizedQuerySet, RunSeatsQuerySet


class EnrollmentPeriod(models.Model):
    """A window in which runs may be chosen (periode), opening at one national instant. One run per learner."""

    title = models.CharField(_("title"), max_length=120)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="periods")
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offered seat"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("empty: whoever moves up from the waiting list has the seat at once"),
    )
    audience = models.ForeignKey(
        "enrollment.Audience",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="periods",
        verbose_name=_("audience"),
        help_text=_("Who may enroll in its runs; empty: everybody."),
    )
    form_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="of the form that made it: sent twice, it makes one period"
    )

    objects = OrganizedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="period_closes_after_opening")
        ]
        indexes = [models.Index(fields=["opens_at"], name="period_by_opening")]

    def __str__(self) -> str:
        return self.title


class RunSeats(models.Model):
    """A run's seats in its period, and its counters. The one row that seat-taking locks.

    ``taken`` are the seats that people have or are offered, ``held`` those that wait in reserved shares for their
    audience, ``waiting`` the people on the waiting list, ``arrivals`` the last number of arrival that was given out.
    """

    run = models.OneToOneField("catalog.CourseRun", on_delete=models.CASCADE, primary_key=True, related_name="seating")
    period = models.ForeignKey(EnrollmentPeriod, on_delete=models.PROTECT, related_name="seatings")
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, help_text=_("empty: no limit"))
    taken = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    arrivals = models.PositiveIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True, help_text="of the last arrival: no later number has an earlier time")
    audience = models.ForeignKey(
        "enrollment.Audience",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="seatings",
        verbose_name=_("audience"),
        help_text=_("Who may enroll, besides what the period asks; empty: everybody."),
    )
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="as its learners read it"
    )

    objects = RunSeatsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats__gte=F("taken") + F("held")), name="never_one_seat_too_many"
            ),
        ]

    @property
    def left(self) -> int | None:
        """The seats that anybody may take; ``None`` is without limit."""
        return None if self.seats is None else self.seats - self.taken - self.held

    @property
    def audience_ids(self) -> frozenset[int]:
        """The audiences to which whoever enrolls must belong: the run's and the period's."""
        return frozenset(pk for pk in (self.audience_id, self.period.audience_id) if pk is not None)


class SeatReserve(models.Model):
    """Seats of a run that are kept for an audience until they are released to everybody.

    Whoever is in the audience takes one of these first, then an open one. Once ``released_at`` is set the reserve is
    history: its seats, taken or not, count as open ones.
    """

    seating = models.ForeignKey(RunSeats, on_delete=models.CASCADE, related_name="reserves")
    audience = models.ForeignKey("enrollment.Audience", on_delete=models.PROTECT, related_name="reserves")
    seats = models.PositiveIntegerField(_("seats"))
    taken = models.PositiveIntegerField(default=0)
    releases_at = models.DateTimeField(_("released to everybody"), null=True, blank=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "seating", "audience", condition=Q(released_at=None), name="one_reserve_per_audience"
            ),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="never_more_than_reserved"),
        ]
        indexes = [
            models.Index(fields=["releases_at"], condition=Q(released_at=None), name="reserve_by_release"),
        ]

    def __str__(self) -> str:
        return f"{self.seats} for {self.audience_id} in {self.seating_id}"

    @property
    def free(self) -> int:
        return self.seats - self.taken

    def is_due(self, now: datetime) -> bool:
        """Whether its seats are everybody's by now."""
        return self.releases_at is not None and self.releases_at <= now


class Enrollment(models.Model):
    """A person's place in a course run.

    Rows are never deleted: withdrawing sets ``status``, so that grades and certificates keep something to point at.
    ``unit`` and ``employment_type`` are those of the day of enrolling. ``arrival`` is the number that the run gave the
    place when it was asked for, without a gap from 1: the order of the waiting list, and a record that can be audited.
    Who withdraws and enrolls again arrives again. ``reserve`` is the reserved share that the seat is from.
    """

    class Status(models.TextChoices):
        SEATED = "seated", _("enrolled")
        OFFERED = "offered", _("offered a seat")
        WAITING = "waiting", _("on the waiting list")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Other indexes begin with the person and the run, and a period's places are found by its runs: three fewer to write
    # for each place.
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    run = models.ForeignKey("catalog.CourseRun", on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    period = models.ForeignKey(EnrollmentPeriod, on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, null=True, related_name="enrollments")
    employment_type = models.CharField(max_length=15, blank=True)
    status = models.CharField(max_length=9, choices=Status)
    arrival = models.PositiveIntegerField()
    reserve = models.ForeignKey(
        SeatReserve, on_delete=models.PROTECT, null=True, related_name="enrollments", db_index=False
    )
    created_at = models.DateTimeField()
    seated_at = models.DateTimeField(null=True)
    offer_ends_at = models.DateTimeField(null=True, help_text="until when the offered seat can be accepted")
    withdrawn_at = models.DateTimeField(null=True)
    is_cancelled = models.BooleanField(default=False, db_default=False, help_text="ended because the run was cancelled")

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "run", condition=~Q(status="withdrawn"), name="one_live_enrollment_per_run"
            ),
            models.UniqueConstraint(
                "person", "period", condition=~Q(status="withdrawn"), name="one_live_enrollment_per_period"
            ),
            models.UniqueConstraint("run", "arrival", name="one_number_per_arrival"),
            models.CheckConstraint(
                condition=Q(is_cancelled=False) | Q(status="withdrawn"), name="cancelled_places_are_over"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "arrival"], condition=Q(status="waiting"), name="waiting_in_order"),
            models.Index(fields=["offer_ends_at"], condition=Q(status="offered"), name="offers_by_end"),
            models.Index(fields=["person", "-id"], name="enrollments_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.run_id}"
