"""The shape of signing in."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail or any identifier, and the password."""
