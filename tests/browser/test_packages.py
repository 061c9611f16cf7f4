"""Packages in Chromium: real ones by others launch and report, and a hostile one reaches nothing of the platform."""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Frame, Page, expect

from courses.scorm import services, statements
from courses.scorm.models import (
    Completion,
    Document,
    ItemState,
    PackageImport,
    Registration,
    Standard,
    Statement,
    Success,
)
from lms.progress.models import ItemProgress
from tests.factories.scorm import ITEM, placed_package, scorm

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files_on_disk")]
MATERIAL = Path(__file__).parents[3] / "shared" / "material"
REFUSED = {
    "badscorm.zip": "manifest-in-folder",
    "invalid.zip": "kind-unknown",
    "singlescobasic_missingorg.zip": "no-organization",
    "validaicc.zip": "aicc-not-supported",
    "validscorm.zip": "xml-broken",
    "005-1-invalid-au.zip": "unit-voids-statements",
    "202-1-relative-url-no-zip.xml": "url-relative",
    "205-1-duplicated-block.xml": "id-twice",
    "207-1-invalid-courseStructure.xml": "element-misplaced",
    "209-1-not-a-zip.zip": "not-a-zip",
    "210-1-no-cmi5-xml.zip": "kind-unknown",
}
SILENT = {"singlesco_scorm12.zip", "boytchev-scorm-template.zip"}
"""The first has lost its script, the second is a template with gaps in it: both are shown, and say nothing."""
PACKAGES = sorted([*(MATERIAL / "scorm").glob("*"), *(MATERIAL / "cmi5").glob("*")])
THERE = "packages.localhost"
EDITION = "2004 4th Edition"
BACK = "[data-package-leave]"


@pytest.fixture
def files_on_disk(settings, tmp_path_factory):
    """Files in a folder of the test's own: the browser asks for them one by one."""
    location = str(tmp_path_factory.mktemp("files"))
    default = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def visit(visit):
    """Browsers that have left their packages, and been heard to the end, before the database is emptied."""
    opened = []

    def open_for(person):
        opened.append(visit(person))
        return opened[-1]

    yield open_for
    for visitor in opened:
        with visitor.refused():
            visitor.page.goto("about:blank")
    for visitor in opened[:1]:
        wait_for(lambda: not is_asked_anything(), visitor.page)
        # What a window says as it goes comes a moment after it has gone.
        visitor.page.wait_for_timeout(200)
        wait_for(lambda: not is_asked_anything(), visitor.page)


