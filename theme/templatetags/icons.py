"""Draws an icon of the Lucide set, inline, so that it takes the color of its text and costs no request."""

import re
from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

register = template.Library()


@cache
def _shapes(name: str) -> SafeString:
    """What is inside the icon's ``<svg>``. Raises ``FileNotFoundError`` for a name that Lucide does not have."""
    path = Path(settings.ROOT) / "node_modules/lucide-static/icons" / f"{slugify(name)}.svg"
    drawing = path.read_text(encoding="utf-8")
    inside = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    return mark_safe(re.sub(r">\s+<", "><", inside.strip()))  # noqa: S308 - a file of a pinned package


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "check" %}`` decorates; with a label it speaks to a screen reader."""
    return _drawn(name, str(label))


@lru_cache(maxsize=1024)
def _drawn(name: str, label: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        spoken,
        _shapes(name),
    )
