"""Looks into a video or a recording: what it is, how long it plays, and whether all of it is there."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from courses.media.pipeline.faults import Broke, Unusable
from courses.media.pipeline.programs import ffmpeg, ffprobe, input_of

LONGEST = 6 * 3600
MOST_PIXELS = 8192 * 4608
MOST_STREAMS = 32
MISSING_AT_MOST = 0.03
"""Which part of what a file promises may be missing: containers round, and streams end unevenly."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A video or a recording. ``width`` and ``height`` are as it is seen: turned upright, its pixels square."""

    seconds: float
    width: int = 0
    height: int = 0
    frames_per_second: float = 0
    has_sound: bool = False

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def probe(source: Path, kind: str, *, folder: Path, heard: Callable[[float], None]) -> Facts:
    """Read the whole file once, without decoding it; raises ``Unusable`` for what could not be played."""
    try:
        said = json.loads(ffprobe(source, folder=folder).output)
    except (Broke, ValueError) as error:
        raise Unusable(_why_unreadable(source, kind, str(error))) from error
    streams = said.get("streams", [])
    pictures = [each for each in streams if each.get("codec_type") == "video" and not _is_cover(each)]
    sounds = [each for each in streams if each.get("codec_type") == "audio" and each.get("channels")]
    if not pictures and not sounds:
        raise Unusable(f"not-{kind}")
    if kind == "video" and not pictures:
        raise Unusable("no-picture")
    if kind == "audio" and not sounds:
        raise Unusable("no-sound")
    promised = _number(said.get("format", {}).get("duration"))
    if len(streams) > MOST_STREAMS or promised > LONGEST:
        raise Unusable("too-long", hours=LONGEST // 3600)
    shape: dict[str, Any] = _shape(pictures[0]) if kind == "video" else {}
    found = _measured(source, kind, folder=folder, heard=heard)
    if found <= 0.05:
        raise Unusable("incomplete" if promised else f"not-{kind}", found=0, promised=round(promised))
    if promised and promised - found > max(1.0, promised * MISSING_AT_MOST):
        raise Unusable("incomplete", found=round(found), promised=round(promised))
    if found > LONGEST:
        raise Unusable("too-long", hours=LONGEST // 3600)
    return Facts(seconds=round(found, 3), has_sound=bool(sounds), **shape)


def _measured(source: Path, kind: str, *, folder: Path, heard: Callable[[float], None]) -> float:
    """Seconds that are really there."""
    maps = ["-map", "0:V:0", "-map", "0:a:0?"] if kind == "video" else ["-map", "0:a:0"]
    last = 0.0

    def listen(seconds: float) -> None:
        nonlocal last
        last = max(last, seconds)
        heard(seconds)

    arguments = [*input_of(source), *maps, "-c", "copy", "-f", "null", "-"]
    try:
        ffmpeg(arguments, folder=folder, seconds=1800, heard=listen)
    except Broke as error:
        raise Unusable(f"not-{kind}") from error
    return last


def _why_unreadable(source: Path, kind: str, complaint: str) -> str:
    """A camera that was stopped by force leaves a file whose table of contents is missing."""
    with source.open("rb") as file:
        start = file.read(64)
    if "moov atom not found" in complaint and start[4:8] == b"ftyp":
        return "cut-off"
    return f"not-{kind}"


def _is_cover(stream: dict[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _shape(stream: dict[str, Any]) -> dict[str, Any]:
    width, height = int(stream.get("width") or 0), int(stream.get("height") or 0)
    if not width or not height:
        raise Unusable("not-video")
    if width * height > MOST_PIXELS:
        raise Unusable("too-many-pixels", width=width, height=height)
    across, down = (int(part) if part.isdigit() else 0 for part in _pair(stream.get("sample_aspect_ratio"), ":"))
    if across and down and 0.1 < across / down < 10:
        width = round(width * across / down)
    turned = next((each["rotation"] for each in stream.get("side_data_list", []) if "rotation" in each), 0)
    if round(abs(_number(turned or stream.get("tags", {}).get("rotate")))) % 180 == 90:
        width, height = height, width
    above, below = (_number(part) for part in _pair(stream.get("avg_frame_rate"), "/"))
    rate = above / below if above and below else 25.0
    return {"width": width, "height": height, "frames_per_second": round(min(max(rate, 1.0), 240.0), 3)}


def _pair(text: Any, mark: str) -> tuple[str, str]:
    first, _, second = str(text or "").partition(mark)
    return first, second


def _number(text: Any) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return 0.0
    return value if 0 <= abs(value) < 1e9 else 0.0