def is_asked_anything() -> bool:
    """Whether the database is at work for somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])


class Learner:
    """A learner with a package in a lesson of hers."""

    def __init__(self, visit, made, **values):
        self.visit = visit
        self.enrollment, self.item = placed_package(made, **values)
        self.visitors = []

    def open(self) -> Page:
        """The package in a browser of its own: another device. What the package itself gets wrong is its own."""
        visitor = self.visit(self.enrollment.person)
        visitor.hosts.add(THERE)
        # Courses ask whether to go on where one was.
        visitor.page.on("dialog", lambda dialog: dialog.accept())
        self.visitor = visitor
        self.visitors.append(visitor)
        return visitor.open(f"/scorm/{self.enrollment.pk}/{self.item.pk}/")

    def forgive(self) -> None:
        """What a package of others does wrong, or asks for in vain, is not ours."""
        for visitor in self.visitors:
            visitor.complaints.clear()

    @property
    def progress(self) -> ItemProgress | None:
        return ItemProgress.objects.filter(enrollment=self.enrollment, item=self.item).first()


def imported(path):
    made = services.import_package(path)
    assert made.state == PackageImport.State.DONE, made.problems
    return made.made


def stage_of(page: Page) -> Frame:
    frame = page.wait_for_selector(".package__frame").content_frame()
    frame.wait_for_selector(".content iframe, .said:not([hidden])")
    return frame


def content_of(stage: Frame) -> Frame:
    frame = stage.wait_for_selector(".content iframe").content_frame()
    frame.wait_for_load_state()
    return frame


def leave(page: Page) -> None:
    """Go back to the lesson, which waits until all is kept."""
    page.click(BACK)
    page.wait_for_url("**/learn/**")


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_every_real_package_launches_or_is_refused_with_a_reason(path, visit):
    made = services.import_package(path)
    if path.name in REFUSED:
        assert REFUSED[path.name] in {row["code"] for row in made.problems if row["refuses"]}
        return
    learner = Learner(visit, made.made)

    stage = stage_of(learner.open())
    if not made.made.files:
        expect(stage.locator(".said a")).to_have_attribute("href", re.compile("^https?://.*endpoint="))
        return
    content = content_of(stage)

    if made.made.standard == Standard.CMI5:
        wait_for(lambda: Statement.objects.filter(verb=statements.INITIALIZED).exists(), learner.visitor.page)
        learner.forgive()
        return
    assert content.evaluate("document.body.childElementCount") > 0
    if path.name not in SILENT:
        stage.wait_for_function("() => (window.API ?? window.API_1484_11).currentState > 0")
    learner.forgive()


def wait_for(is_so, page: Page) -> None:
    """Wait until something is so on the server."""
    for _look in range(100):
        if is_so():
            return
        page.wait_for_timeout(150)
    pytest.fail("it has not come")


def result_of(stage: Frame) -> dict[str, object]:
    """What a unit of ADL's tests of platforms says of us."""
    return json.loads(content_of(stage).locator("#result").inner_text())


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
@pytest.mark.parametrize(
    ("name", "is_done"),
    [
        ("001-essentials.zip", True),
        ("002-allowed.zip", False),
        ("004-1-moveOn-Completed.zip", True),
        ("004-3-moveOn-Passed.zip", True),
    ],
)
def test_the_units_by_which_adl_tests_platforms_are_content(name, is_done, visit):
    learner = Learner(visit, imported(MATERIAL / "cmi5" / name))

    stage = stage_of(learner.open())

    assert result_of(stage)["success"] is True, result_of(stage)
    content_of(stage).click("#returnURL")
    expect(stage.locator(".said")).to_contain_text("akhir")
    assert bool(learner.progress and learner.progress.completed_at) is is_done


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_whatever_adl_s_invalid_unit_says_is_refused(visit, monkeypatch):
    # The package itself is refused, because its unit voids statements; here it may show that this would be refused too.
    monkeypatch.setattr("courses.scorm.core.cmi5._voids", lambda file: False)
    learner = Learner(visit, imported(MATERIAL / "cmi5" / "005-1-invalid-au.zip"))

    stage = stage_of(learner.open())

    assert result_of(stage)["success"] is True, result_of(stage)
    learner.forgive()


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_a_unit_of_adl_s_goes_on_in_its_second_session(visit):
    learner = Learner(visit, imported(MATERIAL / "cmi5" / "007-1-multi-session.zip"))
    assert result_of(stage_of(learner.open()))["msg"] == "First stage completed successfully"

    again = result_of(stage_of(learner.open()))

    assert again["success"] is True, again
    assert "rejected" in str(again["msg"])
    learner.forgive()


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_a_unit_of_adl_s_that_was_abandoned_is_heard_no_more(visit):
    learner = Learner(visit, imported(MATERIAL / "cmi5" / "008-1-abandoned.zip"))
    stage, first = stage_of(learner.open()), learner.visitor
    content_of(stage).wait_for_selector("#abandon")
    content_of(stage_of(learner.open())).wait_for_selector("#abandon")

    with first.refused():
        content_of(stage).click("#abandon")
        assert result_of(stage)["success"] is True, result_of(stage)

    assert Statement.objects.filter(verb=statements.ABANDONED).count() == 1
    learner.forgive()


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_a_real_unit_of_cmi5_is_begun_on_one_device_and_finished_on_another(visit):
    learner = Learner(visit, imported(MATERIAL / "cmi5" / "single_au_basic_responsive.zip"))
    content = content_of(stage_of(learner.open()))
    wait_for(lambda: Statement.objects.filter(verb=statements.INITIALIZED).exists(), learner.visitor.page)
    content.get_by_text("Geological Time", exact=True).first.click()
    wait_for(lambda: Document.objects.exists(), learner.visitor.page)
    leave(learner.visitor.page)

    content = content_of(stage_of(learner.open()))
    content.click("#bookmark-overlay .resume-button")
    content.get_by_text("Quiz", exact=True).first.click()
    content.get_by_text("(Select correct answers)").click()
    content.get_by_text("Submit Answers").click()
    wait_for(lambda: Statement.objects.filter(verb=statements.PASSED).exists(), learner.visitor.page)

    way = Registration.objects.get()
    assert (way.success, way.score) == (Success.PASSED, 100)
    assert learner.progress.completed_at
    assert learner.progress.score == 100
    learner.forgive()


