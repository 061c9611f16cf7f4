"""Why a place cannot be taken, given back or changed."""

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class SignInFirst(Refused):
    code = "sign_in"
    message = _("Sign in to enroll.")


class NotOffered(Refused):
    code = "not_offered"
    message = _("Enrollment for this run has not been announced yet.")


class RunCancelled(Refused):
    code = "run_cancelled"
    message = _("This run was cancelled by its organizer.")


class RunEnded(Refused):
    code = "run_ended"
    message = _("This run is over.")


class NotOpenYet(Refused):
    code = "not_open_yet"
    message = _("Enrollment has not opened yet.")


class EnrollmentClosed(Refused):
    code = "enrollment_closed"
    message = _("Enrollment for this run is closed.")


class OneRunPerPeriod(Refused):
    code = "one_run_per_period"
    message = _("You already have a place in another run of this enrollment period; only one is possible.")


class NotInAudience(Refused):
    """The message says which condition fails, in the reader's language."""

    code = "not_in_audience"
    message = _("This run is for other people.")


class AlreadyEnrolled(Refused):
    code = "enrolled"
    message = _("You are enrolled in this run.")


class AlreadyWaiting(Refused):
    code = "waiting"
    message = _("You are on the waiting list of this run.")


class SeatOffered(Refused):
    code = "offered"
    message = _("A seat in this run is offered to you: accept it in time, or it goes to the next person.")


class OfferOver(Refused):
    code = "offer_over"
    message = _("This offer is over; the seat has gone to the next person who waited.")


class AlreadyCompleted(Refused):
    code = "already_completed"
    message = _("You have completed this course; a completed enrollment cannot be withdrawn.")


class SeatsBelowTaken(Refused):
    code = "seats_below_taken"
    message = _("More people are enrolled than that; the seats cannot be fewer than the people who have one.")


class SeatsBelowReserved(Refused):
    code = "seats_below_reserved"
    message = _("The seats that are taken and those still reserved are more than that; release a reserve first.")


class ReserveTooLarge(Refused):
    code = "reserve_too_large"
    message = _("There are not so many free seats left to reserve.")


class ReserveBelowTaken(Refused):
    code = "reserve_below_taken"
    message = _("More people have a seat from this reserve than that.")


class ReserveNeedsLimit(Refused):
    code = "reserve_needs_limit"
    message = _("A run without a limit of seats has nothing to reserve.")


class RunHasPeople(Refused):
    code = "run_has_people"
    message = _(
        "People have places in this run already: its days cannot be moved any more, but you can give more time."
    )


class PeriodNotOpened(Refused):
    code = "period_not_opened"
    message = _("This period has not opened yet: change its dates, or cancel its runs.")


class PeriodHasOpened(Refused):
    code = "period_has_opened"
    message = _("This period has opened; its opening cannot be moved any more.")


class NotLater(Refused):
    code = "not_later"
    message = _("An extension ends later than before, and in the future.")


class ClassTooSmall(Refused):
    code = "class_too_small"
    message = _("Some classes hold more learners than that; a class cannot be smaller than what it holds.")


class TemplateNameTaken(Refused):
    code = "template_name_taken"
    message = _("This unit has a template of this name already.")


class AudienceNameTaken(Refused):
    code = "audience_name_taken"
    message = _("This unit has an audience of this name already.")


class AudienceGone(Refused):
    code = "audience_gone"
    message = _("This audience was removed in the meantime.")


class AudienceInUse(Refused):
    code = "audience_in_use"
    message = _("Periods, runs or plans name this audience; it cannot be removed.")


class AudienceGoesOn(Refused):
    code = "audience_goes_on"
    message = _("Something that is not over yet names this audience; until then it cannot go into the archive.")


class AudienceArchived(Refused):
    code = "audience_archived"
    message = _("This audience is in the archive. Bring it back before it is changed or used.")


class PlanTitleTaken(Refused):
    code = "plan_title_taken"
    message = _("This unit has a mandatory training plan of this title already.")


class PlanEnded(Refused):
    code = "plan_ended"
    message = _("This plan has ended; what it asked for stays on record, but nothing about it can be changed.")


class ExemptionRevoked(Refused):
    code = "exemption_revoked"
    message = _("This exemption has been taken back already.")


class NobodyToExempt(Refused):
    code = "nobody_to_exempt"
    message = _("Nobody of those chosen owes anything of this plan.")


class Finding(Protocol):
    """Something wrong with a rule, with a sentence for the reader."""

    @property
    def text(self) -> str: ...


class RuleInvalid(Refused):
    code = "rule_invalid"
    message = _("The rule cannot be used yet.")

    def __init__(self, problems: Sequence[Finding]) -> None:
        self.problems = problems
        super().__init__(problems[0].text if problems else None)


BY_CODE: dict[str, type[Refused]] = {
    error.code: error
    for error in (
        SignInFirst,
        NotOffered,
        RunCancelled,
        RunEnded,
        NotOpenYet,
        EnrollmentClosed,
        NotInAudience,
        OneRunPerPeriod,
        AlreadyEnrolled,
        AlreadyWaiting,
        SeatOffered,
    )
}
