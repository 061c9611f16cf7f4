"""The main journey, from the author's empty page to the officer's report, with five accounts in a real browser."""

import csv
import io
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from certificates.signing import keys_in, read_signature
from courses.pages.demo import course as demo
from courses.pages.demo.ministry import ACCOUNTS, PASSWORD
from tests.browser.visitor import Visitor
from tests.services.platform import Platform, own_places, platform

pytestmark = pytest.mark.long
EMAIL = {role or "learner": email for role, email, *_ in ACCOUNTS}
LEARNER = "Siti Rahmawati"
WAGTAIL = (
    "aria-input-field-name",
    "empty-meta-description",
    "scrollable-region-focusable",
    "label-content-name-mismatch",
    "landmark-unique",
)
"""What axe finds in Wagtail's own editor and frame, which are not ours to change."""
QUIZ = ".quiz-card a.button--primary[href*='/quizzes/']"
COURSE = "Menyambut Tamu di Kantor"
BATCH = "Angkatan Perdana"
ELSEWHERE = """
from datetime import date
from lms.people.models import OrgUnit
from lms.people.services import NewPerson, add_people, grant_role
unit = OrgUnit.objects.get(code="D12")
person, = add_people([NewPerson(full_name="Togar Siregar", email="medan@diklat.example", password="{password}",
                                unit=unit, employment_type="pns", starts_on=date(2024, 1, 1))])
grant_role(person, "hr_officer", unit, by=None)
"""


@pytest.fixture(scope="module")
def static(tmp_path_factory) -> Path:
    """Where the first platform leaves its static files for the second."""
    return tmp_path_factory.mktemp("static") / "files"


@pytest.fixture(params=["embedded", "servers"])
def running(request, static) -> Iterator[Platform]:
    """The platform with nothing given, and on the suite's PostgreSQL, Redis and S3."""
    if request.param == "embedded":
        with platform(static=static) as one:
            yield one
    else:
        with own_places("journey") as places, platform(places, static=static) as one:
            yield one


@pytest.fixture
def visit(running, chromium, shots, request) -> Iterator:
    """Open a window for one of the demo's accounts, signed in; all windows must be free of complaints at the end."""
    everybody: dict[str, Visitor] = {}
    way = request.node.callspec.params["running"]
    folder = shots and shots / way
    languages = ("id", "en") if way == "servers" else ("id",)
    if folder:
        folder.mkdir(exist_ok=True)

    def open_window(who: str, email: str = "") -> Visitor:
        if who not in everybody:
            visitor = everybody[who] = Visitor(chromium, running.url, folder, languages)
            visitor.hosts |= {urlsplit(running.environment.get("STORAGE_URL", "")).hostname}
            if who != "stranger":
                visitor.sign_in(email or EMAIL[who], PASSWORD)
        return everybody[who]

    yield open_window
    for visitor in everybody.values():
        visitor.close()
    complaints = [f"{who}: {line}" for who, visitor in everybody.items() for line in visitor.complaints]
    assert not complaints, "\n".join(complaints)


def test_a_course_goes_all_the_way_from_its_author_to_the_report(visit, running, tmp_path):
    author, organizer, officer = visit("author"), visit("organizer"), visit("hr_officer")
    learner, stranger, administrator = visit("learner"), visit("stranger"), visit("administrator")

    slug = writes_and_publishes_a_course(author)
    opens_a_period_and_a_run(organizer)
    uploads_a_staff_list(officer)
    finds_the_course_and_enrolls(learner, stranger, slug)
    completes_a_course_of_one_lesson(learner)
    fails_passes_and_completes(learner)
    file = fetches_the_certificate(learner, tmp_path)
    signature_holds(file, Path(running.environment["DATA_DIR"]) / "signing")
    anybody_can_check(stranger, learner, file, tmp_path)
    report = finds_the_completion_in_the_report(officer)
    exports_the_report(officer, tmp_path)
    sees_everything(administrator, report)
    another_branch_sees_nothing(visit, running, report)


