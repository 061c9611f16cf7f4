"""Why something cannot be done with a package."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class PackageInUse(Refused):
    code = "package_in_use"
    message = _("The package stands in lessons or was studied by learners, so it cannot be deleted.")


class MessageUnreadable(Refused):
    code = "message_unreadable"
    message = _("What the package sent cannot be read.")


class OpenedElsewhere(Refused):
    code = "opened_elsewhere"
    message = _("This was opened in another window since. What is done here is no longer kept.")


class NotFinished(Refused):
    code = "not_finished"
    message = _("You have not finished this yet; go on where you were.")


class PackageMissing(Refused):
    code = "package_missing"
    message = _("This package has no content yet.")


class StatementRefused(Refused):
    """The reason is for the makers of units, so it is said in English only."""

    code = "statement_refused"


class StatementConflict(Refused):
    code = "statement_conflict"
    message = "another statement has this id"


class DocumentRefused(StatementRefused):
    code = "document_refused"
