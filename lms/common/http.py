"""Types and small tools that views of every app share."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from lms.people.models import Person


class SignedInRequest(HttpRequest):
    """A request behind ``login_required``: ``user`` is a ``Person``."""

    user: "Person"


def remember_language(response: HttpResponse, language: str) -> None:
    """Let the browser keep the language, for pages seen before the next sign-in too."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
