"""What certificates decline to do."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class NotReady(Refused):
    code = "certificate-not-ready"
    message = _("Your certificate is still being made. Please try again in a moment.")


class NotLive(Refused):
    code = "certificate-not-live"
    message = _("This certificate has been revoked or replaced already.")
