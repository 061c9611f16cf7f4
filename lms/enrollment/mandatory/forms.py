"""The shape of plans, of exemptions, and of narrowing lists of who owes what."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Course
from lms.enrollment.forms import AudienceField
from lms.enrollment.mandatory.evidence import EvidenceField
from lms.enrollment.models import Plan, PlanCycle
from lms.enrollment.queries.plans import STANDINGS, DueFilters
from lms.enrollment.querysets import EDITORS
from lms.enrollment.services import Grounds
from lms.people.models import OrgUnit, Person
from lms.people.queries import branch_roots

STANDING_NAMES = {
    "overdue": _("overdue"),
    "due": _("not completed yet"),
    "done": _("done"),
    "excused": _("excused"),
}
MOST_REMINDERS = 6
ON, DAYS, NEVER = "on", "days", "never"


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _number(label: Any, most: int, least: int = 0, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput({"inputmode": "numeric", "class": "short"}),
        **options,
    )


class DaysField(forms.CharField):
    """Some numbers of days, as people write them: ``30, 7, 1``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"required": False, "max_length": 60, "widget": forms.TextInput({"inputmode": "text"}), **options}
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        words = text.replace(";", ",").replace(" ", ",").split(",")
        given = [word for word in words if word]
        if not all(word.isdecimal() and int(word) <= 365 for word in given) or len(given) > MOST_REMINDERS:
            raise forms.ValidationError(
                _("Write at most six numbers of days, up to 365, with commas between them: 30, 7, 1."), code="days"
            )
        return sorted({int(word) for word in given}, reverse=True)


class CourseChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Courses to tick, in a box of their own; those chosen come first."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(Course.objects.none(), **options)

    def offer(self, chosen: list[int]) -> None:
        """Let published courses be chosen, and those that are chosen already."""
        published = Course.objects.filter(published_at__isnull=False) | Course.objects.filter(pk__in=chosen)
        self.queryset = published.only("title", "jp").order_by("title")
        rank = {pk: place for place, pk in enumerate(chosen)}
        rows = sorted(self.queryset, key=lambda course: rank.get(course.pk, len(rank)))
        self.choices = [(course.pk, f"{course.title} ({course.jp} JP)") for course in rows]


