"""Moments and days as the ministry writes them: ``17 Agustus 2025 pukul 08.00 WIB``."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

register = template.Library()

ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def _is_indonesian() -> bool:
    return (get_language() or "id").startswith("id")


@register.filter
def day(value: date | datetime | None) -> str:
    """A day, in the reader's zone when it is a moment: ``17 Agustus 2025``."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, "j F Y", use_l10n=False)


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day with its zone: ``08.00 WIB`` (English: ``08:00 WIB``)."""
    if value is None:
        return ""
    zone = ZONE_NAMES.get(timezone.get_current_timezone_name(), timezone.localtime(value).tzname() or "")
    return f"{date_format(timezone.localtime(value), 'H.i' if _is_indonesian() else 'H:i', use_l10n=False)} {zone}"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in the reader's zone: ``17 Agustus 2025 pukul 08.00 WIB`` (English: ``17 August 2025, 08:00 WIB``)."""
    if value is None:
        return ""
    return f"{day(value)} pukul {clock(value)}" if _is_indonesian() else f"{day(value)}, {clock(value)}"
