"""Whether one may enroll, and why not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.enrollment import queries, services
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def test_the_answer_names_what_stands_in_the_way():
    now = timezone.now()
    person = PersonFactory()
    period = EnrollmentPeriodFactory()
    mine = RunSeatsFactory(period=period).run
    services.enroll(person, mine)
    full = RunSeatsFactory(seats=1).run
    services.enroll(PersonFactory(), full)
    soon = EnrollmentPeriodFactory(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=4))

    def code(who, run):
        return queries.eligibility(who, CourseRun.objects.get(pk=run.pk)).code

    assert code(person, mine) == "enrolled"
    assert code(person, RunSeatsFactory(period=period).run) == "one_run_per_period"
    assert code(person, full) == "waiting_list"
    assert code(person, RunSeatsFactory().run) == "open"
    assert code(person, RunSeatsFactory(period=soon).run) == "not_open_yet"
    assert code(person, CourseRunFactory()) == "not_offered"
    assert code(None, full) == "sign_in"
    assert code(None, RunSeatsFactory(run__is_cancelled=True).run) == "run_cancelled"


def test_the_answer_carries_the_place_and_a_reason_in_words():
    person = PersonFactory()
    enrollment = services.enroll(person, RunSeatsFactory().run)

    answer = queries.eligibility(person, enrollment.run)

    assert (answer.may, answer.enrollment_id) == (False, enrollment.pk)
    assert str(answer.reason)


def test_many_answers_cost_as_much_as_one():
    person = PersonFactory()

    def cost(count):
        runs = list(CourseRun.objects.filter(pk__in=[RunSeatsFactory().run.pk for _ in range(count)]))
        with CaptureQueriesContext(connection) as captured:
            queries.eligibilities(person, runs)
        return len(captured)

    assert cost(1) == cost(20) == 2
