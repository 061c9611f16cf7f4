"""Putting evidence on the list of what a person is to look at, and taking it off again.

Whoever calls this holds the enrollment's progress, so that no two entries are written of one thing.
"""

from django.utils import timezone

from lms.progress.models import Review


def put_on_list(enrollment_id: int, item_id: int, cause: Review.Cause) -> None:
    """Ask a person to look at a learner's evidence in a lesson: one entry, opened anew if it was closed."""
    now = timezone.now()
    entry = Review(enrollment_id=enrollment_id, item_id=item_id, cause=cause, opened_at=now)
    Review.objects.bulk_create([entry], ignore_conflicts=True)
    closed = Review.objects.filter(enrollment=enrollment_id, item=item_id).exclude(state=Review.State.OPEN)
    closed.update(
        state=Review.State.OPEN, cause=cause, opened_at=now, decided_at=None, decided_by=None, reason="", evidence={}
    )


def take_off_list(enrollment_id: int, item_id: int) -> None:
    """She has really studied: there is nothing to decide any more. Without an entry, nothing happens."""
    waiting = Review.objects.filter(enrollment=enrollment_id, item=item_id, state__in=Review.UNSETTLED)
    waiting.update(state=Review.State.STUDIED, decided_at=timezone.now())
