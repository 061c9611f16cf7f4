"""The forms of the planner. Moments are typed by the clock of a zone that each form names."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.catalog.models import Course
from lms.enrollment.errors import TemplateNameTaken
from lms.enrollment.forms import SHOWN, AudienceField
from lms.enrollment.models import Audience, EnrollmentPeriod, PeriodTemplate, RunSeats, RunTemplate, TemplateReserve
from lms.enrollment.querysets import PLANNERS
from lms.enrollment.services import NewRun
from lms.people.models import OrgUnit, Person
from lms.people.queries import branch_roots
from theme.templatetags.moments import ZONE_NAMES
from theme.templatetags.windows import both_zones

ZONES = [(zone, ZONE_NAMES[zone]) for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")]
MOST_RUNS = 60
"""Runs that one form holds."""
EVERYBODY = gettext_lazy("Everybody")
NO_LIMIT = gettext_lazy("Empty: no limit.")
Choices = Sequence[tuple[Any, Any]]


class ClockInput(forms.DateTimeInput):
    """A day and an hour, and below them the same moment by the reader's clock and by the capital's.

    ``zone`` is by whose clock it is typed. What is said follows the fields as they are changed.
    """

    template_name = "planner/clock_input.html"
    zone = ""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {"said": clocks_of(value, self.zone), "url": reverse("enrollment:planner-clocks")}
        return context


class ClockField(forms.Field):
    """A day and an hour as typed, without a zone: the form knows by whose clock."""

    widget = ClockInput
    default_error_messages = {"invalid": gettext_lazy("Give a day and an hour, for example 2026-01-05 08:00.")}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        try:
            moment = parse_datetime(str(value).strip().replace(" ", "T"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None or not 2000 <= moment.year <= 2200:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class ZoneField(forms.ChoiceField):
    """By which of the country's clocks the form is to be read."""

    def __init__(self, **options: Any) -> None:
        label = gettext_lazy("Times are given in")
        super().__init__(**{"choices": ZONES, "label": label, **options})


def clocks_of(typed: Any, zone: Any) -> str:
    """What is typed by the clock of a zone, by the reader's clock and the capital's; nothing of what is no moment."""
    if zone not in dict(ZONES):
        return ""
    try:
        clock = ClockField(required=False).clean(typed)
    except ValidationError:
        return ""
    return both_zones(_moment(clock, zone)) if clock else ""


def _by_clock_of(form: forms.BaseForm, zone: Any = None) -> None:
    """Tell the fields of a form by whose clock they are typed: its own choice of zone, unless told."""
    if zone is None and "zone" in form.fields:
        zone = form["zone"].value()
    for field in form.fields.values():
        if isinstance(field, ClockField):
            cast("ClockInput", field.widget).zone = str(zone or "")


def own_zone(person: Person, unit: OrgUnit | None = None) -> str:
    """The zone in which an organizer plans: that of her unit, as far as the country has it."""
    zone = unit.time_zone if unit else person.time_zone
    return zone if zone in dict(ZONES) else ZONES[0][0]


def units_to_plan_for(person: Person) -> "list[OrgUnit]":
    """The units in whose name she plans."""
    return list(branch_roots(person, *PLANNERS).order_by("name"))


class ReasonForm(forms.Form):
    """Why something is done that others will ask about."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept with your name in the audit trail."),
    )


class ToldReasonForm(ReasonForm):
    """The same, where everybody who is concerned is told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Everybody who is concerned reads it, and the audit trail keeps it.")


