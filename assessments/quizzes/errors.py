"""Why a quiz cannot be taken or an answer not be kept."""

from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused


class NoAttemptsLeft(Refused):
    code = "no_attempts_left"
    message = _("You have used all attempts at this quiz.")


class AlreadyPassed(Refused):
    code = "already_passed"
    message = _("You have passed this quiz; it needs no further attempt.")


class AttemptClosed(Refused):
    code = "attempt_closed"
    message = _("This attempt has been submitted; its answers can no longer be changed.")


class TimeOver(Refused):
    code = "time_over"
    message = _("The time for this attempt is over. What was saved before then counts.")


class QuizEmpty(Refused):
    code = "quiz_empty"
    message = _("This quiz has no questions yet.")


class InvalidQuiz(Refused):
    code = "invalid_quiz"
    message = _("The quiz is not complete.")
