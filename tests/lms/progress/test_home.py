"""The learner's home."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.enrollment import services
from lms.progress.models import CourseProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
HOME = reverse("progress:home")


@pytest.fixture
def learner(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def progress(enrollment, **fields):
    now = timezone.now()
    return CourseProgress.objects.create(enrollment=enrollment, **{"started_at": now, "last_seen_at": now, **fields})


def test_whoever_is_in_no_course_is_shown_the_way_to_the_catalog(client, learner):
    page = client.get(HOME)

    assert page.context["desk"].is_empty
    assert reverse("pages:catalog") in page.content.decode()


def test_places_are_sorted_by_what_there_is_to_do(client, learner):
    now = timezone.now()
    older, newest, untouched = (EnrollmentFactory(person=learner) for _ in range(3))
    lesson = OutlineItemFactory(course=newest.run.course)
    progress(older, last_seen_at=now - timedelta(days=2))
    progress(newest)
    upcoming = EnrollmentFactory(person=learner, run__starts_at=now + timedelta(days=2))
    missed = EnrollmentFactory(
        person=learner, run__starts_at=now - timedelta(days=9), run__ends_at=now - timedelta(days=1)
    )
    finished = EnrollmentFactory(person=learner)
    progress(finished, completed_at=now)
    full = RunSeatsFactory(seats=1)
    for person in (PersonFactory(), PersonFactory(), learner):
        waiting = services.enroll(person, full.run)

    desk = client.get(HOME).context["desk"]

    assert desk.active == [newest, older, untouched]
    assert desk.next_lesson == lesson
    assert desk.upcoming == [upcoming]
    assert desk.missed == [missed]
    assert desk.completed == [finished]
    assert desk.waiting == [(waiting, 2)]


def test_an_offered_seat_is_shown_with_its_button_and_not_as_a_place(client, learner):
    run = RunSeatsFactory(seats=1, period__offer_hours=24).run
    seated = services.enroll(PersonFactory(), run)
    offered = services.enroll(learner, run)
    services.withdraw(seated, by=seated.person)

    home = client.get(HOME)
    landing = client.get(reverse("pages:course", args=[run.course.slug]))

    assert home.context["desk"].offered == [offered]
    assert home.context["desk"].active == []
    for page in (home, landing):
        assert reverse("enrollment:accept", args=[offered.pk]) in page.content.decode()
        assert reverse("pages:resume", args=[offered.pk]) not in page.content.decode()


def test_hours_of_the_year_are_shown(client, learner):
    progress(EnrollmentFactory(person=learner, run__course__jp=7), completed_at=timezone.now())

    assert client.get(HOME).context["hours"] == 7


def test_home_costs_the_same_for_one_course_or_ten(client, learner):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(HOME)
        return len(captured)

    progress(EnrollmentFactory(person=learner))
    cost()
    one = cost()
    for _ in range(9):
        progress(EnrollmentFactory(person=learner), last_seen_at=timezone.now() - timedelta(days=1))

    assert cost() == one
