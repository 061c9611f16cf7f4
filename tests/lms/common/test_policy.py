"""What browsers may load and run, page by page."""

import pytest
from django.test import Client

from tests.factories.pages import make_course_page
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def policy_of(response) -> dict[str, set[str]]:
    directives = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in directives}


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(PersonFactory(is_superuser=True))
    return client


def test_learners_pages_run_no_inline_script_and_no_inline_style():
    policy = policy_of(Client().get("/"))

    assert policy["script-src"] == {"'self'"}
    assert policy["style-src"] == {"'self'"}


def test_the_cms_runs_wagtails_inline_scripts_and_loads_nothing_from_elsewhere(administrator):
    policy = policy_of(administrator.get("/cms/"))

    assert policy["script-src"] == {"'self'", "'unsafe-inline'"}
    assert policy["img-src"] >= {"'self'", "data:", "blob:"}
    assert policy["object-src"] == {"'none'"}
    for name in ("default-src", "base-uri", "frame-ancestors"):
        assert policy[name] == {"'self'"}
    assert "'self'" in policy["form-action"]


def test_a_lesson_is_previewed_under_the_rules_of_learners(administrator):
    course = make_course_page([("text", "<p>Read</p>")])
    lesson = course.get_descendants().last()

    response = administrator.get(f"/cms/pages/{lesson.pk}/view_draft/")

    assert response.status_code == 200
    assert policy_of(response)["script-src"] == {"'self'"}
