"""Authors write interactive content in the CMS, in a real browser, and it plays: nine kinds of it, from nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Locator, Page, expect

from courses.h5p import services
from courses.h5p.models import Content, ContentDraft
from tests.browser.test_h5p import Complaints, real
from tests.browser.test_journey import WAGTAIL
from tests.browser.visitor import Visitor
from tests.factories.people import PersonFactory

ROOT = Path(__file__).parents[2]
MATERIAL = ROOT.parent / "shared" / "material" / "h5p"
BRING = ("interactivebook-1.11-demo", "questionset-1.20-hub", "summary-1.10-hub", "dialogcards-1.9-hub")
"""Packages that together bring every library that is written with here."""
LONG = (
    "Jelaskan tahap penyusunan rencana kebutuhan barang milik negara menurut peraturan yang berlaku bagi satuan kerja"
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("frames_served")]


class Desk:
    """An author in front of a form."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        visitor.complaints = Complaints()

    def begin(self, kind: str, title: str) -> None:
        """Open an empty form, and give the content its title."""
        self.visitor.open(f"/cms/h5p/new/{kind}/")
        self.page.get_by_label("Judul").first.fill(title)

    def write(self, name: str, text: str, inside: Page | Locator | None = None) -> None:
        """Write into the field whose name ends so."""
        (inside or self.page).locator(f'[id^="h5p-"][id$="{name}"]').first.fill(text)

    def items(self, name: str) -> Locator:
        """The items of the list whose name ends so."""
        return self.page.locator(f'[data-h5p-list][id$="{name}"]').first.locator("> ol > li")

    def add(self, name: str) -> Locator:
        """Add an item to a list; gives it."""
        items = self.items(name)
        count = items.count()
        self.page.locator(f'[data-h5p-list][id$="{name}"]').first.locator("> [data-h5p-add]").click()
        expect(items).to_have_count(count + 1)
        return items.nth(count)

    def choose(self, item: Locator, kind: str) -> None:
        """Choose what an item is to be, and wait for its form."""
        item.locator("select[data-h5p-choose]").first.select_option(kind)
        expect(item.locator("[data-h5p-chosen] > .h5p-field").first).to_be_visible()

    def publish(self) -> Content:
        """Publish; gives what was published, its page open."""
        self.page.get_by_role("button", name="Terbitkan").click()
        self.page.wait_for_url(lambda address: "/new/" not in address and not address.endswith("/edit/"))
        return Content.objects.exclude(live=None).select_related("live").latest("live__pk")

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator(".h5p-preview")

    def score(self) -> Any:
        """What the content says that was reached, and what could be."""
        frame = next(frame for frame in self.page.frames if "/h5p/frame/" in frame.url)
        return frame.evaluate("() => [H5P.instances[0].getScore(), H5P.instances[0].getMaxScore()]")

    def expect_score(self, *score: int) -> None:
        """Wait until the content says so."""
        for _ in range(25):
            if self.score() == list(score):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(self.score())


@pytest.fixture
def desk(visit: Callable[..., Visitor]) -> Desk:
    for name in BRING:
        assert services.import_package(MATERIAL / f"{name}.h5p").content
    return Desk(visit(PersonFactory(is_superuser=True)))


def a_picture() -> dict[str, Any]:
    body = io.BytesIO()
    Image.new("RGB", (320, 180), "seagreen").save(body, "JPEG")
    return {"name": "sawah.jpg", "mimeType": "image/jpeg", "buffer": body.getvalue()}


@real
def test_nine_kinds_of_content_are_written_from_nothing_and_play(desk):
    multiple_choice(desk)
    true_or_false(desk)
    blanks(desk)
    accordion(desk)
    cards(desk)
    summary(desk)
    question_set(desk)
    column(desk)
    book(desk)
    assert not ContentDraft.objects.exists()


