"""What is said in a video: from SRT or Open edX's own JSON to WebVTT and to text."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from courses.transfer.formats.archive import Archive
from courses.transfer.formats.findings import Fault
from courses.transfer.formats.olx.markup import Shelf
from courses.transfer.formats.olx.xmltext import text_of

_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})")
_TAG = re.compile(r"<[^>]*>")
LARGEST = 4_000_000


@dataclass(frozen=True, slots=True)
class Transcript:
    """The cues of one language: start and end in milliseconds, and the words."""

    language: str
    cues: tuple[tuple[int, int, str], ...]

    @property
    def vtt(self) -> str:
        """As a WebVTT file."""
        lines = ["WEBVTT", ""]
        for start, end, text in self.cues:
            lines += [f"{_clock(start)} --> {_clock(end)}", text.replace("-->", "→"), ""]
        return "\n".join(lines)

    @property
    def text(self) -> str:
        """As running text."""
        return " ".join(" ".join(text.split()) for _start, _end, text in self.cues)


def transcripts_of(
    xml: etree._Element, settings: dict[str, str], shelf: Shelf, archive: Archive
) -> Iterator[Transcript]:
    """The video's transcripts that the archive holds, one for each language."""
    named: list[tuple[str, str]] = [
        (element.get("language") or "", element.get("src") or "") for element in xml.iter("transcript")
    ]
    if settings.get("sub"):
        named.append(("en", f"subs_{settings['sub']}.srt.sjson"))
    try:
        listed = json.loads(settings.get("transcripts") or "{}")
    except ValueError:
        listed = {}
    if isinstance(listed, dict):
        named += [(str(language), str(name)) for language, name in listed.items()]
    seen: set[str] = set()
    for language, name in named:
        path = shelf.path_of(name.rsplit("/", 1)[-1]) if name else None
        if not language or language in seen or path is None or archive.size(path) > LARGEST:
            continue
        cues = tuple(read_cues(archive.read(path), path))
        if cues:
            seen.add(language)
            yield Transcript(language, cues)


def read_cues(raw: bytes, path: str) -> Iterator[tuple[int, int, str]]:
    """The cues of an SRT, WebVTT or SJSON file in the order of time; what cannot be read is passed over."""
    faults: list[Fault] = []
    text = text_of(raw, path, faults)
    if path.endswith((".sjson", ".json")):
        yield from _sjson(text)
        return
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().split("\n")
        timing = next((number for number, line in enumerate(lines) if "-->" in line), None)
        if timing is None:
            continue
        times = [_milliseconds(match) for match in _TIME.finditer(lines[timing])]
        words = html.unescape(_TAG.sub("", "\n".join(lines[timing + 1 :]))).strip()
        if len(times) >= 2 and times[0] < times[1] and words:
            yield times[0], times[1], words


def _sjson(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        data = json.loads(text)
        rows = list(zip(data["start"], data["end"], data["text"], strict=False))
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for start, end, words in rows:
        if isinstance(start, int | float) and isinstance(end, int | float) and isinstance(words, str):
            shown = html.unescape(_TAG.sub("", words)).strip()
            if shown and 0 <= start < end:
                yield int(start), int(end), shown


def _milliseconds(match: re.Match[str]) -> int:
    hours, minutes, seconds, fraction = match.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
