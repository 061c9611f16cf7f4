"""Text that authors wrote, made harmless: libraries put it into pages as it is."""

import html
import re
from collections.abc import Callable
from functools import lru_cache

import nh3

from courses.h5p.core.semantics import TextField

LONGEST_TEXT = 1_000_000
_ALWAYS = frozenset({"div", "span", "p", "br"})
_COME_TOGETHER = (
    ({"table"}, {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup", "caption", "figure"}),
    ({"b", "strong"}, {"b", "strong"}),
    ({"i", "em"}, {"i", "em"}),
    ({"ul", "ol", "li"}, {"li"}),
    ({"del", "strike", "s"}, {"del", "strike", "s"}),
)
_NEVER = frozenset(
    {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "link", "meta"}
)
_NEVER_FORMS = frozenset(
    {"form", "input", "button", "textarea", "select", "option", "base", "frame", "frameset", "applet"}
)
_ATTRIBUTES = {
    "*": {"class", "dir", "lang", "title", "style", "align"},
    "a": {"href", "target", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "summary", "width"},
    "td": {"colspan", "rowspan", "headers", "scope", "width", "height", "valign"},
    "th": {"colspan", "rowspan", "headers", "scope", "width", "height", "valign"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": {"start", "type", "reversed"},
}
_SIZE = r"[0-9.]+(?:em|rem|px|pt|%)"
_COLOR = r"#[a-f0-9]{3,8}|rgba?\([0-9,.% /]+\)|hsla?\([0-9,.% a-z/]+\)|[a-z]{3,20}"
_FONT_STYLES = {
    "size": ("font-size", _SIZE),
    "family": ("font-family", r"[-a-z0-9,\"' ]+"),
    "color": ("color", _COLOR),
    "background": ("background-color", _COLOR),
    "spacing": ("letter-spacing", _SIZE),
    "height": ("line-height", r"[0-9.]+(?:em|rem|px|pt|%)?"),
}
_BORDER = r"(?:(?:none|hidden|dotted|dashed|solid|double|groove|ridge|inset|outset) ?){1,4}"
_TABLE_STYLES = {
    **dict.fromkeys(("width", "height", "padding", "border-spacing", "border-width"), rf"(?:{_SIZE} ?){{1,4}}|0|auto"),
    **dict.fromkeys(("background-color", "border-color"), _COLOR),
    "border-style": _BORDER,
    "border-collapse": "collapse|separate",
    "border": rf"(?:(?:{_SIZE}|[0-9]|[a-z]+|{_COLOR}) ?){{1,3}}",
    "vertical-align": "top|middle|bottom|baseline",
    "float": "left|right|none",
}
_ENTITY_OR_CHARACTER = re.compile(r"&(?!#?\w+;)")


def plain(text: str) -> str:
    """``text`` as HTML that shows it; what was escaped before stays as it is."""
    text = _ENTITY_OR_CHARACTER.sub("&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#039;")


def clean(text: str, field: TextField) -> str:
    """``text`` as the field allows it; cleaning twice changes nothing more."""
    text = text[:LONGEST_TEXT]
    if field.tags is None:
        text = plain(text)
        if field.max_length is not None and len(text) > field.max_length:
            text = plain(html.unescape(text)[: field.max_length])
        return text
    cleaner = _cleaner(field.tags, field.font)
    cleaned = cleaner(text)
    if field.max_length is not None and len(cleaned) > field.max_length:
        cleaned = cleaner(cleaned[: field.max_length])
    return cleaned


@lru_cache(maxsize=256)
def _cleaner(tags: tuple[str, ...], font: frozenset[str]) -> Callable[[str], str]:
    allowed = set(_ALWAYS | set(tags))
    for some, all_of_them in _COME_TOGETHER:
        if allowed & some:
            allowed |= all_of_them
    allowed -= _NEVER | _NEVER_FORMS
    styles = {"text-align": "left|center|right|justify|start|end"}
    styles |= {name: value for key, (name, value) in _FONT_STYLES.items() if key in font}
    if "table" in allowed:
        styles |= _TABLE_STYLES
    patterns = {name: re.compile(value, re.IGNORECASE) for name, value in styles.items()}

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return _styles(value, patterns) or None
        if tag == "img" and attribute == "src":
            # A picture inside a text that comes from elsewhere tells that server who reads it.
            return value if _is_of_this_content(value) else None
        if tag == "a" and attribute == "target":
            return "_blank"
        return value

    def cleaner(text: str) -> str:
        return nh3.clean(
            text,
            tags=allowed,
            clean_content_tags=set(_NEVER - allowed),
            attributes=_ATTRIBUTES,
            attribute_filter=keep,
            url_schemes={"http", "https", "mailto", "ftp"},
            link_rel="noopener noreferrer",
        )

    return cleaner


def _styles(value: str, patterns: dict[str, re.Pattern[str]]) -> str:
    kept = []
    for declaration in value[:2000].split(";"):
        name, colon, given = declaration.partition(":")
        pattern = patterns.get(name.strip().lower())
        given = given.strip()
        if colon and pattern and len(given) < 200 and pattern.fullmatch(given):
            kept.append(f"{name.strip().lower()}:{given};")
    return "".join(kept)


def _is_of_this_content(address: str) -> bool:
    return not re.match(r"[a-z][a-z0-9+.-]*:|//|/\\|/|\\", address.strip(), re.IGNORECASE) and ".." not in address
