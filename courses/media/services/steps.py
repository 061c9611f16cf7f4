"""The steps of a preparation: each makes files in the worker's folder, and says what is to be stored and noted."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from courses.media.models import Preparation, Step
from courses.media.pipeline import convert, pages, stills
from courses.media.pipeline.convert import Heard, Made
from courses.media.pipeline.faults import Unusable
from courses.media.pipeline.ladder import rungs
from courses.media.pipeline.playlists import master
from courses.media.pipeline.probe import Facts, probe

Name = Step.Name


@dataclass(slots=True)
class Bench:
    """What a step works on, and where."""

    preparation: Preparation
    source: Path
    folder: Path

    @property
    def facts(self) -> Facts:
        return Facts(**self.preparation.facts)

    @property
    def loud(self) -> dict[str, str]:
        """How loud the sound is; empty where nothing was measured."""
        measured = self.preparation.steps.filter(name=Name.LOUDNESS).values_list("result", flat=True).first()
        return measured or {}


@dataclass(slots=True)
class Outcome:
    """What a step made: ``files`` of the folder to store, and what is noted in the rows."""

    files: list[str] = field(default_factory=list)
    renditions: list[Made] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] | None = None


def _of(made: list[Made], result: dict[str, Any] | None = None) -> Outcome:
    files = [name for each in made for name in (each.file, each.playlist) if name]
    return Outcome(files, made, result or {})


def _look(bench: Bench, heard: Heard) -> Outcome:
    facts = probe(bench.source, bench.preparation.kind, folder=bench.folder, heard=heard)
    return Outcome(facts=facts.as_row())


def _loudness(bench: Bench, heard: Heard) -> Outcome | None:
    if not bench.facts.has_sound:
        return None
    return Outcome(result=convert.loudness(bench.source, bench.facts, folder=bench.folder, heard=heard))


def _poster(bench: Bench, heard: Heard) -> Outcome:
    stills.poster(bench.source, bench.facts, folder=bench.folder, heard=heard)
    return Outcome(["poster.webp"])


def _strip(bench: Bench, heard: Heard) -> Outcome:
    made = stills.strip(bench.source, bench.facts, folder=bench.folder, heard=heard)
    return Outcome(["strip.webp"], result=asdict(made))


def _light(bench: Bench, heard: Heard) -> Outcome:
    facts, folder = bench.facts, bench.folder
    made = convert.video(bench.source, facts, rungs(facts)[:1], bench.loud, folder=folder, heard=heard)
    return _of([*made, convert.without_script(facts, folder=folder, heard=heard)])


def _sound(bench: Bench, heard: Heard) -> Outcome | None:
    if not bench.facts.has_sound:
        return None
    return _of(convert.sound_only(bench.source, bench.facts, bench.loud, folder=bench.folder, heard=heard))


def _video(bench: Bench, heard: Heard) -> Outcome | None:
    better = rungs(bench.facts)[1:]
    if not better:
        return None
    return _of(convert.video(bench.source, bench.facts, better, bench.loud, folder=bench.folder, heard=heard))


def _recording(bench: Bench, heard: Heard) -> Outcome:
    return _of(convert.recording(bench.source, bench.facts, bench.loud, folder=bench.folder, heard=heard))


def _package(bench: Bench, heard: Heard) -> Outcome:
    sizes = bench.preparation.renditions.exclude(playlist="")
    (bench.folder / "master.m3u8").write_text(master(sizes, has_sound=bench.facts.has_sound), "utf-8")
    return Outcome(["master.m3u8"])


def _sizes(bench: Bench, heard: Heard) -> Outcome:
    picture = bench.preparation.picture
    assert picture is not None
    try:
        # Wagtail keeps each size once, whoever asks for it, and lessons ask for the same.
        picture.get_renditions(*picture.SIZES)
    except (ValueError, SyntaxError, MemoryError) as error:  # what decoders raise for what they cannot read
        raise Unusable("unreadable-picture") from error
    return Outcome()


def _document_pages(bench: Bench, heard: Heard) -> Outcome:
    found = pages.pages(bench.source, folder=bench.folder, heard=heard)
    size = sum((bench.folder / f"page-{number}.webp").stat().st_size for number in range(1, len(found) + 1))
    files = [f"page-{number}.webp" for number in range(1, len(found) + 1)]
    return Outcome(files, result={"pages": found, "size": size})


STEPS: Mapping[Step.Name, Callable[[Bench, Heard], Outcome | None]] = {
    Name.PROBE: _look,
    Name.LOUDNESS: _loudness,
    Name.POSTER: _poster,
    Name.STRIP: _strip,
    Name.LIGHT: _light,
    Name.SOUND: _sound,
    Name.VIDEO: _video,
    Name.RECORDING: _recording,
    Name.PACKAGE: _package,
    Name.SIZES: _sizes,
    Name.PAGES: _document_pages,
}
PLANS: Mapping[str, tuple[Step.Name, ...]] = {
    # What a learner on a slow line needs is made first.
    "video": (
        Name.PROBE,
        Name.LOUDNESS,
        Name.POSTER,
        Name.STRIP,
        Name.LIGHT,
        Name.SOUND,
        Name.VIDEO,
        Name.PACKAGE,
    ),
    "audio": (Name.PROBE, Name.LOUDNESS, Name.RECORDING),
    "picture": (Name.SIZES,),
    "document": (Name.PAGES,),
}
