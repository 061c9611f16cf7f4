"""Seats that are offered for a time, and seats that are kept for an audience."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from lms.enrollment import errors, queries, services
from lms.enrollment.models import Enrollment, RunSeats, SeatReserve
from lms.events.models import Event
from lms.events.services import deliver
from lms.notifications.models import Message
from lms.notifications.queries import text_of
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def counters(run):
    return RunSeats.objects.values_list("taken", "held", "waiting", "arrivals").get(run=run)


def status(place):
    return Enrollment.objects.values_list("status", flat=True).get(pk=place.pk)


def full_run_with_offers(waiting):
    run = RunSeatsFactory(seats=1, period__offer_hours=24).run
    return run, [services.enroll(PersonFactory(), run) for _ in range(1 + waiting)]


def test_arrivals_are_numbered_and_who_comes_back_arrives_again():
    run = RunSeatsFactory(seats=1).run
    first, second = (services.enroll(PersonFactory(), run) for _ in range(2))

    services.withdraw(first, by=first.person)
    again = services.enroll(first.person, run)

    assert [first.arrival, second.arrival, again.arrival] == [1, 2, 3]
    assert counters(run) == (1, 0, 1, 3)
    assert first.created_at <= second.created_at <= again.created_at


def test_an_arrival_is_never_written_down_as_earlier_than_the_one_before():
    seating = RunSeatsFactory(arrived_at=timezone.now() + timedelta(seconds=3))

    assert services.enroll(PersonFactory(), seating.run).created_at == seating.arrived_at


def test_a_free_seat_is_offered_for_the_hours_of_the_period():
    run, (seated, first, second) = full_run_with_offers(2)

    services.withdraw(seated, by=seated.person)

    first.refresh_from_db()
    assert first.status == Enrollment.Status.OFFERED
    assert timedelta(hours=23) < first.offer_ends_at - timezone.now() <= timedelta(hours=24)
    assert counters(run) == (1, 0, 1, 3)
    assert queries.eligibility(first.person, run).code == "offered"
    assert services.accept(first, by=first.person).status == Enrollment.Status.SEATED
    assert services.accept(first, by=first.person).seated_at is not None
    assert Event.objects.filter(name="enrollment.Enrolled").count() == 2
    assert queries.waiting_numbers([second]) == {second.pk: 1}


def test_a_declined_offer_goes_to_the_next():
    run, (seated, first, second) = full_run_with_offers(2)
    services.withdraw(seated, by=seated.person)

    services.withdraw(first, by=first.person)

    assert (status(first), status(second)) == ("withdrawn", "offered")
    assert counters(run)[:3] == (1, 0, 0)


def test_an_offer_that_ran_out_goes_to_the_next_and_cannot_be_accepted():
    _run, (seated, first, second) = full_run_with_offers(2)
    services.withdraw(seated, by=seated.person)
    Enrollment.objects.filter(pk=first.pk).update(offer_ends_at=timezone.now())

    with pytest.raises(errors.OfferOver):
        services.accept(first, by=first.person)
    assert services.settle_due() == 1
    assert services.settle_due() == 0

    assert (status(first), status(second)) == ("withdrawn", "offered")
    with pytest.raises(errors.OfferOver):
        services.accept(first, by=first.person)


def remote(*people):
    rule = {"all": [{"kind": "people", "people": [person.pk for person in people]}]}
    return AudienceFactory(rule=rule)


def reserve(run, audience, seats, hours=None):
    moment = timezone.now() + timedelta(hours=hours) if hours is not None else None
    return services.reserve_seats(run, audience, seats, releases_at=moment, by=PersonFactory())


def test_reserved_seats_go_to_their_audience_first_and_to_nobody_else():
    run = RunSeatsFactory(seats=3).run
    islander, far = PersonFactory(), PersonFactory()
    kept = reserve(run, remote(islander, far), 1)
    others = [services.enroll(PersonFactory(), run) for _ in range(3)]

    places = [services.enroll(person, run) for person in (islander, far)]

    assert [place.status for place in others] == ["seated", "seated", "waiting"]
    assert [place.status for place in places] == ["seated", "waiting"]
    assert places[0].reserve_id == kept.pk
    assert counters(run) == (3, 0, 2, 5)


def test_a_reserved_seat_that_becomes_free_waits_for_its_audience():
    run = RunSeatsFactory(seats=1).run
    islander, far = PersonFactory(), PersonFactory()
    reserve(run, remote(islander, far), 1)
    seated = services.enroll(islander, run)
    other, own = services.enroll(PersonFactory(), run), services.enroll(far, run)

    services.withdraw(seated, by=islander)

    assert (status(other), status(own)) == ("waiting", "seated")
    services.withdraw(own, by=far)
    assert status(other) == "waiting"
    assert counters(run) == (0, 1, 1, 3)


def test_what_is_left_of_a_reserve_is_released_to_those_who_wait_at_its_time():
    run = RunSeatsFactory(seats=2).run
    kept = reserve(run, remote(PersonFactory()), 2, hours=1)
    waiting = [services.enroll(PersonFactory(), run) for _ in range(3)]
    SeatReserve.objects.update(releases_at=timezone.now())

    services.settle_due()

    assert [status(place) for place in waiting] == ["seated", "seated", "waiting"]
    kept.refresh_from_db()
    assert kept.released_at is not None
    assert counters(run) == (2, 0, 1, 3)


def test_who_comes_after_the_release_does_not_pass_those_who_waited_for_it():
    run = RunSeatsFactory(seats=1).run
    reserve(run, remote(PersonFactory()), 1, hours=1)
    early = services.enroll(PersonFactory(), run)
    SeatReserve.objects.update(releases_at=timezone.now())

    late = services.enroll(PersonFactory(), run)

    assert (status(early), late.status) == ("seated", "waiting")


def test_who_enters_the_audience_while_waiting_takes_its_free_seat(django_capture_on_commit_callbacks):
    run = RunSeatsFactory(seats=1).run
    audience = remote(PersonFactory())
    reserve(run, audience, 1)
    waiting = services.enroll(PersonFactory(), run)

    rule = {"all": [{"kind": "people", "people": [waiting.person_id]}]}
    services.change_audience(audience, name=audience.name, rule=rule, by=None)
    deliver()

    assert status(waiting) == "seated"


def test_reserves_are_within_the_free_seats_and_above_those_taken():
    run = RunSeatsFactory(seats=3).run
    islander = PersonFactory()
    audience = remote(islander)
    services.enroll(PersonFactory(), run)

    with pytest.raises(errors.ReserveTooLarge):
        reserve(run, audience, 3)
    reserve(run, audience, 2)
    services.enroll(islander, run)
    with pytest.raises(errors.ReserveBelowTaken):
        reserve(run, audience, 0)
    with pytest.raises(errors.SeatsBelowReserved):
        services.change_seats(run, 2, PersonFactory())
    with pytest.raises(errors.ReserveNeedsLimit):
        reserve(RunSeatsFactory().run, audience, 1)


def test_smaller_and_released_reserves_seat_those_who_wait():
    run = RunSeatsFactory(seats=3).run
    audience = remote(PersonFactory())
    kept = reserve(run, audience, 3)
    waiting = [services.enroll(PersonFactory(), run) for _ in range(3)]

    reserve(run, audience, 2)
    assert [status(place) for place in waiting] == ["seated", "waiting", "waiting"]
    services.release_reserve(kept, by=PersonFactory())
    services.release_reserve(kept, by=PersonFactory())

    assert [status(place) for place in waiting] == ["seated"] * 3
    assert counters(run) == (3, 0, 0, 3)


def test_without_a_limit_nothing_is_reserved_any_more():
    run = RunSeatsFactory(seats=1).run
    reserve(run, remote(PersonFactory()), 1)
    waiting = services.enroll(PersonFactory(), run)

    services.change_seats(run, None, PersonFactory())

    assert status(waiting) == "seated"
    assert counters(run) == (1, 0, 0, 1)


def test_the_period_of_a_run_without_offers_seats_at_once():
    run = RunSeatsFactory(seats=1, period=EnrollmentPeriodFactory()).run
    first, second = (services.enroll(PersonFactory(), run) for _ in range(2))

    services.withdraw(first, by=first.person)

    assert status(second) == "seated"


def test_nobody_moves_up_into_a_cancelled_run():
    run = RunSeatsFactory(seats=1).run
    seated, waiting = (services.enroll(PersonFactory(), run) for _ in range(2))
    run.is_cancelled = True
    run.save()

    services.withdraw(seated, by=seated.person)

    assert status(waiting) == Enrollment.Status.WAITING


def told(person):
    return list(Message.objects.filter(person=person).values_list("kind", "key"))


def test_who_moves_up_is_told_once_that_the_seat_is_hers():
    run = RunSeatsFactory(seats=1).run
    seated, waiting = (services.enroll(PersonFactory(), run) for _ in range(2))

    services.withdraw(seated, by=seated.person)
    while deliver():
        pass
    services.tell_moved_up([waiting.pk])

    assert told(waiting.person) == [("enrollment.moved_up", f"enrollment:{waiting.pk}")]
    assert told(seated.person) == []


def test_who_is_offered_a_seat_is_told_until_when_in_her_language():
    run, (seated, first) = full_run_with_offers(1)

    services.withdraw(seated, by=seated.person)
    while deliver():
        pass

    [message] = Message.objects.filter(person=first.person)
    first.refresh_from_db()
    assert message.url == f"/runs/{run.pk}/"
    with translation.override("en"):
        english = text_of(message.kind, message.values)
    with translation.override("id"):
        indonesian = text_of(message.kind, message.values)
    assert run.course.title in english.subject
    assert run.course.title in indonesian.subject
    assert english.body != indonesian.body


def test_an_offer_that_was_declined_before_the_worker_came_is_not_told():
    _run, (seated, first) = full_run_with_offers(1)
    services.withdraw(seated, by=seated.person)
    services.withdraw(first, by=first.person)

    assert services.tell_offered([first.pk]) == 0


def test_telling_costs_the_same_for_two_or_fifty(queries_of):
    run = RunSeatsFactory().run
    few, many = ([services.enroll(PersonFactory(), run).pk for _ in range(number)] for number in (2, 50))

    assert queries_of(services.tell_moved_up, few) == queries_of(services.tell_moved_up, many)
