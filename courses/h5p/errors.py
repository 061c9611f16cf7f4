"""Why something about interactive content is declined."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class BadUpload(Refused):
    """A file that content cannot use; the message says why, and what would do."""

    code: ClassVar[str] = "h5p_bad_upload"


class NoDraft(Refused):
    """The draft was published or thrown away in another window."""

    code: ClassVar[str] = "h5p_no_draft"
    message = _("This draft was published or thrown away in another window. Open the content again.")


class TooLarge(Refused):
    """Content beyond what anybody writes by hand."""

    code: ClassVar[str] = "h5p_too_large"
    message = _("The content is nested or repeated beyond reason. Make several pieces of it.")
