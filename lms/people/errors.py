"""What changes of people and units are declined, and why."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused

if TYPE_CHECKING:
    from lms.people.rules import Problem


class UnitInOwnBranch(Refused):
    code = "unit_in_own_branch"
    message = _("A unit cannot stand below itself.")


class ChangeInFuture(Refused):
    code = "change_in_future"
    message = _("A change takes effect today or earlier, not in the future.")


class ChangeBeforeHistory(Refused):
    """A later change is already written down, so this one cannot be slipped in before it."""

    code = "change_before_history"

    def __init__(self, earliest: date) -> None:
        self.earliest = earliest
        super().__init__(
            gettext("A later change is recorded already; the earliest possible date is %(date)s.")
            % {"date": date_format(earliest)}
        )


class IdentifierInvalid(Refused):
    code = "identifier_invalid"

    def __init__(self, problem: "Problem") -> None:
        self.problem = problem
        super().__init__(problem.text)


class IdentifierTaken(Refused):
    code = "identifier_taken"
    message = _("This number is already in use by another account.")


class EmailTaken(Refused):
    code = "email_taken"
    message = _("This e-mail address is already in use by another account.")


class UnitCodeTaken(Refused):
    code = "unit_code_taken"
    message = _("A unit with this code exists already.")


class RoleNotYours(Refused):
    code = "role_not_yours"
    message = _("You may not give or end this role in this unit.")


class RoleHeldAlready(Refused):
    """She has the role in a part of the time asked for."""

    code = "role_held_already"

    def __init__(self, starts_on: date, ends_on: date | None) -> None:
        if ends_on is None:
            text = gettext("This person holds the role here already, since %(start)s; end that first.")
        else:
            text = gettext("This person holds the role here from %(start)s to %(end)s; end that first.")
        super().__init__(text % {"start": date_format(starts_on), "end": ends_on and date_format(ends_on)})


class MinistryExists(Refused):
    code = "ministry_exists"
    message = _("There are units in this database already; a made-up ministry goes into an empty one only.")
