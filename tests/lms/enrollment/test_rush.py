"""The page of a run, its state for everybody, the click in a group, and the queue before it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.enrollment import services
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import rush
from lms.enrollment.services import clicks, gate
from tests.factories.enrollment import EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _nothing_is_known():
    cache.clear()
    rush._known.clear()


@pytest.fixture
def learner(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def path(name, run):
    return reverse(f"enrollment:{name}", args=[run.pk])


def soon():
    now = timezone.now()
    return EnrollmentPeriodFactory(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(days=2))


def test_a_click_says_the_seat_or_the_waiting_number_and_the_order_of_arrival(client, learner):
    run = RunSeatsFactory(seats=1).run

    first = client.post(path("enroll", run), headers=JSON).json()
    client.force_login(PersonFactory())
    second = client.post(path("enroll", run), headers=JSON).json()

    assert first["state"] == "seated"
    assert (second["state"], second["number"]) == ("waiting", 1)
    assert "nomor 2" in second["text"]


def test_a_click_again_gives_the_same_answer(client, learner):
    run = RunSeatsFactory(seats=0).run
    services.enroll(PersonFactory(), run)

    answers = [client.post(path("enroll", run), headers=JSON).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0]["number"] == 2


def test_the_form_leads_to_the_page_of_the_run_with_the_place_in_it(client, learner):
    run = RunSeatsFactory(seats=1).run

    answer = client.post(path("enroll", run))

    assert (answer.status_code, answer.url) == (303, path("run", run))
    assert client.get(answer.url).context["place"].status == "seated"


def test_before_the_opening_the_click_is_refused_with_the_time_and_without_a_query(client, learner):
    run = RunSeatsFactory(period=soon()).run
    client.get(path("state", run))

    with CaptureQueriesContext(connection) as captured:
        answer = client.post(path("enroll", run), headers=JSON)

    assert len(captured) == 0
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open_yet")
    assert "WIB" in answer.json()["title"]


def test_the_state_is_the_same_for_all_and_costs_no_query(client, learner):
    run = RunSeatsFactory(seats=7).run
    first = client.get(path("state", run))

    with CaptureQueriesContext(connection) as captured:
        again = client.get(path("state", run), headers={"If-None-Match": first["ETag"]})

    assert len(captured) == 0
    assert again.status_code == 304
    assert first.json()["left"] == 7
    assert "public" in first["Cache-Control"]


def test_who_is_not_signed_in_any_more_gets_no_place(client, learner):
    run = RunSeatsFactory().run
    type(learner).objects.filter(pk=learner.pk).update(password="changed")

    answer = client.post(path("enroll", run), headers=JSON)

    assert answer.status_code == 401
    assert not Enrollment.objects.exists()
    assert client.post(path("enroll", run)).url.startswith("/accounts/login/")


def test_a_second_run_of_the_period_is_refused_in_words(client, learner):
    period = EnrollmentPeriodFactory()
    run, other = RunSeatsFactory(period=period).run, RunSeatsFactory(period=period).run
    client.post(path("enroll", run))

    answer = client.post(path("enroll", other), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (409, "one_run_per_period")


def test_a_database_that_is_away_is_told_with_a_time_to_try_again(client, learner, monkeypatch):
    run = RunSeatsFactory().run

    def away(*_arguments, **_options):
        raise OperationalError("gone")

    monkeypatch.setattr(clicks, "place", away)
    answer = client.post(path("enroll", run), headers=JSON)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_a_click_is_told_to_try_again_when_the_state_of_the_run_cannot_be_read(client, learner, monkeypatch):
    run = RunSeatsFactory(seats=1).run
    monkeypatch.setattr(rush, "_read", lambda _run_id: away())

    assert client.post(path("enroll", run), headers=JSON).status_code == 503


def test_while_the_database_is_away_the_state_last_known_is_told(client, monkeypatch):
    run = RunSeatsFactory(seats=1).run
    known = rush.run_state(run.pk)
    cache.clear()
    rush._known[run.pk] = (0.0, known)
    monkeypatch.setattr(rush, "_read", lambda _run_id: away())

    assert rush.run_state(run.pk) == known


def away():
    raise OperationalError("the server closed the connection")


def test_a_group_of_any_size_costs_the_same():
    run = RunSeatsFactory(seats=1000).run

    def cost(number):
        people = [PersonFactory() for _ in range(number)]
        group = [clicks.Click(person.pk, person.get_session_auth_hash()) for person in people]
        with CaptureQueriesContext(connection) as captured:
            placed = clicks.place_clicks(run.pk, group)
        assert {each.code for each in placed} == {"seated"}
        return len(captured)

    assert cost(2) == cost(60)


def test_above_the_limit_clicks_are_numbered_and_let_in_in_that_order(client, settings):
    run = RunSeatsFactory().run
    settings.CLICKS_AT_ONCE = 1
    tickets = []
    with services.enter(run.pk, 1):
        for person in (2, 3):
            with services.enter(run.pk, person) as ticket:
                tickets.append(ticket)
    assert [ticket.number for ticket in tickets] == [1, 2]
    assert tickets[1].ahead == 1

    gate._door.opened_at = 0.0
    # The first who comes by when there is room lets in the first number, whoever she is.
    with services.enter(run.pk, 3, tickets[1].signed) as later:
        assert later is not None
        assert later.number == 2
    with services.enter(run.pk, 9, tickets[0].signed) as forged:
        assert forged is not None
    with services.enter(run.pk, 2, tickets[0].signed) as first:
        assert first is None
    with services.enter(run.pk, 3, tickets[1].signed) as second:
        assert second is None


def test_a_click_that_waited_long_for_a_busy_process_is_numbered(settings):
    run = RunSeatsFactory().run
    settings.CLICKS_AT_ONCE = 2
    with services.enter(run.pk, 1, waited=60) as alone:
        assert alone is None
        with services.enter(run.pk, 2, waited=60) as among_many:
            assert among_many is not None
        with services.enter(run.pk, 3, waited=1) as behind:
            assert behind is not None
            assert behind.number == 2

    gate._door.opened_at = 0.0
    with services.enter(run.pk, 2, among_many.signed, waited=60) as her_turn:
        assert her_turn is None


@pytest.mark.parametrize("sent", ["", "soon", "-5", "٣", "9" * 400])
def test_a_page_that_does_not_say_when_it_sent_a_click_is_heard_all_the_same(client, learner, sent):
    run = RunSeatsFactory().run
    assert client.post(path("enroll", run), headers=JSON | {"X-Sent-At": sent}).status_code == 200


def test_a_full_house_answers_202_with_a_number_that_is_kept(client, learner, settings):
    run = RunSeatsFactory().run
    settings.CLICKS_AT_ONCE = 0

    script = client.post(path("enroll", run), headers=JSON)
    form = client.post(path("enroll", run))

    assert (script.status_code, form.status_code) == (202, 202)
    assert script.json()["number"] == 1
    assert "nomor 1" in form.content.decode()
    assert client.cookies["queue"]["httponly"]


def test_the_page_of_the_queue_goes_on_by_itself_with_a_click_that_was_made(client, learner, settings):
    run = RunSeatsFactory().run
    settings.CLICKS_AT_ONCE = 0
    queued = client.post(path("enroll", run))
    assert queued["Refresh"] == str(queued.context["again_in"])

    again = client.get(path("enroll", run))
    settings.CLICKS_AT_ONCE = 1
    gate._door.opened_at = 0.0
    let_in = client.get(path("enroll", run))

    assert (again.status_code, again["Refresh"]) == (202, str(again.context["again_in"]))
    assert let_in.status_code == 303
    assert Enrollment.objects.get(run=run).person == learner


def test_no_click_begins_by_following_a_link(client, learner, client_for, settings):
    run = RunSeatsFactory().run
    settings.CLICKS_AT_ONCE = 0
    other = client_for(PersonFactory())
    other.post(path("enroll", run))
    settings.CLICKS_AT_ONCE = 10

    without = client.get(path("enroll", run))
    client.cookies["queue"] = other.cookies["queue"].value
    with_anothers = client.get(path("enroll", run))

    for answer in (without, with_anothers):
        assert (answer.status_code, answer.url) == (302, path("run", run))
    assert not Enrollment.objects.exists()


def test_an_offer_is_accepted_on_the_page_of_the_run(client, learner):
    run = RunSeatsFactory(seats=1, period__offer_hours=5).run
    seated = services.enroll(PersonFactory(), run)
    own = services.enroll(learner, run)
    assert client.get(path("run", run)).context["number"] == 1

    services.withdraw(seated, by=seated.person)
    assert reverse("enrollment:accept", args=[own.pk]) in client.get(path("run", run)).content.decode()
    client.post(reverse("enrollment:accept", args=[own.pk]))

    own.refresh_from_db()
    assert own.status == "seated"


def test_the_page_counts_down_before_the_opening_and_says_why_not_otherwise(client, learner):
    early = client.get(path("run", RunSeatsFactory(period=soon()).run)).content.decode()
    cancelled = client.get(path("run", RunSeatsFactory(run__is_cancelled=True).run)).content.decode()

    assert "data-rush-clock" in early
    assert "data-rush-clock" not in cancelled
