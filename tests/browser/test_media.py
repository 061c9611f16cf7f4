"""Videos in a real browser: a learner plays one as her line and her purse allow, an author sends one in parts."""

import re
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from playwright.sync_api import expect

from courses.catalog.models import OutlineItem
from courses.media import queries, services
from courses.media.models import MediaFile, Preparation, Upload
from courses.media.pipeline.captions import Cue
from courses.media.services import add_media
from courses.pages.services import publish_course
from lms.common.storage import S3Files
from tests.courses.media.clips import clip
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.pages import make_course_page
from tests.factories.people import RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)
VTT = b"WEBVTT\n\n00:00.000 --> 00:05.000\nSelamat datang\n\n00:20.000 --> 00:25.000\nSelamat pulang\n"
STATE = "media => [media.currentTime, media.videoHeight, media.paused, media.currentSrc]"


@pytest.fixture(autouse=True)
def bucket(live_server):
    """The storage's rules for our pages, as ``manage.py prepare`` sets them."""
    storage = storages["default"]
    if isinstance(storage, S3Files):
        storage.open_to_pages(live_server.url)


@pytest.fixture
def visit_with_bucket(visit):
    """Visitors whose pages may ask the storage."""

    def open_for(person):
        visitor = visit(person)
        visitor.hosts.add("127.0.0.1")
        return visitor

    return open_for


def until(page, expression, seconds=60):
    """Wait until the page says so. Asked from outside: the policy of our pages forbids what Playwright would put in."""
    for _ in range(seconds * 5):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"not within {seconds} s: {expression}")


def play(page):
    """Press the browser's own button; the smallest file it begins with may give way to another at once."""
    page.evaluate(
        "() => { const media = document.querySelector('video'); media.muted = true; media.play().catch(() => 0) }"
    )


def playing(page, *, height):
    """Wait until the video moves, at this many lines; on a slow machine it may have ended by then, and begins again."""
    moves = f"media.currentTime > 0.5 && !media.paused && media.videoHeight === {height}"
    again = "if (media.ended) { media.currentTime = 0; media.play().catch(() => 0) }"
    until(page, f"(() => {{ const media = document.querySelector('video'); {again} return {moves} }})()")


def test_a_learner_plays_a_video_as_her_line_and_her_purse_allow(visit_with_bucket, tmp_path):
    film = clip(tmp_path / "film.mp4", seconds=30, size="1280x720")
    media = add_media("video", "Film", "film.mp4", film, captions={"id": VTT}, transcript="Selamat datang")
    services.work()
    course = publish_course(make_course_page([("video", {"media": media.pk, "caption": ""})]), by=None)
    lesson = OutlineItem.objects.get(course=course, kind=OutlineItem.Kind.LESSON)
    enrollment = EnrollmentFactory(run=CourseRunFactory(course=course))
    visitor = visit_with_bucket(enrollment.person)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))

    page = visitor.open(reverse("pages:lesson", args=[enrollment.pk, lesson.pk]))
    visitor.look("lesson with a video")
    assert not [url for url in asked if ".mp4" in url or "hls" in url], "nothing is fetched before somebody plays it"
    quality, speed = page.locator("[data-quality]"), page.locator("[data-speed]")
    assert page.locator("[data-quality] option").all_text_contents()[0] == "Otomatis"

    # As the line allows, by HLS.
    play(page)
    until(page, "document.querySelector('video').currentTime > 1")
    assert page.eval_on_selector("video", STATE)[3].startswith("blob:")
    assert any("hls.light" in url for url in asked)

    # As she chooses; the place is kept.
    before = page.eval_on_selector("video", STATE)[0]
    quality.select_option("480p")
    playing(page, height=480)
    assert page.eval_on_selector("video", STATE)[0] >= before - 1
    quality.select_option("audio")
    until(page, "document.querySelector('video').currentSrc.includes('audio.m4a')")
    quality.select_option("480p")
    speed.select_option("1.5")
    playing(page, height=480)
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.5

    # By keyboard, on the video itself.
    page.locator("video").focus()
    page.keyboard.press("k")
    until(page, "document.querySelector('video').paused")
    page.keyboard.press(">")
    assert speed.input_value() == "2"
    shown = "document.querySelector('video').textTracks[0].mode"
    assert page.evaluate(shown) == "showing"
    page.keyboard.press("c")
    until(page, f"{shown} === 'disabled'")

    # Small pictures lead to a place.
    page.locator("[data-strip] summary").click()
    page.locator("[data-strip-list] button").nth(3).click()
    until(page, "Math.abs(document.querySelector('video').currentTime - 15) < 2")
    visitor.look("lesson with the strip of a video", again=False)

    # What is said can be searched, and leads to its place.
    page.locator("[data-transcript] > summary").click()
    lines = page.locator("[data-transcript-cues] li")
    expect(lines).to_have_count(2)
    page.locator("[data-transcript-search] input").fill("PULANG")
    expect(lines.nth(0)).to_be_hidden()
    expect(lines.nth(1).locator("mark")).to_have_text("pulang")
    visitor.look("lesson with the transcript of a video", again=False)
    lines.nth(1).locator("button").click()
    until(page, "Math.abs(document.querySelector('video').currentTime - 20) < 2")

    # The next time all of it is as she left it.
    until(page, "Number(localStorage.getItem(`media:${document.querySelector('video').dataset.media}`)) > 10")
    page.reload()
    assert (quality.input_value(), speed.input_value()) == ("480p", "2")
    assert page.evaluate(shown) == "disabled"
    play(page)
    until(page, "document.querySelector('video').currentTime > 10")

    # Saving data: one small file, and no player.
    page.reload()
    page.locator("[data-data-saving]").check()
    assert quality.input_value() == "240p"
    asked.clear()
    play(page)
    until(page, "document.querySelector('video').currentSrc.includes('plain.mp4')")
    playing(page, height=240)
    assert not [url for url in asked if "m3u8" in url or "hls.light" in url]


