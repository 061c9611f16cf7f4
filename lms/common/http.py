"""Types and small tools that views of every app share."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from lms.people.models import Person


class SignedInRequest(HttpRequest):
    """A request behind ``login_required``: ``user`` is a ``Person``."""

    user: "Person"
