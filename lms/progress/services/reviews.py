"""Deciding what a person was asked to look at: many entries at once, each of them once."""

from collections.abc import Collection, Sequence

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from lms.audit.services import record
from lms.people.models import Person
from lms.progress.models import ItemProgress, Review
from lms.progress.queries import waiting_key
from lms.progress.services import messages
from lms.progress.services.locking import locked
from lms.progress.services.reporting import complete_accepted


@transaction.atomic
def accept(review_ids: Collection[int], reason: str, *, by: Person) -> int:
    """Let what these learners studied count as enough; returns how many entries were decided by this.

    Their lessons are complete with it, except where a required activity is still open: that remains to be done, and
    then the lesson completes as any other. Safe to repeat, and when two officers decide at once each entry is decided
    by one of them.
    """
    reviews = _open(review_ids)
    kept = _evidence_of(reviews)
    accepted = [
        ItemProgress(
            enrollment_id=review.enrollment_id,
            item_id=review.item_id,
            evidence={**kept.get((review.enrollment_id, review.item_id), (0, {}))[1], "is_accepted": True},
        )
        for review in reviews
    ]
    ItemProgress.objects.bulk_create(
        accepted, update_conflicts=True, unique_fields=["enrollment", "item"], update_fields=["evidence"]
    )
    complete_accepted([(review.enrollment, review.item) for review in reviews])
    _close(reviews, kept, Review.State.ACCEPTED, reason, by)
    messages.tell(reviews, messages.ACCEPTED)
    record("progress.accept_study", reviews, by=by, reason=reason)
    return len(reviews)


@transaction.atomic
def ask_again(review_ids: Collection[int], reason: str, *, by: Person) -> int:
    """Ask these learners to study once more, and tell them so; returns how many entries were decided by this.

    Safe to repeat, and when two officers decide at once each entry is decided by one of them.
    """
    reviews = _open(review_ids)
    _close(reviews, _evidence_of(reviews), Review.State.AGAIN, reason, by)
    messages.tell(reviews, messages.AGAIN)
    record("progress.ask_again", reviews, by=by, reason=reason)
    return len(reviews)


def _open(review_ids: Collection[int]) -> list[Review]:
    """Those of the entries that are to be decided, with their enrollments' progress held."""
    named = Review.objects.filter(pk__in=review_ids)
    list(locked().filter(pk__in=named.values("enrollment")).order_by("pk").values_list("pk"))
    return list(named.open().select_related("enrollment__run__course", "item").order_by("pk"))


def _evidence_of(reviews: Sequence[Review]) -> dict[tuple[int, int], tuple[int, dict[str, object]]]:
    rows = ItemProgress.objects.filter(
        enrollment__in=[review.enrollment_id for review in reviews], item__in={review.item_id for review in reviews}
    )
    return {(row.enrollment_id, row.item_id): (row.seconds, row.evidence) for row in rows}


def _close(
    reviews: Sequence[Review],
    kept: dict[tuple[int, int], tuple[int, dict[str, object]]],
    state: Review.State,
    reason: str,
    by: Person,
) -> None:
    """Write the decision, and beside it the evidence on which it rests: what is studied later does not change that."""
    now = timezone.now()
    for review in reviews:
        seconds, evidence = kept.get((review.enrollment_id, review.item_id), (0, {}))
        review.state, review.reason, review.decided_at, review.decided_by = state, reason, now, by
        review.evidence = {**evidence, "seconds": seconds}
        review.evidence.pop("heard", None)
    Review.objects.bulk_update(reviews, ["state", "reason", "decided_at", "decided_by", "evidence"])
    cache.delete(waiting_key(by.pk))
