"""The list of what a person is to look at, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from courses.pages.models import PublishedLesson
from lms.people.models import Person
from lms.progress import services
from lms.progress.evidence import Beat, Criterion, Medium, Played
from lms.progress.models import CourseProgress, Review
from tests.lms.progress.test_reviews import Class

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Video dilewati; mohon ditonton sampai selesai."
NAME = "Raden Ajeng Siti Nurhalizah Kusumaningrum Hadiningrat Suryaningsih"
TITLE = "Sambutan Sekretaris Jenderal pada Pembukaan Pelatihan Penggerak Moderasi Beragama bagi Penyuluh Agama"


@pytest.fixture
def group():
    """Two learners beyond belief, one with a long name who has also played too fast and skipped."""
    group = Class()
    media = {"7": Medium(1200, TITLE), "8": Medium(300, "Tanya jawab")}
    group.lesson.criterion = Criterion(4, 90, True, media).stored()
    group.lesson.title = TITLE
    group.lesson.save()
    PublishedLesson.objects.create(
        item=group.lesson, parts=[{"html": "<p>Simak.</p>"}], size=90, published_at=timezone.now()
    )
    first, second = group.learner(NAME), group.learner("Budi")
    group.cheat(first)
    CourseProgress.objects.filter(pk=first.pk).update(counted_to=timezone.now() - timedelta(seconds=60))
    group.said(first, Beat(2, 0, [Played("8", 30, 60, 1.0), Played("8", 100, 102, 2.0)]), group.lesson)
    group.cheat(second)
    Person.objects.filter(pk=first.person_id).update(title_suffix="S.Pd.I., M.Pd.I.")
    group.place = first
    return group


def test_an_officer_sees_what_was_measured_and_decides_many_at_once(visit, group):
    visitor = visit(group.officer)
    page = visitor.open("/reviews/")
    expect(page.locator(".review")).to_have_count(2)
    visitor.look("reviews")
    page.get_by_label("Centang semua entri").check()
    with visitor.refused():
        page.get_by_role("button", name="Minta belajar ulang").click()
    expect(page.get_by_text("Tuliskan alasannya")).to_be_visible()
    expect(page.locator(".review :checked")).to_have_count(2)
    visitor.look("reviews-without-reason", again=False)

    page.get_by_label("Alasan").fill(REASON)
    page.get_by_role("button", name="Minta belajar ulang").click()

    expect(page.get_by_text("2 peserta diminta belajar ulang.")).to_be_visible()
    expect(page.get_by_text("Tidak ada yang menunggu Anda")).to_be_visible()
    assert set(Review.objects.values_list("state", flat=True)) == {"again"}
    visitor.look("reviews-nothing-waits", again=False)


def test_what_was_decided_is_there_to_be_read_by_officers_and_by_the_learner(visit, group):
    services.ask_again(Review.objects.values_list("pk", flat=True), REASON, by=group.officer)

    officer = visit(group.officer)
    expect(officer.open("/reviews/?state=decided").locator(".review q")).to_have_count(2)
    officer.look("reviews-decided")
    learner = visit(group.place.person)
    page = learner.open(f"/learn/{group.place.pk}/items/{group.lesson.pk}/")
    expect(page.get_by_text(REASON)).to_be_visible()
    learner.look("lesson-to-be-studied-again")
