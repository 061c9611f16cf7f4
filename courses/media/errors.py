"""Why a file is declined."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class FileRefused(Refused):
    """The file is of a kind that cannot be shown, or is broken."""

    code = "file_refused"
    message = _("This file cannot be used.")


class UploadIncomplete(Refused):
    """Parts of the file have not arrived, or more has than was said."""

    code = "upload_incomplete"
    message = _("Not all of the file has arrived. Go on with the upload, or begin it anew.")
