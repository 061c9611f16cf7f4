"""Pictures out of a video: the one it is known by, and a strip of small ones to find one's place with."""

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from courses.media.pipeline.convert import Heard, patience
from courses.media.pipeline.faults import Broke
from courses.media.pipeline.probe import Facts
from courses.media.pipeline.programs import ffmpeg, input_of

POSTER_WIDTH = 640
COLUMNS = 10
MOST_STILLS = 60
STILL_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Strip:
    """Small pictures in rows of ``columns``, one every ``seconds``."""

    count: int
    columns: int
    seconds: float
    width: int
    height: int


def poster(source: Path, facts: Facts, *, folder: Path, heard: Heard) -> None:
    """``poster.webp``: the most telling of the frames near the beginning."""
    start = min(facts.seconds * 0.1, 10)
    scale = f"thumbnail=n=50,scale={_width(facts)}:-2,setsar=1"
    for first in (start, 0.0):
        arguments = [*input_of(source, "-ss", f"{first:.2f}"), "-map", "0:V:0", "-frames:v", "1", "-vf", scale, "p.png"]
        ffmpeg(arguments, folder=folder, seconds=300, heard=heard)
        if (folder / "p.png").exists():
            break
    _press(folder / "p.png", folder / "poster.webp", quality=62)


def strip(source: Path, facts: Facts, *, folder: Path, heard: Heard) -> Strip:
    """``strip.webp``: only the frames that need no other to be drawn are read, so it is quick."""
    count = max(min(math.ceil(facts.seconds / 5), MOST_STILLS), 1)
    every = facts.seconds / count
    rows = math.ceil(count / COLUMNS)
    columns = min(count, COLUMNS)
    height = max(round(STILL_WIDTH * facts.height / facts.width / 2) * 2, 2)
    if facts.height > facts.width * 2:
        height = STILL_WIDTH * 2
    # The last of those frames is shown to the end, and there is one however short the video is.
    lasting = f"tpad=stop_mode=clone:stop_duration={every + 1:.4f},fps=1/{every:.4f}:round=near:start_time=0"
    pictures = f"{lasting},scale={STILL_WIDTH}:{height},setsar=1,tile={columns}x{rows}"
    only_keys = input_of(source, "-skip_frame", "nokey")
    arguments = [*only_keys, "-map", "0:V:0", "-an", "-vf", pictures, "-frames:v", "1", "s.png"]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard)
    _press(folder / "s.png", folder / "strip.webp", quality=45)
    return Strip(count, columns, round(every, 3), STILL_WIDTH, height)


def _press(drawn: Path, pressed: Path, *, quality: int) -> None:
    if not drawn.exists():
        raise Broke(f"no frame for {pressed.name}")
    with Image.open(drawn) as picture:
        picture.convert("RGB").save(pressed, quality=quality, method=6)


def _width(facts: Facts) -> int:
    return max(min(POSTER_WIDTH, facts.width) // 2 * 2, 2)