def writes_and_publishes_a_course(author: Visitor) -> str:
    page = author.open("/cms/")
    author.look("cms-home", again=False, but=WAGTAIL)
    page = author.open("/cms/pages/")
    author.look("cms-courses", again=False, but=WAGTAIL)
    page.locator("a[href$='/add_subpage/']").first.click()
    page.fill("[name=title]", COURSE)
    page.fill("[name=summary]", "Menerima setiap tamu dengan ramah, tertib dan aman.")
    page.fill("[name=jp]", "2")
    slug = page.input_value("[name=slug]")
    author.look("cms-course", again=False, but=WAGTAIL)
    course = publish(page)
    author.open(f"/cms/pages/{course}/add_subpage/")
    page.fill("[name=title]", "Di Pintu Masuk")
    section = publish(page)
    author.open(f"/cms/pages/{section}/add_subpage/")
    page.fill("[name=title]", "Salam pertama")
    page.fill("[name=minutes]", "10")
    page.locator(".c-sf-add-button").first.click()
    page.get_by_role("option", name="Teks", exact=True).click()
    page.locator("[contenteditable=true]").first.click()
    page.keyboard.type("Sapa setiap tamu dalam satu menit pertama dan tanyakan keperluannya.")
    author.look("cms-lesson", again=False, but=WAGTAIL)
    publish(page)
    return slug


