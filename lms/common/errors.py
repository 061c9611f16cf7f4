"""What the platform says when it declines: a refusal is an answer, not a failure."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A rule said no. ``code`` is stable for machines; ``message`` is for the reader, in her language.

    Subclasses live in their app's ``errors.py`` and set both; ``RefusedMiddleware`` answers ``status`` with them.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: str | Promise = _("This cannot be done now.")

    def __init__(self, message: str | Promise | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)
