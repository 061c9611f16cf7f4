"""What the catalog, the landing page and the player show."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, SlugField
from django.utils import timezone

from courses.catalog.models import Course, CourseRun, OutlineItem
from courses.pages.models import PublishedLesson
from lms.common.statements import Statement, given, given_id
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries import Eligibility, Place, eligibilities, places_of, seating_of
from lms.people.models import Person
from lms.progress.queries import Snapshot

_BEST_FIRST = (
    "enrolled",
    "offered",
    "waiting",
    "open",
    "sign_in",
    "waiting_list",
    "one_run_per_period",
    "not_open_yet",
    "not_in_audience",
    "enrollment_closed",
    "not_offered",
    "run_cancelled",
    "run_ended",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A run as one reader sees it: its window, its seats, and whether she may take one."""

    run: CourseRun
    seating: RunSeats | None
    eligibility: Eligibility

    @property
    def rank(self) -> tuple[int, datetime]:
        """Orders the offers of a course: what concerns the reader most comes first."""
        return (_BEST_FIRST.index(self.eligibility.code), self.run.starts_at)

    @property
    def drawn_by(self) -> tuple[Hashable, ...]:
        """All that a page shows of it."""
        run, seating, eligibility = self.run, self.seating, self.eligibility
        seats = (seating.seats, seating.left, seating.period.opens_at, seating.period.closes_at) if seating else ()
        return (run.pk, run.title, run.starts_at, run.ends_at, *seats, eligibility.code, str(eligibility.reason))


@dataclass(frozen=True, slots=True)
class Card:
    """A course in the catalog, with the run that concerns the reader most."""

    course: Course
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A published lesson: its parts in reading order, and its weight in bytes, without and with what is played."""

    parts: Sequence[dict[str, Any]]
    size: int
    media_size: int = 0
    least_media_size: int = 0


def course_to_show(person: Person | None, slug: str) -> Course | None:
    """The course if this person (or stranger) may see it, with what its landing page does not keep for ten minutes."""
    return _COURSE_TO_SHOW.first(person=person.pk if person else None, slug=slug)


_COURSE_TO_SHOW: Statement[Course] = Statement(
    lambda: (
        Course.objects.visible_to(given_id("person"))
        .filter(slug=given("slug", SlugField()))
        .only("slug", "title", "published_at", "has_certificate")
        .order_by()
    )
)


def courses_found(words: str, category: str, language: str, hours: str, *, only_open: bool) -> "Any":
    """Published courses that hold every one of the words and meet the filters, newest first."""
    found = Course.objects.published()
    for word in words.lower().split()[:8]:
        found = found.filter(search_text__contains=word)
    if category:
        found = found.filter(category__slug=category)
    if language:
        found = found.filter(language=language)
    if hours in HOURS:
        least, most = HOURS[hours]
        found = found.filter(jp__gte=least, jp__lte=most)
    if only_open:
        now = timezone.now()
        found = found.filter(
            Exists(
                CourseRun.objects.filter(
                    course=OuterRef("pk"),
                    is_cancelled=False,
                    ends_at__gt=now,
                    seating__period__opens_at__lte=now,
                    seating__period__closes_at__gt=now,
                )
            )
        )
    return found.order_by("-published_at", "-pk")


HOURS = {"short": (0, 4), "middle": (5, 10), "long": (11, 32767)}
"""Lesson hours (JP) by the name of the filter."""


def cards(courses: Sequence[Course], person: Person | None) -> list[Card]:
    """One card per course, in the order given, in the same few queries for one course as for a hundred."""
    best: dict[int, Offer] = {}
    for offer in offers_of([course.pk for course in courses], person):
        known = best.get(offer.run.course_id)
        if known is None or offer.rank < known.rank:
            best[offer.run.course_id] = offer
    return [Card(course, best.get(course.pk)) for course in courses]


def offers(course: Course, person: Person | None) -> list[Offer]:
    """The runs of a course that are not over, and those the reader is in; what concerns her most first."""
    now = timezone.now()
    runs = _RUNS_TO_OFFER.all(course=course.pk, now=now, person=person.pk if person else None)
    return sorted(_offers(runs, person, places_of(person), now), key=lambda offer: offer.rank)


_RUNS_TO_OFFER: Statement[CourseRun] = Statement(
    lambda: CourseRun.objects.filter(
        Q(ends_at__gt=given("now", DateTimeField()))
        | Q(pk__in=Enrollment.objects.live().filter(person=given_id("person")).values("run")),
        course=given_id("course"),
    ).select_related("seating__period")
)


def offers_of(course_ids: Iterable[int], person: Person | None) -> list[Offer]:
    """Runs of these courses that are not over, and those the reader is in: two queries, one for a stranger."""
    now = timezone.now()
    places = places_of(person)
    of_interest = Q(ends_at__gt=now)
    if places:
        of_interest |= Q(pk__in=[place.run_id for place in places])
    runs = CourseRun.objects.filter(of_interest, course_id__in=list(course_ids)).select_related("seating__period")
    return _offers(list(runs), person, places, now)


def _offers(runs: list[CourseRun], person: Person | None, places: list[Place], now: datetime) -> list[Offer]:
    answers = eligibilities(person, runs, now, places=places)
    return [
        Offer(run, seating_of(run), answers[run.pk])
        for run in runs
        # A cancelled run concerns only those who were in it.
        if not run.is_cancelled or answers[run.pk].enrollment_id
    ]


def lesson(item: OutlineItem, published_at: datetime | None) -> Lesson | None:
    """The lesson as published; kept by the process for as long as the publication is current."""
    if published_at is None:
        return _read(item.pk)
    return _lesson(item.pk, published_at)


@lru_cache(maxsize=256)
def _lesson(item_id: int, published_at: datetime) -> Lesson | None:
    return _read(item_id)


def _read(item_id: int) -> Lesson | None:
    row = PublishedLesson.objects.filter(pk=item_id).first()
    return Lesson(row.parts, row.size, row.media_size, row.least_media_size) if row else None


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the outline beside the text."""

    item: OutlineItem
    is_complete: bool
    is_here: bool
    activities: list[tuple[OutlineItem, bool]]


