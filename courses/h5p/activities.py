"""Interactive content as it stands inside a lesson."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from courses.catalog.models import OutlineItem
from courses.h5p import queries
from courses.h5p.rules import Completion
from courses.h5p.tokens import play_token, preview_token
from courses.h5p.views.frame import SANDBOX
from lms.common.registry import Placed
from lms.enrollment.models import Enrollment


def place(asked: Sequence[Mapping[str, Any]]) -> list[Placed | None]:
    """What outlines keep of content: when it is complete says the lesson, not the content. One query."""
    shown = queries.shown({int(each["h5p"]) for each in asked})
    places: list[Placed | None] = []
    for each in asked:
        content = shown.get(int(each["h5p"]))
        completion = each.get("completion") or Completion.COMPLETED
        grade = Decimal(each.get("passing_grade") or 0) if completion == Completion.SCORE else None
        places.append(Placed(content.title, grade, {"completion": completion}) if content else None)
    return places


def cards(request: HttpRequest, enrollment: Enrollment | None, items: Sequence[OutlineItem]) -> dict[int, str]:
    """A card for each piece of content of a lesson, in which it opens, and where the learner stands. Two queries."""
    shown = queries.shown({item.activity_id for item in items if item.activity_id})
    standings = queries.standings(enrollment, [item.pk for item in items])
    drawn: dict[int, str] = {}
    for number, item in enumerate(items):
        content = shown.get(item.activity_id or 0)
        if content is None:
            continue
        token = _token(content.version_id, enrollment, item)
        context = {
            "item": item,
            "content": content,
            "enrollment": enrollment,
            "standing": standings.get(item.pk, queries.Standing()),
            "completion": item.criterion.get("completion", ""),
            "frame": reverse("h5p:frame", args=[token]),
            "keep": reverse("h5p:keep", args=[token]) if enrollment else "",
            "sandbox": SANDBOX,
            "is_first": number == 0,
        }
        drawn[item.pk] = render_to_string("h5p/card.html", context, request)
    return drawn


def _token(version_id: int, enrollment: Enrollment | None, item: OutlineItem) -> str:
    if enrollment is None:
        return preview_token(version_id)
    return play_token(version_id, enrollment.pk, item.pk, enrollment.person_id)
