"""Authors write content in the CMS: drafts, what is wrong with them, files, publishing, and two authors at once."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from courses.catalog.models import OutlineItem
from courses.h5p import services
from courses.h5p.models import Content, ContentDraft
from courses.h5p.storage import content_file
from courses.h5p.tokens import draft_token
from lms.audit.models import AuditEntry
from tests.courses.h5p.test_player import Frame
from tests.factories.h5p import Classroom, content_from, state
from tests.factories.packages import h5p, library, needs
from tests.factories.people import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]

QUIZ = "H5P.Quiz-2.4"
QUIZ_SEMANTICS = [
    {"name": "intro", "type": "text", "label": "Introduction", "widget": "html", "tags": ["strong"], "optional": True},
    {
        "name": "questions",
        "type": "list",
        "label": "Questions",
        "entity": "question",
        "min": 1,
        "field": {"name": "question", "type": "library", "label": "Question", "options": ["H5P.Card 1.0"]},
    },
    {"name": "pass", "type": "number", "label": "To pass", "min": 0, "max": 100, "importance": "low", "default": 50},
    {"name": "go", "type": "text", "label": "Button", "common": True, "default": "Go"},
]
QUIZ_FILES = {
    f"{QUIZ}/library.json": library("H5P.Quiz", "2.4.1", title="Quiz", description="Asks"),
    f"{QUIZ}/semantics.json": QUIZ_SEMANTICS,
    f"{QUIZ}/language/id.json": {"semantics": [{"label": "Pengantar"}]},
    f"{QUIZ}/card.js": "",
    f"{QUIZ}/card.css": "",
    f"{QUIZ}/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
}
CARD = "H5P.Card-1.0"


@pytest.fixture
def installed(tmp_path):
    """Libraries of a small quiz and its cards; the content that brought them."""
    quiz = {"mainLibrary": "H5P.Quiz", "preloadedDependencies": [needs("H5P.Quiz", "2.4"), needs("H5P.Card")]}
    content = {"questions": [{"library": "H5P.Card 1.0", "params": {"greeting": "Halo"}}]}
    return content_from(tmp_path, {**QUIZ_FILES, "content/content.json": content}, title="A quiz", **quiz)


def an_author(client_for, *permissions):
    person = PersonFactory(full_name="Sari")
    wanted = permissions or ("access_admin", "add_content", "change_content")
    person.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return client_for(person)


@pytest.fixture
def author(client_for, installed):
    return an_author(client_for)


class _Form(HTMLParser):
    """What a browser would send of the form for writing."""

    def __init__(self, page):
        super().__init__()
        self.pairs, self._textarea, self._select, self._inert, self._is_in = [], None, None, 0, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._is_in = "data-h5p-form" in given
        self._inert += tag == "template"
        if not self._is_in or self._inert:
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") not in ("submit", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.pairs.append((name, given.get("value", "on" if given.get("type") == "checkbox" else "")))
        elif tag == "textarea":
            self._textarea = [name, ""]
        elif tag == "select":
            self._select = [name, None]
        elif tag == "option" and self._select and ("selected" in given or self._select[1] is None):
            self._select[1] = given.get("value", "")

    def handle_data(self, text):
        if self._textarea:
            self._textarea[1] += text

    def handle_endtag(self, tag):
        self._inert -= tag == "template"
        if tag == "textarea" and self._textarea:
            self.pairs.append(tuple(self._textarea))
            self._textarea = None
        if tag == "select" and self._select:
            self.pairs.append(tuple(self._select))
            self._select = None
        if tag == "form":
            self._is_in = False


def form_at(browser, address):
    """The names and values of a page's form."""
    page = browser.get(address)
    assert page.status_code == 200, page.content[:500]
    return _Form(page.content.decode()).pairs


