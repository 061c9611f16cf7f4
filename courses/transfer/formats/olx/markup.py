"""Course HTML as the platform shows it: no scripts, no foreign styling, files from our own storage."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

from courses.transfer.formats.findings import Change
from courses.transfer.formats.olx.reader import link_name
from courses.transfer.formats.olx.xmltext import parse_html, words_of
from lms.common.html import MATH_TAGS, TEXT_TAGS, clean_html, is_blank

SCRIPTED = {"script", "noscript", "template"}
STYLED = {"style", "link", "meta", "title", "base"}
EMBEDDED = {"iframe", "object", "embed", "applet", "frame", "frameset"}
DRAWN = {"svg", "canvas", "map", "area"}
CONTROLS = {"button", "input", "select", "textarea", "form", "fieldset", "option", "datalist", "label", "legend"}
RENAMED = {"h1": "h2", "tt": "code", "center": "div", "font": "span", "strike": "del", "big": "span", "nobr": "span"}
WRAPPERS = {
    "html",
    "body",
    "head",
    "text",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "hgroup",
}
_ICON = re.compile(r"\b(material-(symbols|icons)\S*|glyphicon\S*)")
_ASSET = re.compile(
    r"^(?:https?://[^/]+)?/?(?:static/|asset-v1:[^/]*?type@asset[+/]block[@/]|assets/courseware/[^?#]*?block[@/]|c4x/[^/]+/[^/]+/asset/)"
    r"(?P<name>[^?#]+)"
)
_INTERNAL = re.compile(r"^(/?jump_to(_id)?/|/courses/|/course/|/book|/wiki|/info|#|\.{0,2}/?[\w%.\-]*$|/)")


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a stored picture is fetched, and how large it is."""

    address: str
    width: int
    height: int


@dataclass
class Shelf:
    """How the converter gets at the archive's files: each gives an address of ours, or why there is none."""

    assets: dict[str, str]
    picture: Callable[[str, str], Shown | Change]
    document: Callable[[str], str | Change]

    def find(self, link: str) -> str | None:
        """The path in the archive that a link of the course means; ``None`` when it is no link to a course file."""
        match = _ASSET.match(link)
        return self.path_of(match["name"]) if match else None

    def path_of(self, name: str) -> str | None:
        name = unquote(name).lower()
        return next(
            (self.assets[key] for key in (name, link_name(name), name.rsplit("/", 1)[-1]) if key in self.assets), None
        )


@dataclass
class Markup:
    """Clean HTML and what became of the rest."""

    html: str
    changes: list[Change] = field(default_factory=list)
    had_words: bool = False
    """Whether there was anything to read before the cleaning."""


def convert(text: str, shelf: Shelf, places: Mapping[str, str] | None = None) -> Markup:
    """``text`` as clean HTML with pictures and documents from the storage; formulas stay LaTeX until shown.

    ``places`` has the address of the lesson for every name that a link of the course may mean.
    """
    return _Conversion(shelf, places or {}).run(parse_html(text))


