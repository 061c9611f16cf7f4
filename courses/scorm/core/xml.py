"""Parsing a stranger's XML: no entities, no network, bounded in size and depth; and reading it by local names.

Makers of packages write the namespaces of SCORM in many ways, so elements and attributes are found by local names.
"""

from collections.abc import Iterator

from lxml import etree

from courses.packages.problems import Unreadable
from courses.scorm.core.sentences import says

MOST_BYTES = 10 * 1024 * 1024
DEEPEST = 100

Element = etree._Element


def parse(raw: bytes, path: str) -> Element:
    """The root element, without comments. Raises ``Unreadable`` for what is not well formed or may be an attack."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(says("xml-too-large", path))
    # Wide encodings put zero bytes between the letters.
    if b"<!ENTITY" in raw.replace(b"\x00", b"").upper():
        raise Unreadable(says("xml-entities", path))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(raw.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(says("xml-broken", path, detail=error.msg or "?")) from None
    except ValueError:
        raise Unreadable(says("xml-broken", path, detail="?")) from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _entity in declared.iterentities()):  # type: ignore[union-attr]
        raise Unreadable(says("xml-entities", path))
    level = [root]
    for _depth in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return root
    raise Unreadable(says("xml-too-deep", path))


def local(name: object) -> str:
    """``item`` of ``{http://www.imsglobal.org/xsd/imscp_v1p1}item``."""
    return name.rsplit("}", 1)[-1] if isinstance(name, str) else ""


def children(element: Element, name: str) -> list[Element]:
    """The child elements of that local name."""
    return [child for child in element if local(child.tag) == name]


def child(element: Element, name: str) -> Element | None:
    """The first child element of that local name."""
    return next(iter(children(element, name)), None)


def text(element: Element | None) -> str:
    """What the element says, white space made single."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split()) if element is not None else ""


def child_text(element: Element, name: str) -> str:
    """What the first child of that name says; empty without one."""
    return text(child(element, name))


def attribute(element: Element, name: str, default: str = "") -> str:
    """The attribute of that local name in any letter case: ``adlcp:scormtype`` and ``adlcp:scormType`` are one."""
    wanted = name.lower()
    found = (str(value) for key, value in element.attrib.items() if local(key).lower() == wanted)
    return next(found, default).strip()


def base(element: Element) -> str:
    """``xml:base`` of the element itself."""
    return str(element.get("{http://www.w3.org/XML/1998/namespace}base", "")).strip()


def descendants(element: Element, name: str) -> Iterator[Element]:
    """All elements of that local name below."""
    return (inner for inner in element.iter() if inner is not element and local(inner.tag) == name)
