"""Questions about progress: what is open, what is done, where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Sum
from django.utils import timezone

from courses.catalog.models import OutlineItem
from courses.catalog.queries import Outline, outline
from lms.common.errors import Refused
from lms.common.statements import Statement, given_id
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import waiting_numbers
from lms.people.models import Person
from lms.progress.errors import Locked, NotLearning, RunNotStarted, RunOver
from lms.progress.evidence import Account, Criterion, Missing
from lms.progress.models import CourseProgress, ItemProgress
from lms.progress.rules import locking_gates


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of one learner and one item."""

    completed_at: datetime | None
    score: Decimal | None
    position: float


@dataclass(frozen=True, slots=True)
class OutlineState:
    """One item of the course as one learner has it. ``gate`` is the section to complete before it opens."""

    item: OutlineItem
    is_open: bool
    is_complete: bool
    score: Decimal | None
    position: float
    gate: OutlineItem | None


class Snapshot:
    """A learner's way through a course at one moment: made in one query, then asked without any."""

    def __init__(self, outline: Outline, records: dict[int, Record]) -> None:
        self.outline = outline
        self.records = records
        self.complete_ids = {pk for pk, record in records.items() if record.completed_at}

    @cached_property
    def gates(self) -> dict[int, int]:
        """The gate that keeps each locked section closed."""
        return locking_gates(self.outline.sections, self.outline.required_of, self.complete_ids)

    @property
    def done(self) -> int:
        """How many required items are complete."""
        return len(self.outline.required_ids & self.complete_ids)

    @property
    def required(self) -> int:
        return len(self.outline.required_ids)

    @property
    def is_complete(self) -> bool:
        return self.done == self.required > 0

    def is_open(self, item_id: int) -> bool:
        return item_id in self.outline.by_id and self.outline.section_of[item_id] not in self.gates

    def gate_of(self, item_id: int) -> OutlineItem | None:
        """The section that must be complete before the item opens."""
        section = self.outline.section_of.get(item_id)
        gate = self.gates.get(section) if section else None
        return self.outline.by_id[gate] if gate else None

    def missing_of(self, section_id: int | None) -> list[OutlineItem]:
        """The section's required items that are not complete, in order."""
        missing = self.outline.required_of.get(section_id, frozenset()) - self.complete_ids
        return [item for item in self.outline.items if item.pk in missing]

    def is_item_complete(self, item: OutlineItem) -> bool:
        if item.kind == OutlineItem.Kind.SECTION:
            required = self.outline.required_of.get(item.pk)
            return bool(required) and self.complete_ids.issuperset(required or ())
        return item.pk in self.complete_ids

    def open_activities(self, lesson_id: int) -> list[OutlineItem]:
        """The lesson's required activities that are not complete."""
        return [
            item
            for item in self.outline.activities_of(lesson_id)
            if item.is_required and item.pk not in self.complete_ids
        ]

    def state_of(self, item: OutlineItem) -> OutlineState:
        record = self.records.get(item.pk)
        return OutlineState(
            item=item,
            is_open=self.is_open(item.pk),
            is_complete=self.is_item_complete(item),
            score=record.score if record else None,
            position=record.position if record else 0,
            gate=self.gate_of(item.pk),
        )

    def next_after(self, lesson: OutlineItem | None) -> OutlineItem | None:
        """The open lesson to go on with after ``lesson``: the next one to do, else one left out before it."""
        lessons = self.outline.lessons
        start = lessons.index(lesson) + 1 if lesson in lessons else 0
        for candidate in lessons[start:] + lessons[:start]:
            if candidate.pk not in self.complete_ids and self.is_open(candidate.pk):
                return candidate
        return None


def snapshot(enrollment: Enrollment) -> Snapshot:
    """The learner's whole way through the course; one query when ``run__course`` was read with the enrollment."""
    rows = _RECORDS.all(enrollment=enrollment.pk)
    return Snapshot(outline(enrollment.run.course), {row[0]: Record(row[1], row[2], row[3]) for row in rows})


_RECORDS: Statement[tuple[int, datetime | None, Decimal | None, float]] = Statement(
    lambda: ItemProgress.objects.filter(enrollment=given_id("enrollment")).values_list(
        "item_id", "completed_at", "score", "position"
    )
)


def snapshots(enrollments: Sequence[Enrollment]) -> dict[int, Snapshot]:
    """The ways of many learners through their courses, by enrollment: two queries."""
    items: dict[int, list[OutlineItem]] = {}
    courses = {enrollment.run.course_id for enrollment in enrollments}
    for item in OutlineItem.objects.current().filter(course__in=courses):
        items.setdefault(item.course_id, []).append(item)
    outlines = {course: Outline(tuple(items.get(course, ()))) for course in courses}
    records: dict[int, dict[int, Record]] = {enrollment.pk: {} for enrollment in enrollments}
    rows = ItemProgress.objects.filter(enrollment__in=records)
    for row in rows.only("enrollment", "item", "completed_at", "score", "position"):
        records[row.enrollment_id][row.item_id] = Record(row.completed_at, row.score, row.position)
    return {each.pk: Snapshot(outlines[each.run.course_id], records[each.pk]) for each in enrollments}


