"""Packages as they stand inside a lesson."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from courses.catalog.models import OutlineItem
from courses.scorm import queries, rules
from courses.scorm.models import Package
from lms.common.registry import Placed
from lms.enrollment.models import Enrollment


def place_packages(asked: Sequence[Mapping[str, Any]]) -> list[Placed | None]:
    """What outlines keep of packages: the author's own rule for each place."""
    found = Package.objects.in_bulk({int(each[queries.ACTIVITY]) for each in asked})
    places: list[Placed | None] = []
    for each in asked:
        package = found.get(int(each[queries.ACTIVITY]))
        least = each.get("least_score")
        grade = None if least in (None, "") else Decimal(str(least))
        criterion = {"by": each.get("rule") or rules.FINISHED_OR_PASSED}
        places.append(Placed(package.title, grade, criterion) if package else None)
    return places


def package_cards(request: HttpRequest, enrollment: Enrollment | None, items: Sequence[OutlineItem]) -> dict[int, str]:
    """A card for each package of a lesson: what it is and where the learner stands. Two queries."""
    packages = Package.objects.select_related("live").defer("live__course", "live__files")
    found = packages.in_bulk([item.activity_id for item in items])
    ways = queries.latest_registrations(enrollment, [item.pk for item in items]) if enrollment else {}
    cards: dict[int, str] = {}
    for number, item in enumerate(items):
        package = found.get(item.activity_id or 0)
        if package is None:
            continue
        context = {
            "package": package,
            "item": item,
            "enrollment": enrollment,
            "way": ways.get(item.pk),
            "needs_pass": item.criterion.get("by") == rules.ONLY_PASSED,
            "is_first": number == 0,
        }
        cards[item.pk] = render_to_string("scorm/card.html", context, request)
    return cards