def send(browser, address, pairs, *, act="save", as_script=False, **changed):
    """Send a form as the script does; ``changed`` replaces values, ``_`` in names stands for a dot."""
    values = [(name, changed.pop(name, value)) for name, value in pairs]
    values += [(name, value) for name, value in changed.items() if value is not None]
    ours = {name: value for name, value in values if name.startswith("_")}
    fields = [[name, value] for name, value in values if not name.startswith("_") and name != "csrfmiddlewaretoken"]
    headers = {"Accept": "application/json"} if as_script else {"Accept": "text/html"}
    return browser.post(address, {**ours, "_act": act, "_fields": json.dumps(fields)}, headers=headers)


NEW = "/cms/h5p/new/H5P.Quiz-2.4/"
GREETING = "questions.0.params.greeting"


def test_what_can_be_written_is_offered_with_its_drawing(author):
    page = author.get("/cms/h5p/new/").content.decode()

    assert f'href="{NEW}"' in page
    assert "Quiz" in page
    assert "icon.svg" in page
    assert "H5P.Card-1.0/" in page


def test_of_two_versions_of_a_library_the_newer_is_offered(author, tmp_path):
    newer = {name.replace("2.4", "2.10"): each for name, each in QUIZ_FILES.items()}
    newer["H5P.Quiz-2.10/library.json"] = library("H5P.Quiz", "2.10.0", title="Quiz")
    newer["content/content.json"] = {}
    quiz = {"mainLibrary": "H5P.Quiz", "preloadedDependencies": [needs("H5P.Quiz", "2.10"), needs("H5P.Card")]}
    content_from(tmp_path, newer, **quiz)

    page = author.get("/cms/h5p/new/").content.decode()

    assert "H5P.Quiz-2.10" in page
    assert NEW not in page


def test_content_is_written_from_nothing_and_published(author):
    pairs = form_at(author, NEW)
    assert Content.objects.count() == 1, "a form that is only looked at begins nothing"

    answer = send(author, NEW, pairs, act="publish", _title="Padi", **{GREETING: "What grows here?"})

    content = Content.objects.get(title="Padi")
    assert answer.headers["Location"] == reverse("h5p_cms:content", args=[content.key])
    assert content.live.number == 1
    [question] = content.live.params["questions"]
    assert question["params"] == {"greeting": "What grows here?"}
    assert question["subContentId"]
    assert content.live.params["go"] == "Go"
    assert content.live.metadata["title"] == "Padi"
    assert [str(use.library) for use in content.live.uses.all()] == ["H5P.Card 1.0", "H5P.Quiz 2.4"]
    assert not ContentDraft.objects.exists()
    assert AuditEntry.objects.filter(action="h5p.publish").exists()


def test_labels_are_in_the_language_of_the_author_as_far_as_the_library_knows_it(author):
    assert "Pengantar" in author.get(NEW).content.decode()
    author.cookies["django_language"] = "en"
    assert "Introduction" in author.get(NEW).content.decode()


def test_a_draft_is_saved_and_nothing_of_it_reaches_learners(author, installed):
    address = reverse("h5p_cms:edit", args=[installed.key])
    pairs = form_at(author, address)

    answer = send(author, address, pairs, as_script=True, _title="Another title", **{"pass": "70"})

    assert answer.status_code == 200
    draft = ContentDraft.objects.get(content=installed)
    assert (draft.title, draft.params["pass"], draft.revision, draft.based_on) == ("Another title", 70, 1, 1)
    installed.refresh_from_db()
    assert (installed.title, installed.live.params["pass"], installed.live.number) == ("A quiz", 50, 1)
    assert dict(form_at(author, address))["_title"] == "Another title"


def test_a_next_version_is_published_and_learners_begin_again_when_told_so(author, installed):
    learner = Classroom(installed).learner()
    learner.says(state("here"))
    address = reverse("h5p_cms:edit", args=[installed.key])

    send(author, address, form_at(author, address), act="publish", _title="New title", _begins_again="on")

    installed.refresh_from_db()
    assert (installed.live.number, installed.states_from, installed.title) == (2, 2, "New title")
    assert OutlineItem.objects.get(pk=learner.room.item.pk).title == "New title"


