"""An uploaded file becomes what learners play and read; a bad one is refused with a sentence and leaves nothing."""

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from PIL import Image

from courses.media import services
from courses.media.models import Leftover, MediaFile, Preparation, Rendition, Step
from courses.media.pipeline.faults import Broke
from courses.media.queries import playback, reading
from courses.media.services import add_document, add_media, add_picture
from courses.media.services import preparing as preparing_module
from courses.pages.services import publish_course
from lms.events.models import Event
from lms.events.services import deliver
from tests.courses.media.clips import clip, recording, said_of
from tests.factories.pages import make_course_page
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path / "files")}},
    }
    return tmp_path / "files"


def stored(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def prepared(file) -> Preparation:
    services.work(services.prepare(file).pk)
    return Preparation.objects.get(source=file.file.name)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> bytes:
    return clip(tmp_path_factory.mktemp("clips") / "film.mp4")


def test_a_video_becomes_renditions_that_play(files, film):
    media = add_media("video", "Film", "film.mp4", film)

    made = prepared(media)

    assert (made.state, made.reason) == (Preparation.State.DONE, "")
    renditions = {each.name: each for each in made.renditions.all()}
    assert renditions.keys() == {"240p", "360p", "plain", "audio", "sound"}
    assert renditions["240p"].peak <= 200_000
    assert 20_000 < renditions["audio"].rate <= 34_000
    for name, coding in {"240p": "h264", "360p": "h264", "plain": "h264", "audio": "aac"}.items():
        said = said_of(files / renditions[name].file, "stream=codec_name,height:format=duration")
        assert coding in said
        assert renditions[name].size == (files / renditions[name].file).stat().st_size
    assert "height=240" in said_of(files / renditions["240p"].file, "stream=height")
    assert (
        5.9
        < float(re.search(r"duration=([\d.]+)", said_of(files / renditions["plain"].file, "format=duration"))[1])
        < 6.2
    )
    master = (files / made.folder / "master.m3u8").read_text()
    assert re.findall(r"^\w+\.m3u8$", master, re.MULTILINE) == ["sound.m3u8", "240p.m3u8", "360p.m3u8"]
    for name in ("240p", "360p", "sound"):
        playlist = (files / made.folder / f"{name}.m3u8").read_text()
        assert set(re.findall(r"^[^#\n].*$", playlist, re.MULTILINE)) == {f"{name}.mp4"}
    media.refresh_from_db()
    assert media.seconds == 6
    assert Image.open(files / media.poster.name).size == (640, 360)
    strip = made.steps.get(name=Step.Name.STRIP)
    assert Image.open(files / made.folder / "strip.webp").width == strip.result["width"] * strip.result["columns"]


def test_nothing_that_learners_get_says_where_it_was_taken(files, film):
    assert b"106.8272" in film

    made = prepared(add_media("video", "Film", "film.mp4", film))

    for name in stored(files / made.folder):
        content = (files / made.folder / name).read_bytes()
        assert b"106.8272" not in content
        assert b"telephone" not in content


def test_a_video_that_was_held_upright_stays_upright(files, tmp_path):
    taken = clip(tmp_path / "film.mp4", seconds=2, size="360x640")

    made = prepared(add_media("video", "Film", "film.mp4", taken))

    small = made.renditions.get(name="240p")
    assert (small.width, small.height) == (240, 426)
    assert "width=240" in said_of(files / small.file, "stream=width")


def test_a_silent_video_is_no_fault(tmp_path):
    made = prepared(add_media("video", "Film", "film.mp4", clip(tmp_path / "film.mp4", seconds=2, sound=False)))

    assert made.state == Preparation.State.DONE
    assert set(made.renditions.values_list("name", flat=True)) == {"240p", "360p", "plain"}
    assert set(made.steps.filter(state="skipped").values_list("name", flat=True)) == {"loudness", "sound"}


def test_what_browsers_do_not_play_is_converted(tmp_path):
    taken = clip(tmp_path / "film.mkv", seconds=2)
    media = add_media("video", "Film", "film.mkv", taken)
    assert playback(media).address == ""
    assert playback(media).is_under_way

    made = prepared(media)

    media.refresh_from_db()
    assert playback(media).address.endswith(f"{made.folder}plain.mp4")
    assert playback(media).master.endswith("master.m3u8")


def test_a_quiet_recording_is_made_as_loud_as_the_others(files, tmp_path):
    made = prepared(add_media("audio", "Talk", "talk.wav", recording(tmp_path / "talk.wav")))

    assert {each.name for each in made.renditions.all()} == {"audio", "full"}
    assert float(made.steps.get(name="loudness").result["input_i"]) < -30
    again = prepared(
        add_media("audio", "Talk", "talk.m4a", (files / made.renditions.get(name="full").file).read_bytes())
    )
    assert -18 < float(again.steps.get(name="loudness").result["input_i"]) < -14


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
LIST = b"ffconcat version 1.0\nfile /etc/passwd\n"
SUBTITLES = b"1\n00:00:00,000 --> 00:00:02,000\nHello\n"


@pytest.mark.parametrize("content", [b"hello, this is text\n" * 50, PLAYLIST, LIST, SUBTITLES, b"", b"\0" * 5000])
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_what_is_no_video_gets_its_sentence_and_leaves_nothing(files, kind, content):
    name = "film.mp4" if kind == "video" else "talk.mp3"
    media = add_media(kind, "Film", name, content or b"\n")

    made = prepared(media)

    assert made.state == Preparation.State.REFUSED
    assert made.reason == f"not-{kind}"
    with translation.override("id"):
        assert made.explanation.startswith("Ini bukan")
    with translation.override("en"):
        assert made.explanation.startswith("This is not a")
    services.clear_leftovers()
    assert stored(files) == set()
    assert not Leftover.objects.exists()
    media.refresh_from_db()
    assert not media.file
    assert not playback(media).address


def test_a_file_that_was_cut_off_gets_its_sentence_and_leaves_nothing(files, tmp_path):
    whole = clip(tmp_path / "film.mp4", options=("-movflags", "+faststart"))
    without_end = clip(tmp_path / "other.mp4")

    half = prepared(add_media("video", "Half", "half.mp4", whole[: len(whole) // 2]))
    headless = prepared(add_media("video", "Headless", "headless.mp4", without_end[: len(without_end) // 2]))

    assert (half.state, half.reason) == (Preparation.State.REFUSED, "incomplete")
    assert half.reason_values["promised"] == 6
    assert 1 <= half.reason_values["found"] <= 4
    assert (headless.state, headless.reason) == (Preparation.State.REFUSED, "cut-off")
    services.clear_leftovers()
    assert stored(files) == set()


def test_sound_alone_is_no_video_and_a_silent_film_no_recording(tmp_path):
    sound = recording(tmp_path / "talk.m4a")
    film = clip(tmp_path / "film.mp4", seconds=2, sound=False)

    assert prepared(add_media("video", "Film", "film.mp4", sound)).reason == "no-picture"
    assert prepared(add_media("audio", "Talk", "talk.m4a", film)).reason == "no-sound"


def test_a_step_that_was_done_is_not_done_again(files, film, monkeypatch):
    media = add_media("video", "Film", "film.mp4", film)
    preparation = services.prepare(media)
    real = dict(preparing_module.STEPS)
    did = []

    def noted(name, breaks):
        def step(bench, heard):
            did.append(str(name))
            if breaks and did.count(str(name)) == 1:
                raise Broke("the plug was pulled")
            return real[name](bench, heard)

        return step

    monkeypatch.setattr(preparing_module, "STEPS", {name: noted(name, name == "video") for name in real})
    services.work(preparation.pk)
    preparation.refresh_from_db()
    assert preparation.state == Preparation.State.WAITING
    assert "the plug was pulled" in preparation.trace
    assert not services.work(preparation.pk), "it waits a little first"
    Preparation.objects.update(not_before=timezone.now())

    services.work(preparation.pk)

    preparation.refresh_from_db()
    assert preparation.state == Preparation.State.DONE
    assert [name for name in did if did.count(name) > 1] == ["video", "video"]
    assert Rendition.objects.values("name").distinct().count() == Rendition.objects.count() == 5
    assert len(stored(files / preparation.folder)) == 11


def test_what_breaks_off_again_and_again_is_set_aside_and_can_be_tried_again(film, monkeypatch):
    preparation = services.prepare(add_media("video", "Film", "film.mp4", film))

    def broken(bench, heard):
        raise Broke("always")

    with monkeypatch.context() as patch:
        patch.setattr(preparing_module, "STEPS", dict.fromkeys(preparing_module.STEPS, broken))
        for _ in range(preparing_module.MOST_ATTEMPTS + 1):
            Preparation.objects.update(not_before=timezone.now())
            assert services.work(preparation.pk)
    preparation.refresh_from_db()
    assert (preparation.state, preparation.reason) == (Preparation.State.FAILED, "gave-up")
    assert MediaFile.objects.get().file, "what was uploaded is not lost"

    services.try_again(preparation)
    services.work(preparation.pk)

    preparation.refresh_from_db()
    assert (preparation.state, preparation.reason) == (Preparation.State.DONE, "")


def test_two_workers_do_not_prepare_the_same_file(film):
    preparation = services.prepare(add_media("video", "Film", "film.mp4", film))
    Preparation.objects.update(claim=uuid.uuid4(), not_before=timezone.now() + timedelta(seconds=30))

    assert not services.work(preparation.pk)
    assert not services.work()


def test_a_worker_that_was_silent_for_too_long_changes_nothing_any_more(files, film, monkeypatch):
    preparation = services.prepare(add_media("video", "Film", "film.mp4", film))
    real = preparing_module.STEPS[Step.Name.POSTER]

    def slow(bench, heard):
        Preparation.objects.update(claim=uuid.uuid4())
        return real(bench, heard)

    monkeypatch.setitem(preparing_module.STEPS, Step.Name.POSTER, slow)
    services.work(preparation.pk)

    assert preparation.steps.get(name="poster").state == Step.State.WAITING
    assert not stored(files / preparation.folder)
    assert not list((files.parent / "data").rglob("*.png")), "its own folder is empty"


def test_a_file_put_in_place_of_another_takes_over_and_the_first_goes(files, film, tmp_path):
    media = add_media("video", "Film", "film.mp4", film)
    before = prepared(media)
    first = media.file.name
    media.file = ContentFile(clip(tmp_path / "new.mp4", seconds=2), name="new.mp4")
    media.save()

    made = prepared(media)

    assert playback(media).seconds < 3
    assert [each.pk for each in Preparation.objects.all()] == [made.pk]
    Leftover.objects.update(due_at=timezone.now())
    services.clear_leftovers()
    assert not default_storage.exists(first)
    assert not stored(files / before.folder)
    assert stored(files / made.folder)


def test_a_deleted_file_takes_everything_along(files, film):
    media = add_media("video", "Film", "film.mp4", film)
    prepared(media)

    media.delete()
    services.clear_leftovers()

    assert stored(files) == set()


def test_files_that_nobody_spoke_of_are_found(film):
    media = MediaFile(kind="video", title="Film", file=ContentFile(film, name="film.mp4"))
    media.save()
    add_picture("Desk", "desk.png", png())
    Preparation.objects.all().delete()

    assert services.take_up_missing() == 2
    assert services.take_up_missing() == 0
    assert Preparation.objects.get(media=media).state == Preparation.State.WAITING


def png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (1600, 900), "teal").save(content, "PNG")
    return content.getvalue()


def test_a_picture_gets_sizes_for_telephones():
    picture = add_picture("Desk", "desk.png", png())

    made = prepared(picture)

    assert made.state == Preparation.State.DONE
    found = {(each.width, each.file.name.rsplit(".", 1)[1]) for each in picture.renditions.all()}
    assert found == {(480, "webp"), (960, "webp"), (480, "avif"), (960, "avif")}
    for each in picture.renditions.all():
        with each.file.open() as file, Image.open(file) as shown:
            assert not shown.getexif()


def pdf(pages: int = 2) -> bytes:
    """A PDF with a picture on each page."""
    content = io.BytesIO()
    first, *others = [Image.new("RGB", (595, 842), color) for color in ["white", "teal", "gray"][:pages]]
    first.save(content, "PDF", save_all=True, append_images=others)
    return content.getvalue()


def test_a_pdf_gets_pages_for_telephones(files):
    document = add_document("Form", "form.pdf", pdf())

    made = prepared(document)

    assert made.state == Preparation.State.DONE
    shown = reading(document)
    assert [page.number for page in shown.pages] == [1, 2]
    assert Image.open(files / made.folder / "page-2.webp").width == shown.pages[1].width == 900
    assert shown.size == sum((files / made.folder / f"page-{number}.webp").stat().st_size for number in (1, 2))


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", pdf()[:400]])
def test_a_broken_pdf_can_still_be_downloaded(files, content):
    document = add_document("Form", "form.pdf", content)

    made = prepared(document)

    assert (made.state, made.reason) == (Preparation.State.REFUSED, "unreadable-pdf")
    assert reading(document) is None
    assert stored(files) == {document.file.name}


def test_a_published_lesson_shows_what_was_made_meanwhile(film):
    media = add_media("video", "Film", "film.mp4", film)
    page = make_course_page([("video", {"media": media.pk, "caption": ""})], [("text", "<p>Read</p>")])
    course = publish_course(page, by=PersonFactory())
    lesson = course.items.get(title="Lesson 1")
    assert media.address in str(lesson.published_lesson.parts)

    made = prepared(media)
    assert Event.objects.filter(name="media.FilePrepared").exists()
    deliver()

    lesson.published_lesson.refresh_from_db()
    assert f"{made.folder}plain.mp4" in str(lesson.published_lesson.parts)
    assert media.address not in str(lesson.published_lesson.parts)
