"""Seats under concurrency: each race shown to be real without the lock, then closed with it."""

import random
import threading
from functools import partial

import pytest
from django.db import IntegrityError

from lms.enrollment import errors, queries, services
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.services import places
from lms.enrollment.services import seats as seat_path
from tests.factories.enrollment import EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

WAIT = 60


def people(count):
    return [PersonFactory() for _ in range(count)]


def assert_exact(run):
    """Seats taken are people seated, never too many, and no seat is free while somebody waits."""
    seating = RunSeats.objects.get(run=run)
    seated = Enrollment.objects.filter(run=run, status="seated").count()
    waiting = Enrollment.objects.filter(run=run, status="waiting").count()
    assert seating.taken == seated
    assert seated <= seating.seats
    assert seated == seating.seats or waiting == 0
    live = Enrollment.objects.live().filter(run=run)
    assert live.count() == live.values("person").distinct().count()


def unlocked(run_id):
    return RunSeats.objects.get(pk=run_id)


def test_without_the_lock_two_people_are_given_the_last_seat(at_once, monkeypatch):
    run = RunSeatsFactory(seats=1).run
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def lock(run_id):
        seating = unlocked(run_id)
        both_have_read.wait()
        return seating

    monkeypatch.setattr(seat_path, "lock", lock)

    results = at_once([partial(places._place, [person.pk], run.pk, None, False, "") for person in people(2)])

    # Both were granted it; the constraint, which is the last to stand in the way, threw one of them out with an error.
    assert [type(result) for result in results].count(IntegrityError) == 1


def test_without_the_lock_a_seat_stays_free_while_somebody_waits(at_once, monkeypatch):
    run = RunSeatsFactory(seats=1).run
    seated = services.enroll(PersonFactory(), run)
    late = PersonFactory()
    has_read, has_withdrawn = threading.Event(), threading.Event()

    def lock(run_id):
        seating = unlocked(run_id)
        if threading.current_thread().name == "late":
            has_read.set()
            has_withdrawn.wait(WAIT)
        return seating

    def enroll_late():
        threading.current_thread().name = "late"
        return services.enroll(late, run)

    def withdraw():
        has_read.wait(WAIT)
        services.withdraw(seated, by=seated.person)
        has_withdrawn.set()

    monkeypatch.setattr(seat_path, "lock", lock)

    at_once([enroll_late, withdraw])

    assert RunSeats.objects.get(run=run).taken == 0
    assert Enrollment.objects.filter(run=run, status="waiting").count() == 1


def test_as_many_are_seated_as_there_are_seats_and_the_rest_wait_in_order(at_once):
    run = RunSeatsFactory(seats=13).run

    results = at_once([partial(services.enroll, person, run) for person in people(40)])

    assert not [result for result in results if isinstance(result, Exception)]
    assert_exact(run)
    order = Enrollment.objects.filter(run=run).order_by("arrival").values_list("status", flat=True)
    assert list(order) == ["seated"] * 13 + ["waiting"] * 27
    numbers = sorted(queries.waiting_numbers(Enrollment.objects.filter(run=run)).values())
    assert numbers == list(range(1, 28))


def test_everyone_pressing_twice_gets_one_place(at_once):
    run = RunSeatsFactory(seats=5).run
    crowd = people(12)

    results = at_once([partial(services.enroll, person, run) for person in crowd for _ in range(2)])

    assert not [result for result in results if isinstance(result, Exception)]
    assert Enrollment.objects.filter(run=run).count() == 12
    assert_exact(run)


def test_withdrawals_and_arrivals_at_once_leave_no_seat_free(at_once):
    run = RunSeatsFactory(seats=8).run
    early = [services.enroll(person, run) for person in people(14)]
    steps = [partial(services.withdraw, place, by=place.person) for place in early[:10]]
    steps += [partial(services.withdraw, place, by=place.person) for place in early[:4]]
    steps += [partial(services.enroll, person, run) for person in people(16)]
    random.Random(7).shuffle(steps)

    results = at_once(steps)

    assert not [result for result in results if isinstance(result, Exception)]
    assert_exact(run)
    # Whoever came first is seated first: nobody who waits is ahead of somebody seated from the list.
    live = Enrollment.objects.live().filter(run=run).order_by("arrival").values_list("status", flat=True)
    assert list(live) == sorted(live)


def test_seats_changed_while_people_come_and_go_stay_exact(at_once):
    run = RunSeatsFactory(seats=5).run
    officer = PersonFactory()
    early = [services.enroll(person, run) for person in people(8)]
    steps = [partial(services.change_seats, run, seats, officer) for seats in (9, 4, 7, 12, 3)]
    steps += [partial(services.withdraw, place, by=place.person) for place in early]
    steps += [partial(services.enroll, person, run) for person in people(10)]
    random.Random(3).shuffle(steps)

    results = at_once(steps)

    assert {type(result) for result in results if isinstance(result, Exception)} <= {errors.SeatsBelowTaken}
    assert_exact(run)


def test_one_person_in_two_runs_of_a_period_at_once_gets_one(at_once):
    period = EnrollmentPeriodFactory()
    runs = [RunSeatsFactory(period=period, seats=9).run for _ in range(2)]
    crowd = people(8)

    results = at_once([partial(services.enroll, person, run) for person in crowd for run in runs])

    assert sum(isinstance(result, errors.OneRunPerPeriod) for result in results) == 8
    assert Enrollment.objects.count() == 8
    for run in runs:
        assert RunSeats.objects.get(run=run).taken == Enrollment.objects.filter(run=run, status="seated").count()


def test_two_lists_with_the_same_people_do_not_wait_for_each_other_in_a_circle(at_once):
    period = EnrollmentPeriodFactory()
    runs = [RunSeatsFactory(period=period, seats=30).run for _ in range(2)]
    ids = [person.pk for person in people(30)]
    officer = PersonFactory()

    results = at_once(
        [
            partial(services.bulk_enroll, ids, runs[0], by=officer),
            partial(services.bulk_enroll, ids[::-1], runs[1], by=officer),
        ]
    )

    assert sorted(len(result.seated) for result in results) == [0, 30]
    assert sorted(len(result.refused) for result in results) == [0, 30]


@pytest.mark.parametrize("seats", [1, 3])
def test_a_list_and_single_people_share_the_seats_exactly(at_once, seats):
    run = RunSeatsFactory(seats=seats).run
    crowd = people(10)
    officer = PersonFactory()
    steps = [partial(services.enroll, person, run) for person in crowd]
    steps.append(partial(services.bulk_enroll, [person.pk for person in crowd], run, by=officer))

    results = at_once(steps)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Enrollment.objects.filter(run=run).count() == 10
    assert_exact(run)


def test_clicks_from_many_threads_each_get_their_own_answer(at_once):
    run = RunSeatsFactory(seats=7).run
    crowd = people(20)
    steps = [partial(services.click, run.pk, each.pk, each.get_session_auth_hash()) for each in crowd for _ in range(2)]

    results = at_once(steps, threads=20)

    assert not [result for result in results if isinstance(result, Exception)]
    for first, second in zip(results[::2], results[1::2], strict=True):
        assert first.enrollment_id == second.enrollment_id
    arrivals = sorted(Enrollment.objects.filter(run=run).values_list("arrival", flat=True))
    assert arrivals == list(range(1, 21))
    assert sorted({result.number for result in results if result.code == "waiting"}) == list(range(1, 14))
    assert_exact(run)
