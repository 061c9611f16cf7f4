"""Converts video and sound into what every browser plays, at sizes for every line."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courses.media.pipeline.ladder import (
    AUDIO_ONLY,
    FULL_AUDIO,
    SECONDS_BETWEEN_KEYS,
    Rung,
    frame_rate,
    size_of,
)
from courses.media.pipeline.playlists import peak_rate
from courses.media.pipeline.probe import Facts
from courses.media.pipeline.programs import ffmpeg, input_of

LOUDNESS, TRUE_PEAK, RANGE = -16, -1.5, 11
Heard = Callable[[float], None]
PLAIN = ["-map_metadata", "-1", "-map_chapters", "-1"]
"""Without the place, the day and the camera."""


@dataclass(frozen=True, slots=True)
class Made:
    """A rendition: its files lie in the folder. ``peak`` and ``rate`` are in bits a second, of all its streams."""

    name: str
    file: str
    playlist: str = ""
    width: int = 0
    height: int = 0
    rate: int = 0
    peak: int = 0
    size: int = 0


def patience(facts: Facts) -> float:
    """Seconds that converting may take; a video that needs more is not worth waiting for."""
    return 600 + 20 * facts.seconds


def loudness(source: Path, facts: Facts, *, folder: Path, heard: Heard) -> dict[str, str]:
    """How loud the recording is, as the filter that evens it out wants to know it; empty for silence."""
    measure = f"loudnorm=I={LOUDNESS}:TP={TRUE_PEAK}:LRA={RANGE}:print_format=json"
    arguments = [*input_of(source), "-map", "0:a:0", "-vn", "-af", measure, "-f", "null", "-"]
    told = ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard, level="info")
    _, found, rest = told.complaints.rpartition("{")
    try:
        measured: dict[str, Any] = json.loads(found + rest.partition("}")[0] + "}")
    except ValueError:
        return {}
    wanted = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")
    values = {name: str(measured.get(name, "")) for name in wanted}
    return {} if any("inf" in value or not value for value in values.values()) else values


def _evened(loud: dict[str, str]) -> str:
    """The filters of the sound: as loud as everything else here, and without gaps."""
    filters = []
    if loud:
        filters.append(
            f"loudnorm=I={LOUDNESS}:TP={TRUE_PEAK}:LRA={RANGE}:linear=true:measured_I={loud['input_i']}"
            f":measured_TP={loud['input_tp']}:measured_LRA={loud['input_lra']}"
            f":measured_thresh={loud['input_thresh']}:offset={loud['target_offset']}"
        )
    return ",".join([*filters, "aresample=48000:async=1:first_pts=0"])


def video(
    source: Path, facts: Facts, rungs: Sequence[Rung], loud: dict[str, str], *, folder: Path, heard: Heard
) -> list[Made]:
    """The video in these sizes, all in one pass, each as one file that HLS reads in parts."""
    graph = [f"[0:V:0]split={len(rungs)}" + "".join(f"[s{rung.name}]" for rung in rungs)]
    for rung in rungs:
        width, height = size_of(facts, rung)
        graph.append(
            f"[s{rung.name}]fps={frame_rate(facts, rung)},scale={width}:{height},setsar=1,format=yuv420p[v{rung.name}]"
        )
    if facts.has_sound:
        graph.append(f"[0:a:0]{_evened(loud)},asplit={len(rungs)}" + "".join(f"[a{rung.name}]" for rung in rungs))
    arguments = [*input_of(source, "-threads", "2"), "-filter_complex", ";".join(graph)]
    for rung in rungs:
        arguments += ["-map", f"[v{rung.name}]"]
        arguments += ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-level", "3.1", "-threads", "2"]
        arguments += ["-crf", str(rung.crf), "-maxrate", f"{rung.video}k", "-bufsize", f"{rung.video * 2}k"]
        arguments += ["-g", "600", "-sc_threshold", "0"]
        arguments += ["-force_key_frames", f"expr:gte(t,n_forced*{SECONDS_BETWEEN_KEYS})"]
        if facts.has_sound:
            arguments += ["-map", f"[a{rung.name}]", "-c:a", "aac", "-b:a", f"{rung.audio}k", "-ac", str(rung.channels)]
            arguments += ["-ar", "32000" if rung.audio < 48 else "44100"]
        arguments += [*PLAIN, *_hls(rung.name)]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard)
    made = []
    for rung in rungs:
        width, height = size_of(facts, rung)
        made.append(_made(rung.name, facts, folder, width=width, height=height))
    return made


def without_script(facts: Facts, *, folder: Path, heard: Heard) -> Made:
    """The smallest size once more as a file that a browser plays by itself, from its first bytes on."""
    arguments = [*input_of(folder / "240p.mp4"), "-c", "copy", *PLAIN, "-movflags", "+faststart", "plain.mp4"]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard)
    size = (folder / "plain.mp4").stat().st_size
    return Made("plain", "plain.mp4", size=size, rate=_rate(size, facts))


def sound_only(source: Path, facts: Facts, loud: dict[str, str], *, folder: Path, heard: Heard) -> list[Made]:
    """The sound alone, for those who pay for every megabyte: a file, and the same for HLS."""
    arguments = [*input_of(source), "-map", "0:a:0", "-vn", "-af", _evened(loud), "-ac", "1", "-ar", "24000"]
    arguments += ["-c:a", "aac", "-b:a", f"{AUDIO_ONLY}k", *PLAIN, "-movflags", "+faststart", "audio.m4a"]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard)
    arguments = [*input_of(folder / "audio.m4a"), "-c", "copy", *_hls("sound")]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=lambda seconds: None)
    size = (folder / "audio.m4a").stat().st_size
    return [Made("audio", "audio.m4a", size=size, rate=_rate(size, facts)), _made("sound", facts, folder)]


def recording(source: Path, facts: Facts, loud: dict[str, str], *, folder: Path, heard: Heard) -> list[Made]:
    """A recording at full quality and as light as speech may be, in one pass."""
    arguments = [*input_of(source), "-filter_complex", f"[0:a:0]{_evened(loud)},asplit=2[light][full]"]
    arguments += ["-map", "[light]", "-c:a", "aac", "-b:a", f"{AUDIO_ONLY}k", "-ac", "1", "-ar", "24000", *PLAIN]
    arguments += ["-movflags", "+faststart", "audio.m4a"]
    arguments += ["-map", "[full]", "-c:a", "aac", "-b:a", f"{FULL_AUDIO}k", "-ac", "2", "-ar", "44100", *PLAIN]
    arguments += ["-movflags", "+faststart", "full.m4a"]
    ffmpeg(arguments, folder=folder, seconds=patience(facts), heard=heard)
    made = []
    for name in ("audio", "full"):
        size = (folder / f"{name}.m4a").stat().st_size
        made.append(Made(name, f"{name}.m4a", size=size, rate=_rate(size, facts)))
    return made


def _hls(name: str) -> list[str]:
    return [
        *("-f", "hls", "-hls_time", str(SECONDS_BETWEEN_KEYS), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_segment_filename", f"{name}.mp4"),
        f"{name}.m3u8",
    ]


def _made(name: str, facts: Facts, folder: Path, *, width: int = 0, height: int = 0) -> Made:
    size = (folder / f"{name}.mp4").stat().st_size
    peak = peak_rate((folder / f"{name}.m3u8").read_text("utf-8"))
    return Made(name, f"{name}.mp4", f"{name}.m3u8", width, height, _rate(size, facts), peak, size)


def _rate(size: int, facts: Facts) -> int:
    return round(size * 8 / max(facts.seconds, 0.1))
