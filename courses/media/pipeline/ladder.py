"""In which sizes a video is offered, and at what cost of data."""

from dataclasses import dataclass

from courses.media.pipeline.probe import Facts


@dataclass(frozen=True, slots=True)
class Rung:
    """One size. ``lines`` is its shorter side; the rates are in kbit/s, ``crf`` is how good it may be below them."""

    lines: int
    video: int
    audio: int
    channels: int
    crf: int

    @property
    def name(self) -> str:
        return f"{self.lines}p"


LADDER = (
    Rung(240, video=140, audio=32, channels=1, crf=27),
    Rung(360, video=420, audio=48, channels=1, crf=25),
    Rung(480, video=850, audio=64, channels=2, crf=24),
    Rung(720, video=1700, audio=96, channels=2, crf=23),
)
"""What a learner on paid data can bear comes first: with its sound, 240p stays below 200 kbit/s."""
AUDIO_ONLY = 28
FULL_AUDIO = 64
SECONDS_BETWEEN_KEYS = 4


def rungs(facts: Facts) -> list[Rung]:
    """The sizes of this video: nothing is blown up, and there is always the smallest."""
    short = min(facts.width, facts.height)
    return [rung for rung in LADDER if rung.lines <= short] or [LADDER[0]]


def size_of(facts: Facts, rung: Rung) -> tuple[int, int]:
    """Width and height in this size, both even, as the coder wants them."""
    short, long = sorted((facts.width, facts.height))
    factor = min(rung.lines / short, 1.0)
    # A strip a thousand times as long as high would be more pixels than it seems.
    near, far = _even(short * factor), min(_even(long * factor), 4096)
    return (far, near) if facts.width >= facts.height else (near, far)


def frame_rate(facts: Facts, rung: Rung) -> float:
    """Frames a second: at most 30; half of them in the smallest size, whose few bits then go into sharper ones."""
    rate = facts.frames_per_second
    while rate > 31:
        rate /= 2
    if rung.lines == LADDER[0].lines and rate > 16:
        rate /= 2
    return round(rate, 3)


def _even(value: float) -> int:
    return max(round(value / 2) * 2, 2)
