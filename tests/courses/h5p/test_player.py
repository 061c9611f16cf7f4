"""The frame is sandboxed, its files are sent to it alone by token, and nothing of a title or text escapes into it."""

import json
from datetime import date
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse

from courses.h5p import services
from courses.h5p.models import Library
from courses.h5p.tokens import files_token, preview_token, read_files_token, read_frame_token
from tests.factories.packages import CARD, PNG, h5p, library
from tests.factories.people import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]


class Frame(HTMLParser):
    """What a browser finds in the page of a frame."""

    def __init__(self, page):
        super().__init__()
        self.integration, self.scripts, self.styles, self._is_data = None, [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._is_data = tag == "script" and given.get("id") == "h5p-integration"
        if tag == "script" and "src" in given:
            self.scripts.append(given["src"])
        if tag == "link":
            self.styles.append(given["href"])

    def handle_data(self, data):
        if self._is_data:
            self.integration = json.loads(data)
            self._is_data = False


@pytest.fixture
def imported(tmp_path):
    def bring_in(changes=None, **values):
        return services.import_package(h5p(tmp_path, changes, **values), takes_upgrades=True).content

    return bring_in


def frame_of(client, content):
    answer = client.get(reverse("h5p:frame", args=[preview_token(content.live_id)]))
    return answer, Frame(answer.content.decode())


def test_the_page_holds_everything_that_plays_and_asks_for_no_manifest(client, imported):
    content = imported()

    answer, frame = frame_of(client, content)

    assert answer.status_code == 200
    [shown] = frame.integration["contents"].values()
    assert json.loads(shown["jsonContent"])["greeting"] == "Halo"
    assert shown["library"] == "H5P.Card 1.0"
    assert [path.rsplit("/", 1)[-1] for path in frame.scripts[2:-1]] == ["card.js"]
    assert client.get(frame.scripts[2]).getvalue() == b"H5P.Card = function () {};"
    assert client.get(frame.styles[-1]).headers["Content-Type"].startswith("text/css")


def test_the_frame_is_sandboxed_by_its_own_policy(client, imported):
    answer, _frame = frame_of(client, imported())

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-popups allow-forms;")
    assert "allow-same-origin" not in policy
    assert "allow-top-navigation" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_what_an_author_wrote_cannot_end_the_data_of_the_page(client, imported):
    hostile = "</script><script>alert(1)</script>\u2028<!--"

    answer, frame = frame_of(client, imported({"content/content.json": {"greeting": hostile}}, title=hostile))

    assert b"<script>alert" not in answer.content
    [shown] = frame.integration["contents"].values()
    assert shown["title"] == hostile


def test_a_frame_opens_for_its_token_only(client, imported):
    content = imported()
    token = preview_token(content.live_id)

    for wrong in (
        "x",
        token[:-1],
        token + "x",
        preview_token(content.live_id + 1),
        files_token(content.live_id, date.today()),
    ):
        assert client.get(reverse("h5p:frame", args=[wrong])).status_code == 404


def test_a_frame_s_token_runs_out(imported, monkeypatch):
    token = preview_token(imported().live_id)
    assert read_frame_token(token) is not None

    monkeypatch.setattr("courses.h5p.tokens.FRAME_LIFETIME", -1)

    assert read_frame_token(token) is None


def test_files_are_the_same_address_for_everyone_in_a_month_and_end_after_the_next():
    token = files_token(7, date(2026, 12, 1))

    assert token == files_token(7, date(2026, 12, 31))
    assert read_files_token(token, date(2026, 12, 31)) == 7
    assert read_files_token(token, date(2027, 1, 31)) == 7
    assert read_files_token(token, date(2027, 2, 1)) is None
    assert read_files_token(token, date(2026, 11, 30)) is None
    assert read_files_token("7-202612", date(2026, 12, 1)) is None


def test_files_of_content_are_sent_whole_or_in_ranges(client, imported):
    content = imported()
    _answer, frame = frame_of(client, content)
    [shown] = frame.integration["contents"].values()
    address = f"{shown['contentUrl']}/images/palm.png"

    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=1-3"})

    assert whole.getvalue() == PNG
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"].startswith("sandbox;")
    assert (part.status_code, part.getvalue()) == (206, PNG[1:4])
    for wrong in ("content.json", "../h5p.json", "images/gone.png", ""):
        assert client.get(f"{shown['contentUrl']}/{wrong}").status_code == 404


def test_a_frame_may_ask_before_it_fetches(client, imported):
    _answer, frame = frame_of(client, imported())

    asked = client.options(frame.scripts[2], headers={"Origin": "null"})

    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Requested-With" in asked.headers["Access-Control-Allow-Headers"]
    assert client.post(frame.scripts[2]).status_code == 405


def test_files_of_libraries_are_found_by_version_too_and_nothing_else_is(client, imported):
    imported()

    assert client.get("/h5p/libraries/H5P.Card-1.0/card.js").status_code == 200
    for wrong in (
        "libraries/H5P.Card-1.1/card.js",
        "libraries/H5P.Card/card.js",
        "libraries/H5P.Card-1.0/gone.js",
        "libraries/H5P.Card-1.0/%2e%2e/%2e%2e/x",
        "lib/H5P.Card-1.0/card.js",
        f"lib/{Library.objects.get().current.folder}/../x",
        "lib/..-1.0.0-0123456789abcdef/card.js",
    ):
        assert client.get(f"/h5p/{wrong}").status_code == 404, wrong


def test_an_upgrade_and_going_back_are_seen_at_once(client, imported, capsys):
    content = imported()
    before = Library.objects.get().current
    imported({f"{CARD}/library.json": library(version="1.0.9"), f"{CARD}/card.js": "newer"})
    _answer, upgraded = frame_of(client, content)

    call_command("h5p_libraries", "--use", before.folder)

    _answer, frame = frame_of(client, content)
    assert client.get(upgraded.scripts[2]).getvalue() == b"newer"
    assert client.get(frame.scripts[2]).getvalue() == b"H5P.Card = function () {};"
    assert f"* {before.folder}" in capsys.readouterr().out


def test_opening_a_frame_costs_the_same_for_one_library_or_thirty(client, imported, queries_of):
    content = imported()
    few = queries_of(frame_of, client, content)
    many = {
        f"L{number}/library.json": library(f"L{number}", preloadedJs=None, preloadedCss=None, runnable=0)
        for number in range(30)
    }
    imported(many)

    assert queries_of(frame_of, client, content) <= few


def author(*permissions):
    person = PersonFactory()
    names = ("access_admin", "change_content", *permissions)
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def test_an_author_uploads_a_package_and_looks_at_it(client_for, tmp_path):
    browser = client_for(author("install_library"))
    with h5p(tmp_path, title="Kartu <b>").open("rb") as package:
        sent = browser.post(reverse("h5p_cms:contents"), {"package": package})
    waiting = browser.get(sent.url)
    services.carry_out(int(sent.url.rstrip("/").rsplit("/", 1)[-1]))

    report = browser.get(sent.url)
    listed = browser.get(reverse("h5p_cms:contents"))
    content = report.context["made"].content
    shown = browser.get(reverse("h5p_cms:content", args=[content.key]))

    assert waiting.headers["Refresh"]
    assert "Refresh" not in report.headers
    assert "Kartu &lt;b&gt;" in listed.content.decode()
    assert 'sandbox="allow-scripts allow-popups allow-forms"' in shown.content.decode()


def test_an_author_sees_why_a_package_was_refused(client_for, tmp_path):
    person = author()
    made = services.import_package(h5p(tmp_path, {"content/a.php": "x"}), by=person)

    page = client_for(person).get(reverse("h5p_cms:import", args=[made.pk]), headers={"Accept-Language": "id"})

    assert "content/a.php adalah jenis berkas yang tidak diizinkan di sini." in page.content.decode()
    assert client_for(author()).get(reverse("h5p_cms:import", args=[made.pk])).status_code == 404


def test_what_is_no_package_is_not_even_taken_in(client_for, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"x")
    with path.open("rb") as package:
        answer = client_for(author()).post(reverse("h5p_cms:contents"), {"package": package})

    assert answer.status_code == 200
    assert answer.context["form"].errors["package"]
    assert "takes_upgrades" not in answer.context["form"].fields


def test_the_list_of_content_costs_the_same_for_two_or_twenty(client_for, imported, queries_of):
    browser = client_for(author())
    for _ in range(2):
        imported()
    browser.get(reverse("h5p_cms:contents"))
    few = queries_of(browser.get, reverse("h5p_cms:contents"))
    for _ in range(10):
        imported()

    assert queries_of(browser.get, reverse("h5p_cms:contents")) == few
