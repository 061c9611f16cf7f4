"""Moments of national events, in the reader's zone and in the ministry's own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from theme.templatetags.moments import clock, moment

register = template.Library()

WIB = ZoneInfo("Asia/Jakarta")


@register.filter
def both_zones(value: datetime | None) -> str:
    """``17 Agustus 2025 pukul 10.00 WIT (08.00 WIB)``: the capital's time beside the reader's where they differ."""
    if value is None:
        return ""
    here = moment(value)
    if timezone.localtime(value).utcoffset() == value.astimezone(WIB).utcoffset():
        return here
    with timezone.override(WIB):
        return f"{here} ({clock(value)})"


CLOCKS = tuple(ZoneInfo(zone) for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))


@register.filter
def three_clocks(value: datetime | None) -> str:
    """``08.00 WIB · 09.00 WITA · 10.00 WIT``: what the country's clocks show at a moment."""
    if value is None:
        return ""
    shown = []
    for zone in CLOCKS:
        with timezone.override(zone):
            shown.append(clock(value))
    return " · ".join(shown)
