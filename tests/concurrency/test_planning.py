"""Planners against learners: each race shown to be real without its lock, then shown to be closed."""

import threading
import time
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from courses.catalog.models import CourseRun
from lms.enrollment import errors, services
from lms.enrollment.models import ClassMember, ClassSplit, Enrollment, RunClass, RunSeats
from lms.enrollment.services import classes
from lms.enrollment.services import seats as seat_path
from tests.factories.enrollment import RunSeatsFactory
from tests.factories.people import PersonFactory
from tests.lms.enrollment.test_planning import a_period, plans

WAIT = 60


def until_somebody_waits_for_a_lock():
    for _try in range(WAIT * 100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody waits for the lock")


def click_while(at_once, run, step):
    """A click that waits for the run's turn while ``step`` is taken; returns what became of the click."""
    holds = threading.Event()

    def plan():
        with transaction.atomic():
            seat_path.lock(run.pk)
            holds.set()
            until_somebody_waits_for_a_lock()
            step()

    def click():
        holds.wait(WAIT)
        return services.enroll(PersonFactory(), run)

    return at_once([plan, click])[1]


def test_read_together_with_the_lock_a_run_that_is_cancelled_lets_somebody_in(at_once, monkeypatch):
    run = RunSeatsFactory().run

    def lock(run_id):
        rows = RunSeats.objects.select_related("run", "period").select_for_update(no_key=True, of=("self",))
        return rows.get(run_id=run_id)

    monkeypatch.setattr(seat_path, "lock", lock)

    click_while(at_once, run, lambda: CourseRun.objects.filter(pk=run.pk).update(is_cancelled=True))

    assert Enrollment.objects.live().filter(run=run).exists()


def test_nobody_gets_into_a_run_while_it_is_cancelled(at_once):
    run = RunSeatsFactory().run

    became = click_while(at_once, run, partial(services.cancel_runs, [run.pk], reason="x", by=PersonFactory()))

    assert isinstance(became, errors.RunCancelled)
    assert not Enrollment.objects.filter(run=run).exists()


def test_nobody_gets_into_a_period_while_it_is_closed(at_once):
    run = RunSeatsFactory().run

    became = click_while(
        at_once, run, partial(services.close_period, run.seating.period, reason="x", by=PersonFactory())
    )

    assert isinstance(became, errors.EnrollmentClosed)


def test_cancelling_at_once_from_two_windows_ends_each_place_once(at_once):
    run, by = RunSeatsFactory(seats=20).run, PersonFactory()
    services.place(run.pk, [PersonFactory().pk for _ in range(30)])
    services.cancel_runs([run.pk], reason="x", by=by)

    results = at_once([partial(services.end_places, run.pk, by=by, limit=10) for _ in range(8)])

    assert not [result for result in results if isinstance(result, Exception)]
    seating = RunSeats.objects.get(run=run)
    assert (seating.taken, seating.waiting) == (0, 0)
    assert Enrollment.objects.filter(run=run, is_cancelled=True).count() == 30


def without_turns(run_id):
    return ClassSplit.objects.filter(run=run_id).first()


def test_without_the_turn_two_workers_split_the_same_learners(at_once, monkeypatch):
    run = RunSeatsFactory().run
    services.place(run.pk, [PersonFactory().pk for _ in range(6)])
    ClassSplit.objects.create(run=run, size=4)
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def last_number(field):
        """Asked for once the learners and the free places are read, and before anything is written."""
        both_have_read.wait()
        return Max(field)

    monkeypatch.setattr(classes, "_lock", without_turns)
    monkeypatch.setattr(classes, "Max", last_number)

    results = at_once([partial(services.fill_classes, run.pk)] * 2)

    assert [type(result) for result in results].count(IntegrityError) == 1


def test_many_workers_split_everybody_once_by_arrival(at_once):
    run = RunSeatsFactory().run
    services.place(run.pk, [PersonFactory().pk for _ in range(30)])
    ClassSplit.objects.create(run=run, size=4)

    results = at_once([partial(services.fill_classes, run.pk)] * 6)

    assert sorted(results) == [0, 0, 0, 0, 0, 30]
    assert list(RunClass.objects.order_by("number").values_list("members", flat=True)) == [4] * 7 + [2]
    by_arrival = run.enrollments.order_by("arrival").values_list("person_id", flat=True)
    split = ClassMember.objects.order_by("group__number", "pk").values_list("person_id", flat=True)
    assert list(split) == list(by_arrival)


def test_one_form_sent_from_two_windows_makes_one_period(at_once):
    key, by, runs = uuid4(), PersonFactory(), plans(3)
    periods = [a_period(RunSeatsFactory().period.organizer) for _ in range(2)]

    results = at_once([partial(services.plan_period, period, runs, by=by, form_key=key) for period in periods])

    assert results[0] == results[1]
    assert RunSeats.objects.filter(period=results[0]).count() == 3