@dataclass(frozen=True, slots=True)
class SectionLines:
    """A section in the outline beside the text. ``gate`` keeps it closed; ``item`` is empty before the first."""

    item: OutlineItem | None
    gate: OutlineItem | None
    is_complete: bool
    done: int
    lessons: list[LessonLine]

    @property
    def drawn_by(self) -> tuple[Hashable, ...]:
        """All that a page shows of it."""
        return (
            self.item and self.item.title,
            self.gate and self.gate.title,
            self.is_complete,
            tuple(
                (line.item.pk, line.item.title, line.item.minutes, line.is_complete, line.is_here)
                for line in self.lessons
            ),
        )


def lines(way: Snapshot, here: OutlineItem | None = None) -> list[SectionLines]:
    """The learner's outline, section by section; no query."""
    outline, complete = way.outline, way.complete_ids
    found = []
    for section in (None, *outline.sections):
        section_id = section.pk if section else None
        lessons = [
            LessonLine(
                item=item,
                is_complete=item.pk in complete,
                is_here=item is here,
                activities=[
                    (activity, activity.pk in complete)
                    for activity in outline.activities_of(item.pk)
                    if activity.activity_kind == "quiz"
                ],
            )
            for item in outline.children.get(section_id, [])
            if item.kind == OutlineItem.Kind.LESSON
        ]
        if section is None and not lessons:
            continue
        found.append(
            SectionLines(
                item=section,
                gate=way.gate_of(section.pk) if section else None,
                is_complete=way.is_item_complete(section) if section else False,
                done=sum(line.is_complete for line in lessons),
                lessons=lessons,
            )
        )
    return found


def own_enrollment(person: Person, enrollment_id: int) -> Enrollment | None:
    """The person's enrollment with everything the player asks of it, in one query."""
    return _OWN_ENROLLMENT.first(person=person.pk, pk=enrollment_id)


_OWN_ENROLLMENT: Statement[Enrollment] = Statement(
    lambda: (
        Enrollment.objects.visible_to(given_id("person"))
        .select_related("run__course", "progress")
        .only(
            "person",
            "status",
            "run__starts_at",
            "run__ends_at",
            *(
                f"run__course__{name}"
                for name in ("slug", "title", "language", "published_at", "has_certificate", "jp")
            ),
            "progress__done",
            "progress__required",
            "progress__score",
            "progress__last_item",
            "progress__last_seen_at",
            "progress__started_at",
            "progress__counted_to",
            "progress__completed_at",
        )
        .filter(pk=given_id("pk"))
        .order_by()
    )
)
