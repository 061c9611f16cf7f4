"""Reads and writes WebVTT, and says in which line what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_FAULTS = 20
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?$")
_SRT = re.compile(r"\A\s*\d+[ \t]*\n\d{1,2}:\d\d:\d\d,\d{1,3}[ \t]*-->")
_SRT_TIME = re.compile(r"(?m)^(\d{1,2}):(\d\d):(\d\d),(\d{1,3})([ \t]*-->[ \t]*)(\d{1,2}):(\d\d):(\d\d),(\d{1,3})")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: what is said from ``start`` to ``end``, in seconds. ``settings`` say where it stands."""

    start: float
    end: float
    text: str
    settings: str = ""

    @property
    def words(self) -> str:
        """The text without its marks."""
        return _MARKUP.sub("", self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a line; the sentence for each code stands in ``courses.media.reasons``."""

    code: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)


def read(content: bytes) -> tuple[list[Cue], list[Fault]]:
    """The captions of a file, and everything that keeps players from showing them. SRT is read too."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Fault("captions-not-utf8", content[: error.start].count(b"\n") + 1)]
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")
    if _SRT.match(text):
        text = "WEBVTT\n\n" + _SRT_TIME.sub(_of_srt, text.lstrip("\n"))
    lines = text.split("\n")
    if not re.match(r"^WEBVTT(?:[ \t]|$)", lines[0]):
        return [], [Fault("captions-no-signature", 1, {"found": lines[0][:40]})]
    cues, faults = _read_cues(lines)
    if not cues and not faults:
        faults = [Fault("captions-none", len(lines))]
    return cues, faults[:MOST_FAULTS]


def write(cues: Sequence[Cue]) -> bytes:
    """A WebVTT file that holds these captions, in order."""
    blocks = ["WEBVTT"]
    for cue in sorted(cues, key=lambda cue: (cue.start, cue.end)):
        # An empty line would end the caption, and an arrow would begin another.
        text = "\n".join(line for line in cue.text.replace("-->", "→").splitlines() if line.strip())
        blocks.append(f"{clock(cue.start)} --> {clock(cue.end)} {cue.settings}".rstrip() + f"\n{text}")
    return ("\n\n".join(blocks) + "\n").encode()


def clock(seconds: float) -> str:
    """``00:01:30.500``, as captions count time."""
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def seconds_of(text: str) -> float | None:
    """What somebody typed as a time: ``1:30``, ``00:01:30.5`` or ``90,5``; ``None`` for anything else."""
    parts = text.strip().replace(",", ".").split(":")
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"\d{1,4}", part) for part in parts[:-1]):
        return None
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", parts[-1]) or any(float(part) >= 60 for part in parts[1:]):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return round(total, 3)


def _read_cues(lines: list[str]) -> tuple[list[Cue], list[Fault]]:
    cues: list[Cue] = []
    faults: list[Fault] = []
    number, last_start = 1, 0.0
    while number < len(lines):
        line = lines[number]
        number += 1
        if "-->" not in line:
            if line.startswith(("NOTE", "STYLE", "REGION")):
                while number < len(lines) and lines[number].strip() and "-->" not in lines[number]:
                    number += 1
            continue
        at = number
        text = []
        while number < len(lines) and lines[number].strip() and "-->" not in lines[number]:
            text.append(lines[number])
            number += 1
        found = _TIMES.match(line.strip())
        if found is None:
            faults.append(Fault("captions-bad-times", at, {"found": line.strip()[:60]}))
            continue
        start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
        if end <= start:
            faults.append(Fault("captions-end-first", at, {"start": clock(start), "end": clock(end)}))
        elif start < last_start:
            faults.append(Fault("captions-out-of-order", at, {"start": clock(start), "before": clock(last_start)}))
        last_start = max(last_start, start)
        cues.append(Cue(start, end, "\n".join(text), found.group(9) or ""))
    return cues, faults


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return round(hours * 3600 + minutes * 60 + seconds + thousandths / 1000, 3)


def _of_srt(found: re.Match[str]) -> str:
    def whole(hours: str, minutes: str, seconds: str, thousandths: str) -> str:
        return f"{int(hours):02}:{minutes}:{seconds}.{thousandths:0<3}"

    return f"{whole(*found.group(1, 2, 3, 4))} --> {whole(*found.group(6, 7, 8, 9))}"
