"""Which files may stand in a package, and whether their bytes are what their names say."""

import re

CONTENT_TYPES = frozenset(
    {
        *("json", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "eot", "ttf", "woff", "woff2", "otf"),
        *("webm", "mp4", "ogg", "mp3", "m4a", "wav", "vtt", "webvtt", "gltf", "glb"),
        *("txt", "pdf", "rtf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"),
        *("csv", "diff", "patch", "md", "textile"),
    }
)
"""Endings of files of an author. H5P also knows swf, which no browser plays and which is a danger in those that did."""
LIBRARY_TYPES = CONTENT_TYPES | {"js", "css", "svg", "xml"}

_MARKUP = (b"<?xml", b"<svg", b"<!doctype", b"<html", b"<script", b"<?php", b"<!--")
_PROSE = {"json", "txt", "csv", "diff", "patch", "md", "textile", "vtt", "webvtt", "gltf", "js", "css", "svg", "xml"}
"""Endings whose bytes are text and say nothing of their kind."""
_IMAGE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM|II\*\x00|MM\x00\*|RIFF....WEBP", re.DOTALL)
_MEDIA = re.compile(
    rb"ID3|\xff[\xe0-\xff]|RIFF....WAVE|OggS|\x1a\x45\xdf\xa3|....(?:ftyp|moov|mdat|free|skip|wide)", re.DOTALL
)
_FONT = re.compile(rb"\x00\x01\x00\x00|true|ttcf|OTTO|wOF[F2]|.{34}LP", re.DOTALL)
_FAMILIES = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff"), _IMAGE),
    **dict.fromkeys(("mp3", "m4a", "wav", "ogg", "mp4", "webm"), _MEDIA),
    **dict.fromkeys(("ttf", "otf", "woff", "woff2", "eot"), _FONT),
}
"""Phones and tools give pictures, sounds and fonts the ending of another of their family; browsers play them all."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE_97 = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_STARTS: dict[str, tuple[bytes, ...]] = {
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), _ZIP),
    **dict.fromkeys(("doc", "xls", "ppt"), (*_OFFICE_97, *_ZIP)),
    "rtf": (b"{\\rtf",),
    "pdf": (b"%PDF",),
    "glb": (b"glTF",),
}
_ACTIVE_SVG = re.compile(
    rb"<\s*(?:\w+:)?script|<\s*(?:\w+:)?foreignobject|<!entity|\bon[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE
)


def extension(path: str) -> str:
    """``png`` of ``images/a.PNG``; empty for a name without one."""
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def looks_like_markup(head: bytes) -> bool:
    """Whether a browser that guesses would take the bytes for a page, a drawing or a script."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0b\x0c\x00")[:16].lower()
    return start.startswith(_MARKUP)


def is_what_it_says(path: str, head: bytes) -> bool:
    """Whether the first bytes of a file fit its ending.

    Text is not told apart, but must be text.
    """
    kind = extension(path)
    if kind in _PROSE:
        return b"\x00" not in head
    if looks_like_markup(head):
        return False
    if family := _FAMILIES.get(kind):
        return family.match(head) is not None
    return head.startswith(_STARTS[kind])


def is_active_svg(drawing: bytes) -> bool:
    """Whether a drawing runs scripts or reads other files. It is not parsed: a parser is what some of them attack."""
    if b"\x00" in drawing[:64] or drawing.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # another encoding hides from the pattern
    return bool(_ACTIVE_SVG.search(drawing))