def test_what_is_missing_is_said_at_its_place_and_nothing_typed_is_lost(author):
    pairs = form_at(author, NEW)

    answer = send(author, NEW, pairs, act="publish", **{"intro:html": "<strong>Kept</strong>", "pass": "often"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="#id__title"' in page
    assert f'href="#h5p-{GREETING}"' not in page, "what has a text to begin with needs no other"
    assert 'href="#h5p-pass"' in page
    assert 'value="often"' in page
    assert "&lt;strong&gt;Kept&lt;/strong&gt;" in page
    assert re.search(r'id="h5p-pass"[^>]*aria-invalid="true"', page)
    content = Content.objects.get(live=None)
    assert content.draft.params["intro"] == "<strong>Kept</strong>"


def test_two_authors_at_once_never_overwrite_each_other_unseen(client_for, author, installed):
    address = reverse("h5p_cms:edit", args=[installed.key])
    other = an_author(client_for)
    hers, his = form_at(author, address), form_at(other, address)
    send(author, address, hers, as_script=True, _title="Hers")

    told = send(other, address, his, as_script=True, _title="His")
    page = send(other, address, his, _title="His")

    assert told.status_code == 409
    assert "Sari" in told.json()["error"]
    assert "His" in page.content.decode()
    assert installed.draft.title == "Hers"
    again = _Form(page.content.decode()).pairs
    send(other, address, again, _overwrites="on")
    installed.draft.refresh_from_db()
    assert installed.draft.title == "His"


def test_a_version_published_meanwhile_is_not_overtaken_unseen(author, installed, tmp_path):
    address = reverse("h5p_cms:edit", args=[installed.key])
    send(author, address, form_at(author, address), as_script=True, _title="Draft")
    pairs = form_at(author, address)
    services.import_package(h5p(tmp_path, name="next.h5p"), replaces=installed)

    page = send(author, address, pairs, act="publish")

    installed.refresh_from_db()
    assert installed.live.number == 2
    assert "_overwrites" in page.content.decode()
    send(author, address, _Form(page.content.decode()).pairs, act="publish", _overwrites="on")
    installed.refresh_from_db()
    assert (installed.live.number, installed.title) == (3, "Draft")


def test_a_page_opened_before_another_published_is_told(author, installed, tmp_path):
    address = reverse("h5p_cms:edit", args=[installed.key])
    pairs = form_at(author, address)
    services.import_package(h5p(tmp_path, name="next.h5p"), replaces=installed)

    assert send(author, address, pairs, as_script=True).status_code == 409
    assert not ContentDraft.objects.exists()


def test_a_form_sent_twice_begins_one_content(author):
    pairs = form_at(author, NEW)

    first, second = (send(author, NEW, pairs, as_script=True, _title="Once").json() for _ in range(2))

    assert first["edit"] == second["edit"]
    assert Content.objects.filter(title="Once").count() == 1


def test_a_draft_can_be_thrown_away(author, installed):
    address = reverse("h5p_cms:edit", args=[installed.key])
    send(author, address, form_at(author, address), as_script=True, _title="Draft")
    send(author, NEW, form_at(author, NEW), as_script=True, _title="Never")
    never = Content.objects.get(title="Never")

    author.post(reverse("h5p_cms:discard", args=[installed.key]))
    author.post(reverse("h5p_cms:discard", args=[never.key]))

    assert not ContentDraft.objects.exists()
    assert list(Content.objects.all()) == [installed]
    assert author.get(reverse("h5p_cms:edit", args=[installed.key])).status_code == 200


def test_the_preview_shows_the_draft_and_keeps_nothing(author, installed, client):
    address = reverse("h5p_cms:edit", args=[installed.key])
    told = send(author, address, form_at(author, address), as_script=True, **{"intro:html": "<script>x</script>Hi"})

    response = client.get(told.json()["frame"])

    integration = Frame(response.content.decode()).integration
    [content] = integration["contents"].values()
    assert json.loads(content["jsonContent"])["intro"] == "Hi"
    assert integration["postUserStatistics"] is False
    assert "sandbox allow-scripts" in response["Content-Security-Policy"]
    draft = installed.draft
    draft.delete()
    assert client.get(reverse("h5p:frame", args=[draft_token(99, 1)])).status_code == 404


def picture(form="PNG", size=(40, 30), **options):
    made = io.BytesIO()
    Image.new("RGB", size, "green").save(made, form, **options)
    return made.getvalue()


@pytest.fixture
def upload(author, installed):
    """Upload a file to a draft: the answer."""
    address = reverse("h5p_cms:edit", args=[installed.key])
    send(author, address, form_at(author, address), as_script=True)

    def send_file(name, body, kind="image"):
        file = SimpleUploadedFile(name, body)
        where = reverse("h5p_cms:upload", args=[installed.key])
        return author.post(where, {"kind": kind, "file": file}, headers={"Accept": "application/json"})

    return send_file


def test_a_picture_is_kept_with_its_size_and_without_where_it_was_taken(upload, installed, client):
    exif = Image.Exif()
    exif[0x010F] = "Camera of Sari"

    told = upload("Sawah di Ubud.JPG", picture("JPEG", exif=exif)).json()

    assert re.fullmatch(r"images/sawah-di-ubud-[0-9a-f]{8}\.jpg", told["path"])
    assert {**told, "path": ""} == {"path": "", "mime": "image/jpeg", "width": 40, "height": 30}
    draft = ContentDraft.objects.get(content=installed)
    with default_storage.open(content_file(draft.files[told["path"]])) as kept:
        assert b"Camera of Sari" not in kept.read()
    page = client.get(reverse("h5p:frame", args=[draft_token(draft.pk, 1)])).content.decode()
    [content] = Frame(page).integration["contents"].values()
    sent = client.get(f"{content['contentUrl']}/{told['path']}")
    assert (sent.status_code, sent["Content-Type"]) == (200, "image/jpeg")
    assert client.get(f"{content['contentUrl']}x/{told['path']}").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "kind", "said"),
    [
        ("a.svg", b"<svg/>", "image", "jenis"),
        ("a.png", b"<html><script>alert(1)</script>", "image", "tidak seperti"),
        ("a.png", picture("JPEG")[:300], "image", "rusak"),
        ("a.php", b"<?php", "file", "jenis"),
        ("a.mp4", b"text", "video", "tidak seperti"),
        ("a.mp3", picture(), "audio", "tidak seperti"),
        ("../../a.png", b"", "image", "kosong"),
    ],
)
def test_a_file_that_cannot_be_used_gets_its_sentence_and_leaves_nothing(upload, installed, name, body, kind, said):
    answer = upload(name, body, kind)

    assert answer.status_code in (400, 409)
    told = answer.json()
    assert said in (told.get("title") or told["error"])
    assert "images" not in str(list(ContentDraft.objects.get().files))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(upload):
    answer = upload("large.png", picture(size=(9000, 9000)))

    assert answer.status_code == 409
    assert "piksel" in answer.json()["title"]


