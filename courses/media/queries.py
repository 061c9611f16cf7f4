"""What authors see of a file's preparation, and what learners get of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef, Subquery

from courses.media.models import (
    CourseDocument,
    MediaFile,
    Picture,
    PictureRendition,
    Preparation,
    Rendition,
    Step,
    address_of,
)
from courses.media.pipeline.captions import Cue, read


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the preparation of a file is."""

    preparation: Preparation
    steps: Sequence[Step]
    renditions: Sequence[Rendition]

    @property
    def is_under_way(self) -> bool:
        return self.preparation.state == Preparation.State.WAITING

    @property
    def current(self) -> Step | None:
        """The step that is next, or being done."""
        return next((step for step in self.steps if step.state == Step.State.WAITING), None)

    @property
    def done(self) -> int:
        """How many steps are behind."""
        return sum(step.state != Step.State.WAITING for step in self.steps)


def standing(media_id: int) -> Standing | None:
    """The preparation of the file that was uploaded last; ``None`` before anybody began with it."""
    found = Preparation.objects.filter(media=media_id).order_by("-pk").prefetch_related("steps", "renditions").first()
    return Standing(found, list(found.steps.all()), list(found.renditions.all())) if found else None


def with_state() -> Any:
    """All media files, each with ``prepared``: the state of its preparation."""
    last = Preparation.objects.filter(media=OuterRef("pk")).order_by("-pk")
    return MediaFile.objects.annotate(prepared=Subquery(last.values("state")[:1]))


@dataclass(frozen=True, slots=True)
class Quality:
    """A size that a learner may choose, and what it costs her."""

    name: str
    address: str
    size: int
    rate: int


@dataclass(frozen=True, slots=True)
class Playback:
    """How a media file is played. Addresses are lasting, so they may stand in a published lesson."""

    address: str = ""
    """What a browser plays without script; empty while there is nothing."""
    content_type: str = ""
    size: int = 0
    master: str = ""
    """The list of sizes for a player with script; empty for what is one file."""
    poster: str = ""
    width: int = 0
    height: int = 0
    seconds: float = 0
    is_under_way: bool = False
    qualities: Sequence[Quality] = field(default_factory=list)
    audio: Quality | None = None
    strip: str = ""
    strip_facts: dict[str, Any] = field(default_factory=dict)


def playback(media: MediaFile) -> Playback:
    """How learners play it now: what was prepared, or the uploaded file where browsers play that, or nothing yet."""
    found = Preparation.objects.filter(media=media.pk, source=media.file.name).prefetch_related("renditions").first()
    poster = address_of(media.poster.name) if media.poster else ""
    if found is None or found.state != Preparation.State.DONE:
        under_way = bool(media.file) and (found is None or found.state == Preparation.State.WAITING)
        if not media.is_playable:
            return Playback(is_under_way=under_way, poster=poster)
        return Playback(media.address, media.content_type, media.size, poster=poster, is_under_way=under_way)
    made = {each.name: each for each in found.renditions.all()}
    offered = [
        Quality(each.name, address_of(each.playlist or each.file), each.size, each.rate)
        for each in made.values()
        if each.name not in {"plain", "sound", "audio"}
    ]
    audio = made.get("audio")
    light = Quality("audio", address_of(audio.file), audio.size, audio.rate) if audio else None
    if media.kind == MediaFile.Kind.AUDIO:
        plain, master = made["full"], ""
    else:
        plain, master = made["plain"], address_of(f"{found.folder}master.m3u8")
    strip = next((step for step in found.steps.filter(name=Step.Name.STRIP, state=Step.State.DONE)), None)
    return Playback(
        address_of(plain.file),
        "audio/mp4" if media.kind == MediaFile.Kind.AUDIO else "video/mp4",
        plain.size,
        master,
        poster,
        int(found.facts.get("width", 0)),
        int(found.facts.get("height", 0)),
        float(found.facts.get("seconds", 0)),
        False,
        offered,
        light,
        address_of(f"{found.folder}strip.webp") if strip else "",
        strip.result if strip else {},
    )


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes that playing something to its end costs, as most telephones play it and with data saving."""

    usual: int = 0
    least: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.usual + other.usual, self.least + other.least)


def weight(media: MediaFile) -> Weight:
    """What a video or a recording costs. A telephone that chooses by itself settles at 360p as a rule."""
    found = playback(media)
    sizes = {each.name: each.size for each in found.qualities}
    usual = sizes.get("360p") or sizes.get("240p") or sizes.get("full") or found.size
    if media.kind == MediaFile.Kind.AUDIO:
        return Weight(usual, found.audio.size if found.audio else usual)
    return Weight(usual, sizes.get("240p", usual))


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of a document as a picture, and its words for those who do not see it."""

    number: int
    address: str
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that can be read in its lesson, and what looking at all of its pages costs."""

    pages: Sequence[DocumentPage]
    size: int


def reading(document: CourseDocument) -> Reading | None:
    """The pages of a document; ``None`` for what can only be downloaded."""
    found = Preparation.objects.filter(source=document.file.name, state=Preparation.State.DONE).first()
    if found is None:
        return None
    result = found.steps.values_list("result", flat=True).get(name=Step.Name.PAGES)
    pages = [
        DocumentPage(
            number, address_of(f"{found.folder}page-{number}.webp"), page["width"], page["height"], page["text"]
        )
        for number, page in enumerate(result["pages"], start=1)
    ]
    return Reading(pages, int(result["size"]))


def page_counts(document_ids: Collection[int]) -> dict[int, int]:
    """How many pages those of the documents have that can be read in a lesson, in one query."""
    steps = Step.objects.filter(
        name=Step.Name.PAGES,
        preparation__document__in=document_ids,
        preparation__source=F("preparation__document__file"),
        preparation__state=Preparation.State.DONE,
    )
    return {pk: len(result["pages"]) for pk, result in steps.values_list("preparation__document_id", "result")}


def lighter_sizes(picture: Picture) -> list[PictureRendition]:
    """The AVIF files of a picture, smallest first; empty until they are made."""
    specs = [spec for spec in picture.SIZES if "avif" in spec]
    return list(picture.renditions.filter(filter_spec__in=specs).order_by("width"))


def cues_of(media: MediaFile, language: str) -> list[Cue]:
    """The captions of a video in this language."""
    caption = media.captions.filter(language=language).first()
    if caption is None:
        return []
    with caption.file.open() as file:
        return read(file.read())[0]
