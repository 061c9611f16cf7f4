"""Course HTML: what is read stays, what runs or reaches elsewhere goes, and each is named."""

import pytest

from courses.transfer.formats.findings import Change
from courses.transfer.formats.olx.markup import Shelf, Shown, convert

SHELF = Shelf(
    assets={"cat.png": "static/cat.png", "broken.png": "static/broken.png", "guide.pdf": "static/guide.pdf"},
    picture=lambda path, alt: (
        Change("picture_unusable", {"file": path})
        if "broken" in path
        else Shown("/files/pictures/1/cat.webp", 640, 480)
    ),
    document=lambda path: "/files/documents/1/guide.pdf",
)


def made(text: str) -> tuple[str, list[str]]:
    markup = convert(text, SHELF)
    return markup.html, [change.code for change in markup.changes]


def test_plain_text_is_kept_without_remark():
    assert made("<p>Selamat <strong>pagi</strong></p>") == ("<p>Selamat <strong>pagi</strong></p>", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<p>a</p><script>alert(1)</script>", "scripts_removed"),
        ('<p onclick="alert(1)">a</p>', "scripts_removed"),
        ("<p>a</p><style>p{color:red}</style>", "styling_dropped"),
        ('<p style="position:fixed">a</p>', "styling_dropped"),
        ('<p>a</p><iframe src="/static/sim.html"></iframe>', "embedded_removed"),
        ('<p>a</p><iframe src="https://elsewhere.example/x"></iframe>', "embedded_linked"),
        ('<p>a</p><object data="x.swf"></object>', "embedded_removed"),
        ("<p>a</p><button>go</button>", "controls_removed"),
        ("<p>a</p><form action='/x'><input name='y'></form>", "controls_removed"),
        ("<p>a</p><svg onload='alert(1)'><script>1</script></svg>", "drawings_removed"),
        ('<p>a <a href="javascript:alert(1)">b</a></p>', "unsafe_link"),
        ('<p>a <a href="JaVaScRiPt:alert(1)">b</a></p>', "unsafe_link"),
        ('<p>a <a href="data:text/html,x">b</a></p>', "unsafe_link"),
        ('<p>a <a href="/jump_to_id/abc">b</a></p>', "internal_link"),
        ('<p>a <a href="07c8d8e217e0">b</a></p>', "internal_link"),
        ('<p>a</p><img src="https://elsewhere.example/x.png">', "remote_picture"),
        ('<p>a</p><img src="/static/gone.png">', "file_missing"),
        ('<p>a</p><img src="/static/broken.png">', "picture_unusable"),
        ("<p>a</p><blink>b</blink>", "elements_unwrapped"),
        ('<p>a</p><video src="https://elsewhere.example/x.mp4"></video>', "player_removed"),
    ],
)
def test_what_cannot_stay_is_removed_and_named(text, code):
    html, codes = made(text)

    assert code in codes
    assert html.startswith("<p>a")
    for wrong in (
        "<script",
        "onclick",
        "onload",
        "style=",
        "<iframe",
        "<object",
        "<svg",
        "javascript:",
        "data:",
        "<form",
    ):
        assert wrong not in html.lower()
    assert 'src="http' not in html


def test_a_picture_comes_from_our_storage_with_its_words_and_size():
    html, codes = made('<p><img src="/static/cat.png" alt="A cat" width="320" style="float:left"></p>')

    assert html == '<p><img src="/files/pictures/1/cat.webp" alt="A cat" width="320" height="240"></p>'
    assert codes == ["styling_dropped"]


@pytest.mark.parametrize(
    "link",
    [
        "/static/guide.pdf",
        "static/guide.pdf",
        "/asset-v1:Org+C+R+type@asset+block@guide.pdf",
        "https://studio.example/c4x/Org/C/asset/guide.pdf",
    ],
)
def test_a_document_is_linked_where_it_is_stored(link):
    html, codes = made(f'<p><a href="{link}">Guide</a></p>')

    assert 'href="/files/documents/1/guide.pdf"' in html
    assert codes == []


def test_links_to_the_world_stay():
    html, codes = made('<p><a href="https://kemenag.go.id/">Kemenag</a></p>')

    assert 'href="https://kemenag.go.id/"' in html
    assert codes == []


def test_headings_begin_below_the_title_of_the_lesson():
    assert made("<h1>One</h1><h3>Two</h3><h1>Three</h1>")[0] == "<h2>One</h2><h3>Two</h3><h2>Three</h2>"


def test_formulas_stay_as_written():
    assert made(r"<p>\(x^2 < 4\) [mathjaxinline]y[/mathjaxinline]</p>")[0] == (
        r"<p>\(x^2 &lt; 4\) [mathjaxinline]y[/mathjaxinline]</p>"
    )


def test_nothing_to_read_is_nothing():
    assert made('<script src="/static/x.js"></script><link rel="stylesheet" href="x.css">')[0] == ""
    assert made("<p>&nbsp;</p><p></p>")[0] == ""
