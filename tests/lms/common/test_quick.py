"""The short way through Django, and that it is no way around its checks."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import get_resolver

from assessments.quizzes import services
from lms.progress.pages import ticket_for
from lms.wsgi import application
from tests.assessments.quizzes.test_views import a_quiz, form_of, quiz_item
from tests.factories.catalog import OutlineItemFactory
from tests.factories.certificates import CourseProgressFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _same_connection():
    """Keep the test's own connection, as Django's test client does: the servers' signals would close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Script:
    """What a page's script sends, straight to the application as the server hands it over."""

    def __init__(self, client: Client) -> None:
        token = _get_new_csrf_string()
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {settings.CSRF_COOKIE_NAME: token}
        self.environ = {
            "REQUEST_METHOD": "POST",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "HTTP_ACCEPT": "application/json",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "HTTP_X_CSRFTOKEN": token,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }

    def post(self, path: str, fields: dict[str, Any], **environ: str) -> tuple[int, dict[str, str], bytes]:
        return self.send(path, urlencode(fields, doseq=True).encode(), **environ)

    def send(self, path: str, body: bytes, **environ: str) -> tuple[int, dict[str, str], bytes]:
        said: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            said.update(status=int(status[:3]), headers=dict(headers))

        request = {**self.environ, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        answer = application({**request, **environ}, start_response)
        return said["status"], said["headers"], b"".join(answer)


@pytest.fixture
def attempt(db):
    enrollment, item = quiz_item(a_quiz(2))
    return services.start(enrollment, item)


@pytest.fixture
def path(attempt):
    return f"/quizzes/attempts/{attempt.pk}/save/"


def test_an_answer_is_kept(attempt, path, client_for):
    script = Script(client_for(attempt.enrollment.person))

    status, headers, body = script.post(path, form_of(attempt, ["a", "b"]))

    assert status == 200
    assert "saved_at" in json.loads(body)
    assert headers["Content-Length"] == str(len(body))
    attempt.refresh_from_db()
    assert list(attempt.answers.values()) == ["a", "b"]


def test_without_the_token_nothing_is_kept(attempt, path, client_for):
    script = Script(client_for(attempt.enrollment.person))

    status, _headers, _body = script.post(path, form_of(attempt, ["a", "b"]), HTTP_X_CSRFTOKEN="another")

    attempt.refresh_from_db()
    assert (status, attempt.answers) == (403, {})


def test_whoever_was_deactivated_is_out_at_once(attempt, path, client_for):
    person = attempt.enrollment.person
    script = Script(client_for(person))
    person.is_active = False
    person.save()

    status, headers, _body = script.post(path, form_of(attempt, ["a", "b"]))

    attempt.refresh_from_db()
    assert (status, attempt.answers) == (302, {})
    assert headers["Location"].startswith("/accounts/login/")


def test_a_session_ends_with_the_password_it_was_made_with(attempt, path, client_for):
    person = attempt.enrollment.person
    script = Script(client_for(person))
    person.set_password("another-password-altogether")
    person.save()

    status, _headers, _body = script.post(path, form_of(attempt, ["a", "b"]))

    assert status == 302


def test_a_refusal_is_a_problem_document(attempt, path, client_for):
    services.submit(attempt)
    script = Script(client_for(attempt.enrollment.person))

    status, headers, body = script.post(path, form_of(attempt, ["a", "b"]))

    assert (status, headers["Content-Type"]) == (409, "application/problem+json")
    assert json.loads(body)["code"] == "attempt_closed"


def test_anybody_elses_attempt_is_not_found(attempt, path, client_for):
    other, _item = quiz_item(a_quiz(1))

    status, _headers, _body = Script(client_for(other.person)).post(path, {})

    assert status == 404


def test_a_form_without_script_goes_the_usual_way(attempt, path, client_for):
    script = Script(client_for(attempt.enrollment.person))

    status, headers, _body = script.post(path, form_of(attempt, ["a", "b"]), HTTP_ACCEPT="text/html")

    assert status == 302
    assert "Content-Security-Policy" in headers


@pytest.fixture
def beat(db):
    """A learner who has begun, and what her open lesson reports."""
    progress = CourseProgressFactory()
    item = OutlineItemFactory(course=progress.enrollment.run.course)
    ticket = ticket_for(progress.enrollment.person_id, progress.pk, item.pk, {})
    return progress, json.dumps({"ticket": ticket, "position": 0.5, "beats": [{"number": 3, "seconds": 0}]}).encode()


def test_with_nothing_around_it_a_page_is_heard_for_its_ticket_and_its_session(beat, client_for):
    progress, report = beat
    script = Script(client_for(progress.enrollment.person))

    status, headers, body = script.send("/learn/beats/", report, HTTP_X_CSRFTOKEN="")

    assert (status, json.loads(body)) == (200, {"heard": 3, "is_enough": True})
    assert headers == {"Content-Type": "application/json", "Content-Length": str(len(body))}


def test_with_nothing_around_it_a_refusal_is_a_problem_document_in_the_language_of_the_site(beat, client, client_for):
    progress, report = beat
    type(progress).objects.all().delete()
    asked = [Script(who).send("/learn/beats/", report) for who in (client, client_for(progress.enrollment.person))]

    assert [(status, json.loads(body)["code"]) for status, _headers, body in asked] == [
        (401, "sign_in"),
        (409, "not_learning"),
    ]
    assert json.loads(asked[0][2])["title"] == "Silakan masuk terlebih dahulu."


@pytest.mark.parametrize("path", ["/quizzes/attempts/1/save/", "/runs/1/enroll/", "/learn/beats/"])
def test_the_same_view_answers_both_ways(path):
    assert get_resolver().resolve(path).func is get_resolver(settings.QUICK_URLS).resolve(path).func
