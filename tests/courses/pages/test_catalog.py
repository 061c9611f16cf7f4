"""The catalog and the landing page, for strangers and for learners."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.pages import queries
from lms.enrollment import errors, services
from lms.enrollment.models import Enrollment
from lms.enrollment.rules import OPEN, WAITING_LIST
from tests.factories.catalog import CategoryFactory, CourseFactory, OutlineItemFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
CATALOG = reverse("pages:catalog")


def titles(client, **query):
    return {card.course.title for card in client.get(CATALOG, query).context["cards"]}


def landing(run):
    return reverse("pages:course", args=[run.course.slug])


@pytest.fixture
def learner(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def test_the_catalog_finds_courses_by_every_word(client):
    CourseFactory(title="Pelayanan Prima", search_text="pelayanan prima untuk petugas loket kua")
    CourseFactory(title="Arsip", search_text="arsip untuk petugas")

    assert titles(client, q="PETUGAS loket") == {"Pelayanan Prima"}
    assert titles(client, q="petugas") == {"Pelayanan Prima", "Arsip"}
    assert titles(client, q="100%_") == set()


def test_whom_a_run_is_not_for_reads_so_on_the_card_and_on_the_landing_page(client, learner):
    seating = RunSeatsFactory()
    services.open_to(seating, AudienceFactory(rule={"all": [{"kind": "age", "at_least": 40}]}), by=None)
    reason = "Hanya untuk pegawai berusia 40 tahun ke atas; tanggal lahir Anda belum tercatat."

    card, page = client.get(CATALOG).content.decode(), client.get(landing(seating.run))

    assert page.status_code == 200
    for html in (card, page.content.decode()):
        assert "Anda tidak dapat mendaftar" in html
        assert reason in html


def test_a_run_for_her_comes_before_one_for_others(client, learner):
    course = CourseFactory()
    others, own = RunSeatsFactory(run__course=course), RunSeatsFactory(run__course=course)
    services.open_to(others, AudienceFactory(rule={"all": [{"kind": "age", "at_least": 40}]}), by=None)

    assert [offer.run.pk for offer in queries.offers(course, learner)] == [own.pk, others.pk]


def test_every_answer_has_its_place_among_the_offers_of_a_course():
    assert set(queries._BEST_FIRST) == errors.BY_CODE.keys() | {OPEN, WAITING_LIST}


def test_the_catalog_filters_by_category_hours_language_and_open_window(client):
    shelf = CategoryFactory()
    CourseFactory(title="A", category=shelf, jp=3)
    CourseFactory(title="B", jp=8, language="en")
    RunSeatsFactory(run__course=CourseFactory(title="C", jp=20))
    soon = EnrollmentPeriodFactory(
        opens_at=timezone.now() + timedelta(days=1), closes_at=timezone.now() + timedelta(days=2)
    )
    RunSeatsFactory(run__course=CourseFactory(title="D", jp=20), period=soon)

    assert titles(client, category=shelf.slug) == {"A"}
    assert titles(client, hours="middle") == {"B"}
    assert titles(client, language="en") == {"B"}
    assert titles(client, hours="long") == {"C", "D"}
    assert titles(client, open="1") == {"C"}


def test_a_full_run_says_so_to_strangers(client):
    seating = RunSeatsFactory(seats=1, taken=1)

    for address in (CATALOG, landing(seating.run)):
        assert "Kuota penuh" in client.get(address).content.decode()


def test_unpublished_courses_are_not_there(client):
    hidden = CourseFactory(published_at=None)

    assert titles(client) == set()
    assert client.get(reverse("pages:course", args=[hidden.slug])).status_code == 404


def test_the_catalog_costs_the_same_for_one_course_or_twelve(client, learner):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(CATALOG)
        return len(captured)

    services.enroll(learner, RunSeatsFactory().run)
    cost()
    one = cost()
    for _ in range(11):
        RunSeatsFactory()

    assert cost() == one


def test_a_stranger_gets_the_kept_page_without_a_query(client):
    run = RunSeatsFactory(seats=5).run
    first = client.get(landing(run))

    with CaptureQueriesContext(connection) as captured:
        second = client.get(landing(run))
        third = client.get(landing(run), headers={"If-None-Match": first["ETag"]})

    assert len(captured) == 0
    assert second.content == first.content
    assert third.status_code == 304
    assert "public" in first["Cache-Control"]
    assert f"next={landing(run)}".replace("/", "/") in first.content.decode()


def test_a_learners_page_is_kept_nowhere(client, learner):
    run = RunSeatsFactory().run

    response = client.get(landing(run))

    assert "private" in response["Cache-Control"]
    assert "ETag" not in response


def test_enrolling_withdrawing_and_waiting_from_the_landing_page(client, learner):
    run = RunSeatsFactory(seats=1).run
    enroll = reverse("enrollment:enroll", args=[run.pk])
    assert client.get(landing(run)).context["offers"][0].eligibility.code == "open"

    client.post(enroll)
    client.post(enroll)
    enrollment = Enrollment.objects.get(person=learner)
    assert client.get(landing(run)).context["mine"].eligibility.code == "enrolled"

    client.post(reverse("enrollment:withdraw", args=[enrollment.pk]))
    services.enroll(PersonFactory(), run)
    client.post(enroll)

    page = client.get(landing(run))
    assert page.context["mine"].eligibility.code == "waiting"
    assert page.context["waiting_number"] == 1


def test_a_refused_learner_reads_why(client, learner):
    period = EnrollmentPeriodFactory()
    services.enroll(learner, RunSeatsFactory(period=period).run)
    other = RunSeatsFactory(period=period).run

    client.cookies["django_language"] = "en"
    assert "only one is possible" in client.get(landing(other)).content.decode()
    response = client.post(reverse("enrollment:enroll", args=[other.pk]))
    assert response.status_code == 409


def test_a_place_is_taken_and_given_back_only_by_post_and_only_by_its_owner(client, learner):
    theirs = services.enroll(PersonFactory(), RunSeatsFactory().run)
    withdraw = reverse("enrollment:withdraw", args=[theirs.pk])

    assert client.post(withdraw).status_code == 404
    assert client.get(withdraw).status_code == 405
    client.logout()
    assert client.post(withdraw).status_code == 302
    assert Enrollment.objects.get(pk=theirs.pk).status == "seated"


def test_the_landing_page_costs_the_same_for_any_outline_and_any_number_of_runs(client, learner):
    run = RunSeatsFactory().run

    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(landing(run))
        return len(captured)

    services.enroll(learner, run)
    cost()
    small = cost()
    for _ in range(5):
        RunSeatsFactory(run__course=run.course)
        OutlineItemFactory(course=run.course)
    run.course.published_at = timezone.now()
    run.course.save()
    cost()

    assert cost() == small
