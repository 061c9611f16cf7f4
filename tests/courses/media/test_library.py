"""What authors see of their files in the CMS."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courses.media import services
from courses.media.models import MediaFile, Preparation, Rendition
from courses.media.services import add_media
from tests.factories.people import PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path / "files")}},
    }
    return tmp_path / "files"


@pytest.fixture
def author(client_for):
    browser = client_for(RoleFactory(kind="author").person)
    browser.cookies["django_language"] = "en"
    return browser


def form(**values):
    captions = {f"captions-{name}": number for name, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))}
    return {"kind": "video", "title": "Film", "transcript": "", **captions, **values}


def test_an_uploaded_file_is_prepared_and_its_page_shows_each_step(author):
    sent = author.post("/cms/mediafiles/new/", form(file=SimpleUploadedFile("film.mp4", b"not a film")))

    media = MediaFile.objects.get()
    assert sent.url == reverse("mediafiles:edit", args=[media.pk])
    page = author.get(sent.url).content.decode()
    assert "Being prepared for learners" in page
    assert "Look into the file" in page
    assert "Convert for slow lines (240p)" in page


def test_a_file_of_another_kind_is_refused_at_once(author):
    answer = author.post("/cms/mediafiles/new/", form(file=SimpleUploadedFile("film.exe", b"MZ")))

    assert "This file cannot be converted" in answer.content.decode()
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(("language", "sentence"), [("en", "This is not a video"), ("id", "Ini bukan video")])
def test_a_bad_file_has_its_sentence_on_its_page_in_the_readers_language(author, language, sentence):
    media = add_media("video", "Film", "film.mp4", b"hello")
    author.get(reverse("media_cms:preparation", args=[media.pk]))

    services.work()

    author.cookies["django_language"] = language
    part = author.get(reverse("media_cms:preparation", args=[media.pk])).content.decode()
    assert sentence in part
    assert "data-media-under-way" not in part


def test_what_broke_off_can_be_taken_up_again(author):
    media = add_media("video", "Film", "film.mp4", b"hello")
    Preparation.objects.update(state=Preparation.State.FAILED, reason="gave-up")
    assert "Try again" in author.get(reverse("mediafiles:edit", args=[media.pk])).content.decode()

    author.post(reverse("media_cms:again", args=[media.pk]))

    assert Preparation.objects.get().state == Preparation.State.WAITING


def test_what_is_ready_says_what_each_size_costs(author):
    media = add_media("video", "Film", "film.mp4", b"hello")
    made = Preparation.objects.get()
    Rendition.objects.create(preparation=made, name="240p", file="f", rate=172_000, size=1_300_000)
    Preparation.objects.update(state=Preparation.State.DONE, finished_at=timezone.now())

    page = author.get(reverse("mediafiles:edit", args=[media.pk])).content.decode()

    assert "Ready for learners" in page
    assert "172 kbit/s" in page


def test_those_who_do_not_look_after_the_library_see_nothing(client_for):
    media = add_media("video", "Film", "film.mp4", b"hello")
    learner, organizer = client_for(PersonFactory()), client_for(RoleFactory(kind="organizer").person)

    for browser in (learner, organizer):
        assert browser.get(reverse("media_cms:preparation", args=[media.pk])).status_code in (302, 404)
        assert browser.post(reverse("media_cms:again", args=[media.pk])).status_code in (302, 404)


def test_the_list_costs_the_same_for_two_or_twenty(author, queries_of):
    def add(count):
        for number in range(count):
            add_media("video", f"Film {number}", "film.mp4", b"hello")

    add(2)
    author.get("/cms/mediafiles/")
    few = queries_of(author.get, "/cms/mediafiles/")
    add(18)

    assert "being prepared" in author.get("/cms/mediafiles/").content.decode()
    assert queries_of(author.get, "/cms/mediafiles/") == few