def missing_of(enrollment: Enrollment, item: OutlineItem) -> Missing:
    """What a lesson still asks of the learner before it can be done: no query where its author asks for nothing."""
    if not item.criterion or item.kind != OutlineItem.Kind.LESSON:
        return Missing()
    kept = ItemProgress.objects.filter(enrollment=enrollment, item=item).values_list("seconds", "evidence").first()
    return Account.of(*(kept or (0, {}))).missing(Criterion.of(item.criterion))


def outline_of(enrollment: Enrollment) -> list[OutlineState]:
    """Every item of the course, front to back, as this learner has it."""
    way = snapshot(enrollment)
    return [way.state_of(item) for item in way.outline]


def is_open(enrollment: Enrollment, item: OutlineItem) -> bool:
    """Whether the learner has a seat and has passed every gate before the item."""
    return enrollment.status == Enrollment.Status.SEATED and snapshot(enrollment).is_open(item.pk)


def obstacle(enrollment: Enrollment, item: OutlineItem, now: datetime) -> Refused | None:
    """What keeps the learner from doing anything in an activity that counts now, or ``None``."""
    if enrollment.status != Enrollment.Status.SEATED:
        return NotLearning()
    if enrollment.run.starts_at > now:
        return RunNotStarted()
    if enrollment.run.ends_at <= now:
        return RunOver()
    return None if is_open(enrollment, item) else Locked()


def resume_item(enrollment: Enrollment, way: Snapshot | None = None) -> OutlineItem | None:
    """The lesson to continue with: the last one opened, or, when that one is complete, the next to do."""
    way = way or snapshot(enrollment)
    progress = progress_of(enrollment)
    last = way.outline.by_id.get(progress.last_item_id) if progress and progress.last_item_id else None
    if last is not None and way.is_open(last.pk) and last.pk not in way.complete_ids:
        return last
    following = way.next_after(last)
    if following is not None:
        return following
    return last or (way.outline.lessons[0] if way.outline.lessons else None)


def progress_of(enrollment: Enrollment) -> CourseProgress | None:
    """How far the enrollment is; no query when it was read with ``progress``."""
    if "progress" not in enrollment._state.fields_cache:
        enrollment._state.fields_cache["progress"] = CourseProgress.objects.filter(enrollment=enrollment).first()
    progress: CourseProgress | None = enrollment._state.fields_cache["progress"]
    return progress


def progress_by_enrollment(enrollment_id: int) -> CourseProgress | None:
    """How far the enrollment with this id is."""
    return _PROGRESS.first(pk=enrollment_id)


_PROGRESS: Statement[CourseProgress] = Statement(
    lambda: CourseProgress.objects.filter(pk=given_id("pk")).only("done", "required", "completed_at")
)


def hours_of(person: Person, year: int) -> int:
    """The lesson hours (JP) of the courses that ``person`` completed in a calendar year."""
    total = CourseProgress.objects.filter(
        enrollment__person=person, enrollment__status=Enrollment.Status.SEATED, completed_at__year=year
    ).aggregate(jp=Sum("enrollment__run__course__jp"))["jp"]
    return total or 0


YEARLY_TARGET = 20
"""Lesson hours (JP) that a civil servant owes in a year; the bar on the home page ends there."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A learner's places, sorted by what there is to do. ``next_lesson`` is where the first of ``active`` goes on."""

    active: list[Enrollment]
    upcoming: list[Enrollment]
    offered: list[Enrollment]
    waiting: list[tuple[Enrollment, int]]
    completed: list[Enrollment]
    missed: list[Enrollment]
    next_lesson: OutlineItem | None

    @property
    def is_empty(self) -> bool:
        return not (self.active or self.upcoming or self.offered or self.waiting or self.completed or self.missed)


def desk_of(person: Person) -> Desk:
    """Everything the learner's home shows, in the same few queries for one place as for fifty."""
    now = timezone.now()
    places = list(
        Enrollment.objects.visible_to(person)
        .live()
        .select_related("run__course", "progress__last_item")
        .defer("run__course__about_html", "run__course__search_text", "run__course__audience")
        .order_by("run__ends_at", "pk")
    )
    active: list[Enrollment] = []
    upcoming: list[Enrollment] = []
    offered: list[Enrollment] = []
    completed: list[Enrollment] = []
    missed: list[Enrollment] = []
    for place in places:
        progress = getattr(place, "progress", None)
        if place.status == Enrollment.Status.WAITING:
            continue
        if place.status == Enrollment.Status.OFFERED:
            # Not hers before she accepts it, and no longer when its time is over.
            if place.offer_ends_at and place.offer_ends_at > now:
                offered.append(place)
            continue
        if progress and progress.completed_at:
            completed.append(place)
        elif place.run.ends_at <= now:
            missed.append(place)
        elif place.run.starts_at > now:
            upcoming.append(place)
        else:
            active.append(place)
    # What was open last comes first; what was never opened follows in the order of its deadlines.
    active.sort(key=lambda place: -_last_seen(place))
    completed.sort(key=lambda place: -_last_seen(place))
    numbers = waiting_numbers(places)
    return Desk(
        active=active,
        upcoming=upcoming,
        offered=offered,
        waiting=[(place, numbers[place.pk]) for place in places if place.pk in numbers and place.run.ends_at > now],
        completed=completed,
        missed=missed,
        next_lesson=resume_item(active[0]) if active else None,
    )


def _last_seen(place: Enrollment) -> float:
    progress = getattr(place, "progress", None)
    return progress.last_seen_at.timestamp() if progress else 0.0
