"""Recording what learners do: places, completions, and a completed course."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, F
from django.utils import timezone

from courses.catalog.models import OutlineItem
from lms.common.statements import Insert, Statement, Update, given, given_id
from lms.enrollment.models import Enrollment
from lms.events.services import announce
from lms.progress import errors
from lms.progress.events import CourseCompleted, CourseStarted
from lms.progress.models import CourseProgress, ItemProgress, Review
from lms.progress.queries import Record, Snapshot, missing_of, progress_of, snapshot, snapshots
from lms.progress.rules import believable_seconds, better, course_score, is_passed
from lms.progress.services.listing import put_on_list, take_off_list
from lms.progress.services.locking import locked


def open_item(enrollment: Enrollment, item: OutlineItem, way: Snapshot | None = None) -> CourseProgress:
    """Remember ``item`` as the place to resume at. The first time ever, the course is started.

    An author may have changed the course since the last visit; the counts follow here, and a course of which nothing
    is missing any more becomes complete. Cheap to repeat: at most one update, none for the same item within a minute.
    """
    way = way or snapshot(enrollment)
    _check(enrollment, item, way)
    lesson = way.outline.lesson_of(item)
    progress = progress_of(enrollment)
    now = timezone.now()
    if progress is None:
        progress = _start(enrollment, way, lesson, now)
    is_same = lesson is not None and progress.last_item_id == lesson.pk
    if not is_same or now - progress.last_seen_at > timedelta(minutes=1):
        _OPENED(pk=progress.pk, item=lesson.pk if lesson else None, now=now)
        progress.last_item, progress.last_seen_at = lesson, now
    if progress.completed_at is None and (progress.required, progress.done) != (way.required, way.done):
        return recount(enrollment)
    return progress


@transaction.atomic
def report(
    enrollment: Enrollment, item: OutlineItem, *, completed: bool, score: Decimal | None = None
) -> CourseProgress:
    """Record what a learner did with a lesson or an activity. The one door for all kinds of activities.

    Safe to repeat and in any order: what is complete stays complete, the best score stays. An activity with a passing
    grade completes only at or above it; a lesson, only after the required activities inside it. When the last
    required item completes, the course does, in this transaction, and ``CourseCompleted`` is announced once.
    """
    progress = _lock(enrollment)
    way = snapshot(enrollment)
    _check(enrollment, item, way)
    now = timezone.now()
    known = way.records.get(item.pk)
    is_complete = known is not None and known.completed_at is not None
    if item.kind == OutlineItem.Kind.LESSON and completed and not is_complete:
        if enrollment.run.ends_at <= now:
            raise errors.RunOver
        if way.open_activities(item.pk):
            raise errors.ActivitiesOpen
        if missing_of(enrollment, item):
            raise errors.NotStudied
    best = better(score, known.score if known else None)
    completes = completed and not is_complete and is_passed(best, item.passing_grade)
    is_better = best is not None and (known is None or best != known.score)
    if not completes and not is_better:
        progress.way = way
        return progress
    if completes and item.criterion and item.kind == OutlineItem.Kind.LESSON:
        take_off_list([(enrollment.pk, item.pk)])
    # The row may be there already, or be written in the same instant by a page's first report of its position.
    if completes:
        _COMPLETED(enrollment_id=enrollment.pk, item_id=item.pk, score=best, completed_at=now)
    else:
        _SCORED(enrollment_id=enrollment.pk, item_id=item.pk, score=best)
    after = Record(now if completes or is_complete else None, best, known.position if known else 0)
    return _settle(enrollment, progress, Snapshot(way.outline, {**way.records, item.pk: after}))


def finish_lesson(enrollment: Enrollment, lesson: OutlineItem) -> CourseProgress:
    """The learner says that she is done with a lesson: ``report`` it as complete.

    Where it asks for more than was seen of her, it is put on the list of what a person is to look at, and
    ``NotStudied`` is raised once that is written.
    """
    try:
        return report(enrollment, lesson, completed=True)
    except errors.NotStudied:
        with transaction.atomic():
            # Who has not opened anything of the course has no evidence to look at.
            if _LOCKED.first(pk=enrollment.pk):
                put_on_list([(enrollment.pk, lesson.pk)], Review.Cause.NOT_ENOUGH)
        raise


def complete_accepted(accepted: Sequence[tuple[Enrollment, OutlineItem]]) -> None:
    """Complete lessons whose evidence somebody has accepted, by the rules of ``report``, in a fixed number of queries.

    The caller holds the progress of all these enrollments. A lesson that cannot complete now, because a required
    activity is open or the learner has withdrawn, is passed over. The end of the run is not: what is accepted was
    studied before it.
    """
    places = {enrollment.pk: enrollment for enrollment, _item in accepted}
    ways = snapshots(list(places.values()))
    # Withdrawing locks the same rows, so that only one of the two happens.
    held = Enrollment.objects.seated().select_for_update(no_key=True, of=("self",)).filter(pk__in=places)
    seated = set(held.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    done: dict[int, list[int]] = {}
    for enrollment, item in accepted:
        way = ways[enrollment.pk]
        if enrollment.pk not in seated or not way.is_open(item.pk) or item.pk in way.complete_ids:
            continue
        if not way.open_activities(item.pk):
            done.setdefault(enrollment.pk, []).append(item.pk)
    ItemProgress.objects.bulk_create(
        [
            ItemProgress(enrollment_id=pk, item_id=item, completed_at=now)
            for pk, items in done.items()
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["enrollment", "item"],
        update_fields=["completed_at"],
    )
    settled, completed = [], []
    for progress in CourseProgress.objects.filter(pk__in=done).order_by("pk"):
        way = ways[progress.pk]
        after = dict(way.records)
        for pk in done[progress.pk]:
            known = after.get(pk)
            after[pk] = Record(now, known.score if known else None, known.position if known else 0)
        way = Snapshot(way.outline, after)
        _count(progress, way, now)
        settled.append(progress)
        if way.is_complete and progress.completed_at is None:
            progress.completed_at = now
            completed.append(progress)
    announce(*(_completion(places[progress.pk]) for progress in completed))
    CourseProgress.objects.bulk_update(settled, ["done", "required", "score", "last_seen_at", "completed_at"])


@transaction.atomic
def recount(enrollment: Enrollment) -> CourseProgress:
    """Count again what is done, after the course itself has changed. Who has finished stays finished."""
    progress = _lock(enrollment)
    return _settle(enrollment, progress, snapshot(enrollment))


@transaction.atomic
def note_position(enrollment: Enrollment, item: OutlineItem, *, seconds: float, position: float) -> None:
    """Keep the place in an activity that tells its own time, such as a package, and add the time spent.

    ``seconds`` is what the activity says; no more of it is counted than went by on the server's clock since time was
    last counted, so two windows at once, or a page that lies, gain nothing.
    """
    progress = progress_of(enrollment)
    if progress is None or enrollment.status != Enrollment.Status.SEATED:
        raise errors.NotLearning
    now = timezone.now()
    elapsed = (now - (progress.counted_to or progress.started_at)).total_seconds()
    counted = believable_seconds(seconds, elapsed)
    if counted:
        # Of two reports that saw the same moment, one counts.
        counted *= CourseProgress.objects.filter(pk=progress.pk, counted_to=progress.counted_to).update(
            seconds=F("seconds") + counted, counted_to=now, last_seen_at=now
        )
    place = ItemProgress.objects.filter(enrollment=enrollment, item=item)
    if not place.update(seconds=F("seconds") + counted, position=position):
        ItemProgress.objects.bulk_create(
            [ItemProgress(enrollment=enrollment, item=item, seconds=counted, position=position)],
            update_conflicts=True,
            unique_fields=["enrollment", "item"],
            update_fields=["position"],
        )


def _check(enrollment: Enrollment, item: OutlineItem, way: Snapshot) -> None:
    if enrollment.status != Enrollment.Status.SEATED:
        raise errors.NotLearning
    if item.pk not in way.outline.by_id:
        raise errors.NotInCourse
    if not way.is_open(item.pk):
        raise errors.Locked


def _start(enrollment: Enrollment, way: Snapshot, lesson: OutlineItem | None, now: datetime) -> CourseProgress:
    """Start the course at ``lesson``, with everything that is known then in one row."""
    progress = CourseProgress(
        enrollment=enrollment, last_item=lesson, started_at=now, last_seen_at=now, done=way.done, required=way.required
    )
    try:
        with transaction.atomic():
            _STARTED(
                enrollment_id=enrollment.pk,
                last_item_id=progress.last_item_id,
                started_at=now,
                last_seen_at=now,
                done=way.done,
                required=way.required,
            )
            progress._state.adding = False
            announce(CourseStarted(enrollment_id=enrollment.pk, run_id=enrollment.run_id))
    except IntegrityError:
        # The other half of a double click was first, and announced it.
        with transaction.atomic():
            return _lock(enrollment)
    enrollment._state.fields_cache["progress"] = progress
    if way.is_complete:
        return recount(enrollment)
    return progress


_LOCKED: Statement[CourseProgress] = Statement(lambda: locked().filter(pk=given_id("pk")))
_STARTED = Insert(CourseProgress)
_OPENED = Update(
    lambda: CourseProgress.objects.filter(pk=given_id("pk")),
    last_item=given_id("item"),
    last_seen_at=given("now", DateTimeField()),
)
_SCORED = Insert(ItemProgress, unique=("enrollment", "item"), update=("score",))
_COMPLETED = Insert(ItemProgress, unique=("enrollment", "item"), update=("score", "completed_at"))
_SETTLED = Update(
    lambda: CourseProgress.objects.filter(pk=given_id("pk")),
    **{
        field.name: given(field.name, field)
        for field in CourseProgress._meta.concrete_fields
        if field.name in ("done", "required", "score", "last_seen_at", "completed_at")
    },
)


def _lock(enrollment: Enrollment) -> CourseProgress:
    """Hold the enrollment's progress to the end of the transaction, starting the course if need be."""
    progress = _LOCKED.first(pk=enrollment.pk)
    if progress is None:
        now = timezone.now()
        progress, is_new = locked().get_or_create(
            enrollment=enrollment,
            defaults={"started_at": now, "last_seen_at": now},
        )
        if is_new:
            announce(CourseStarted(enrollment_id=enrollment.pk, run_id=enrollment.run_id))
    enrollment._state.fields_cache["progress"] = progress
    return progress


