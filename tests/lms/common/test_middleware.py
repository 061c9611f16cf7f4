"""What happens around every request: refusals become answers, and clocks show the reader's time."""

import io
import json
import zoneinfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from lms.common.errors import Refused
from lms.common.middleware import CompressedPagesMiddleware, PersonTimeZoneMiddleware, RefusedMiddleware


class NoUmbrella(Refused):
    code = "no_umbrella"
    message = "Take an <umbrella> first."


def answer(error=None, *, htmx=False, accept="text/html"):
    request = RequestFactory().get("/", headers={"Accept": accept})
    request.htmx = htmx
    request.session = SessionStore()
    request.user = AnonymousUser()
    return RefusedMiddleware(lambda request: HttpResponse()).process_exception(request, error or NoUmbrella())


@pytest.mark.django_db
def test_a_refusal_is_a_page_that_says_why():
    response = answer()

    assert response.status_code == 409
    assert "<html" in response.content.decode()
    assert "Take an &lt;umbrella&gt; first." in response.content.decode()


def test_a_refusal_is_a_fragment_for_a_part_of_a_page():
    response = answer(htmx=True)

    assert response.status_code == 409
    assert "<html" not in response.content.decode()
    assert 'data-code="no_umbrella"' in response.content.decode()


def test_a_refusal_is_a_problem_document_for_programs():
    response = answer(accept="application/json")

    assert (response.status_code, response["Content-Type"]) == (409, "application/problem+json")
    assert json.loads(response.content) == {
        "type": "about:blank",
        "status": 409,
        "title": "Take an <umbrella> first.",
        "code": "no_umbrella",
    }


def test_a_refusal_may_carry_words_of_its_own():
    assert "Two, please." in answer(NoUmbrella("Two, please."), htmx=True).content.decode()


def test_a_bug_is_left_to_crash():
    assert answer(ZeroDivisionError()) is None


class Unread:
    """A session that must not be looked at."""

    def get(self, name):
        raise AssertionError(name)


def zone_of(session, cookies=None):
    request = RequestFactory().get("/")
    request.session = session
    request.COOKIES = cookies or {}
    seen = []
    PersonTimeZoneMiddleware(lambda request: seen.append(timezone.get_current_timezone_name()) or HttpResponse())(
        request
    )
    return seen[0]


def test_a_person_sees_the_time_of_her_own_zone_and_nobody_else_does():
    before = timezone.get_current_timezone_name()

    assert zone_of({"time_zone": "Asia/Jayapura"}, {"sessionid": "x"}) == "Asia/Jayapura"
    assert timezone.get_current_timezone_name() == before


def test_a_stranger_sees_western_time_without_a_look_at_the_session():
    assert zone_of(Unread()) == "Asia/Jakarta"
    assert zone_of({}, {"sessionid": "x"}) == "Asia/Jakarta"


def test_all_three_zones_of_the_country_are_known():
    for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
        assert zoneinfo.ZoneInfo(zone)


def test_pages_go_compressed_and_files_do_not():
    asked = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")
    page = HttpResponse("<p>Melayani dengan hati.</p>" * 100)
    picture = HttpResponse(b"0" * 3000, content_type="image/png")
    file = FileResponse(io.BytesIO(b"<p>" * 1000), content_type="text/html")

    def sent(response):
        return CompressedPagesMiddleware(lambda _request: response)(asked)

    assert sent(page)["Content-Encoding"] == "gzip"
    assert len(page.content) < 300
    assert not sent(picture).has_header("Content-Encoding")
    assert not sent(file).has_header("Content-Encoding")
