"""The shape of signing in."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.rules import compact


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail or any identifier, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail or identity number"),
            max_length=254,
            help_text=_("NIP, NIK, NUPTK, NPK or PegID; spaces and dots do not matter."),
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
            ),
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        if "remember" in self.fields:
            self.fields["remember"].label = _("Keep me signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, str]:
        """One form of writing for one account, so that failed attempts on it are counted together."""
        login = self.cleaned_data["login"].strip()
        name = login.lower() if "@" in login else compact(login)
        return {"username": name, "password": self.cleaned_data["password"]}
