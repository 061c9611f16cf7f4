"""Turns a lesson's blocks into what is stored for learners: HTML, and a marker where an activity stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from courses.catalog.models import OutlineItem
from courses.media.queries import Weight, playback, reading, weight
from lms.common.html import clean_html, is_blank, plain_text, with_math
from lms.common.registry import activities
from lms.progress.evidence import FORMS


@dataclass(frozen=True, slots=True)
class ActivityInLesson:
    """An activity block as stored: the block's own id, which activity it holds, and whether it must be done.

    ``asked`` is the whole of the block's value, which its kind understands.
    """

    block_id: str
    kind: str
    activity_id: int
    is_required: bool
    asked: Mapping[str, Any]


def activities_in(body: Any) -> list[ActivityInLesson]:
    """The activities of a lesson in reading order, read from the stored blocks without a query."""
    return [
        ActivityInLesson(
            block_id=str(block["id"]),
            kind=block["type"],
            activity_id=int(block["value"][block["type"]]),
            is_required=bool(block["value"].get("is_required", block["type"] != "question")),
            asked=block["value"],
        )
        for block in body.raw_data
        if block["type"] in activities and block.get("value") and block["value"].get(block["type"])
    ]


def media_in(body: Any) -> list[int]:
    """The videos and recordings of a lesson in reading order, read from the stored blocks without a query."""
    return [
        int(block["value"]["media"])
        for block in body.raw_data
        if block["type"] in ("video", "audio") and block.get("value") and block["value"].get("media")
    ]


@dataclass(frozen=True, slots=True)
class TopicInLesson:
    """A topic in several forms as stored: which forms there are, and how many words its reading has."""

    block_id: str
    title: str
    video: int | None
    audio: int | None
    slides: int | None
    words: int
    least_minutes: int | None


def topics_in(body: Any) -> list[TopicInLesson]:
    """The topics in several forms of a lesson in reading order, read from the stored blocks without a query."""
    return [
        TopicInLesson(
            block_id=str(block["id"]),
            title=value["title"],
            video=value.get("video"),
            audio=value.get("audio"),
            slides=value.get("slides"),
            words=len(plain_text(value.get("reading") or "").split()),
            least_minutes=value.get("least_minutes"),
        )
        for block in body.raw_data
        if block["type"] == "forms" and (value := block.get("value"))
    ]


def render_parts(body: Any) -> list[dict[str, Any]]:
    """A lesson in reading order: ``{"html": ...}``, neighboring HTML joined, ``{"activity": <block id>}``, and
    ``{"topic": <block id>, ...}`` with the HTML of each of its forms: which is shown is the learner's choice.
    """
    parts: list[dict[str, Any]] = []
    for child in body:
        if child.block_type == "forms":
            if topic := _topic(child):
                parts.append(topic)
            continue
        if child.block_type in activities:
            if child.value.get(child.block_type):
                parts.append({"activity": str(child.id)})
            continue
        html = str(child.render()).strip()
        if parts and "html" in parts[-1]:
            parts[-1]["html"] += "\n" + html
        else:
            parts.append({"html": html})
    return parts


def _topic(child: Any) -> dict[str, Any] | None:
    forms = {name: made for name in FORMS if (made := _FORMS[name](child.value[name]))}
    if not forms:
        return None
    media = [child.value[name] for name in ("video", "audio") if child.value[name]]
    return {
        "topic": str(child.id),
        "title": child.value["title"],
        "media": {str(each.pk): each.seconds for each in media if each.seconds},
        "forms": [{"name": name, "html": html, **cost} for name, (html, cost) in forms.items()],
    }


Form = tuple[str, dict[str, int]]
"""The HTML of a form, and what it costs: ``size`` as most telephones take it, ``least`` with data saving."""


def _played(media: Any) -> Form | None:
    if not media:
        return None
    context = {"self": {"media": media, "caption": ""}, "playback": playback(media)}
    cost = weight(media)
    html = render_to_string(f"lessons/blocks/{media.kind}.html", context)
    return html.strip(), {"size": cost.usual, "least": cost.least}


def _slides(document: Any) -> Form | None:
    if not document:
        return None
    pages = reading(document)
    size = pages.size if pages else document.file_size or 0
    html = render_to_string("lessons/blocks/slides.html", {"document": document, "reading": pages})
    return html.strip(), {"size": size, "least": size}


def _reading(text: Any) -> Form | None:
    source = text.source if text else ""
    if is_blank(source):
        return None
    html = render_to_string("lessons/blocks/text.html", {"html": mark_safe(with_math(clean_html(source)))})  # noqa: S308
    size = len(html.encode())
    return html.strip(), {"size": size, "least": size}


_FORMS: Mapping[str, Callable[[Any], Form | None]] = {
    "video": _played,
    "slides": _slides,
    "reading": _reading,
    "audio": _played,
}


def chosen_form(forms: Sequence[Mapping[str, Any]], asked: str, kept: str, *, is_saving: bool) -> str:
    """Which form of a topic a learner gets: what she asks for, else what she chose before, else the first.

    The lightest comes before the first when she saves data. What a topic does not have is passed over.
    """
    names = [form["name"] for form in forms]
    lightest = [min(forms, key=lambda form: form["least"])["name"]] if is_saving else []
    wanted: list[str] = [asked, kept, *lightest, names[0]]
    return next(name for name in wanted if name in names)


def media_weight(body: Any) -> Weight:
    """What playing all videos and recordings of a lesson costs; a topic costs as much as its first form that plays, and
    with data saving as its lightest.
    """
    played = [child.value["media"] for child in body if child.block_type in ("video", "audio")]
    total = sum((weight(media) for media in played if media), Weight())
    for child in body:
        if child.block_type == "forms":
            media = [weight(each) for name in ("video", "audio") if (each := child.value[name])]
            if media:
                total += Weight(media[0].usual, min(each.least for each in media))
    return total


def preview_parts(request: HttpRequest, body: Any) -> list[dict[str, Any]]:
    """A draft's parts with its activities drawn as for nobody: no attempt, nothing kept."""
    items = {
        each.block_id: OutlineItem(
            pk=-number,
            kind=OutlineItem.Kind.ACTIVITY,
            activity_kind=each.kind,
            activity_id=each.activity_id,
            is_required=each.is_required,
        )
        for number, each in enumerate(activities_in(body), start=1)
    }
    drawn: dict[int, str] = {}
    for kind in {item.activity_kind for item in items.values()}:
        if kind in activities:
            of_kind = [item for item in items.values() if item.activity_kind == kind]
            drawn |= activities[kind].render(request, None, of_kind)
    parts = []
    for part in render_parts(body):
        if "activity" in part:
            item = items.get(part["activity"])
            parts.append({"html": drawn.get(item.pk, "") if item else ""})
        elif "topic" in part:
            asked = request.GET.get("form", "")
            parts.append({**part, "chosen": chosen_form(part["forms"], asked, "", is_saving=False)})
        else:
            parts.append(part)
    return parts
