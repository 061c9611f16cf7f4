"""Whatever people, officers and the clock do to two runs of a period, in whatever order: the seats stay exact.

``SEATS_EXAMPLES`` and ``SEATS_STEPS`` in the environment make it search longer.
"""

import os
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from unittest import mock

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lms.common.errors import Refused
from lms.enrollment import errors, queries, services
from lms.enrollment.models import AudienceMember, Enrollment, EnrollmentPeriod, RunSeats, SeatReserve
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

PEOPLE = 7
OF_AUDIENCE = 3
WHO = st.integers(0, PEOPLE - 1)
WHICH = st.sampled_from([0, 1])
OPENING = timezone.now().replace(microsecond=0)


class Seats(RuleBasedStateMachine):
    """Seven people, three of them of an audience, and two runs of one period that opens while they act."""

    def __init__(self):
        super().__init__()
        # Each example begins with an empty database.
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(seats=st.integers(0, 3), offer_hours=st.sampled_from([None, 1]))
    def begin(self, seats, offer_hours):
        # The moment before the opening, to the millisecond.
        self.now = OPENING - timedelta(milliseconds=1)
        self.people = [PersonFactory() for _ in range(PEOPLE)]
        listed = [person.pk for person in self.people[:OF_AUDIENCE]]
        self.audience = AudienceFactory(rule={"all": [{"kind": "people", "people": listed}]})
        self.officer = PersonFactory()
        period = EnrollmentPeriodFactory(
            opens_at=OPENING, closes_at=OPENING + timedelta(days=9), offer_hours=offer_hours
        )
        self.runs = []
        for _ in range(2):
            run = RunSeatsFactory(
                period=period,
                seats=seats,
                run__starts_at=OPENING + timedelta(days=20),
                run__ends_at=OPENING + timedelta(days=40),
            ).run
            self.runs.append(run)

    def do(self, act, *args, **kwargs):
        """Act at the machine's time; a refusal is an answer, and changes nothing that is seen here."""
        with mock.patch("django.utils.timezone.now", return_value=self.now):
            try:
                return act(*args, **kwargs)
            except Refused as refusal:
                return refusal

    def places(self, **which):
        return list(Enrollment.objects.live().filter(**which).order_by("pk"))

    @rule(who=WHO, which=WHICH)
    def enroll(self, who, which):
        is_open = self.now >= OPENING
        before = self.places(person=self.people[who])

        got = self.do(services.enroll, self.people[who], self.runs[which])

        if before and before[0].run_id == self.runs[which].pk:
            assert got == before[0]
        elif before:
            assert isinstance(got, errors.OneRunPerPeriod)
        elif not is_open:
            assert isinstance(got, errors.NotOpenYet)
        else:
            assert got.status in ("seated", "waiting")
            assert got.arrival == RunSeats.objects.get(run=self.runs[which]).arrivals

    @rule(who=WHO, which=WHICH)
    def enroll_twice(self, who, which):
        first, second = (self.do(services.enroll, self.people[who], self.runs[which]) for _ in range(2))

        assert first == second or type(first) is type(second)

    @rule(whom=st.lists(WHO, min_size=1, unique=True), which=WHICH)
    def assign(self, whom, which):
        ids = [self.people[who].pk for who in whom]

        result = self.do(services.bulk_enroll, ids, self.runs[which], by=self.officer)

        assert sorted([*result.seated, *result.waiting, *result.kept, *result.refused]) == sorted(ids)

    @rule(whom=st.lists(WHO, min_size=1, max_size=3), which=WHICH)
    def click(self, whom, which):
        people = [self.people[who] for who in whom]
        outcomes = [
            self.do(services.click, self.runs[which].pk, each.pk, each.get_session_auth_hash()) for each in people
        ]

        for person, outcome in zip(people, outcomes, strict=True):
            if outcome.number:
                [place] = self.places(person=person)
                assert queries.waiting_numbers([place])[place.pk] == outcome.number

    @rule(who=WHO)
    def withdraw(self, who):
        for place in self.places(person=self.people[who]):
            assert self.do(services.withdraw, place, by=self.people[who]).status == "withdrawn"
            assert self.do(services.withdraw, place, by=self.people[who]).status == "withdrawn"

    @rule(who=WHO)
    def accept(self, who):
        for place in self.places(person=self.people[who]):
            got = self.do(services.accept, place, by=self.people[who])
            has_seat = place.status == "seated"
            may = has_seat or (place.status == "offered" and place.offer_ends_at > self.now)
            assert getattr(got, "status", None) == "seated" if may else isinstance(got, errors.OfferOver)

    @rule(which=WHICH, seats=st.none() | st.integers(0, 6))
    def change_seats(self, which, seats):
        seating = RunSeats.objects.get(run=self.runs[which])

        got = self.do(services.change_seats, self.runs[which], seats, self.officer)

        if isinstance(got, Refused):
            assert seats is not None
            assert seats < seating.taken + seating.held

    @rule(which=WHICH, seats=st.integers(0, 3), hours=st.none() | st.integers(1, 30))
    def reserve(self, which, seats, hours):
        until = self.now + timedelta(hours=hours) if hours else None
        run = self.runs[which]
        self.do(services.reserve_seats, run, self.audience, seats, releases_at=until, by=self.officer)

    @rule(which=WHICH)
    def release(self, which):
        for reserve in SeatReserve.objects.filter(seating=self.runs[which].pk):
            self.do(services.release_reserve, reserve, by=self.officer)

    @rule(hours=st.integers(-2, 20))
    def pass_time(self, hours):
        """Clocks of servers differ: time goes back, too. The opening is met exactly."""
        moved = self.now + timedelta(hours=hours)
        self.now = OPENING if self.now < OPENING and moved > OPENING else moved

    @rule()
    def settle(self):
        self.do(services.settle_due)
        over = Enrollment.objects.filter(status="offered", offer_ends_at__lte=self.now)
        assert not over.exists()

    @rule(hours=st.sampled_from([None, 1, 5]))
    def offer_for(self, hours):
        EnrollmentPeriod.objects.update(offer_hours=hours)

    @invariant()
    def counters_are_what_is_counted(self):
        for seating in self.seatings():
            counted = Counter(each.status for each in self.places(run=seating.run_id))
            assert seating.taken == counted["seated"] + counted["offered"]
            assert seating.waiting == counted["waiting"]
            reserves = SeatReserve.objects.filter(seating=seating, released_at=None)
            assert seating.held == sum(reserve.free for reserve in reserves)
            for reserve in reserves:
                having = Enrollment.objects.filter(reserve=reserve, status__in=["seated", "offered"])
                assert reserve.taken == having.count()

    @invariant()
    def never_a_seat_too_many(self):
        for seating in self.seatings():
            assert seating.seats is None or seating.taken + seating.held <= seating.seats

    @invariant()
    def no_seat_is_free_while_somebody_waits_who_may_take_it(self):
        for seating in self.seatings():
            line = Enrollment.objects.filter(run=seating.run_id, status="waiting")
            if line:
                assert seating.left == 0
            members = AudienceMember.objects.filter(audience=self.audience)
            kept = SeatReserve.objects.filter(seating=seating, released_at=None, taken__lt=F("seats"))
            if kept:
                assert not line.filter(person__in=members.values("person"))

    @invariant()
    def nobody_has_two_places(self):
        assert max(Counter(each.person_id for each in self.places()).values(), default=0) <= 1

    @invariant()
    def arrivals_are_numbered_without_a_gap_in_time(self):
        for seating in self.seatings():
            places = list(Enrollment.objects.filter(run=seating.run_id).order_by("arrival"))
            assert [place.arrival for place in places] == list(range(1, seating.arrivals + 1))
            assert all(one.created_at <= other.created_at for one, other in pairwise(places))

    @invariant()
    def who_waits_has_nobody_behind_her_with_a_seat_she_might_have(self):
        """Behind the first who waits, only those of the audience may have a seat, and only from the reserve."""
        for seating in self.seatings():
            line = Enrollment.objects.filter(run=seating.run_id, status="waiting")
            places = {place.pk: place.arrival for place in line}
            numbers = queries.waiting_numbers(line)
            assert [numbers[pk] for pk in sorted(places, key=places.__getitem__)] == list(range(1, len(places) + 1))

    def seatings(self):
        # Before the beginning there is nothing to hold.
        return RunSeats.objects.filter(run__in=getattr(self, "runs", []))


@pytest.mark.django_db
def test_seats_stay_exact_whatever_people_officers_and_the_clock_do():
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=int(os.environ.get("SEATS_EXAMPLES", "12")),
            stateful_step_count=int(os.environ.get("SEATS_STEPS", "25")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