def test_an_uploaded_file_becomes_part_of_what_is_published(author, installed, upload):
    told = upload("padi.png", picture()).json()
    address = reverse("h5p_cms:edit", args=[installed.key])
    pairs = [pair for pair in form_at(author, address) if not pair[0].startswith("questions")]
    card = [
        ("questions[]", "a"),
        ("questions.a.library", "H5P.Card 1.0"),
        ("questions.a.params.greeting", "Halo"),
        ("questions.a.params.picture[]", "f"),
        ("questions.a.params.picture.f.file", json.dumps(told)),
        ("questions.a.params.picture.f.copyright.license", "CC BY"),
    ]

    send(author, address, [*pairs, *card], act="publish")

    installed.refresh_from_db()
    kept = installed.live.params["questions"][0]["params"]["picture"]
    assert kept == {**told, "copyright": {"license": "CC BY"}}
    assert list(installed.live.files) == [told["path"]]
    assert installed.live.size == len(picture())


HOSTILE = [
    [("intro:html", "<img src=x onerror=alert(1)><script>alert(1)</script><b>ok</b>")],
    [("questions[]", "0"), ("questions.0.library", "H5P.Evil 1.0"), ("questions.0.params.x", "y")],
    [("questions[]", "0"), ("questions.0~", json.dumps({"library": "H5P.Evil 1.0", "params": {"a": 1}}))],
    [
        ("questions[]", "0"),
        ("questions.0.library", "H5P.Card 1.0"),
        ("questions.0.params.greeting", "x"),
        ("questions.0.params.picture[]", "0"),
        ("questions.0.params.picture.0.file", json.dumps({"path": "../../../etc/passwd"})),
    ],
    [("~texts", json.dumps({"go": "<script>x</script>", "unknown": 1}))],
    [("questions[]", str(number)) for number in range(400)],
    [("pass", "1e999"), ("__proto__", "x"), ("intro", "\ud7ff")],
]


