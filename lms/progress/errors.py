"""Why progress cannot be made."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class SignInFirst(Refused):
    code = "sign_in"
    status = 401
    message = _("Please sign in first.")


class AnothersPage(Refused):
    code = "anothers_page"
    status = 403
    message = _("This page was opened by somebody else.")


class NotLearning(Refused):
    code = "not_learning"
    message = _("You have no seat in this run.")


class RunNotStarted(Refused):
    code = "run_not_started"
    message = _("This run has not started yet.")


class RunOver(Refused):
    code = "run_over"
    message = _("This run is over; you can still read its lessons, but nothing more is counted.")


class NotInCourse(Refused):
    code = "not_in_course"
    message = _("This part is no longer in the course.")


class Locked(Refused):
    code = "locked"
    message = _("This part is locked until the parts before it are complete.")


class ActivitiesOpen(Refused):
    code = "activities_open"
    message = _("A required activity of this lesson is not complete yet.")


class NotStudied(Refused):
    code = "not_studied"
    message = _("This lesson asks for more than has been seen of you yet: its page says what is missing.")
