"""Why a file is declined."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class FileRefused(Refused):
    """The file is of a kind that cannot be shown, or is broken."""

    code = "file_refused"
    message = _("This file cannot be used.")