class _Conversion:
    def __init__(self, shelf: Shelf, places: Mapping[str, str]) -> None:
        self.shelf = shelf
        self.places = places
        self.changes: dict[tuple[str, str], Change] = {}

    def note(self, code: str, **values: str) -> None:
        self.changes.setdefault((code, str(sorted(values.items()))), Change(code, values))

    def run(self, root: etree._Element) -> Markup:
        for element in list(root.iter()):
            if element is not root and element.getroottree().getroot() is root:
                self._element(element)
        self._level_headings(root)
        self._drop_empty(root)
        _unwrap_boxes(root)
        html = clean_html(lxml_html.tostring(root, encoding="unicode", method="html").strip())
        html = re.sub(r"^<div>(.*)</div>$", r"\1", html, flags=re.DOTALL).strip()
        return Markup("" if is_blank(html) else html, list(self.changes.values()), had_words=bool(words_of(root)))

    def _element(self, element: etree._Element) -> None:
        if not isinstance(element.tag, str):
            _remove(element)
            return
        tag = element.tag.lower()
        if any(str(name).lower().startswith("on") for name in element.attrib):
            self.note("scripts_removed")
        if "style" in element.attrib:
            self.note("styling_dropped")
        if tag in SCRIPTED:
            self.note("scripts_removed")
            _remove(element)
        elif tag in STYLED:
            self.note("styling_dropped")
            _remove(element)
        elif tag in EMBEDDED:
            self._embedded(element)
        elif tag in DRAWN:
            self.note("drawings_removed")
            _remove(element)
        elif tag in ("video", "audio"):
            self._player(element)
        elif tag in CONTROLS:
            self.note("controls_removed")
            if tag in ("form", "fieldset", "label", "legend"):
                element.tag = "div" if tag in ("form", "fieldset") else "span"
            else:
                _remove(element)
        elif tag == "img":
            self._picture(element)
        elif tag == "a":
            self._link(element)
        elif tag in ("span", "i", "em") and _ICON.search(element.get("class", "")):
            _remove(element)
        elif tag in RENAMED:
            element.tag = RENAMED[tag]
        elif tag == "clarification":
            element.tag, element.text = "span", f" ({element.text or ''}"
            element.tail = f"){element.tail or ''}"
        elif tag in WRAPPERS:
            element.tag = "span" if tag == "text" else "div"
        elif tag not in TEXT_TAGS and tag not in MATH_TAGS and tag not in ("source", "track", "param"):
            self.note("elements_unwrapped", tag=tag[:30])

    def _picture(self, element: etree._Element) -> None:
        source = (element.get("src") or "").strip()
        alt = (element.get("alt") or "").strip()
        path = self.shelf.find(source)
        if path is None:
            if _ASSET.match(source):
                self.note("file_missing", file=source.rsplit("/", 1)[-1][:100])
            elif re.match(r"(https?:)?//", source):
                self.note("remote_picture", address=source[:200])
                _replace_with_link(element, source, alt or source)
                return
            else:
                self.note("picture_removed", file=source[:60])
            _replace_with_text(element, alt)
            return
        shown = self.shelf.picture(path, alt)
        if isinstance(shown, Change):
            self.changes.setdefault((shown.code, str(shown.values)), shown)
            _replace_with_text(element, alt)
            return
        width = _pixels(element.get("width")) or shown.width
        tail = element.tail
        element.attrib.clear()
        element.set("src", shown.address)
        element.set("alt", alt)
        element.set("width", str(min(width, shown.width)))
        element.set("height", str(round(shown.height * min(width, shown.width) / shown.width)))
        element.tail = tail

    def _link(self, element: etree._Element) -> None:
        target = (element.get("href") or "").strip()
        if not target:
            return
        path = self.shelf.find(target)
        if path is not None:
            stored = self.shelf.document(path)
            if isinstance(stored, Change):
                self.changes.setdefault((stored.code, str(stored.values)), stored)
                _unlink(element)
            else:
                element.set("href", stored)
        elif _ASSET.match(target):
            self.note("file_missing", file=target.rsplit("/", 1)[-1][:100])
            _unlink(element)
        elif re.match(r"(?i)(https?|mailto|tel):", target):
            pass
        elif lesson := self._lesson(target):
            element.attrib.clear()
            element.set("href", lesson)
        elif _INTERNAL.match(target) or not urlsplit(target).scheme:
            self.note("internal_link")
            _unlink(element)
        else:
            self.note("unsafe_link")
            _unlink(element)

    def _lesson(self, target: str) -> str | None:
        """The lesson that a link into the course means: by the name of a block, alone or at the end of a path."""
        named = re.split(r"[?#]", target)[0].strip("/").split("/")
        return next(
            (self.places[name] for part in reversed(named) if (name := part.rsplit("@", 1)[-1]) in self.places), None
        )

    def _embedded(self, element: etree._Element) -> None:
        source = (element.get("src") or element.get("data") or "").strip()
        if re.match(r"(https?:)?//", source):
            address = f"https:{source}" if source.startswith("//") else source
            self.note("embedded_linked", address=address[:200])
            _replace_with_link(element, address, element.get("title") or address)
        else:
            self.note("embedded_removed", file=source.rsplit("/", 1)[-1][:60])
            _remove(element)

    def _player(self, element: etree._Element) -> None:
        sources = [element.get("src") or "", *(child.get("src") or "" for child in element.iter("source"))]
        address = next((source for source in sources if re.match(r"https?://", source)), "")
        self.note("player_removed", address=address[:200])
        if address:
            _replace_with_link(element, address, element.get("title") or address)
        else:
            _remove(element)

    def _level_headings(self, root: etree._Element) -> None:
        """The lesson's title is level one, so the first level used inside becomes two, without gaps."""
        used = sorted({element.tag for element in root.iter() if re.fullmatch(r"h[2-6]", str(element.tag))})
        levels = {tag: f"h{place}" for place, tag in enumerate(used, start=2)}
        for element in root.iter():
            if element.tag in levels:
                element.tag = levels[str(element.tag)]

    def _drop_empty(self, root: etree._Element) -> None:
        for element in reversed(list(root.iter())):
            if element is root or element.tag not in (
                "p",
                "div",
                "span",
                "strong",
                "em",
                "b",
                "i",
                "a",
                "h2",
                "h3",
                "ul",
            ):
                continue
            if len(element) == 0 and not (element.text or "").strip():
                _remove(element)


def _unwrap_boxes(root: etree._Element) -> None:
    """Boxes without words of their own only got in the way of the spaces between paragraphs."""
    for box in [element for element in root.iter("div") if element is not root]:
        words = [box.text or "", *(child.tail or "" for child in box)]
        if isinstance(box, lxml_html.HtmlElement) and not any(text.strip() for text in words):
            box.drop_tag()


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    _give_text_before(element, element.tail or "")
    element.tail = None
    parent.remove(element)


def _give_text_before(element: etree._Element, text: str) -> None:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def _replace_with_text(element: etree._Element, text: str) -> None:
    if text:
        element.tail = f"[{text}]{element.tail or ''}"
    _remove(element)


def _replace_with_link(element: etree._Element, address: str, text: str) -> None:
    parent = element.getparent()
    if parent is None or not re.match(r"(?i)(https?:)?//", address):
        _remove(element)
        return
    link = etree.SubElement(parent, "a", href=address if address.lower().startswith("http") else f"https:{address}")
    link.text, link.tail = text, element.tail
    element.tail = None
    parent.replace(element, link)


def _unlink(element: etree._Element) -> None:
    element.tag = "span"
    element.attrib.clear()


def _pixels(value: str | None) -> int | None:
    match = re.fullmatch(r"(\d{1,4})(px)?", (value or "").strip())
    return int(match[1]) or None if match else None
