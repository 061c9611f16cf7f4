"""The shape of what people and officers ask and choose."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.people.models import EmploymentType

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
