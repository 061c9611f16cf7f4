"""What a person is to look at, and what the server measured of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import Q

from courses.catalog.models import CourseRun, OutlineItem
from lms.enrollment.models import Enrollment
from lms.enrollment.querysets import PLANNERS
from lms.people.models import Membership, Person
from lms.people.queries import has_role
from lms.people.querysets import LOOKING_AFTER
from lms.progress.evidence import Account, Criterion, Missing, Strip
from lms.progress.models import ItemProgress, Review

PER_PAGE = 20
MOST_COUNTED = 99
REMEMBERED = 60
"""Seconds that the number in the menu is remembered."""
MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class ReviewFilters:
    """What the reader narrowed the list to."""

    is_decided: bool = False
    run_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list: what was asked of the learner, and what the server measured.

    ``claimed`` is how much of her time the pages reported, ``seconds`` how much of it the server believed.
    """

    review: Review
    membership: Membership | None
    criterion: Criterion
    seconds: int
    unbelieved: int
    strips: list[Strip]
    readings: list[tuple[str, str, int, int]]
    missing: Missing

    @property
    def claimed(self) -> int:
        return self.seconds + self.unbelieved


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Some entries in their order, and the id after which the next page begins."""

    entries: list[Entry] = field(default_factory=list)
    next_after: int | None = None


def may_review(person: Any) -> bool:
    """Whether she has a list of what is to be looked at."""
    return any(has_role(person, kind) for kind in {*PLANNERS, *LOOKING_AFTER})


def reviewed_runs(viewer: Person) -> list[CourseRun]:
    """The runs of which something is or was on her list, the latest first."""
    named = Review.objects.visible_to(viewer).values("enrollment__run")
    runs = CourseRun.objects.filter(pk__in=named).select_related("course").only("title", "course__title")
    return list(runs.order_by("-starts_at", "-pk")[:MOST_RUNS])


def review_page(viewer: Person, filters: ReviewFilters, after: str = "", size: int = PER_PAGE) -> ReviewPage:
    """What ``viewer`` is to look at, who waits longest first; or what was decided, the latest first.

    A fixed number of queries.
    """
    found = Review.objects.visible_to(viewer)
    found = found.decided() if filters.is_decided else found.open()
    if filters.run_id:
        found = found.filter(enrollment__run=filters.run_id)
    for word in filters.text.split():
        found = found.filter(enrollment__person__full_name__icontains=word)
    moment, sign = ("decided_at", "-") if filters.is_decided else ("opened_at", "")
    last = found.filter(pk=int(after)).values_list(moment, "pk").first() if is_id(after) else None
    if last is not None:
        beyond = "lt" if filters.is_decided else "gt"
        found = found.filter(Q(**{f"{moment}__{beyond}": last[0]}) | Q(**{moment: last[0], f"pk__{beyond}": last[1]}))
    found = found.select_related("enrollment__person", "enrollment__run__course", "item", "decided_by")
    rows = list(found.order_by(f"{sign}{moment}", f"{sign}pk")[: size + 1])
    shown = rows[:size]
    return ReviewPage(_entries(shown), shown[-1].pk if len(rows) > size else None)


def is_id(text: str) -> bool:
    """Whether a text from an address can be the id of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _entries(reviews: Sequence[Review]) -> list[Entry]:
    kept = {
        (row.enrollment_id, row.item_id): (row.seconds, row.evidence)
        for row in ItemProgress.objects.filter(
            enrollment__in=[review.enrollment_id for review in reviews], item__in={review.item_id for review in reviews}
        )
    }
    places = {
        membership.person_id: membership
        for membership in Membership.objects.filter(
            person__in=[review.enrollment.person_id for review in reviews], ends_on=None
        ).select_related("unit")
    }
    entries = []
    for review in reviews:
        seconds, evidence = kept.get((review.enrollment_id, review.item_id), (0, {}))
        if review.evidence:
            seconds, evidence = review.evidence.get("seconds", 0), review.evidence
        account = Account.of(seconds, evidence)
        criterion = Criterion.of(review.item.criterion)
        entries.append(
            Entry(
                review,
                places.get(review.enrollment.person_id),
                criterion,
                account.seconds,
                account.unbelieved,
                account.strips(criterion),
                account.readings(criterion),
                account.missing(criterion),
            )
        )
    return entries


def review_of(enrollment: Enrollment, item: OutlineItem) -> Review | None:
    """What her lesson says of the entry on the list: open, or to be studied again."""
    return Review.objects.filter(enrollment=enrollment, item=item, state__in=Review.UNSETTLED).first()


def waiting_key(person_id: int) -> str:
    """Where the cache keeps how much waits for a person."""
    return f"reviews:{person_id}"


def waiting_count(person: Any) -> int:
    """How much waits for her to look at, at most ``MOST_COUNTED + 1``; up to a minute old."""
    known: int | None = cache.get(waiting_key(person.pk))
    if known is None:
        known = len(Review.objects.visible_to(person).open().values_list("pk")[: MOST_COUNTED + 1])
        cache.set(waiting_key(person.pk), known, REMEMBERED)
    return known
