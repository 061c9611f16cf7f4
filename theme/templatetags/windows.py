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