def test_without_script_the_browser_plays_the_smallest_file(visit_with_bucket, chromium, live_server, tmp_path):
    media = add_media("video", "Film", "film.mp4", clip(tmp_path / "film.mp4", seconds=4))
    services.work()
    course = publish_course(make_course_page([("video", {"media": media.pk, "caption": ""})]), by=None)
    lesson = OutlineItem.objects.get(course=course, kind=OutlineItem.Kind.LESSON)
    enrollment = EnrollmentFactory(run=CourseRunFactory(course=course))
    cookies = visit_with_bucket(enrollment.person).context.cookies()
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()

    page.goto(live_server.url + reverse("pages:lesson", args=[enrollment.pk, lesson.pk]))

    assert page.locator("video source").get_attribute("src").endswith("plain.mp4")
    expect(page.locator("[data-media-bar]")).to_be_hidden()
    context.close()


def test_an_author_sends_a_film_in_parts_and_goes_on_after_a_reload(visit_with_bucket, tmp_path):
    film = Path(tmp_path / "film.mp4")
    # Noise that no coder makes smaller, behind a film that is whole.
    film.write_bytes(clip(tmp_path / "small.mp4", seconds=3) + b"\0\0\0\x08free" + bytes(26 * 1024 * 1024))
    author = RoleFactory(kind="author").person
    visitor = visit_with_bucket(author)
    page = visitor.open("/cms/mediafiles/new/")
    visitor.look("new video", but=("region", "landmark-one-main", "color-contrast"))
    line = visitor.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 4 * 1024 * 1024}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", slow)
    page.fill("[name=title]", "Film")
    page.locator("[name=file]").set_input_files(film)
    until(page, "document.querySelector('[data-upload-progress]').value >= 40")
    page.locator("[data-upload-pause]").click()
    expect(page.locator("[data-upload-state]")).to_contain_text("Dijeda")
    key = Upload.objects.get().key
    arrived = services.arrived(Upload.objects.get())
    assert 1 <= len(arrived) < 6

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.reload()
    page.fill("[name=title]", "Film")
    page.locator("[name=file]").set_input_files(film)
    until(page, "document.querySelector('[name=upload]').value")

    assert len(sent) == 6 - len(arrived)
    assert page.input_value("[name=kind]") == "video"
    assert page.input_value("[name=upload]") == str(Upload.objects.get().key) == str(key)
    page.locator("footer button[type=submit], button.action-save").first.click()
    page.wait_for_url(re.compile(r"/cms/mediafiles/edit/\d+/"))
    media = MediaFile.objects.get()
    assert media.size == film.stat().st_size
    visitor.look("video being prepared", but=("region", "landmark-one-main", "color-contrast"))
    services.work()
    page.wait_for_selector(".media-standing__state--done")
    assert Preparation.objects.get().state == Preparation.State.DONE
    visitor.look("video ready", but=("region", "landmark-one-main", "color-contrast"))

    # Captions are written beside it.
    visitor.open(reverse("media_cms:captions", args=[media.pk, "id"]))
    page.evaluate("() => { document.querySelector('video').currentTime = 1.5 }")
    page.locator("[data-caption-now]").nth(0).click()
    page.fill("[name=cue-0-end]", "0:02.5")
    page.fill("[name=cue-0-text]", "Halo")
    page.locator("[data-caption-add]").click()
    expect(page.locator("[data-caption-row]")).to_have_count(4)
    visitor.look("captions", again=False, but=("region", "landmark-one-main", "color-contrast"))
    page.locator(".caption-editor__actions button[type=submit]").click()
    expect(page.locator("[name=cue-0-start]")).to_have_value("00:00:01.500")
    assert queries.cues_of(media, "id") == [Cue(1.5, 2.5, "Halo")]
    visitor.look("captions saved", but=("region", "landmark-one-main", "color-contrast"))
