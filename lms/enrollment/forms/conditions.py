"""One small form for each kind of condition; what it says is read and judged by ``rules.audiences``."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.enrollment.forms.picking import PickField
from lms.enrollment.rules import audiences as rules
from lms.people.models import EmploymentType, Sex, UnitType
from lms.people.queries import provinces
from lms.people.rules import GRADES, grade_place

YES_OR_NO = {"yes": True, "no": False}
SINCE = [(rules.Joined.MINISTRY.value, _("the ministry")), (rules.Joined.UNIT.value, _("the present unit"))]


class Quiet(forms.Form):
    """A form that can keep its mistakes to itself, while it is still being filled in."""

    is_quiet = False

    @property
    def errors(self) -> Any:
        found = super().errors
        return type(found)() if self.is_quiet else found


class ConditionForm(Quiet):
    """A condition as it is filled in. ``said`` gives it in the words of the language, ``shown`` takes it from there."""

    do_not_call_in_templates = True
    kind: ClassVar[str]
    heading: ClassVar[str | Promise]
    icon: ClassVar[str]

    def said(self) -> dict[str, Any]:
        """The condition for ``read_rule``; what was left open is left out."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        return {"kind": self.kind} | given

    @classmethod
    def shown(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The initial values of a condition that was stored."""
        return dict(stored)


def _ticked(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _one_of(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


def _whole(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, widget=forms.NumberInput({"inputmode": "numeric"}))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


class UnitForm(ConditionForm):
    kind, heading, icon = "unit", _("Unit and everything below it"), "network"
    units = PickField("units", label=_("Units"))


class UnitTypeForm(ConditionForm):
    kind, heading, icon = "unit_type", _("Type of unit"), "building-2"
    types = _ticked(_("Types"), UnitType.choices)


class ProvinceForm(ConditionForm):
    kind, heading, icon = "province", _("Province of the unit"), "map"
    provinces = _ticked(_("Provinces"), lambda: provinces().items())


class RemoteForm(ConditionForm):
    kind, heading, icon = "remote", _("Remote area"), "mountain"
    is_remote = _one_of(_("The unit is"), [("yes", _("in a remote area")), ("no", _("not in a remote area"))])

    def said(self) -> dict[str, Any]:
        return {"kind": self.kind, "is_remote": YES_OR_NO.get(self.cleaned_data.get("is_remote", ""))}

    @classmethod
    def shown(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        return {"is_remote": "yes" if stored["is_remote"] else "no"}


class GradeForm(ConditionForm):
    """The scheme follows from the grades, none of which is in both."""

    kind, heading, icon = "grade", pgettext_lazy("rank", "Grade"), "chart-no-axes-column-increasing"
    CHOICES: ClassVar[list[Any]] = [
        ("", _("no limit")),
        *((scheme.upper(), [(grade, grade) for grade in grades]) for scheme, grades in GRADES.items()),
    ]
    at_least = forms.ChoiceField(label=_("From grade"), choices=CHOICES, required=False)
    at_most = forms.ChoiceField(label=_("To grade"), choices=CHOICES, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        places = [grade_place(cleaned[name]) for name in ("at_least", "at_most") if cleaned.get(name)]
        if len({place[0] for place in places if place}) > 1:
            self.add_error("at_most", _("Choose both grades of PNS, or both of PPPK."))
        return cleaned

    def said(self) -> dict[str, Any]:
        said = super().said()
        place = grade_place(said.get("at_least") or said.get("at_most") or "")
        return said | {"scheme": place[0] if place else "pns"}


class PositionForm(ConditionForm):
    kind, heading, icon = "position", _("Position"), "briefcase-business"
    words = forms.CharField(
        label=_("The position says"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One text on each line, one of which is enough; “guru” also finds “Guru Ahli Pertama”."),
    )

    def said(self) -> dict[str, Any]:
        lines = self.cleaned_data.get("words", "").splitlines()
        return {"kind": self.kind, "words": [line.strip() for line in lines if line.strip()]}

    @classmethod
    def shown(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        return {"words": "\n".join(stored["words"])}


class EmploymentForm(ConditionForm):
    kind, heading, icon = "employment", _("Employment type"), "id-card"
    types = _ticked(_("Types"), EmploymentType.choices)


class SexForm(ConditionForm):
    kind, heading, icon = "sex", _("Sex"), "users"
    sex = _one_of(_("Sex"), Sex.choices)


class AgeForm(ConditionForm):
    kind, heading, icon = "age", _("Age"), "cake"
    at_least, at_most = _whole(_("From (years)")), _whole(_("To (years)"))


class JoinedForm(ConditionForm):
    kind, heading, icon = "joined", _("Joined on"), "calendar-days"
    where = _one_of(_("Joined"), SINCE)
    first_on = _day(_("On or after"))
    last_on = _day(_("On or before"))

    def said(self) -> dict[str, Any]:
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in super().said().items()}


class MonthsInput(forms.MultiWidget):
    """Years and months beside each other."""

    template_name = "enrollment/audiences/months.html"

    def __init__(self) -> None:
        number = {"inputmode": "numeric", "min": 0}
        super().__init__({"years": forms.NumberInput(number), "months": forms.NumberInput(number)})

    def decompress(self, value: int | None) -> list[int | None]:
        return [None, None] if value is None else [value // 12 or None, value % 12 or (None if value else 0)]


class MonthsField(forms.MultiValueField):
    """A length of time, in months."""

    widget = MonthsInput

    def __init__(self, **options: Any) -> None:
        fields = [forms.IntegerField(required=False, min_value=0, max_value=60) for _part in range(2)]
        super().__init__(fields, require_all_fields=False, required=False, **options)

    def compress(self, parts: list[int | None]) -> int | None:
        if not parts or all(part is None for part in parts):
            return None
        years, months = (part or 0 for part in parts)
        return years * 12 + months


class ServedForm(ConditionForm):
    kind, heading, icon = "served", _("Length of service"), "hourglass"
    where = _one_of(_("Counted from joining"), SINCE)
    at_least, at_most = MonthsField(label=_("At least")), MonthsField(label=_("At most"))


class CompletedForm(ConditionForm):
    kind, heading, icon = "completed", _("Completed courses"), "graduation-cap"
    done = _one_of(
        _("Training so far"),
        [("yes", _("completed one of these courses")), ("no", _("completed none of these courses"))],
    )
    courses = PickField("courses", label=_("Courses"))

    def said(self) -> dict[str, Any]:
        return super().said() | {"done": YES_OR_NO.get(self.cleaned_data.get("done", ""))}

    @classmethod
    def shown(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        return dict(stored) | {"done": "yes" if stored["done"] else "no"}


class HoursForm(ConditionForm):
    kind, heading, icon = "hours", _("Hours this year"), "clock"
    at_least, at_most = _whole(_("From (JP)")), _whole(_("To (JP)"))


class PeopleForm(ConditionForm):
    """``pasted`` is read by the editor, which knows whose names may be known here."""

    kind, heading, icon = "people", _("List of people"), "list-checks"
    people = PickField("people", label=_("People"))
    pasted = forms.CharField(
        label=_("Add a whole list"),
        required=False,
        max_length=300_000,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
        help_text=_("NIP, other numbers or e-mail addresses, one on each line. Part of a number finds nobody."),
    )

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in super().said().items() if name != "pasted"}


FORMS: dict[str, type[ConditionForm]] = {
    form.kind: form
    for form in (
        UnitForm,
        UnitTypeForm,
        ProvinceForm,
        RemoteForm,
        PositionForm,
        GradeForm,
        EmploymentForm,
        SexForm,
        AgeForm,
        JoinedForm,
        ServedForm,
        CompletedForm,
        HoursForm,
        PeopleForm,
    )
}
