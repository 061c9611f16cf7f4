"""Completing a course from two devices at once: real without the lock, once with it."""

import threading
from datetime import timedelta
from functools import partial

from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.enrollment import errors as enrollment_errors
from lms.enrollment import services as enrollment_services
from lms.enrollment.models import Enrollment
from lms.events.models import Event
from lms.progress import errors, services
from lms.progress.models import CourseProgress, Review
from lms.progress.services import reporting, reviews
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

WAIT = 60


def course_of_two_lessons():
    seating = RunSeatsFactory(seats=5)
    enrollment = EnrollmentFactory(run=seating.run, period=seating.period)
    seating.taken = 1
    seating.save()
    items = [OutlineItemFactory(course=seating.run.course) for _ in range(2)]
    services.open_item(enrollment, items[0])
    return enrollment, items


def done(enrollment, item):
    fresh = Enrollment.objects.select_related("run__course").get(pk=enrollment.pk)
    return services.report(fresh, item, completed=True)


def times_announced():
    return Event.objects.filter(name="progress.CourseCompleted").count()


def test_without_the_lock_the_last_two_lessons_done_at_once_complete_nothing(at_once, monkeypatch):
    enrollment, items = course_of_two_lessons()
    both_have_read = threading.Barrier(2, timeout=WAIT)
    settle = reporting._settle

    def slow(*args):
        both_have_read.wait()
        return settle(*args)

    monkeypatch.setattr(reporting, "_lock", lambda place: CourseProgress.objects.get(pk=place.pk))
    monkeypatch.setattr(reporting, "_settle", slow)

    at_once([partial(done, enrollment, item) for item in items])

    assert times_announced() == 0
    assert CourseProgress.objects.get(pk=enrollment.pk).done == 1


def test_the_last_two_lessons_done_at_once_complete_the_course_once(at_once):
    enrollment, items = course_of_two_lessons()

    results = at_once([partial(done, enrollment, item) for item in items * 4])

    assert not [result for result in results if isinstance(result, Exception)]
    assert times_announced() == 1
    progress = CourseProgress.objects.get(pk=enrollment.pk)
    assert progress.done == 2
    assert progress.completed_at is not None


def test_the_first_lesson_opened_on_two_devices_starts_the_course_once(at_once):
    enrollment = EnrollmentFactory()
    item = OutlineItemFactory(course=enrollment.run.course)

    def opened():
        fresh = Enrollment.objects.select_related("run__course").get(pk=enrollment.pk)
        return services.open_item(fresh, item)

    results = at_once([opened] * 6)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Event.objects.filter(name="progress.CourseStarted").count() == 1


def test_either_the_course_is_completed_or_the_place_withdrawn(at_once):
    for _ in range(6):
        enrollment, items = course_of_two_lessons()
        done(enrollment, items[0])

        completed, withdrawn = at_once(
            [
                partial(done, enrollment, items[1]),
                partial(enrollment_services.withdraw, enrollment, by=enrollment.person),
            ]
        )

        is_completed = CourseProgress.objects.get(pk=enrollment.pk).completed_at is not None
        is_withdrawn = Enrollment.objects.get(pk=enrollment.pk).status == "withdrawn"
        assert is_completed != is_withdrawn
        assert isinstance(withdrawn, enrollment_errors.AlreadyCompleted) == is_completed
        assert isinstance(completed, errors.NotLearning) == is_withdrawn


def test_two_windows_at_once_do_not_make_time_run_faster(at_once):
    enrollment, items = course_of_two_lessons()
    progress = CourseProgress.objects.filter(pk=enrollment.pk)
    progress.update(started_at=timezone.now() - timedelta(seconds=20))

    def note(item):
        fresh = Enrollment.objects.select_related("run__course", "progress").get(pk=enrollment.pk)
        services.note_position(fresh, item, seconds=30, position=0)

    at_once([partial(note, item) for item in items * 5])

    assert 19 <= progress.get().seconds <= 22


def waiting_entry():
    enrollment, items = course_of_two_lessons()
    Review.objects.create(enrollment=enrollment, item=items[0], cause=Review.Cause.CLOCK, opened_at=timezone.now())
    officers = [PersonFactory() for _ in range(2)]
    return [
        partial(decide, [Review.objects.get().pk], "Alasan", by=officer)
        for officer, decide in zip(officers, (services.accept, services.ask_again), strict=True)
    ]


def test_without_the_lock_two_officers_would_both_decide(at_once, monkeypatch):
    decisions = waiting_entry()
    both_have_read = threading.Barrier(2, timeout=WAIT)
    evidence_of = reviews._evidence_of

    def slow(found):
        both_have_read.wait()
        return evidence_of(found)

    monkeypatch.setattr(reviews, "locked", CourseProgress.objects.all)
    monkeypatch.setattr(reviews, "_evidence_of", slow)

    assert at_once(decisions) == [1, 1]


def test_of_two_officers_who_decide_at_once_one_does(at_once):
    decisions = waiting_entry()

    assert sorted(at_once(decisions * 3)) == [0, 0, 0, 0, 0, 1]
    assert AuditEntry.objects.filter(action__startswith="progress.").count() == 1