def _settle(enrollment: Enrollment, progress: CourseProgress, way: Snapshot) -> CourseProgress:
    """Bring a locked progress up to its items, and complete the course when nothing is missing."""
    now = timezone.now()
    _count(progress, way, now)
    if way.is_complete and progress.completed_at is None:
        # Withdrawing locks the same row, so that only one of the two happens.
        seated = Enrollment.objects.seated().select_for_update(no_key=True, of=("self",)).filter(pk=enrollment.pk)
        if seated.first() is None:
            raise errors.NotLearning
        progress.completed_at = now
        announce(_completion(enrollment))
    _SETTLED(
        pk=progress.pk,
        done=progress.done,
        required=progress.required,
        score=progress.score,
        last_seen_at=progress.last_seen_at,
        completed_at=progress.completed_at,
    )
    return progress


def _count(progress: CourseProgress, way: Snapshot, now: datetime) -> None:
    """How far the learner is with what she has done by now."""
    graded = [item for item in way.outline if item.passing_grade is not None]
    progress.done, progress.required = way.done, way.required
    progress.score = course_score(way.records[item.pk].score for item in graded if item.pk in way.records)
    progress.last_seen_at = now
    progress.way = way


def _completion(enrollment: Enrollment) -> CourseCompleted:
    return CourseCompleted(enrollment_id=enrollment.pk, run_id=enrollment.run_id, person_id=enrollment.person_id)
