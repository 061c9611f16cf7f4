"""Mandatory training: what whom is owed by when, who did it, and who is excused."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.media.rules import own_folder
from lms.enrollment.querysets import DueQuerySet, ExemptionQuerySet, PlanQuerySet
from lms.enrollment.rules.plans import Schedule


def evidence_path(instance: models.Model, filename: str) -> str:
    """Where the evidence of an exemption is stored."""
    return own_folder("evidence", filename)


def days_before() -> list[int]:
    """When people are reminded of what is not yet due, unless a plan says otherwise."""
    return [30, 7, 1]


def days_after() -> list[int]:
    """When people are reminded of what is overdue, unless a plan says otherwise."""
    return [1, 7]


class Plan(models.Model):
    """A course, or any one of several, that an audience has to complete by a day, again every year if it says so.

    It binds the people of the audience who belong to the organizer's branch. ``due_on`` or ``due_days`` say when it is
    due for the first time, ``yearly_month`` and ``yearly_day`` when it is every year; a plan has one of both, or both.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    title = models.CharField(_("title"), max_length=120)
    organizer = models.ForeignKey(
        "people.OrgUnit", on_delete=models.PROTECT, related_name="plans", help_text="whose branch it binds"
    )
    audience = models.ForeignKey("enrollment.Audience", on_delete=models.PROTECT, related_name="plans")
    courses = models.ManyToManyField("catalog.Course", through="enrollment.PlanCourse", related_name="plans")
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    starts_on = models.DateField(_("begins"))
    due_on = models.DateField(null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(3650)])
    yearly_month = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    yearly_day = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    window_days = models.PositiveSmallIntegerField(
        default=60, validators=[MaxValueValidator(365)], help_text="before the day of the year; completions in it count"
    )
    grace_days = models.PositiveSmallIntegerField(
        default=30, validators=[MaxValueValidator(365)], help_text="that whoever comes late has at least"
    )
    counts_since = models.DateField(
        null=True, blank=True, help_text="of the first time: earlier completions do not count"
    )
    equivalence_reason = models.TextField(blank=True, help_text="why other courses count as well")
    reminds_before = models.JSONField(default=days_before, help_text="days before the due day")
    reminds_after = models.JSONField(default=days_after, help_text="days after the due day")
    escalates_after = models.PositiveSmallIntegerField(
        null=True, blank=True, default=7, help_text="days overdue after which the superior is told"
    )
    pending_since = models.DateTimeField(null=True, help_text="its dues are not yet written as it says")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandatory training plan")
        verbose_name_plural = _("mandatory training plans")
        constraints = [
            models.UniqueConstraint("organizer", "title", name="one_plan_of_a_title"),
            models.CheckConstraint(condition=Q(due_on=None) | Q(due_days=None), name="plan_is_first_due_in_one_way"),
            models.CheckConstraint(
                condition=~Q(due_on=None, due_days=None, yearly_month=None), name="plan_says_when_it_is_due"
            ),
            models.CheckConstraint(
                condition=Q(yearly_month=None, yearly_day=None)
                | Q(yearly_month__gte=1, yearly_month__lte=12, yearly_day__gte=1, yearly_day__lte=31),
                name="plan_names_a_day_of_the_year",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def schedule(self) -> Schedule:
        """When it is due, as plain values."""
        yearly = (self.yearly_month, self.yearly_day) if self.yearly_month and self.yearly_day else None
        return Schedule(
            starts_on=self.starts_on,
            due_on=self.due_on,
            due_days=self.due_days,
            yearly=yearly,
            window_days=self.window_days,
            grace_days=self.grace_days,
            counts_since=self.counts_since,
        )


class PlanCourse(models.Model):
    """A course that fulfills a plan. One that ``is_equivalent`` counts where somebody did it, but is not asked for."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="plan_courses")
    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="plan_courses")
    is_equivalent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "course"], name="one_course_per_plan")]


class PlanCycle(models.Model):
    """One round of a plan that has begun: 0 is the first time, otherwise the year in which it is due.

    ``opened_at`` is empty until everybody of the audience has a ``Due`` of it. ``due_on`` is empty where each person's
    own day counts from her entry.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    due_on = models.DateField(null=True)
    counts_from = models.DateField(null=True, help_text="completions before it do not count; empty: all do")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("plan", "number", name="one_cycle_of_a_number")]
        indexes = [models.Index(fields=["plan"], condition=Q(opened_at=None), name="cycles_to_open")]


class Exemption(models.Model):
    """Why some people need not fulfill a plan where it is due from ``starts_on`` to ``ends_on`` (empty: for good).

    Never deleted: taking it back sets ``revoked_at``.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.TextField(_("reason"))
    evidence = models.FileField(_("evidence"), upload_to=evidence_path, max_length=255, blank=True)
    evidence_name = models.CharField(max_length=150, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="exemption_ends_after_start"
            ),
        ]


class ExemptPerson(models.Model):
    """Somebody whom an exemption names."""

    exemption = models.ForeignKey(Exemption, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="exemptions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exemption", "person"], name="one_line_per_exempt_person")]


class Due(models.Model):
    """What one person owes of one cycle of a plan, since ``entered_on``; written in statements, never one by one.

    Whoever leaves the audience owes nothing more: her open dues go, those done and excused stay. Overdue is not stored:
    it is an open due whose day is past.
    """

    class State(models.TextChoices):
        DUE = "due", _("not completed yet")
        DONE = "done", _("done")
        EXCUSED = "excused", _("excused")

    is_derived = True
    """It follows from other rows: nobody is in use because of it (see ``lms.people.queries.used_ids``)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="dues", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="dues", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    entered_on = models.DateField(help_text="since when she has been meant")
    counts_from = models.DateField(null=True)
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.DUE)
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, null=True, related_name="dues", db_index=False
    )
    done_on = models.DateField(null=True)
    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, null=True, related_name="dues")
    remind_on = models.DateField(null=True, help_text="when she is next told; empty: no more")
    escalated_on = models.DateField(null=True, help_text="when her superior was last told")

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "plan", "cycle"], name="one_due_per_person_plan_and_cycle"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False, enrollment__isnull=False)
                | (~Q(state="done") & Q(done_on=None, enrollment=None)),
                name="done_says_when_and_by_what",
            ),
            models.CheckConstraint(condition=~Q(state="excused") | Q(exemption__isnull=False), name="excused_says_why"),
        ]
        indexes = [
            models.Index(fields=["plan", "cycle", "state", "due_on"], name="dues_of_plan"),
            models.Index(fields=["remind_on"], condition=Q(state="due"), name="dues_to_remind"),
            models.Index(fields=["due_on"], condition=Q(state="due"), name="dues_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} owes {self.plan_id}/{self.cycle}"

    def is_overdue(self, today: Any) -> bool:
        """Whether it is open and its day is past."""
        return self.state == self.State.DUE and self.due_on < today