def answer_rightly(test: Frame) -> None:
    """Fill in the test at the end of the courses about golf."""
    for radio in test.query_selector_all(".correctAnswer input[type=radio]"):
        radio.check()
    test.evaluate(
        "() => { for (const q of Object.values(test.Questions)) { if (q.Type == QUESTION_TYPE_NUMERIC)"
        " document.getElementById(`question_${q.Id}_Text`).value = q.CorrectAnswer; } }"
    )


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
@pytest.mark.parametrize("name", ["escolalms-2.zip", "RuntimeBasicCalls_SCORM20043rdEdition.zip"])
def test_a_real_course_is_begun_on_one_device_and_finished_on_another(name, visit):
    learner = Learner(visit, imported(MATERIAL / "scorm" / name), criterion={"by": "passed"}, passing_grade=80)
    page = learner.open()
    content = content_of(stage_of(page))
    for _click in range(5):
        content.click("#butNext")
    leave(page)
    assert Registration.objects.get().completion == Completion.INCOMPLETE

    page = learner.open()
    content = content_of(stage_of(page))
    content.wait_for_function("() => currentPage === 5")
    while content.is_enabled("#butNext"):
        content.click("#butNext")
    test = content.query_selector("#contentFrame").content_frame()
    test.wait_for_selector("#frmTest")
    answer_rightly(test)
    test.click("input[type=button]")
    expect(test.locator("#test h3").first).to_have_text("Score: 100")
    leave(page)

    way = Registration.objects.get()
    assert (way.completion, way.success, way.score) == (Completion.COMPLETED, Success.PASSED, 100)
    assert way.seconds > 0
    assert learner.progress.completed_at
    assert learner.progress.score == 100
    assert learner.progress.seconds > 0
    cmi = ItemState.objects.get().cmi
    assert (cmi.get("location") or cmi["core"]["lesson_location"]) == "14"
    learner.forgive()


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_the_table_of_contents_obeys_the_rules_of_a_real_course(visit):
    path = MATERIAL / "scorm" / "SequencingSimpleRemediation_SCORM20043rdEdition.zip"
    learner = Learner(visit, imported(path))
    stage = stage_of(learner.open())
    entries = stage.locator(".contents button")
    assert entries.count() == 8
    assert stage.locator(".contents [aria-disabled=false]").count() == 1

    stage.click("[data-step=continue]")
    expect(entries.nth(1)).to_have_attribute("aria-current", "true")
    stage.click("[data-step=previous]")
    expect(entries.nth(0)).to_have_attribute("aria-current", "true")
    stage.click("[data-step=continue]")
    expect(entries.nth(1)).to_have_attribute("aria-current", "true")
    content_of(stage)
    leave(learner.visitor.page)

    again = stage_of(learner.open())
    expect(again.locator(".contents button").nth(1)).to_have_attribute("aria-current", "true")
    learner.forgive()


TALKS_2004 = """<!doctype html><title>Part</title><script>
const api = window.parent.API_1484_11;
api.Initialize("");
const say = (name, value) => api.SetValue(name, value);
function pass() {
  say("cmi.score.scaled", "0.9");
  say("cmi.success_status", "passed");
  say("cmi.completion_status", "completed");
  say("adl.nav.request", "exitAll");
  api.Terminate("");
}
</script><h1>Part</h1><button onclick="pass()">Pass</button>"""


def test_parts_without_an_order_are_chosen_and_looking_again_loses_nothing(visit, tmp_path):
    items = ITEM.format("") + '<item identifier="i2" identifierref="r1"><title>Lesson 2</title></item>'
    files = {"index.html": TALKS_2004}
    learner = Learner(visit, imported(scorm(tmp_path, files, items=items, edition=EDITION)))
    stage = stage_of(learner.open())
    entries = stage.locator(".contents button")
    expect(entries.nth(0)).to_have_attribute("aria-current", "true")

    content_of(stage).click("button")
    expect(stage.locator(".said")).to_contain_text("akhir")
    entries.nth(1).click()
    expect(entries.nth(1)).to_have_attribute("aria-current", "true")
    content_of(stage).click("button")
    expect(stage.locator(".said")).to_contain_text("akhir")
    leave(learner.visitor.page)
    stage_of(learner.open())
    leave(learner.visitor.page)

    way = Registration.objects.get()
    assert (way.completion, way.success, way.score) == (Completion.COMPLETED, Success.PASSED, 90)
    assert learner.progress.completed_at