class ExtendForm(ToldReasonForm):
    """A later end."""

    zone = ZoneField()
    until = ClockField(label=gettext_lazy("New end"))

    field_order = ("until", "zone", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _by_clock_of(self)

    def moment(self) -> datetime:
        return _moment(self.cleaned_data["until"], self.cleaned_data["zone"])


class PeriodForm(forms.ModelForm):  # type: ignore[type-arg]
    """A period: its window by the organizer's clock, how seats are offered, and for whom it is."""

    zone = ZoneField()
    opens = ClockField(label=gettext_lazy("Opens"))
    closes = ClockField(label=gettext_lazy("Closes"))
    audience = AudienceField(
        help_text=gettext_lazy("Who may enroll in the runs of this period. Places given already stay.")
    )

    field_order = ("title", "opens", "closes", "zone", "organizer", "offer_hours", "audience")

    class Meta:
        model = EnrollmentPeriod
        fields = ("title", "organizer", "offer_hours")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizer = cast("forms.ModelChoiceField[OrgUnit]", self.fields["organizer"])
        organizer.label = _("Organizer")
        units = units_to_plan_for(person)
        organizer.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in units])
        if len(units) == 1:
            self.initial["organizer"] = self.instance.organizer_id or units[0].pk
            organizer.widget = forms.HiddenInput()
        cast("AudienceField", self.fields["audience"]).offer_to(person, self.instance.audience)
        period = self.instance
        zone = self.initial.setdefault("zone", own_zone(person, units[0] if units else None))
        if period.pk:
            del self.fields["organizer"]
            self.initial["opens"] = by_clock(period.opens_at, zone)
            self.initial["closes"] = by_clock(period.closes_at, zone)
            if period.opens_at <= timezone.now():
                for name in ("opens", "closes", "zone"):
                    del self.fields[name]
        _by_clock_of(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The period must close after it opens."))
        return cleaned

    def clock(self) -> ZoneInfo:
        """By which clock the times are given."""
        return ZoneInfo(self.cleaned_data["zone"])

    def window(self) -> tuple[datetime, datetime]:
        """When it opens and closes; as it was where the window is not to be changed."""
        if "opens" not in self.fields:
            return self.instance.opens_at, self.instance.closes_at
        cleaned = self.cleaned_data
        return _moment(cleaned["opens"], cleaned["zone"]), _moment(cleaned["closes"], cleaned["zone"])

    def period(self) -> EnrollmentPeriod:
        """The period as it is to be made."""
        opens_at, closes_at = self.window()
        return EnrollmentPeriod(
            title=self.cleaned_data["title"],
            opens_at=opens_at,
            closes_at=closes_at,
            organizer=self.cleaned_data["organizer"],
            offer_hours=self.cleaned_data["offer_hours"],
            audience=self.cleaned_data["audience"],
        )


class RunDraftForm(forms.Form):
    """A run of a period that is being planned."""

    course = forms.TypedChoiceField(label=gettext_lazy("Course"), coerce=int)
    title = forms.CharField(label=gettext_lazy("Title of the run"), max_length=120)
    starts = ClockField(label=gettext_lazy("Learning starts"))
    ends = ClockField(label=gettext_lazy("Learning ends"))
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"), required=False, min_value=1, max_value=10_000_000, help_text=NO_LIMIT
    )
    class_size = forms.IntegerField(
        label=gettext_lazy("Learners in a class"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("Empty: no classes."),
    )
    audience = forms.TypedChoiceField(
        label=gettext_lazy("For whom"), coerce=int, required=False, empty_value=None, choices=[("", EVERYBODY)]
    )
    source = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, courses: Choices = (), audiences: Choices = (), zone: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _by_clock_of(self, zone)
        cast("forms.ChoiceField", self.fields["course"]).choices = courses
        cast("forms.ChoiceField", self.fields["audience"]).choices = audiences

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return _ordered(self, cleaned)

    def new_run(self, zone: ZoneInfo, reserves: Sequence[Any]) -> NewRun:
        cleaned = self.cleaned_data
        return NewRun(
            course_id=cleaned["course"],
            title=cleaned["title"],
            starts_at=cleaned["starts"].replace(tzinfo=zone),
            ends_at=cleaned["ends"].replace(tzinfo=zone),
            seats=cleaned["seats"],
            audience_id=cleaned["audience"],
            class_size=cleaned["class_size"],
            reserves=reserves,
        )


class _RunDrafts(forms.BaseFormSet[RunDraftForm]):
    def kept(self) -> list[RunDraftForm]:
        """The forms that are to become runs."""
        return [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Leave this run out")


RunDrafts = forms.formset_factory(
    RunDraftForm, formset=_RunDrafts, extra=0, can_delete=True, max_num=MOST_RUNS, validate_max=True
)


def choices_of_runs(person: Person, present: set[int] = frozenset()) -> dict[str, Choices]:  # type: ignore[assignment]
    """What every form of a run offers, asked once for all of them: courses, and audiences by unit."""
    courses = Course.objects.published().order_by("title").values_list("pk", "title")
    own = Audience.objects.visible_to(person).current()
    rows = (own | Audience.objects.filter(pk__in=present)).select_related("organizer")
    audiences = rows.order_by("organizer__name", "organizer", "name")[: SHOWN * 5]
    groups: list[tuple[Any, Any]] = [("", EVERYBODY)]
    for unit, some in groupby(audiences, key=lambda audience: str(audience.organizer)):
        groups.append((unit, [(audience.pk, audience.name) for audience in some]))
    return {"courses": [("", _("Choose a course")), *courses], "audiences": groups}


class RunForm(forms.Form):
    """What can be changed about a run that is offered; its days only while nobody has a place."""

    title = forms.CharField(label=gettext_lazy("Title of the run"), max_length=120)
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("Empty: no limit. More seats go to the waiting list at once."),
    )
    class_size = forms.IntegerField(
        label=gettext_lazy("Learners in a class"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("Empty: learners who come are not split into classes."),
    )
    audience = AudienceField(help_text=gettext_lazy("Who may enroll in this run, besides what its period asks."))
    starts = ClockField(label=gettext_lazy("Learning starts"))
    ends = ClockField(label=gettext_lazy("Learning ends"))
    zone = ZoneField()

    field_order = ("title", "starts", "ends", "zone", "seats", "class_size", "audience")

    def __init__(self, *args: Any, person: Person, seating: RunSeats, **kwargs: Any) -> None:
        split, zone = getattr(seating.run, "class_split", None), own_zone(person, seating.period.organizer)
        initial = {
            "title": seating.run.title,
            "seats": seating.seats,
            "class_size": split.size if split else None,
            "starts": by_clock(seating.run.starts_at, zone),
            "ends": by_clock(seating.run.ends_at, zone),
            "zone": zone,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.may_move = not (seating.taken or seating.waiting)
        if not self.may_move:
            for name in ("starts", "ends", "zone"):
                del self.fields[name]
        _by_clock_of(self)
        cast("AudienceField", self.fields["audience"]).offer_to(person, seating.audience)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return _ordered(self, cleaned)

    def days(self) -> tuple[datetime, datetime] | None:
        """When learning is to start and end, where that was changed."""
        cleaned = self.cleaned_data
        if not {"starts", "ends", "zone"}.intersection(self.changed_data):
            return None
        return _moment(cleaned["starts"], cleaned["zone"]), _moment(cleaned["ends"], cleaned["zone"])


class ReserveForm(forms.Form):
    """Seats to keep for an audience."""

    audience = AudienceField(required=True, empty_label=gettext_lazy("Choose an audience"))
    seats = forms.IntegerField(label=gettext_lazy("Seats to keep"), min_value=0, max_value=10_000_000)
    until = ClockField(
        label=gettext_lazy("Kept until"), required=False, help_text=gettext_lazy("Empty: until you release them.")
    )
    zone = ZoneField()

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("AudienceField", self.fields["audience"]).offer_to(person)
        _by_clock_of(self)

    def kept_until(self) -> datetime | None:
        moment = self.cleaned_data["until"]
        return _moment(moment, self.cleaned_data["zone"]) if moment else None


class StartForm(forms.Form):
    """What a new period begins with: its window, and where its runs come from."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    opens = ClockField(label=gettext_lazy("Opens"))
    closes = ClockField(label=gettext_lazy("Closes"))
    zone = ZoneField()

    def __init__(self, *args: Any, templates: Sequence[RunTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = templates
        for template in templates:
            self.fields[f"copies-{template.pk}"] = forms.IntegerField(
                label=template.name, required=False, min_value=0, max_value=20, initial=0
            )
        _by_clock_of(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The period must close after it opens."))
        if sum(self.copies().values()) > MOST_RUNS:
            raise ValidationError(_("A period is planned with at most %(most)s runs at once.") % {"most": MOST_RUNS})
        return cleaned

    def copies(self) -> dict[int, int]:
        """How many runs of each template."""
        return {template.pk: self.cleaned_data.get(f"copies-{template.pk}") or 0 for template in self.templates}

    def copy_fields(self) -> list[tuple[RunTemplate, forms.BoundField]]:
        return [(template, self[f"copies-{template.pk}"]) for template in self.templates]


class OpeningForm(forms.Form):
    """When a period that is made from a template opens."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    opens = ClockField(label=gettext_lazy("Opens"))
    zone = ZoneField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _by_clock_of(self)


class KeepForm(forms.Form):
    """What a template of a period is called."""

    name = forms.CharField(
        label=gettext_lazy("Name of the template"),
        max_length=120,
        help_text=gettext_lazy("For example: Regular quarter."),
    )

    def __init__(self, *args: Any, organizer: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizer = organizer

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if PeriodTemplate.objects.filter(organizer=self.organizer, name=name).exists():
            raise ValidationError(TemplateNameTaken.message)
        return name


class ShiftForm(forms.Form):
    """How much later than an earlier period a new one is."""

    shift = forms.TypedChoiceField(
        label=gettext_lazy("Dates move by"),
        coerce=int,
        choices=[
            (364, gettext_lazy("52 weeks, to the same weekday")),
            (91, gettext_lazy("13 weeks, to the same weekday")),
            (0, gettext_lazy("as many days as I say")),
        ],
    )
    days = forms.IntegerField(label=gettext_lazy("Days"), required=False, min_value=1, max_value=3650)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("shift") == 0 and not cleaned.get("days") and not self.errors:
            self.add_error("days", _("Say by how many days."))
        return cleaned

    def later(self) -> int:
        return int(self.cleaned_data["shift"] or self.cleaned_data["days"])


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The settings of a run, to be used again."""

    audience = AudienceField(help_text=gettext_lazy("Who may enroll, besides what the period asks."))

    field_order = ("name", "organizer", "course", "title", "seats", "starts_after", "lasts", "class_size", "audience")

    class Meta:
        model = RunTemplate
        fields = ("name", "organizer", "course", "title", "seats", "starts_after", "lasts", "class_size", "audience")
        field_classes = {"audience": AudienceField}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_to_plan_for(person)
        organizer = cast("forms.ModelChoiceField[OrgUnit]", self.fields["organizer"])
        organizer.label = _("Organizer")
        known = {self.instance.organizer_id} if self.instance.pk else set()
        organizer.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in units] + list(known))
        if len(units) == 1:
            self.initial["organizer"] = self.instance.organizer_id or units[0].pk
            organizer.widget = forms.HiddenInput()
        cast("forms.ModelChoiceField[Course]", self.fields["course"]).queryset = Course.objects.published().order_by(
            "title"
        )
        cast("AudienceField", self.fields["audience"]).offer_to(person, self.instance.audience)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        others = RunTemplate.objects.alone().exclude(pk=self.instance.pk)
        if others.filter(organizer=cleaned.get("organizer"), name=cleaned.get("name")).exists():
            self.add_error("name", str(TemplateNameTaken.message))
        return cleaned


class ShareForm(forms.Form):
    """A share of a template's seats."""

    audience = forms.TypedChoiceField(label=gettext_lazy("Audience"), coerce=int, required=False, empty_value=None)
    percent = forms.IntegerField(
        label=gettext_lazy("Share of the seats (%)"), required=False, min_value=1, max_value=100
    )
    released_after = forms.IntegerField(
        label=gettext_lazy("Kept for days after the opening"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text=gettext_lazy("Empty: until you release it."),
    )

    def __init__(self, *args: Any, audiences: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [("", _("No share")), *list(audiences)[1:]]
        cast("forms.ChoiceField", self.fields["audience"]).choices = own

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("audience") and not cleaned.get("percent") and "percent" not in self.errors:
            self.add_error("percent", _("Say how large the share is."))
        return cleaned


class _Shares(forms.BaseFormSet[ShareForm]):
    def clean(self) -> None:
        if any(self.errors):
            return
        shares = self.shares()
        if len({share.audience_id for share in shares}) < len(shares):
            raise ValidationError(_("Name each audience once."))
        if sum(share.percent for share in shares) > 100:
            raise ValidationError(_("The shares are more than all of the seats."))

    def shares(self) -> list[TemplateReserve]:
        """The shares that are named."""
        return [
            TemplateReserve(
                audience_id=form.cleaned_data["audience"],
                percent=form.cleaned_data["percent"],
                released_after=form.cleaned_data["released_after"],
            )
            for form in self.forms
            if form.cleaned_data.get("audience")
        ]


Shares = forms.formset_factory(ShareForm, formset=_Shares, extra=3, max_num=5)


def by_clock(moment: datetime, zone: str) -> datetime:
    """What the clock of a zone shows at a moment, for a field."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def next_opening(zone: str) -> datetime:
    """A proposal: 08.00 in the ministry's capital, on a Monday two weeks ahead."""
    today = timezone.now().astimezone(ZoneInfo("Asia/Jakarta"))
    monday = today + timedelta(days=14 - today.weekday())
    return by_clock(monday.replace(hour=8, minute=0), zone)


def _ordered(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """What was given, with a complaint where learning ends before it starts."""
    starts, ends = cleaned.get("starts"), cleaned.get("ends")
    if starts and ends and ends <= starts:
        form.add_error("ends", _("The run must end after it starts."))
    return cleaned


def _moment(clock: datetime, zone: str) -> datetime:
    return clock.replace(tzinfo=ZoneInfo(zone))
