"""What learners are told of their evidence."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lms.notifications.services import MessageKind, Note, notify_each
from lms.progress.models import Review

ACCEPTED, AGAIN = "progress.study_accepted", "progress.study_again"
KINDS: Mapping[str, MessageKind] = {
    ACCEPTED: MessageKind(
        subject=_("“%(lesson)s” counts now"),
        body=_(
            "What you studied in “%(lesson)s” (%(course)s) was looked at and accepted. Reason: %(reason)s\n\n"
            "You need not study it again."
        ),
        icon="circle-check",
        action=_("To the lesson"),
    ),
    AGAIN: MessageKind(
        subject=_("Please study “%(lesson)s” again"),
        body=_(
            "What was reported of you in “%(lesson)s” (%(course)s) does not count, and the lesson is not done. What "
            "was said about it: %(reason)s\n\n"
            "Open the lesson and study it once more; its page says what is still missing. It counts as soon as that is "
            "done."
        ),
        icon="rotate-ccw",
        action=_("To the lesson"),
    ),
}
"""The words of each kind of message, by the name it is registered under."""


def tell(reviews: Iterable[Review], kind: str) -> int:
    """Tell each learner what was decided of her evidence, in a fixed number of queries."""
    notes = [
        Note(
            review.enrollment.person_id,
            {
                "lesson": review.item.title,
                "course": review.enrollment.run.course.title,
                "reason": review.reason,
            },
            # What was opened anew and decided again is news.
            f"review:{review.pk}:{review.opened_at:%Y%m%d%H%M%S%f}",
            reverse("pages:lesson", args=[review.enrollment_id, review.item_id]),
        )
        for review in reviews
    ]
    return notify_each(notes, kind)
