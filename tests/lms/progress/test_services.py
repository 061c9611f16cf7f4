"""The chain from a lesson's "done" to a completed course."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.catalog.models import OutlineItem
from lms.enrollment.models import Enrollment
from lms.events.models import Event
from lms.progress import errors, queries, services
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory

pytestmark = pytest.mark.django_db
Kind = OutlineItem.Kind


class Way:
    """A course of two sections, the first a gate: lesson + quiz (70 to pass); then one lesson."""

    def __init__(self):
        self.enrollment = EnrollmentFactory()
        course = self.course = self.enrollment.run.course
        self.basics = OutlineItemFactory(course=course, kind=Kind.SECTION, is_gate=True, is_required=False)
        self.intro = OutlineItemFactory(course=course, parent=self.basics)
        self.quiz = OutlineItemFactory(
            course=course, parent=self.intro, kind=Kind.ACTIVITY, activity_kind="quiz", passing_grade=70
        )
        self.core = OutlineItemFactory(course=course, kind=Kind.SECTION, is_required=False)
        self.lesson = OutlineItemFactory(course=course, parent=self.core)

    def republish(self):
        self.course.published_at = timezone.now()
        self.course.save()

    def fresh(self):
        return Enrollment.objects.select_related("run__course", "progress").get(pk=self.enrollment.pk)

    def done(self, item, score=None):
        return services.report(self.fresh(), item, completed=True, score=score)

    def finish(self):
        self.done(self.quiz, Decimal(80))
        self.done(self.intro)
        return self.done(self.lesson)


@pytest.fixture
def way():
    return Way()


def announced(name):
    return [event.facts for event in Event.objects.filter(name=f"progress.{name}")]


def test_the_first_lesson_opened_starts_the_course_once(way):
    services.open_item(way.fresh(), way.intro)
    services.open_item(way.fresh(), way.intro)

    progress = CourseProgress.objects.get(pk=way.enrollment.pk)
    assert (progress.last_item, progress.required, progress.done) == (way.intro, 3, 0)
    assert announced("CourseStarted") == [{"enrollment_id": way.enrollment.pk, "run_id": way.enrollment.run_id}]


def test_a_lesson_waits_for_its_required_activities(way):
    with pytest.raises(errors.ActivitiesOpen):
        way.done(way.intro)


def test_an_activity_completes_only_at_its_passing_grade_and_keeps_the_best(way):
    way.done(way.quiz, Decimal("69.99"))
    assert queries.snapshot(way.fresh()).done == 0

    way.done(way.quiz, Decimal("70"))
    way.done(way.quiz, Decimal("30"))

    record = ItemProgress.objects.get(item=way.quiz)
    assert record.score == Decimal("70")
    assert record.completed_at is not None


def test_a_gate_locks_what_comes_after_it_until_it_is_complete(way):
    assert not queries.is_open(way.fresh(), way.lesson)
    assert queries.snapshot(way.fresh()).gate_of(way.lesson.pk) == way.basics
    with pytest.raises(errors.Locked):
        way.done(way.lesson)
    with pytest.raises(errors.Locked):
        services.open_item(way.fresh(), way.lesson)

    way.done(way.quiz, Decimal(80))
    way.done(way.intro)

    assert queries.is_open(way.fresh(), way.lesson)


def test_the_last_required_item_completes_the_course_and_says_so_once(way):
    progress = way.finish()
    way.done(way.lesson)

    assert progress.completed_at is not None
    assert (progress.done, progress.required, progress.percent, progress.score) == (3, 3, 100, Decimal("80.00"))
    assert announced("CourseCompleted") == [
        {
            "enrollment_id": way.enrollment.pk,
            "run_id": way.enrollment.run_id,
            "person_id": way.enrollment.person_id,
        }
    ]


def test_what_is_not_required_is_not_waited_for(way):
    extra = OutlineItemFactory(course=way.course, parent=way.core, is_required=False)
    way.republish()

    assert way.finish().completed_at is not None
    assert not queries.snapshot(way.fresh()).is_item_complete(extra)


def test_who_has_finished_stays_finished_when_the_course_grows(way):
    finished_at = way.finish().completed_at
    OutlineItemFactory(course=way.course, parent=way.core)
    way.republish()

    services.open_item(way.fresh(), way.lesson)
    services.recount(way.fresh())

    progress = CourseProgress.objects.get(pk=way.enrollment.pk)
    assert (progress.completed_at, progress.percent) == (finished_at, 100)
    assert len(announced("CourseCompleted")) == 1


def test_a_course_that_shrinks_to_what_is_done_completes_at_the_next_visit(way):
    way.done(way.quiz, Decimal(80))
    way.done(way.intro)
    OutlineItem.objects.filter(pk=way.lesson.pk).update(removed_at=timezone.now())
    way.republish()

    progress = services.open_item(way.fresh(), way.intro)

    assert progress.completed_at is not None
    assert (progress.done, progress.required) == (2, 2)


def test_a_part_that_was_taken_out_cannot_be_done(way):
    way.intro.removed_at = timezone.now()
    way.intro.save()
    way.republish()

    with pytest.raises(errors.NotInCourse):
        way.done(way.intro)


@pytest.mark.parametrize("status", ["waiting", "withdrawn"])
def test_without_a_seat_nothing_counts(way, status):
    Enrollment.objects.filter(pk=way.enrollment.pk).update(status=status)

    with pytest.raises(errors.NotLearning):
        way.done(way.quiz, Decimal(100))
    assert not queries.is_open(way.fresh(), way.intro)


def test_lessons_are_not_completed_after_the_run(way):
    run = way.enrollment.run
    run.starts_at, run.ends_at = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=1)
    run.save()
    way.done(way.quiz, Decimal(80))

    with pytest.raises(errors.RunOver):
        way.done(way.intro)


def test_learning_resumes_at_the_lesson_left_and_then_at_the_next(way):
    assert queries.resume_item(way.fresh()) == way.intro
    services.open_item(way.fresh(), way.intro)
    assert queries.resume_item(way.fresh()) == way.intro

    way.done(way.quiz, Decimal(80))
    way.done(way.intro)
    assert queries.resume_item(way.fresh()) == way.lesson

    way.done(way.lesson)
    assert queries.resume_item(way.fresh()) == way.intro


def test_time_is_counted_by_the_clock_of_the_server(way):
    services.open_item(way.fresh(), way.intro)
    progress = CourseProgress.objects.filter(pk=way.enrollment.pk)
    progress.update(started_at=timezone.now() - timedelta(seconds=31))

    services.note_position(way.fresh(), way.intro, seconds=3000, position=0.4)
    services.note_position(way.fresh(), way.intro, seconds=3000, position=0.6)

    assert 30 <= progress.get().seconds <= 32
    kept = ItemProgress.objects.get(enrollment=way.enrollment, item=way.intro)
    assert (kept.position, kept.completed_at) == (0.6, None)
    assert kept.seconds == progress.get().seconds


def test_hours_of_a_year_are_those_of_completed_courses(way):
    person = way.enrollment.person
    assert queries.hours_of(person, timezone.localdate().year) == 0

    way.finish()

    assert queries.hours_of(person, timezone.localdate().year) == way.course.jp
    assert queries.hours_of(person, 2001) == 0


def test_opening_and_reporting_take_few_queries(way):
    services.open_item(way.fresh(), way.intro)
    enrollment = way.fresh()
    queries.snapshot(enrollment)  # the outline is kept by the process

    with CaptureQueriesContext(connection) as opening:
        services.open_item(enrollment, way.intro)
    with CaptureQueriesContext(connection) as reporting:
        services.report(enrollment, way.quiz, completed=True, score=Decimal(90))

    def own(captured):
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    assert len(own(opening)) <= 2
    assert len(own(reporting)) <= 4
