"""A lesson that asks to be studied, in a real browser: what is missing, and how it comes about."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import expect

from courses.catalog.models import OutlineItem
from courses.pages.models import PublishedLesson
from lms.progress.evidence import Criterion, Medium
from lms.progress.models import ItemProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
VIDEO = Path(__file__).parents[2] / "courses/pages/demo/files/empat-langkah.mp4"
TITLE = "Sambutan Sekretaris Jenderal pada Pembukaan Pelatihan Penggerak Moderasi Beragama"


@pytest.fixture
def reader(visit, lesson):
    """The learner's browser, which fetches the video straight from the storage."""
    visitor = visit(lesson[0].person)
    visitor.hosts.add(urlsplit(os.environ["STORAGE_URL"]).hostname)
    return visitor


@pytest.fixture
def lesson():
    """A lesson of which half of a video of some seconds must be played."""
    enrollment = EnrollmentFactory()
    section = OutlineItemFactory(course=enrollment.run.course, kind=OutlineItem.Kind.SECTION, is_required=False)
    address = default_storage.url(default_storage.save("evidence.mp4", ContentFile(VIDEO.read_bytes())))
    criterion = Criterion(watched=50, media={"7": Medium(6, TITLE)})
    item = OutlineItemFactory(
        course=enrollment.run.course, parent=section, title="Sambutan dan arahan", criterion=criterion.stored()
    )
    html = f'<p>Simak sambutan ini.</p><figure><video controls muted data-media="7" src="{address}"></video></figure>'
    PublishedLesson.objects.create(item=item, parts=[{"html": html}], size=900, published_at=timezone.now())
    return enrollment, item


def plays_four_seconds(page):
    page.get_by_role("link", name="Lanjutkan di 0:00").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 4")
    page.evaluate("document.querySelector('video').pause()")


def test_what_is_missing_is_said_played_and_then_enough(reader, lesson):
    enrollment, item = lesson
    page = reader.open(f"/learn/{enrollment.pk}/items/{item.pk}/")
    done = page.locator("form.lesson-foot__on button")
    expect(done).to_be_disabled()
    reader.look("lesson-asks")

    plays_four_seconds(page)

    expect(done).to_be_enabled()
    reader.look("lesson-asks-nothing-more", again=False)
    done.click()
    page.wait_for_url("**/completed/")
    kept = ItemProgress.objects.get(item=item)
    assert kept.evidence["normal"]["7"][0][0] == 0
    assert kept.evidence["unbelieved"] == 0


def test_a_lost_line_loses_nothing(reader, lesson):
    enrollment, item = lesson
    page = reader.open(f"/learn/{enrollment.pk}/items/{item.pk}/")
    page.route("**/learn/beats/", lambda route: route.abort())
    with reader.refused():
        plays_four_seconds(page)
        page.wait_for_function(
            "() => Object.keys(localStorage).some((key) => key.startsWith('beats:'))", timeout=60_000
        )
        assert not ItemProgress.objects.exclude(evidence={}).exists()
        page.unroute("**/learn/beats/")
        page.reload()

    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('beats:'))")
    page.reload()
    expect(page.locator("form.lesson-foot__on button")).to_be_enabled()
