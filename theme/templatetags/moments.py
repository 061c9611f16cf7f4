"""Moments and days as the ministry writes them: ``17 Agustus 2025 pukul 08.00 WIB``."""

from datetime import date, datetime, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext

register = template.Library()

# A template gives an empty text for what is not there, e.g. for the progress of somebody who never started.

ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def _is_indonesian() -> bool:
    return (get_language() or "id").startswith("id")


@register.filter
def day(value: date | datetime | str | None) -> str:
    """A day, in the reader's zone when it is a moment: ``17 Agustus 2025``."""
    if not value or isinstance(value, str):
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _written(local, get_language())


# A page of runs names the same few days again and again, and spelling one out is slow.
@lru_cache(maxsize=4096)
def _written(on: date, language: str | None) -> str:
    return date_format(on, "j F Y", use_l10n=False)


@register.filter
def clock(value: datetime | str | None) -> str:
    """The time of day with its zone: ``08.00 WIB`` (English: ``08:00 WIB``)."""
    if not value or isinstance(value, str):
        return ""
    local = timezone.localtime(value)
    zone = ZONE_NAMES.get(timezone.get_current_timezone_name()) or local.tzname() or ""
    return f"{local.hour:02d}{'.' if _is_indonesian() else ':'}{local.minute:02d} {zone}"


@register.filter
def moment(value: datetime | str | None) -> str:
    """A moment in the reader's zone: ``17 Agustus 2025 pukul 08.00 WIB`` (English: ``17 August 2025, 08:00 WIB``)."""
    if not value or isinstance(value, str):
        return ""
    return f"{day(value)} pukul {clock(value)}" if _is_indonesian() else f"{day(value)}, {clock(value)}"


@register.filter
def moment_to_the_millisecond(value: datetime | str | None) -> str:
    """A moment of which each part of a second counts: ``17 Agustus 2025 pukul 08.00.03,120 WIB``."""
    if not value or isinstance(value, str):
        return ""
    return _written_exactly(value, timezone.get_current_timezone(), get_language())


# Everybody in a group of clicks arrived at the same moment. The zone is named because equal moments may be of two.
@lru_cache(maxsize=256)
def _written_exactly(value: datetime, zone: tzinfo, language: str | None) -> str:
    local = timezone.localtime(value, zone)
    parts = "%H.%M.%S," if _is_indonesian() else "%H:%M:%S."
    time = f"{local.strftime(parts)}{local.microsecond // 1000:03d} {clock(value).rpartition(' ')[2]}"
    return f"{day(value)} pukul {time}" if _is_indonesian() else f"{day(value)}, {time}"


@register.filter
def span(seconds: int) -> str:
    """How long something takes, as one says it: ``3 minutes``, ``40 seconds``; above a minute, rounded up."""
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


@register.filter
def place(seconds: int) -> str:
    """A place in a video or recording: ``3:20``, ``1:02:09``."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
