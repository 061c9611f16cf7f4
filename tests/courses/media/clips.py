"""Small clips, drawn by ffmpeg itself."""

import subprocess
from pathlib import Path

from courses.media.pipeline.programs import programs


def clip(
    path: Path,
    *,
    seconds: float = 6,
    size: str = "640x360",
    rate: int = 10,
    sound: bool = True,
    options: tuple[str, ...] = (),
) -> bytes:
    """A moving picture with a tone, as a camera would write it, with the place where it was taken."""
    picture = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}"]
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"] if sound else []
    place = ["-metadata", "location=+06.1754+106.8272/", "-metadata", "comment=of my telephone"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "use_metadata_tags"]
    _ffmpeg([*picture, *tone, *coding, *place, *options, str(path)])
    return path.read_bytes()


def recording(path: Path, *, seconds: float = 6, volume: float = 0.05) -> bytes:
    """A quiet tone."""
    tone = f"sine=frequency=440:duration={seconds},volume={volume}"
    _ffmpeg(["-f", "lavfi", "-i", tone, str(path)])
    return path.read_bytes()


def said_of(path: Path, entries: str) -> str:
    """What ffprobe says of a file."""
    command = [programs().ffprobe, "-v", "error", "-show_entries", entries, "-of", "default=nw=1", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _ffmpeg(arguments: list[str]) -> None:
    subprocess.run([programs().ffmpeg, "-v", "error", "-nostdin", "-y", *arguments], check=True)
