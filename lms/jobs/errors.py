"""What jobs refuse, each with a stable code."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class NotNow(Refused):
    """The job's state does not allow this any more, or not yet."""

    code = "job_not_now"
    message = _("The job has moved on in the meantime, so this is no longer possible. Look at its page again.")


class NumberMismatch(Refused):
    """The job looks like a mistake, and the number that lets it go on all the same was not typed."""

    code = "job_number_mismatch"
    message = _("That is not the number the page asks for; nothing was started.")


class NotAllowed(Refused):
    """The person may not start this kind of job."""

    code = "job_not_allowed"
    message = _("You may not do this.")


class UnusableSource(Refused):
    """The file as a whole cannot be used; ``reason`` names the sentence (see ``lms.jobs.sentences``)."""

    code = "job_unusable_source"

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__()
        self.reason = reason
        self.values = values