def multiple_choice(desk: Desk) -> None:
    page = desk.page
    desk.begin("H5P.MultiChoice-1.16", "Ibu kota")
    # With a picture, which belongs to a draft that is begun for it.
    page.locator("select[data-h5p-choose]").select_option("H5P.Image 1.1")
    page.locator("[data-h5p-file] input[type=file]").set_input_files(a_picture())
    expect(page.locator(".h5p-file__picture")).to_be_visible()
    page.get_by_label("Teks pengganti").fill("Sawah di lereng")
    desk.write("question", "Apa ibu kota Provinsi Bali?")
    desk.write("answers.0.text", "Mataram")
    desk.write("answers.1.text", "Denpasar")
    third = desk.add("answers")
    desk.write(".text", "Kupang", third)
    page.locator('[id="h5p-answers.1.correct"]').check()
    # To the front by keyboard, the last to the middle by dragging.
    up = desk.items("answers").nth(1).locator("[data-h5p-up]")
    up.focus()
    up.press("Enter")
    # What still moves cannot be dragged to a place.
    page.wait_for_timeout(500)
    desk.items("answers").nth(2).locator("[data-h5p-grip]").drag_to(
        desk.items("answers").nth(1).locator("summary").first
    )
    expect(page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")
    expect(desk.frame.get_by_text("Apa ibu kota Provinsi Bali?")).to_be_visible()

    content = desk.publish()

    answers = [answer["text"] for answer in content.live.params["answers"]]
    assert ["Denpasar" in answers[0], "Kupang" in answers[1], "Mataram" in answers[2]] == [True] * 3
    assert content.live.params["media"]["type"]["params"]["file"]["width"] == 320
    expect(desk.frame.get_by_role("img", name="Sawah di lereng")).to_be_visible()
    desk.frame.get_by_role("radio", name="Denpasar").click()
    desk.frame.get_by_role("button", name="Periksa").click()
    desk.expect_score(1, 1)


def true_or_false(desk: Desk) -> None:
    desk.begin("H5P.TrueFalse-1.8", "Benar atau salah")
    desk.write("question", "Garam larut dalam air.")
    desk.page.get_by_label("Benar", exact=True).check()
    desk.publish()

    desk.frame.get_by_role("radio", name="Benar").click()
    desk.frame.get_by_role("button", name="Periksa").click()
    desk.expect_score(1, 1)


def blanks(desk: Desk) -> None:
    desk.begin("H5P.Blanks-1.14", "Isian")
    desk.write("questions.0", "Padi ditanam di *sawah*.")
    line = desk.add("questions")
    line.locator("[contenteditable]").fill("Ikan hidup di *air/laut*.")
    desk.publish()

    desk.frame.locator("input.h5p-text-input").nth(0).fill("sawah")
    desk.frame.locator("input.h5p-text-input").nth(1).fill("darat")
    desk.frame.get_by_role("button", name="Periksa").click()
    desk.expect_score(1, 2)


def accordion(desk: Desk) -> None:
    desk.begin("H5P.Accordion-1.0", "Pertanyaan umum")
    desk.write("panels.0.title", "Siapa yang boleh mendaftar?")
    desk.write("panels.0.content.params.text", "Semua pegawai.")
    desk.publish()

    desk.frame.get_by_role("button", name="Siapa yang boleh mendaftar?").click()
    expect(desk.frame.get_by_text("Semua pegawai.")).to_be_visible()


def cards(desk: Desk) -> None:
    desk.begin("H5P.Dialogcards-1.9", "Kosakata")
    desk.write("dialogs.0.text", "House")
    desk.write("dialogs.0.answer", "Rumah")
    desk.publish()

    desk.frame.get_by_role("button", name="Balik").click()
    expect(desk.frame.get_by_text("Rumah")).to_be_visible()


def summary(desk: Desk) -> None:
    desk.begin("H5P.Summary-1.10", "Rangkuman")
    desk.write("summaries.0.summary.0", "Air membeku pada 0 derajat.")
    desk.write("summaries.0.summary.1", "Air membeku pada 50 derajat.")
    content = desk.publish()

    assert content.live.params["summaries"][0]["subContentId"]
    desk.frame.get_by_text("Air membeku pada 0 derajat.").click()
    desk.expect_score(1, 1)


def question_set(desk: Desk) -> None:
    desk.visitor.open("/cms/h5p/new/")
    desk.visitor.look("h5p-choose", but=WAGTAIL)
    desk.begin("H5P.QuestionSet-1.20", "Kuis pertama")
    first = desk.items("questions").nth(0)
    desk.choose(first, "H5P.MultiChoice 1.16")
    desk.write("questions.0.params.question", LONG)
    desk.write(".answers.0.text", "Salah", first)
    desk.write(".answers.1.text", "Tepat", first)
    first.locator('[id$=".answers.1.correct"]').check()
    second = desk.add("questions")
    desk.choose(second, "H5P.TrueFalse 1.8")
    desk.write(".params.question", "Bumi itu bulat.", second)
    desk.visitor.look("h5p-question-set", again=False, but=WAGTAIL)
    content = desk.publish()

    kinds = [each["library"] for each in content.live.params["questions"]]
    assert kinds == ["H5P.MultiChoice 1.16", "H5P.TrueFalse 1.8"]
    desk.frame.get_by_role("radio", name="Tepat").click()
    desk.frame.locator(".h5p-question-next:visible").click()
    desk.frame.get_by_role("radio", name="Benar").click()
    desk.frame.locator(".h5p-question-finish:visible").click()
    expect(desk.frame.get_by_text("Anda memperoleh 2 dari 2 poin").first).to_be_attached()


def column(desk: Desk) -> None:
    desk.begin("H5P.Column-1.18", "Halaman")
    first = desk.items("content").nth(0)
    desk.choose(first, "H5P.AdvancedText 1.1")
    desk.write(".params.text", "Bacalah dahulu.", first)
    second = desk.add("content")
    desk.choose(second, "H5P.Blanks 1.14")
    second.locator("[data-h5p-items] [contenteditable]").first.fill("Satu tambah satu sama dengan *dua*.")
    desk.publish()

    expect(desk.frame.get_by_text("Bacalah dahulu.")).to_be_visible()
    desk.frame.locator("input.h5p-text-input").fill("dua")
    desk.frame.get_by_role("button", name="Periksa").click()
    desk.expect_score(1, 1)


def book(desk: Desk) -> None:
    desk.begin("H5P.InteractiveBook-1.11", "Buku saku")
    desk.write("chapters.0.title", "Bab satu")
    part = desk.items("chapters.0.params.content").nth(0)
    desk.choose(part, "H5P.TrueFalse 1.8")
    desk.write(".params.question", "Buku ini punya dua bab.", part)
    chapter = desk.add("chapters")
    desk.write(".title", "Bab dua", chapter)
    inner = chapter.locator("[data-h5p-list] > ol > li").first
    desk.choose(inner, "H5P.AdvancedText 1.1")
    desk.write(".params.text", "Selesai.", inner)
    desk.visitor.look("h5p-book", again=False, but=WAGTAIL)
    content = desk.publish()

    assert [each["metadata"]["title"] for each in content.live.params["chapters"]] == ["Bab satu", "Bab dua"]
    desk.frame.get_by_role("radio", name="Benar").click()
    desk.frame.get_by_role("button", name="Periksa").click()
    desk.expect_score(1, 1)
    desk.page.get_by_role("link", name="Sunting", exact=True).first.click()
    folded = desk.items("chapters").nth(1)
    expect(folded.locator("summary").first).to_contain_text("Bab dua")
    folded.locator("summary").first.click()
    expect(folded.locator('[id$=".title"]').first).to_have_value("Bab dua")
    desk.visitor.look("h5p-book-again", but=WAGTAIL)


@real
def test_what_is_missing_is_said_and_found_by_keyboard(desk):
    page = desk.page
    desk.visitor.open("/cms/h5p/new/H5P.QuestionSet-1.20/")
    desk.visitor.look("h5p-empty", but=WAGTAIL)
    first = desk.items("questions").nth(0)
    desk.choose(first, "H5P.MultiChoice 1.16")
    desk.write(".answers.0.text", "Saja", first)

    page.get_by_role("button", name="Terbitkan").click()

    errors = page.locator(".h5p-errors a")
    expect(errors).to_contain_text(["Isilah judulnya", "Soal 1: Isilah “Soal”", "Soal 1 › Pilihan 2: Isilah “Teks”"])
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[data-h5p-waits]")).to_contain_text("Pratinjau menunggu")
    desk.visitor.look("h5p-errors", again=False, but=WAGTAIL)
    errors.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator('[id="h5p-questions.0.params.question"]')).to_be_focused()
    page.keyboard.type("Apa itu?")
    expect(page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")
    draft = ContentDraft.objects.get()
    assert "Apa itu?" in draft.params["questions"][0]["params"]["question"]
    assert draft.params["questions"][0]["params"]["answers"][0]["text"] == "<div>Saja</div>"


@real
def test_an_author_is_told_when_another_one_saved_and_decides(desk, visit):
    desk.begin("H5P.TrueFalse-1.8", "Milik bersama")
    expect(desk.page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")
    draft = ContentDraft.objects.get()
    ContentDraft.objects.filter(pk=draft.pk).update(revision=7)

    with desk.visitor.refused():
        desk.write("question", "Punya saya.")
        expect(desk.page.locator("[data-h5p-said]")).to_contain_text("menyimpan konten ini")
    desk.page.get_by_role("button", name="Simpan punya saya di atasnya").click()

    expect(desk.page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")
    draft.refresh_from_db()
    assert "Punya saya." in draft.params["question"]


@real
def test_what_is_typed_while_the_line_is_down_is_saved_when_it_is_back(desk):
    desk.begin("H5P.TrueFalse-1.8", "Di jalan")
    expect(desk.page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")

    with desk.visitor.refused():
        desk.visitor.context.set_offline(True)
        desk.write("question", "Tetap ada.")
        expect(desk.page.locator("[data-h5p-said]")).to_contain_text("Sambungan terputus")
        desk.visitor.context.set_offline(False)
        expect(desk.page.locator("[data-h5p-said]")).to_contain_text("Konsep tersimpan")

    assert "Tetap ada." in ContentDraft.objects.get().params["question"]
