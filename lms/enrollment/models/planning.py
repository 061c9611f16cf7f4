"""What organizers make runs from."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.enrollment.querysets import OrganizedQuerySet, RunTemplateQuerySet


class PeriodTemplate(models.Model):
    """A period with all of its runs, to make such periods from. Its runs are ``RunTemplate`` rows of its own."""

    name = models.CharField(_("name"), max_length=120)
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="period_templates")
    title = models.CharField(max_length=120, help_text="of the periods made from it")
    stays_open = models.DurationField(help_text="from opening to closing")
    offer_hours = models.PositiveSmallIntegerField(null=True)
    audience = models.ForeignKey(
        "enrollment.Audience", on_delete=models.PROTECT, null=True, related_name="period_templates"
    )

    objects = OrganizedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organizer", "name", name="one_period_template_of_a_name"),
            models.CheckConstraint(condition=Q(stays_open__gt=timedelta()), name="period_template_stays_open"),
        ]

    def __str__(self) -> str:
        return self.name


class RunTemplate(models.Model):
    """The settings of a run, to make runs of many periods from. Its days count from the day on which a period opens.

    One of a ``period_template`` is made with the others of that period, and not offered by itself.
    """

    name = models.CharField(_("name"), max_length=120)
    organizer = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="run_templates")
    course = models.ForeignKey(
        "catalog.Course", on_delete=models.PROTECT, related_name="run_templates", verbose_name=_("course")
    )
    period_template = models.ForeignKey(
        PeriodTemplate, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="runs"
    )
    title = models.CharField(
        _("title of the run"), max_length=120, help_text=_("{tahun} stands for the year in which the run starts.")
    )
    seats = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    starts_after = models.PositiveSmallIntegerField(
        _("starts, in days from the opening"),
        default=7,
        validators=[MaxValueValidator(730)],
        help_text=_("0 is the day on which the period opens. It starts at the hour of the opening."),
    )
    lasts = models.PositiveSmallIntegerField(
        _("days of learning"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text=_("The last day ends at midnight."),
    )
    audience = models.ForeignKey(
        "enrollment.Audience",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="run_templates",
        verbose_name=_("audience"),
        help_text=_("Who may enroll, besides what the period asks; empty: everybody."),
    )
    class_size = models.PositiveSmallIntegerField(
        _("learners in a class"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("Empty: the learners of the run are not split into classes."),
    )

    objects = RunTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("run template")
        verbose_name_plural = _("run templates")
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "name"],
                condition=Q(period_template=None),
                name="one_template_of_a_name",
            ),
            models.CheckConstraint(condition=Q(lasts__gte=1), name="template_lasts_a_day"),
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gte=1), name="template_has_seats"),
            models.CheckConstraint(condition=Q(class_size=None) | Q(class_size__gte=1), name="template_has_classes"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateReserve(models.Model):
    """The share of a template's seats, in percent, that is kept for an audience until so many days after opening."""

    template = models.ForeignKey(RunTemplate, on_delete=models.CASCADE, related_name="reserves")
    audience = models.ForeignKey(
        "enrollment.Audience", on_delete=models.PROTECT, related_name="template_reserves", verbose_name=_("audience")
    )
    percent = models.PositiveSmallIntegerField(
        _("share of the seats (%)"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    released_after = models.PositiveSmallIntegerField(
        _("kept for days after the opening"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text=_("Empty: until you release it."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("template", "audience", name="one_share_per_audience"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="share_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % for {self.audience_id}"