FULL = """<!doctype html><title>Part</title><script>
const call = (name, ...values) => window.parent.API[name](...values);
call("LMSInitialize", "");
document.title = call("LMSGetValue", "cmi.core.entry");
function pass() {
  call("LMSSetValue", "cmi.core.score.raw", "85");
  call("LMSSetValue", "cmi.core.lesson_status", "passed");
  call("LMSCommit", "");
}
</script><h1>Part</h1><button onclick="pass()">Pass</button>"""
TWO = ITEM.format("") + (
    '<item identifier="i2" identifierref="r1"><title>Lesson 2</title>'
    '<adlcp:prerequisites type="aicc_script">i1</adlcp:prerequisites></item>'
)


def test_a_course_of_two_parts_is_passed_on_a_phone_and_looked_at(visit, tmp_path):
    learner = Learner(visit, imported(scorm(tmp_path, {"index.html": FULL}, items=TWO)))
    page = learner.open()
    stage = stage_of(page)
    learner.visitor.look("package", again=False)
    page.set_viewport_size({"width": 360, "height": 760})
    second = stage.locator(".contents button").nth(1)
    expect(second).to_have_attribute("aria-disabled", "true")

    content_of(stage).click("button")
    expect(second).to_have_attribute("aria-disabled", "false")
    stage.click("[data-step=continue]")
    expect(second).to_have_attribute("aria-current", "true")
    content_of(stage).click("button")
    expect(page.locator("[data-package-state]")).to_have_text("Tersimpan")
    leave(page)

    assert learner.progress.completed_at
    assert learner.progress.score == 85
    learner.open()
    learner.visitor.look("package-finished")


def test_what_is_done_while_the_line_is_lost_arrives_when_it_is_back(visit, tmp_path):
    learner = Learner(visit, imported(scorm(tmp_path, {"index.html": FULL})))
    page = learner.open()
    content = content_of(stage_of(page))
    with learner.visitor.refused():
        learner.visitor.context.set_offline(True)
        content.click("button")
        expect(page.locator("[data-package-state]")).to_contain_text("terputus")
        learner.visitor.context.set_offline(False)
    expect(page.locator("[data-package-state]")).to_have_text("Tersimpan")

    assert learner.progress.score == 85
    learner.forgive()


def test_a_window_that_was_opened_before_says_that_it_no_longer_keeps(visit, tmp_path):
    learner = Learner(visit, imported(scorm(tmp_path, {"index.html": FULL})))
    first, earlier = learner.open(), learner.visitor
    content = content_of(stage_of(first))
    second = content_of(stage_of(learner.open()))
    second.click("button")
    expect(learner.visitor.page.locator("[data-package-state]")).to_have_text("Tersimpan")

    with earlier.refused():
        content.click("button")
        expect(first.locator("[data-package-state]")).to_contain_text("jendela lain")


HOSTILE = """<!doctype html><title>Hostile</title><h1>Hostile</h1><script>
const home = "HOME";
const tried = async (name, what) => {
  try { return [name, String(await what())]; } catch (error) { return [name, "blocked"]; }
};
const tries = () => Promise.all([
  tried("cookie", () => document.cookie || "blocked"),
  tried("page", () => top.document.title),
  tried("leads away", () => { top.location = "https://example.org/"; }),
  tried("asks as the learner", () => fetch(home + "/learn/", { credentials: "include" })),
  tried("asks another host", () => fetch("https://example.org/")),
  tried("platform", () => fetch("/accounts/login/").then(({ status }) => (status === 404 ? "blocked" : status))),
]).then((found) => found.filter(([, how]) => how !== "blocked").map(([name]) => name));
</script>"""


def test_a_hostile_package_reaches_nothing_of_the_platform(visit, tmp_path, live_server):
    page_of_it = HOSTILE.replace("HOME", live_server.url)
    learner = Learner(visit, imported(scorm(tmp_path, {"index.html": page_of_it})))
    page = learner.open()
    here = page.url

    reached = content_of(stage_of(page)).evaluate("tries()")

    assert reached == []
    assert page.url == here
    learner.forgive()
