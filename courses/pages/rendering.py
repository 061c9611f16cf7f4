"""Turns a lesson's blocks into what is stored for learners: HTML, and a marker where an activity stands."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from courses.catalog.models import OutlineItem
from lms.common.registry import activities

ACTIVITIES = ("question", "quiz")
"""Names of the blocks that hold an activity; its id stands in the block's value under the same name."""


@dataclass(frozen=True, slots=True)
class ActivityInLesson:
    """An activity block as stored: the block's own id, which activity it holds, and whether it must be done."""

    block_id: str
    kind: str
    activity_id: int
    is_required: bool


def activities_in(body: Any) -> list[ActivityInLesson]:
    """The activities of a lesson in reading order, read from the stored blocks without a query."""
    return [
        ActivityInLesson(
            block_id=str(block["id"]),
            kind=block["type"],
            activity_id=int(block["value"][block["type"]]),
            is_required=bool(block["value"].get("is_required", block["type"] == "quiz")),
        )
        for block in body.raw_data
        if block["type"] in ACTIVITIES and block.get("value") and block["value"].get(block["type"])
    ]


def render_parts(body: Any) -> list[dict[str, str]]:
    """A lesson in reading order: ``{"html": ...}`` and ``{"activity": <block id>}``, neighboring HTML joined."""
    parts: list[dict[str, str]] = []
    for child in body:
        if child.block_type in ACTIVITIES:
            if child.value.get(child.block_type):
                parts.append({"activity": str(child.id)})
            continue
        html = str(child.render()).strip()
        if parts and "html" in parts[-1]:
            parts[-1]["html"] += "\n" + html
        else:
            parts.append({"html": html})
    return parts


def preview_parts(request: HttpRequest, body: Any) -> list[dict[str, str]]:
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
        else:
            parts.append(part)
    return parts
