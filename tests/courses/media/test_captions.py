"""Captions are checked line by line, told about in plain words, and written beside the video."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as some

from courses.media import services
from courses.media.errors import FileRefused
from courses.media.models import Caption, Leftover
from courses.media.pipeline.captions import Cue, clock, read, seconds_of, write
from courses.media.queries import cues_of
from courses.media.reasons import sentence
from courses.media.services import add_media
from courses.pages.services import publish_course
from lms.events.services import deliver
from tests.factories.pages import make_course_page
from tests.factories.people import PersonFactory, RoleFactory

MATERIAL = Path(__file__).parents[3].parent / "shared" / "material" / "captions"
BAD = {
    "bad-double-webvtt.vtt": ("captions-no-signature", 1),
    "blank-file-with-bom.vtt": ("captions-no-signature", 1),
    "blank-file.vtt": ("captions-no-signature", 1),
    "bom-garbage-data.vtt": ("captions-no-signature", 1),
    "bom-tab-webvtt.vtt": ("captions-no-signature", 1),
    "garbage-signature.vtt": ("captions-no-signature", 1),
    "newline-before-webvtt.vtt": ("captions-no-signature", 1),
    "no-space-cue-times-cue-settings.vtt": ("captions-bad-times", 3),
    "tab-after-bom-before-header.vtt": ("captions-no-signature", 1),
}
GOOD = b"WEBVTT\n\n00:00.000 --> 00:02.000\nSelamat datang\n\n00:02.000 --> 00:04.500 line:0\n<i>di</i> kelas\n"


@pytest.mark.skipif(not MATERIAL.exists(), reason="files by others are not part of the repository")
def test_files_by_others_are_read_or_refused_as_players_do():
    found = {}
    for path in sorted(MATERIAL.glob("*.vtt")):
        cues, faults = read(path.read_bytes())
        assert bool(cues) != bool(faults), path.name
        if faults:
            found[path.name] = (faults[0].code, faults[0].line)

    assert found == BAD


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"WEBVTT\n\n00:01 --> 00:02\nHalo\n", "Line 3: “00:01 --> 00:02” does not say from when to when."),
        (b"WEBVTT\n\n00:04.000 --> 00:02.000\nHalo\n", "Line 3: the caption ends (00:00:02.000) before it begins"),
        (
            b"WEBVTT\n\n00:04.000 --> 00:05.000\nHalo\n\n00:01.000 --> 00:02.000\nHai\n",
            "Line 6: the caption begins at 00:00:01.000, before the one above it (00:00:04.000)",
        ),
        (b"Halo\n", "here it says “Halo”"),
        (b"WEBVTT\n\nNOTE nothing here\n", "There are no captions"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nSalaam \xe9\n", "Line 4 holds letters that are not saved as UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content, words):
    _, [fault] = read(content)

    with translation.override("en"):
        said = sentence(fault.code, {"line": fault.line, **fault.values})

    assert words in said


def test_srt_is_read_as_it_comes():
    cues, faults = read(
        b"1\r\n00:00:01,500 --> 00:00:02,000\r\nHalo\r\n\r\n2\r\n00:01:03,000 --> 00:01:04,250\r\nHai\r\n"
    )

    assert not faults
    assert cues == [Cue(1.5, 2.0, "Halo"), Cue(63.0, 64.25, "Hai")]


@given(
    some.lists(
        some.tuples(
            some.integers(0, 10**7),
            some.integers(1, 10**5),
            some.text(some.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=30),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_read_again(rows):
    cues = [Cue(start / 1000, (start + length) / 1000, text.strip() or "-") for start, length, text in rows]

    again, faults = read(write(cues))

    assert not faults
    assert [(each.start, each.end) for each in again] == sorted((each.start, each.end) for each in cues)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("1:30", 90), ("0:01:30.5", 90.5), ("90,5", 90.5), ("1:00:00", 3600), ("", None), ("1:75", None), ("soon", None)],
)
def test_times_are_typed_as_people_write_them(typed, seconds):
    assert seconds_of(typed) == seconds


def test_a_clock_never_shows_sixty_seconds():
    assert clock(59.9996) == "00:01:00.000"


@pytest.fixture
def author(client_for):
    browser = client_for(RoleFactory(kind="author").person)
    browser.cookies["django_language"] = "en"
    return browser


@pytest.fixture
def film(db):
    return add_media("video", "Film", "film.mp4", b"0", captions={"id": GOOD})


def rows(*cues, initial=0):
    fields = {"cue-TOTAL_FORMS": len(cues), "cue-INITIAL_FORMS": initial}
    for number, values in enumerate(cues):
        for name, value in zip(("start", "end", "text"), values, strict=True):
            fields[f"cue-{number}-{name}"] = value
    return fields


def test_captions_that_players_do_not_understand_are_refused_with_the_line(db):
    with pytest.raises(FileRefused) as refused, translation.override("en"):
        add_media("video", "Film", "film.mp4", b"0", captions={"id": b"WEBVTT\n\n00:01 --> 00:02\nHalo\n"})

    assert "Line 3" in str(refused.value)


def test_an_uploaded_srt_file_is_kept_as_webvtt(author, film):
    srt = SimpleUploadedFile("film.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    fields = {
        "captions-TOTAL_FORMS": 1,
        "captions-INITIAL_FORMS": 0,
        "captions-0-language": "en",
        "captions-0-file": srt,
        "captions-0-id": "",
    }
    Caption.objects.all().delete()

    author.post(f"/cms/mediafiles/edit/{film.pk}/", {"kind": "video", "title": "Film", "transcript": "", **fields})

    [caption] = film.captions.all()
    assert caption.file.name.endswith(".vtt")
    with caption.file.open() as file:
        assert file.read().startswith(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello")


def test_captions_are_written_beside_the_video_and_keep_their_place(author, film):
    address = reverse("media_cms:captions", args=[film.pk, "id"])
    page = author.get(address).content.decode()
    assert "00:00:02.000" in page
    assert "&lt;i&gt;di&lt;/i&gt; kelas" in page
    fields = rows(
        ("0:00", "0:02", "Selamat pagi"), ("0:02", "0:04.5", "di kelas"), ("0:05", "0:07", "Mulai"), ("", "", "")
    )
    fields["cue-1-settings"] = "line:0"

    saved = author.post(address, fields)

    assert saved.status_code == 302
    assert cues_of(film, "id") == [
        Cue(0, 2, "Selamat pagi"),
        Cue(2, 4.5, "di kelas", "line:0"),
        Cue(5, 7, "Mulai"),
    ]


def test_a_row_that_is_wrong_says_why_and_nothing_is_lost(author, film):
    address = reverse("media_cms:captions", args=[film.pk, "en"])

    answer = author.post(address, rows(("soon", "0:02", "Good morning"), ("0:05", "0:04", "Hello")))

    page = answer.content.decode()
    assert "Write the time like 1:30" in page
    assert "The caption ends before it begins." in page
    assert "Good morning" in page
    assert not film.captions.filter(language="en").exists()


def test_a_lesson_shows_the_captions_as_they_are_now_and_the_old_file_goes_later(film):
    page = make_course_page([("video", {"media": film.pk, "caption": ""})])
    course = publish_course(page, by=PersonFactory())
    published = course.items.get(title="Lesson 1").published_lesson
    before = film.captions.get()
    old = before.file.name

    services.save_captions(film, "id", [Cue(0, 1, "Halo")])
    deliver()

    published.refresh_from_db()
    assert film.captions.get().address in str(published.parts)
    assert before.address not in str(published.parts)
    assert Leftover.objects.get(name=old).due_at > timezone.now()


def test_captions_can_be_taken_away(author, film):
    author.post(reverse("media_cms:captions", args=[film.pk, "id"]), rows(("", "", ""), ("", "", "")))

    assert not film.captions.exists()


def test_only_those_who_look_after_the_library_write_captions(client_for, film):
    for browser in (client_for(PersonFactory()), client_for(RoleFactory(kind="organizer").person)):
        assert browser.get(reverse("media_cms:captions", args=[film.pk, "id"])).status_code in (302, 404)
    author = client_for(RoleFactory(kind="author").person)
    assert author.get(reverse("media_cms:captions", args=[film.pk, "xx"])).status_code == 404
