"""Who may do what in the CMS, and what it shows."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from courses.pages.models import HomePage, LessonPage
from courses.pages.services import publish_course, publish_scheduled
from lms.people.services import grant_role
from tests.factories.pages import make_course_page, make_question
from tests.factories.people import OrgUnitFactory, PersonFactory

pytestmark = pytest.mark.django_db


def holder(kind: str, unit=None):
    person = PersonFactory()
    grant_role(person, kind, unit or OrgUnitFactory(), by=None)
    return person


def client_of(person) -> Client:
    client = Client()
    client.force_login(person, backend="lms.signin.backends.IdentifierBackend")
    return client


def test_strangers_are_sent_to_our_own_sign_in():
    response = Client().get("/cms/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_a_learner_cannot_open_the_cms():
    response = client_of(PersonFactory()).get("/cms/", follow=True)

    assert response.status_code == 403


@pytest.mark.parametrize("kind", ["author", "organizer", "administrator"])
def test_authors_organizers_and_administrators_open_the_cms(kind):
    client = client_of(holder(kind, OrgUnitFactory(parent=None)))

    response = client.get("/cms/")

    assert response.status_code == 200
    assert b"gravatar" not in response.content


def test_an_author_adds_and_edits_her_own_course():
    author = holder("author")
    client = client_of(author)
    home = HomePage.objects.get()

    assert client.get(f"/cms/pages/add/pages/coursepage/{home.pk}/").status_code == 200
    page = make_course_page([("text", "<p>Mine</p>")], owner=author)

    assert client.get(f"/cms/pages/{page.pk}/edit/").status_code == 200
    assert client.get(f"/cms/pages/{LessonPage.objects.get().pk}/edit/").status_code == 200


def test_an_author_cannot_touch_the_course_of_another():
    page = make_course_page([("text", "<p>Theirs</p>")], owner=PersonFactory(), organizer=OrgUnitFactory())
    client = client_of(holder("author"))
    lesson = LessonPage.objects.get()

    for page_id in (page.pk, lesson.pk):
        for action in ("edit", "delete", "unpublish", "move", "copy", "history"):
            response = client.get(f"/cms/pages/{page_id}/{action}/")
            assert response.status_code in {302, 403, 404}, action
        client.post(f"/cms/pages/{page_id}/edit/", {"title": "Taken", "slug": "taken", "action-publish": "1"})
    page.refresh_from_db()

    assert page.title != "Taken"
    assert not page.live
    assert page.title not in client.get(f"/cms/pages/{HomePage.objects.get().pk}/").content.decode()


def test_authors_of_a_unit_share_its_courses():
    unit = OrgUnitFactory()
    page = make_course_page([("text", "<p>Ours</p>")], owner=PersonFactory(), organizer=unit)

    assert client_of(holder("author", unit)).get(f"/cms/pages/{page.pk}/edit/").status_code == 200


def test_an_organizer_is_led_to_the_planner_and_edits_no_pages():
    client = client_of(holder("organizer"))
    page = make_course_page([("text", "<p>Course</p>")])

    assert 'href="/planner/"' in client.get("/cms/").content.decode()
    assert client.get(f"/cms/pages/{page.pk}/edit/").status_code == 302


def test_periods_and_runs_are_not_in_the_cms():
    client = client_of(holder("administrator", OrgUnitFactory(parent=None)))

    for address in ("/cms/periods/", "/cms/runs/", "/cms/runs/new/"):
        assert client.get(address).status_code == 404
    assert client.get("/cms/categories/").status_code == 200


def test_an_empty_lesson_can_be_kept_but_not_published():
    author = holder("author")
    make_course_page([("text", "<p>x</p>")], owner=author)
    lesson = LessonPage.objects.get()
    form = {"title": "L", "minutes": "5", "body-count": "0", "slug": lesson.slug, "body": json.dumps([])}
    client = client_of(author)

    refused = client.post(f"/cms/pages/{lesson.pk}/edit/", {**form, "action-publish": "1"})
    kept = client.post(f"/cms/pages/{lesson.pk}/edit/", form)

    assert refused.status_code == 200
    assert kept.status_code == 302


def test_a_scheduled_page_is_published_when_its_moment_has_come():
    admin = PersonFactory(is_superuser=True)
    page = make_course_page([("text", "<p>Soon</p>")])
    publish_course(page, by=admin)
    lesson = LessonPage.objects.get()
    lesson.title = "Later"
    lesson.go_live_at = timezone.now() + timedelta(seconds=1)
    revision = lesson.save_revision()
    revision.publish()

    assert publish_scheduled() == 0
    LessonPage.objects.filter(pk=lesson.pk).update(go_live_at=timezone.now())
    type(revision).objects.update(approved_go_live_at=timezone.now())

    assert publish_scheduled() == 1
    assert LessonPage.objects.get().title == "Later"


def test_the_pages_of_the_cms_load_nothing_from_elsewhere():
    client = client_of(holder("author"))
    page = make_course_page([("text", "<p>Mine</p>")])

    for url in ("/cms/", f"/cms/pages/{page.get_parent().pk}/", "/cms/images/", "/cms/documents/", "/cms/mediafiles/"):
        response = client.get(url)
        assert response.status_code == 200, url
        assert 'src="http' not in response.content.decode()


def test_an_author_previews_a_draft_as_a_learner_sees_it():
    author = holder("author")
    question = make_question()
    make_course_page(
        [("text", "<p>Unpublished</p>"), ("question", {"question": question.pk, "is_required": False})], owner=author
    )
    lesson = LessonPage.objects.get()

    response = lesson.make_preview_request()

    assert response.status_code == 200
    assert "Unpublished" in response.content.decode()
