"""Putting evidence on the list of what a person is to look at, and taking it off again.

Whoever calls this holds the enrollments' progress, so that no two entries are written of one thing.
"""

from collections.abc import Collection

from django.utils import timezone

from lms.progress.models import Review


def put_on_list(places: Collection[tuple[int, int]], cause: Review.Cause) -> None:
    """Ask a person to look at the evidence of enrollments in lessons: one entry each, opened anew if it was closed."""
    if not places:
        return
    now = timezone.now()
    entries = [Review(enrollment_id=pk, item_id=item, cause=cause, opened_at=now) for pk, item in places]
    Review.objects.bulk_create(entries, ignore_conflicts=True)
    closed = _entries(places, [state for state in Review.State if state != Review.State.OPEN])
    Review.objects.filter(pk__in=closed).update(
        state=Review.State.OPEN, cause=cause, opened_at=now, decided_at=None, decided_by=None, reason="", evidence={}
    )


def take_off_list(places: Collection[tuple[int, int]]) -> None:
    """They have really studied: there is nothing to decide any more. Without an entry, nothing happens."""
    if not places:
        return
    waiting = _entries(places, Review.UNSETTLED)
    Review.objects.filter(pk__in=waiting).update(state=Review.State.STUDIED, decided_at=timezone.now())


def _entries(places: Collection[tuple[int, int]], states: Collection[Review.State]) -> list[int]:
    """Ids of the entries of these enrollments in these lessons."""
    found = Review.objects.filter(
        enrollment__in={pk for pk, _item in places}, item__in={item for _pk, item in places}, state__in=states
    )
    wanted = set(places)
    return [
        pk for pk, enrollment, item in found.values_list("pk", "enrollment", "item") if (enrollment, item) in wanted
    ]
