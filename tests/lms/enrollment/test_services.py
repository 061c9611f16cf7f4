"""Taking places, giving them back, and the order of the waiting list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.enrollment import errors, queries, services
from lms.enrollment.models import Enrollment, RunSeats
from lms.events.models import Event
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory

pytestmark = pytest.mark.django_db


def events(name):
    return [event.facts for event in Event.objects.filter(name=f"enrollment.{name}").order_by("pk")]


def statuses(run):
    return list(Enrollment.objects.filter(run=run).order_by("pk").values_list("status", flat=True))


def taken(run):
    return RunSeats.objects.get(run=run).taken


def test_a_person_gets_a_seat_with_the_unit_of_that_day():
    run = RunSeatsFactory(seats=2).run
    membership = MembershipFactory()

    enrollment = services.enroll(membership.person, run)

    assert enrollment.status == Enrollment.Status.SEATED
    assert (enrollment.unit_id, enrollment.employment_type) == (membership.unit_id, "pns")
    assert taken(run) == 1
    assert events("Enrolled") == [
        {"run_id": run.pk, "enrollment_ids": [enrollment.pk], "by_id": None, "has_waited": False}
    ]


def test_a_full_run_puts_the_next_person_on_the_waiting_list():
    run = RunSeatsFactory(seats=1).run
    services.enroll(PersonFactory(), run)

    late = services.enroll(PersonFactory(), run)

    assert late.status == Enrollment.Status.WAITING
    assert queries.waiting_number(run.pk, late.pk) == 1
    assert events("Waitlisted") == [{"run_id": run.pk, "enrollment_ids": [late.pk]}]


def test_pressing_enroll_twice_gives_the_same_place():
    run = RunSeatsFactory(seats=5).run
    person = PersonFactory()

    first, second = services.enroll(person, run), services.enroll(person, run)

    assert first.pk == second.pk
    assert taken(run) == 1
    assert len(events("Enrolled")) == 1


def test_a_withdrawn_seat_goes_to_the_first_who_waits():
    run = RunSeatsFactory(seats=1).run
    seated, first, second = (services.enroll(PersonFactory(), run) for _ in range(3))

    services.withdraw(seated, by=seated.person)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status == Enrollment.Status.SEATED
    assert first.seated_at is not None
    assert second.status == Enrollment.Status.WAITING
    assert queries.waiting_numbers([first, second]) == {second.pk: 1}
    assert taken(run) == 1


def test_withdrawing_twice_frees_one_seat():
    run = RunSeatsFactory(seats=3).run
    enrollment = services.enroll(PersonFactory(), run)

    services.withdraw(enrollment, by=enrollment.person)
    services.withdraw(enrollment, by=enrollment.person)

    assert taken(run) == 0
    assert len(events("Withdrawn")) == 1


def test_leaving_the_waiting_list_frees_no_seat():
    run = RunSeatsFactory(seats=1).run
    services.enroll(PersonFactory(), run)
    waiting = services.enroll(PersonFactory(), run)

    services.withdraw(waiting, by=waiting.person)

    assert taken(run) == 1


def test_who_withdrew_may_enroll_again_at_the_end_of_the_line():
    run = RunSeatsFactory(seats=1).run
    first = services.enroll(PersonFactory(), run)
    services.enroll(PersonFactory(), run)

    services.withdraw(first, by=first.person)
    again = services.enroll(first.person, run)

    assert again.pk != first.pk
    assert again.status == Enrollment.Status.WAITING


def test_only_one_run_of_a_period_is_possible():
    period = EnrollmentPeriodFactory()
    run, other = RunSeatsFactory(period=period).run, RunSeatsFactory(period=period).run
    person = PersonFactory()
    services.enroll(person, run)

    with pytest.raises(errors.OneRunPerPeriod):
        services.enroll(person, other)

    assert taken(other) == 0


def test_a_completed_enrollment_stays():
    enrollment = services.enroll(PersonFactory(), RunSeatsFactory().run)
    now = timezone.now()
    CourseProgress.objects.create(enrollment=enrollment, started_at=now, last_seen_at=now, completed_at=now)

    with pytest.raises(errors.AlreadyCompleted):
        services.withdraw(enrollment, by=enrollment.person)


@pytest.mark.parametrize(("opens", "closes", "error"), [(1, 2, errors.NotOpenYet), (-2, -1, errors.EnrollmentClosed)])
def test_outside_the_window_only_others_can_assign(opens, closes, error):
    now = timezone.now()
    period = EnrollmentPeriodFactory(opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes))
    run = RunSeatsFactory(period=period).run
    person, officer = PersonFactory(), PersonFactory()

    with pytest.raises(error):
        services.enroll(person, run)

    assert services.enroll(person, run, by=officer).status == Enrollment.Status.SEATED
    assert AuditEntry.objects.filter(action="enrollment.enroll", by=officer).count() == 1


def test_nobody_gets_into_a_run_that_is_cancelled_over_or_not_offered():
    person = PersonFactory()
    now = timezone.now()
    cancelled = RunSeatsFactory(run__is_cancelled=True).run
    over = RunSeatsFactory(run__starts_at=now - timedelta(days=9), run__ends_at=now - timedelta(days=1)).run

    for run, error in [
        (cancelled, errors.RunCancelled),
        (over, errors.RunEnded),
        (CourseRunFactory(), errors.NotOffered),
    ]:
        with pytest.raises(error):
            services.enroll(person, run, by=PersonFactory())


def test_more_seats_go_to_the_waiting_list_in_its_order():
    run = RunSeatsFactory(seats=1).run
    places = [services.enroll(PersonFactory(), run) for _ in range(4)]

    services.change_seats(run, 3, PersonFactory())

    assert statuses(run) == ["seated", "seated", "seated", "waiting"]
    assert events("Enrolled")[-1]["enrollment_ids"] == [places[1].pk, places[2].pk]
    assert taken(run) == 3


def test_a_run_without_limit_seats_everybody_who_waits():
    run = RunSeatsFactory(seats=1).run
    for _ in range(3):
        services.enroll(PersonFactory(), run)

    services.change_seats(run, None, PersonFactory())

    assert statuses(run) == ["seated"] * 3


def test_seats_never_become_fewer_than_people_who_have_one():
    run = RunSeatsFactory(seats=3).run
    for _ in range(2):
        services.enroll(PersonFactory(), run)

    with pytest.raises(errors.SeatsBelowTaken):
        services.change_seats(run, 1, PersonFactory())
    services.change_seats(run, 2, PersonFactory())

    assert services.enroll(PersonFactory(), run).status == Enrollment.Status.WAITING


def test_bulk_enrollment_seats_in_the_order_given_and_says_what_became_of_each():
    period = EnrollmentPeriodFactory()
    run = RunSeatsFactory(period=period, seats=3).run
    elsewhere = RunSeatsFactory(period=period).run
    kept, busy, *fresh = [PersonFactory() for _ in range(5)]
    services.enroll(kept, run)
    services.enroll(busy, elsewhere)
    order = [fresh[2].pk, kept.pk, busy.pk, fresh[0].pk, fresh[1].pk, fresh[0].pk]

    result = services.bulk_enroll(order, run, by=PersonFactory())

    assert result.seated == [fresh[2].pk, fresh[0].pk]
    assert result.waiting == [fresh[1].pk]
    assert result.kept == [kept.pk]
    assert result.refused == {busy.pk: "one_run_per_period"}
    assert services.bulk_enroll(order, run, by=PersonFactory()).seated == []


def test_bulk_enrollment_costs_the_same_for_two_or_a_hundred():
    run, officer = RunSeatsFactory(seats=60).run, PersonFactory()
    few, many = [PersonFactory().pk for _ in range(2)], [PersonFactory().pk for _ in range(100)]

    def cost(ids):
        with CaptureQueriesContext(connection) as captured:
            services.bulk_enroll(ids, run, by=officer)
        return len(captured)

    few_cost = cost(few)
    assert cost(many) <= few_cost + 2  # of the hundred some wait: one event more, with its delivery


def test_a_run_that_is_offered_stays_as_it_is():
    run, period = CourseRunFactory(), EnrollmentPeriodFactory()

    services.offer_run(run, period, 1)
    again = services.offer_run(run, EnrollmentPeriodFactory(), 2)

    assert (again.period, again.seats) == (period, 1)


def test_a_period_is_made_with_its_window():
    now = timezone.now()

    period = services.create_period("Periode 1", now, now + timedelta(days=3), OrgUnitFactory())

    assert period.closes_at - period.opens_at == timedelta(days=3)
