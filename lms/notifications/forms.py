"""What a reader chooses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.notifications.models import Preference


class PreferencesForm(forms.Form):
    """How she wants to be told by e-mail."""

    email = forms.ChoiceField(
        label=_("E-mail"),
        choices=Preference.Email.choices,
        widget=forms.RadioSelect,
        help_text=_("All messages are in your inbox here, whatever you choose."),
    )