@pytest.mark.parametrize("pairs", HOSTILE)
def test_what_a_hostile_author_sends_harms_nobody(author, installed, client, pairs):
    address = reverse("h5p_cms:edit", args=[installed.key])
    ours = [pair for pair in form_at(author, address) if pair[0].startswith("_")]

    answer = send(author, address, [*ours, *pairs], as_script=True)

    assert answer.status_code == 200
    page = author.get(address).content.decode()
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page.replace("&gt;", ">").replace("&lt;", "<").split("data-h5p-rich")[0]
    frame = client.get(answer.json()["frame"]).content.decode()
    [content] = Frame(frame).integration["contents"].values()
    shown = content["jsonContent"]
    for bad in ("<script", "onerror", "passwd", "H5P.Evil", "unknown", "__proto__"):
        assert bad not in shown
    send(author, address, form_at(author, address), act="publish")
    installed.refresh_from_db()
    assert "script>" not in json.dumps(installed.live.params)


@pytest.mark.parametrize(
    "fields",
    ["x", "[" * 5000, '{"a": 1}', '[["a", "\\u0000"]]', '[["a", "\\ud800"]]', json.dumps([["a", "b" * 2_200_000]])],
    ids=["broken", "deep", "object", "nul", "surrogate", "large"],
)
def test_a_form_that_cannot_be_read_changes_nothing(author, installed, fields):
    address = reverse("h5p_cms:edit", args=[installed.key])
    ours = {name: value for name, value in form_at(author, address) if name.startswith("_")}

    assert author.post(address, {**ours, "_fields": fields}).status_code in (400, 409)
    assert author.post(address, {"_fields": "[]"}).status_code == 400
    assert not ContentDraft.objects.exists()


def test_content_nested_beyond_reason_is_declined_in_words(author, tmp_path):
    nested = [{"name": "part", "type": "library", "options": ["H5P.Deep 1.0"], "optional": True}]
    files = {
        "H5P.Deep-1.0/library.json": library("H5P.Deep"),
        "H5P.Deep-1.0/semantics.json": nested,
        "H5P.Deep-1.0/card.js": "",
        "H5P.Deep-1.0/card.css": "",
        "content/content.json": {},
    }
    content_from(tmp_path, files, mainLibrary="H5P.Deep", preloadedDependencies=[needs("H5P.Deep")])
    pairs = [("part" + ".params.part" * depth + ".library", "H5P.Deep 1.0") for depth in range(200)]
    ours = [pair for pair in form_at(author, "/cms/h5p/new/H5P.Deep-1.0/") if pair[0].startswith("_")]

    answer = send(author, "/cms/h5p/new/H5P.Deep-1.0/", [*ours, *pairs], as_script=True)

    assert answer.status_code == 409
    assert "bertingkat" in answer.json()["title"]
    assert not ContentDraft.objects.exists()


def part(browser, **asked):
    return browser.post("/cms/h5p/part/", {"library": "H5P.Quiz 2.4", **asked})


