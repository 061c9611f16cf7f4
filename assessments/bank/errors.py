"""What the question bank declines."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class InvalidQuestion(Refused):
    """A question's body cannot be asked or marked. ``errors`` says what is wrong, by field, in plain words."""

    code = "invalid_question"
    message = _("The question is not complete.")

    def __init__(self, errors: Mapping[str, str | Promise]) -> None:
        self.errors = dict(errors)
        super().__init__()

    def __str__(self) -> str:
        return " ".join([str(self.message), *(str(error) for error in self.errors.values())])
