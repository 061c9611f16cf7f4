"""The list of a video's sizes that HLS players start from."""

import re
from collections.abc import Iterable
from typing import Protocol

VIDEO_CODEC, AUDIO_CODEC = "avc1.4d401f", "mp4a.40.2"


class Rendition(Protocol):
    """What the list says of one size."""

    name: str
    width: int
    height: int
    rate: int
    peak: int


def peak_rate(playlist: str) -> int:
    """Bits a second of the heaviest part."""
    lengths = [float(found) for found in re.findall(r"#EXTINF:([\d.]+)", playlist)]
    sizes = [int(found) for found in re.findall(r"#EXT-X-BYTERANGE:(\d+)", playlist)]
    # The last part may be a few frames, whose rate says nothing.
    whole = [size * 8 / length for size, length in zip(sizes, lengths, strict=True) if length >= 1]
    return round(max(whole, default=0.0))


def master(renditions: Iterable[Rendition], *, has_sound: bool) -> str:
    """The list, smallest first, for a slow line to start with."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for each in sorted(renditions, key=lambda each: each.rate):
        codecs = [VIDEO_CODEC] if each.width else []
        codecs += [AUDIO_CODEC] if has_sound else []
        peak = max(each.peak, each.rate, 1)
        facts = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={max(each.rate, 1)}", f'CODECS="{",".join(codecs)}"']
        if each.width:
            facts.append(f"RESOLUTION={each.width}x{each.height}")
        lines += [f"#EXT-X-STREAM-INF:{','.join(facts)}", f"{each.name}.m3u8"]
    return "\n".join(lines) + "\n"
