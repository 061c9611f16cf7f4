"""A topic in several forms, in a real browser: chosen, changed, gone on with, and counted as one."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from courses.catalog.models import OutlineItem
from courses.media.models import MediaFile
from courses.pages.models import LessonPage
from courses.pages.services import publish_course
from lms.progress.models import ItemProgress
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.pages import make_course_page

pytestmark = pytest.mark.django_db(transaction=True)
FILES = Path(__file__).parents[2] / "courses/pages/demo/files"
TITLE = "Empat langkah sederhana di loket pelayanan terpadu satu pintu Kantor Kementerian Agama"
READING = "<h3>Sambut</h3><p>Beri salam, lalu dengarkan sampai selesai.</p>" * 3


@pytest.fixture
def lesson():
    """A lesson that asks for half of a topic which is a video, a recording and a reading."""
    media = {
        kind: MediaFile.objects.create(
            kind=kind, title=TITLE, seconds=31, file=ContentFile((FILES / name).read_bytes(), name=name)
        ).pk
        for kind, name in (("video", "empat-langkah.mp4"), ("audio", "empat-langkah.m4a"))
    }
    value = {"title": TITLE, "slides": None, "reading": READING, "least_minutes": None, **media}
    page = make_course_page([("text", "<p>Pilih bentuk yang cocok.</p>"), ("forms", value)])
    LessonPage.objects.update(least_watched=50)
    publish_course(page, by=None)
    item = OutlineItem.objects.get(kind=OutlineItem.Kind.LESSON)
    return EnrollmentFactory(run=CourseRunFactory(course=item.course)), item


def test_a_learner_changes_the_form_goes_on_where_she_was_and_is_done(visit, lesson):
    place, item = lesson
    reader = visit(place.person)
    reader.hosts.add(urlsplit(os.environ["STORAGE_URL"]).hostname)
    page = reader.open(f"/learn/{place.pk}/items/{item.pk}/")
    forms = page.get_by_role("navigation", name="Dalam bentuk apa")
    done = page.locator("form.lesson-foot__on button")
    expect(done).to_be_disabled()
    reader.look("topic")

    page.evaluate("() => { const media = document.querySelector('video'); media.muted = true; media.play() }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 4")
    forms.get_by_role("link", name="Audio").click()
    expect(page.locator("video")).to_be_hidden()
    expect(forms.get_by_role("link", name="Audio")).to_have_attribute("aria-current", "true")
    page.evaluate("() => { const media = document.querySelector('audio'); media.muted = true; media.play() }")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 6")
    page.evaluate("document.querySelector('audio').pause()")
    expect(page.locator("#lesson-foot")).to_contain_text("dari rekaman")

    forms.get_by_role("link", name="Bacaan").press("Enter")
    expect(page.get_by_role("heading", name="Sambut").first).to_be_visible()
    page.wait_for_timeout(9_000)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(done).to_be_enabled()
    reader.look("topic-is-enough", again=False)

    page.goto(f"{reader.url}/learn/{place.pk}/items/{item.pk}/")
    expect(page.get_by_role("heading", name="Sambut").first).to_be_visible()
    page.locator("form.lesson-foot__on button").click()
    page.wait_for_url("**/completed/")
    kept = ItemProgress.objects.get(item=item)
    assert set(kept.evidence["normal"]) == {str(pk) for pk in MediaFile.objects.values_list("pk", flat=True)}
    assert kept.evidence["normal"][str(MediaFile.objects.get(kind="audio").pk)][0][0] >= 3
    assert kept.evidence["unbelieved"] == 0