def test_parts_of_a_form_are_made_when_they_are_asked_for(author):
    item = part(author, do="item", path="1.0", name="questions.n1").content.decode()
    chosen = part(author, do="library", path="1.0", name="questions.n1", choice="H5P.Card 1.0").content.decode()
    texts = part(author, do="texts", name="questions.n1.params.", value='{"go": "Ayo"}').content.decode()
    value = json.dumps({"library": "H5P.Card 1.0", "params": {"greeting": "<b>&quot;</b>"}})
    opened = part(author, do="unfold", path="1.0", name="questions.0", value=value).content.decode()

    assert 'name="questions[]" value="n1"' in item
    assert 'name="questions.n1.params.greeting"' in item
    assert 'name="questions.n1.params.greeting" value="Hello"' in chosen
    assert 'name="questions.n1.params.go" value="Ayo"' in texts
    assert "&lt;b&gt;&quot;&lt;/b&gt;" in opened


@pytest.mark.parametrize(
    "asked",
    [
        {"do": "item", "path": "9", "name": "x"},
        {"do": "item", "path": "", "name": "x"},
        {"do": "item", "path": "1.0", "name": "x", "library": "H5P.Nothing 1.0"},
        {"do": "settings", "name": "x", "library": "H5P.Nothing 1.0"},
        {"do": "other", "path": "1.0", "name": "x"},
        {"do": "item", "path": "1.0", "name": "x" * 2000},
    ],
)
def test_a_part_that_is_not_there_is_not_found(author, asked):
    assert part(author, **asked).status_code == 404


def test_an_unknown_library_cannot_be_begun(author):
    for name in ("H5P.Nothing-1.0", "H5P.Quiz-9.9", "x", "H5P.Quiz-2.4-1"):
        assert author.get(f"/cms/h5p/new/{name}/").status_code == 404


def test_only_those_who_may_write_content_do(client_for, installed):
    addresses = [
        ("get", "/cms/h5p/new/"),
        ("get", NEW),
        ("post", NEW),
        ("post", "/cms/h5p/part/"),
        ("get", reverse("h5p_cms:edit", args=[installed.key])),
        ("post", reverse("h5p_cms:edit", args=[installed.key])),
        ("post", reverse("h5p_cms:upload", args=[installed.key])),
        ("post", reverse("h5p_cms:discard", args=[installed.key])),
    ]
    stranger = an_author(client_for, "access_admin")
    changer = an_author(client_for, "access_admin", "change_content")

    for method, address in addresses:
        assert getattr(stranger, method)(address).status_code in (302, 403, 404), address
    for method, address in addresses[:3]:
        assert getattr(changer, method)(address).status_code in (302, 403), address
    assert changer.get(addresses[4][1]).status_code == 200
    assert not ContentDraft.objects.exists()


def test_a_form_of_three_hundred_questions_costs_as_many_queries_as_one_of_one(author, installed, queries_of):
    address = reverse("h5p_cms:edit", args=[installed.key])

    def with_questions(count):
        value = json.dumps({"library": "H5P.Card 1.0", "params": {"greeting": "Halo"}})
        pairs = [pair for pair in form_at(author, address) if not pair[0].startswith("questions")]
        for number in range(count):
            pairs += [("questions[]", str(number)), (f"questions.{number}~", value)]
        return pairs

    def save_and_open(pairs):
        assert send(author, address, pairs, as_script=True).status_code == 200
        author.get(address)

    send(author, address, form_at(author, address), as_script=True)
    few = queries_of(save_and_open, with_questions(1))
    many = queries_of(save_and_open, with_questions(300))

    assert few == many
    assert len(ContentDraft.objects.get().params["questions"]) == 300


def test_content_that_was_never_published_is_listed_as_a_draft(author):
    send(author, NEW, form_at(author, NEW), as_script=True, _title="Unfinished")

    page = author.get("/cms/h5p/").content.decode()
    never = Content.objects.get(title="Unfinished")

    assert reverse("h5p_cms:edit", args=[never.key]) in page
    assert "Konsep" in page
    assert author.get(reverse("h5p_cms:content", args=[never.key])).status_code == 200
    assert author.get(reverse("h5p_cms:export", args=[never.key])).status_code == 404