def publish(page: Page) -> str:
    """Press the editor's button for publishing; the new page's number."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("footer [data-controller~='w-dropdown'] button").first.click()
    with page.expect_navigation(url=re.compile(r"/cms/pages/\d+/$")):
        page.click("[name=action-publish]")
    link = page.locator(".messages a[href$='/edit/']").get_attribute("href")
    assert link
    return link.split("/")[-3]


def opens_a_period_and_a_run(organizer: Visitor) -> None:
    now = datetime.now()
    page = organizer.open("/planner/periods/new/")
    page.fill("[name=title]", "Periode perdana")
    page.fill("[name=opens]", f"{now - timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.fill("[name=closes]", f"{now + timedelta(days=5):%Y-%m-%dT%H:%M}")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("[name=runs-0-title]")).to_be_visible()
    page.select_option("[name=runs-0-course]", label=COURSE)
    page.fill("[name=runs-0-title]", BATCH)
    page.fill("[name=runs-0-starts]", f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.fill("[name=runs-0-ends]", f"{now + timedelta(days=30):%Y-%m-%dT%H:%M}")
    page.fill("[name=runs-0-seats]", "25")
    organizer.look("plan", again=False)
    page.locator(".planner-save button[type=submit]").click()
    expect(page.get_by_role("link", name=BATCH)).to_be_visible()
    organizer.look("planned")


def uploads_a_staff_list(officer: Visitor) -> None:
    sheet = io.StringIO()
    rows = csv.writer(sheet)
    rows.writerow(["NIP", "Nama", "Email", "Kode Satker", "Status Kepegawaian", "Jabatan"])
    rows.writerow(["199003152015032904", "SRI WAHYUNI, S.Pd.", "sri@diklat.example", "D35.78.2", "PNS", "Guru"])
    rows.writerow(["19900315201503", "BUDI", "budi@diklat.example", "D35.78.2", "PNS", "Guru"])
    page = officer.open("/people/import/")
    officer.look("staff-list")
    page.set_input_files("input[type=file]", {"name": "pegawai.csv", "mimeType": "text/csv", "buffer": encoded(sheet)})
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    expect(page.locator("form[action$='/confirm/'] button")).to_be_visible()
    expect(page.locator(".job-problem").first).to_contain_text("NIP")
    officer.look("staff-list-checked")
    # The page of before may show the same badge while the next one is on its way.
    with page.expect_navigation():
        page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator("#course .badge--success").first).to_be_visible()
    officer.look("staff-list-done")
    page = officer.open("/people/?q=199003152015032904")
    expect(page.get_by_role("link", name="Sri Wahyuni, S.Pd.")).to_be_visible()
    officer.look("people")
    officer.follow(page.get_by_role("link", name="Sri Wahyuni, S.Pd."))
    officer.look("person")


def encoded(sheet: io.StringIO) -> bytes:
    return sheet.getvalue().encode()


def finds_the_course_and_enrolls(learner: Visitor, stranger: Visitor, slug: str) -> None:
    stranger.open("/")
    stranger.look("catalog-stranger")
    stranger.open(f"/courses/{slug}/")
    stranger.look("course-stranger")
    stranger.open("/accounts/login/")
    stranger.look("sign-in")
    page = learner.open("/learn/")
    learner.look("home-begun")
    learner.open("/")
    learner.look("catalog")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.fill("main input[type=search]", "tamu")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=COURSE).click()
    expect(page.locator(".answer--success")).to_contain_text("25")
    learner.look("course")
    page.locator("form[action$='/enroll/'] button").click()
    expect(page.locator("#mine")).to_be_visible()
    learner.look("course-enrolled")


def completes_a_course_of_one_lesson(learner: Visitor) -> None:
    page = learner.page
    page.locator("#mine a.button--gold").click()
    expect(page.locator(".lesson-body")).to_contain_text("Sapa setiap tamu")
    learner.look("lesson-of-author")
    page.locator("form.lesson-foot__on button").click()
    page.wait_for_url(re.compile("/completed/$"))
    learner.look("completed")


def fails_passes_and_completes(learner: Visitor) -> None:
    page = learner.open(f"/courses/{demo.SLUG}/")
    learner.look("course-begun")
    page.locator("#mine a.button--gold").click()
    page.wait_for_url(re.compile("/items/"))
    learner.look("lesson")
    shut = page.locator(".outline__section").nth(1).locator("a.outline__lesson").first
    learner.open(shut.evaluate("link => link.pathname"))
    expect(page.locator(".notice--warning")).to_contain_text("Pendahuluan")
    learner.look("lesson-locked")
    page.go_back()
    learner.open(page.locator(QUIZ).get_attribute("href") or "")
    learner.look("quiz")
    take(learner, rightly=False, look="quiz-failed")
    expect(page.locator(".result--failed")).to_be_visible()
    page.locator(".result a.button--primary, .result form button").first.click()
    seen: set[str] = set()
    while not page.url.endswith("/completed/"):
        go_on(learner, seen)
    assert {"question", "quiz", "review"} <= seen
    expect(page.locator(".finish")).to_contain_text(demo.TITLE)
    learner.look("completed-with-grade")
    learner.open("/learn/")
    learner.look("home-completed")


def go_on(learner: Visitor, seen: set[str]) -> None:
    """One step towards the end of the course, whatever page is open."""
    page = learner.page
    if page.locator(
        "main form[action='']:has(.button--large), .page--narrow form[data-submit-once] .button--wide"
    ).count():
        take(learner, rightly=True, look="" if "quiz" in seen else "quiz-passed")
        seen |= {"quiz", "review"}
        page.locator(".result a.button--primary").click()
        return
    quiz = page.locator(QUIZ)
    if quiz.count():
        quiz.first.click()
        return
    for practice in page.locator(".question--practice").all():
        if practice.locator(".question__head .muted").count() or "question" not in seen:
            answer(practice, rightly=True)
            practice.locator("button[type=submit]").click()
            result = page.locator(".question__result .notice--success").first
            expect(result).to_be_visible()
            if "question" not in seen:
                learner.look("practice-answered", again=False)
            seen.add("question")
            if page.locator("form.lesson-foot__on button[disabled]").count():
                page.reload()
                return
    title = page.url
    if title.rsplit("/", 2)[-2] not in seen:
        seen.add(title.rsplit("/", 2)[-2])
        learner.look(f"lesson-{len(seen)}", again=False)
    page.locator(".lesson-foot__on button, a.lesson-foot__on").first.click()
    page.wait_for_url(lambda address: address != title)


def take(learner: Visitor, *, rightly: bool, look: str) -> None:
    """Start the quiz whose first page is open, answer everything and hand it in."""
    page = learner.page
    if "/attempts/" not in page.url:
        page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/quizzes/attempts/\d+/$"))
    for question in page.locator("[data-question]").all():
        answer(question, rightly=rightly)
    if look:
        learner.look(f"{look}-attempt", again=False)
    page.locator("button[name=check]").click()
    page.wait_for_url(re.compile("/submit/$"))
    if look:
        learner.look(f"{look}-submit")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("/review/$"))
    if look:
        learner.look(f"{look}-review")


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def answer(question: Locator, *, rightly: bool) -> None:
    """Answer a question of the demo course."""
    text = plain(question.locator(".prose").first.inner_text())
    body = next(each["body"] for each in demo.QUESTIONS.values() if plain(each["body"]["text"]) == text)
    if "choices" in body:
        for choice in body["choices"]:
            if choice["correct"] == rightly:
                wanted = plain(choice["html"])
                for label in question.locator("label.choice").all():
                    if plain(label.inner_text()) == wanted:
                        label.locator("input").check()
    elif "options" in body:
        label = next(option["text"] for option in body["options"] if option["correct"] == rightly)
        question.locator("select").select_option(label=label)
    else:
        right = body["answers"][0] if "answers" in body else body["answer"]
        question.locator("input[type=text]").fill(right if rightly else "1")


def fetches_the_certificate(learner: Visitor, folder: Path) -> Path:
    page = learner.open("/certificates/")
    for _ in range(60):
        if page.locator("a[href$='/download/']").count() == 2:
            break
        page.wait_for_timeout(500)
        page.reload()
    learner.look("certificates")
    row = page.locator(".certificate-row", has_text=demo.TITLE)
    with page.expect_download() as download:
        row.locator("a[href$='/download/']").click()
    path = folder / "certificate.pdf"
    download.value.save_as(path)
    return path


def signature_holds(file: Path, keys: Path) -> None:
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    # Playwright's event loop holds this thread, and pyHanko wants one of its own.
    with ThreadPoolExecutor(1) as aside:
        signature = aside.submit(lambda: read_signature(file.read_bytes(), keys_in(keys))).result()
    assert (signature.is_ours, signature.is_intact, signature.covers_file) == (True, True, True)


def anybody_can_check(stranger: Visitor, learner: Visitor, file: Path, folder: Path) -> None:
    row = learner.page.locator(".certificate-row", has_text=demo.TITLE)
    page = stranger.open(row.locator("a[href*='/verify/']").get_attribute("href") or "")
    expect(page.locator(".verdict--issued")).to_contain_text(LEARNER)
    number = page.locator(".verdict dd", has_text=re.compile(r"\d{4}$")).nth(0).inner_text()
    assert not re.search(r"\d{5}", number), number
    stranger.look("verify")
    page.set_input_files("input[type=file]", file)
    page.locator("form[enctype] button").click()
    expect(page.locator(".notice--success").first).to_be_visible()
    stranger.look("verify-genuine", again=False)
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 3] ^= 1
    other = folder / "changed.pdf"
    other.write_bytes(changed)
    stranger.open("/verify/")
    stranger.look("verify-form")
    page.set_input_files("input[type=file]", other)
    page.locator("form[enctype] button").click()
    expect(page.locator(".notice--danger").first).to_be_visible()
    stranger.look("verify-changed", again=False)


def finds_the_completion_in_the_report(officer: Visitor) -> str:
    page = officer.open("/reports/")
    page.select_option("[name=period]", "all")
    page.wait_for_url(re.compile("period=all"))
    branch = page.url
    officer.look("report")
    officer.follow(page.get_by_role("link", name="Kantor Kota Surabaya"))
    officer.look("report-office")
    page.get_by_role("link", name="KUA Gubeng").click()
    row = page.locator("tr", has_text=LEARNER).filter(has_text=COURSE)
    expect(row.locator(".badge--success")).to_be_visible()
    officer.look("report-people")
    return branch


def exports_the_report(officer: Visitor, folder: Path) -> None:
    page = officer.page
    page.locator("button[name=format][value=xlsx]").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    link = page.locator("a[href$='/files/result/']")
    expect(link).to_be_visible()
    officer.look("export-done")
    with page.expect_download() as download:
        link.click()
    download.value.save_as(folder / "report.xlsx")
    book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
    cells = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row]
    assert any(LEARNER in cell for cell in cells)
    officer.open("/jobs/")
    officer.look("jobs")


def sees_everything(administrator: Visitor, report: str) -> None:
    page = administrator.open(report)
    expect(page.locator("h1")).to_contain_text("Jawa Timur")
    administrator.open("/reports/")
    expect(page.get_by_role("link", name="Kantor Wilayah Provinsi Sumatera Utara")).to_be_visible()
    administrator.look("report-ministry")
    page = administrator.open("/people/?q=Siti")
    expect(page.get_by_role("link", name=LEARNER)).to_be_visible()
    administrator.open("/people/units/")
    administrator.look("units")


def another_branch_sees_nothing(visit, running: Platform, report: str) -> None:
    code = ELSEWHERE.format(password=PASSWORD)
    running.manage("shell", "-c", code)
    other = visit("another officer", "medan@diklat.example")
    page = other.open("/reports/")
    expect(page.locator("h1")).to_contain_text("Sumatera Utara")
    with other.refused():
        other.open(report)
        expect(page.locator("h1")).not_to_contain_text("Jawa Timur")
        other.look("not-theirs", again=False)
    other.open("/people/?q=Siti")
    expect(page.get_by_role("link", name=LEARNER)).to_have_count(0)
