"""The shape of what people and officers ask and choose."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lms.people.models import EmploymentType, Person, Role
from lms.people.queries import person_to_appoint

ZONES = [
    ("Asia/Jakarta", _("WIB (western Indonesia)")),
    ("Asia/Makassar", _("WITA (central Indonesia)")),
    ("Asia/Jayapura", _("WIT (eastern Indonesia)")),
]


class PreferencesForm(forms.Form):
    """Her own choice of language and clock."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES, help_text=_("All times are shown in this zone."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.initial.get("time_zone")
        if zone and zone not in dict(ZONES):
            self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")), *ZONES]  # type: ignore[attr-defined]


class PeopleFilter(forms.Form):
    """What an officer looks for. What cannot be read is left out, not refused."""

    q = forms.CharField(
        label=_("Name or full number"), required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )
    employment = forms.ChoiceField(
        label=_("Employment type"), required=False, choices=[("", _("All types")), *EmploymentType.choices]
    )


def _day(label: Any, help_text: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, **options)


class RoleForm(forms.Form):
    """Who is to have which role of a unit, from when until when."""

    kind = forms.ChoiceField(label=_("Role"))
    login = forms.CharField(
        label=_("E-mail address or number"),
        max_length=150,
        help_text=_("The whole address; or the whole NIP or other number of somebody in your branch."),
    )
    starts_on = _day(_("First day"), "")
    ends_on = _day(_("Last day"), _("Empty: until you end it."), required=False)

    def __init__(self, *args: Any, kinds: Sequence[Role.Kind], by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"starts_on": timezone.localdate()}, **kwargs})
        self.by = by
        kind = cast("forms.ChoiceField", self.fields["kind"])
        kind.choices = [("", _("Choose a role")), *((each.value, capfirst(each.label)) for each in kinds)]
        if len(kinds) == 1:
            kind.initial, kind.widget = kinds[0].value, forms.HiddenInput()

    def clean_login(self) -> Person:
        person = person_to_appoint(self.cleaned_data["login"], by=self.by)
        if person is None:
            raise ValidationError(_("Nobody is found by this. Check it and write it in full."))
        return person

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day cannot lie before the first."))
        elif last and last < timezone.localdate():
            self.add_error("ends_on", _("The last day cannot lie in the past."))
        return cleaned


class EndRoleForm(forms.Form):
    """With which day a role is to end."""

    last_day = _day(_("Last day"), _("Empty: the role ends at once."), required=False)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise ValidationError(_("The last day cannot lie in the past."))
        if day and self.role.ends_on and day > self.role.ends_on:
            raise ValidationError(_("The role ends earlier than that already."))
        return day