class PlanForm(forms.Form):
    """What a plan asks, of whom, by when, and who is told."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("What people read: “Anti-gratification 2027”.")
    )
    organizer = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label=_("Unit"),
        empty_label=None,
        help_text=_("The plan binds the people of its audience who belong to this unit or below it."),
    )
    audience = AudienceField(required=True, empty_label=_("Choose an audience"))
    courses = CourseChoice(label=_("Courses to take"), help_text=_("Any one of those that you tick fulfills the plan."))
    equivalents = CourseChoice(
        label=_("Courses that count as well"),
        required=False,
        help_text=_("Who has completed one of these need not take another; they are not offered."),
    )
    equivalence_reason = forms.CharField(
        label=_("Why they count"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    starts_on = _day(_("The plan begins on"), _("Nobody owes anything before."))
    first = forms.ChoiceField(
        label=_("Due for the first time"),
        choices=[
            (ON, _("by a date")),
            (DAYS, _("some days after joining")),
            (NEVER, _("only every year")),
        ],
        widget=forms.RadioSelect,
    )
    due_on = _day(_("Due by"))
    due_days = _number(_("Days after joining"), 3650)
    grace_days = _number(_("Days that whoever joins late has at least"), 365, initial=30)
    counts_since = _day(_("Count completions since"), _("Empty: a completion counts however long ago it was."))
    is_yearly = forms.BooleanField(label=_("Due again every year"), required=False)
    yearly_day = _number(_("Day"), 31, 1)
    yearly_month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None, choices=[("", "–"), *MONTHS.items()]
    )
    window_days = _number(
        _("Days before it in which a completion counts"), 365, initial=60, help_text=_("The round begins with them.")
    )
    reminds_before = DaysField(label=_("Remind so many days before"), help_text=_("For example 30, 7, 1."))
    reminds_after = DaysField(label=_("Remind so many days after"), help_text=_("For example 1, 7."))
    escalates_after = _number(
        _("Tell the superior after so many days overdue"), 365, 1, help_text=_("Empty: the superior is not told.")
    )

    def __init__(self, data: Any = None, *, person: Person, plan: Plan | None = None) -> None:
        self.plan = plan
        chosen = plan.plan_courses.order_by("course__title").values_list("course_id", "is_equivalent") if plan else []
        courses = [pk for pk, is_equivalent in chosen if not is_equivalent]
        equivalents = [pk for pk, is_equivalent in chosen if is_equivalent]
        super().__init__(data, initial=self._initial(courses, equivalents))
        units: Any = self.fields["organizer"]
        units.queryset = branch_roots(person, *EDITORS).order_by("name")
        if plan is not None:
            units.queryset = OrgUnit.objects.filter(
                pk__in=[*units.queryset.values_list("pk", flat=True), plan.organizer_id]
            )
        self.fields["audience"].offer_to(person, plan and plan.audience)  # type: ignore[attr-defined]
        if plan is not None:
            self.initial["audience"] = plan.audience_id
        for name, ticked in (("courses", courses), ("equivalents", equivalents)):
            field: Any = self.fields[name]
            field.offer(ticked)

    def _initial(self, courses: list[int], equivalents: list[int]) -> dict[str, Any]:
        plan = self.plan
        if plan is None:
            blank = Plan()
            return {
                "starts_on": timezone.localdate(),
                "first": ON,
                "reminds_before": blank.reminds_before,
                "reminds_after": blank.reminds_after,
                "escalates_after": blank.escalates_after,
            }
        fields = {name: getattr(plan, name) for name in self.base_fields if hasattr(plan, name)}
        return fields | {
            "organizer": plan.organizer_id,
            "courses": courses,
            "equivalents": equivalents,
            "first": ON if plan.due_on else NEVER if plan.due_days is None else DAYS,
            "is_yearly": plan.yearly_month is not None,
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first = given.get("first")
        if first == ON and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say by which date it is due."))
        if first == DAYS and given.get("due_days") is None and "due_days" not in self.errors:
            self.add_error("due_days", _("Say how many days after joining it is due."))
        if first == ON and given.get("due_on") and given.get("starts_on") and given["due_on"] < given["starts_on"]:
            self.add_error("due_on", _("It cannot be due before the plan begins."))
        if first == NEVER and not given.get("is_yearly"):
            self.add_error("is_yearly", _("Tick this, or say when it is due for the first time."))
        if given.get("is_yearly") and not (given.get("yearly_day") and given.get("yearly_month")):
            self.add_error("yearly_month", _("Say the day and the month by which it is due every year."))
        both = set(given.get("courses") or ()) & set(given.get("equivalents") or ())
        if both:
            self.add_error(
                "equivalents", _("“%(course)s” is ticked in both lists.") % {"course": next(iter(both)).title}
            )
        if given.get("equivalents") and not given.get("equivalence_reason"):
            self.add_error("equivalence_reason", _("Write down why these courses count."))
        return given

    def filled(self) -> Plan:
        """The plan as the form says, not saved."""
        given = self.cleaned_data
        plan = Plan.objects.select_related("audience", "organizer").get(pk=self.plan.pk) if self.plan else Plan()
        is_yearly, first = given["is_yearly"], given["first"]
        plan.title, plan.organizer, plan.audience = given["title"], given["organizer"], given["audience"]
        plan.starts_on = given["starts_on"] or timezone.localdate()
        plan.due_on = given["due_on"] if first == ON else None
        plan.due_days = given["due_days"] if first == DAYS else None
        plan.yearly_day = given["yearly_day"] if is_yearly else None
        plan.yearly_month = given["yearly_month"] if is_yearly else None
        plan.window_days = 60 if given["window_days"] is None else given["window_days"]
        plan.grace_days = 30 if given["grace_days"] is None else given["grace_days"]
        plan.counts_since = given["counts_since"] if first != NEVER else None
        plan.equivalence_reason = given["equivalence_reason"] if given["equivalents"] else ""
        plan.reminds_before, plan.reminds_after = given["reminds_before"], given["reminds_after"]
        plan.escalates_after = given["escalates_after"]
        return plan


class ExemptionForm(forms.Form):
    """Why people are excused, from when to when, and what proves it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("It stays on record, with your name. Write no diagnosis: “long illness, see letter” is enough."),
    )
    starts_on = forms.DateField(
        label=_("Excused from"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Excused is what is due from this day on."),
    )
    ends_on = _day(_("Excused until"), _("Empty: for good, also from rounds to come."))
    evidence = EvidenceField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("ends_on") and given.get("starts_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return given

    def grounds(self) -> Grounds:
        """What was filled in."""
        given = self.cleaned_data
        return Grounds(given["reason"], given["starts_on"], given["ends_on"], given["evidence"])


class DueFilterForm(forms.Form):
    """Round, status and name, all optional. What does not exist (an old link) is left out."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All statuses")), *((each, STANDING_NAMES[each]) for each in STANDINGS)],
    )

    def filters(self, **known: Any) -> DueFilters:
        """What was chosen."""
        self.full_clean()
        chosen = self.cleaned_data
        return DueFilters(standing=chosen.get("state", ""), text=chosen.get("q", ""), **known)


def round_name(cycle: PlanCycle) -> str:
    """What a round is called."""
    return str(cycle.number) if cycle.number else str(_("first time"))
