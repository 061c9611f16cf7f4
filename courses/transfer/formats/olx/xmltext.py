"""Parsing a stranger's XML, HTML and text: no entities, no network, and an encoding guessed only when it must be."""

import html
import re
from html.entities import name2codepoint

from lxml import etree
from lxml import html as lxml_html

from courses.transfer.formats.findings import Fault

_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMED = re.compile(r"&([a-zA-Z][a-zA-Z0-9]*);")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
DEEPEST = 200
"""Elements inside one another, past which a file is not an author's work."""


class Broken(Exception):
    """A file that cannot be read at all; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


def text_of(raw: bytes, path: str, faults: list[Fault]) -> str:
    """The bytes as text: UTF-8 (or UTF-16 with its mark), else Western European, which is named as a fault."""
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        faults.append(Fault("not_utf8", path))
        text = raw.decode("cp1252", "replace")
    return _CONTROL.sub("", text).replace("\r\n", "\n")


def parse_xml(raw: bytes, path: str, faults: list[Fault]) -> etree._Element:
    """The root element, comments left out. Raises ``Broken`` for what is not well formed or declares entities."""
    text = _DECLARATION.sub("", text_of(raw, path, faults))
    doctype = _DOCTYPE.search(text)
    if "<!ENTITY" in text or (doctype and doctype.group(1)):
        raise Broken(Fault("entities_declared", path))
    text = _DOCTYPE.sub("", text, count=1)
    text = _NAMED.sub(_plain_entity, text)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken(Fault("not_xml", path, {"detail": str(error)[:200]})) from error
    if _is_deeper_than(root, DEEPEST):
        raise Broken(Fault("too_deep", path))
    return root


def _plain_entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _XML_ENTITIES or name not in name2codepoint:
        return match.group(0)
    return chr(name2codepoint[name])


def _is_deeper_than(root: etree._Element, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def parse_html(text: str) -> etree._Element:
    """A ``div`` holding the fragment as a browser would read it."""
    text = _CONTROL.sub("", text)
    if not text.strip():
        return etree.Element("div")
    root: etree._Element = lxml_html.fragment_fromstring(text, create_parent="div")
    return root


def inner_markup(element: etree._Element) -> str:
    """What stands between the element's tags, as HTML."""
    parts = [html.escape(element.text or "", quote=False)]
    parts += [lxml_html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def words_of(element: etree._Element) -> str:
    """The element's text, white space made single."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())
