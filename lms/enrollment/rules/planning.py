"""When runs are and how periods lie in time, reckoned on plain values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UPCOMING, RUNNING, PAST = "upcoming", "running", "past"
YEAR, QUARTER = 364, 91
"""Days of fifty-two and of thirteen weeks: what falls on a Monday falls on a Monday again."""
LAST_MINUTE = time(23, 59)
YEAR_MARK = "{tahun}"
"""Stands for a year in the titles of templates."""


def phase_of(opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """Whether a period is still to open, is open, or is over."""
    if now < opens_at:
        return UPCOMING
    return RUNNING if now < closes_at else PAST


def shifted(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour of the clock in ``zone``, so many days later."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone)


def learning_days(opening: datetime, starts_after: int, lasts: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a run starts and ends that begins so many days after the opening, at its hour, and lasts so many days."""
    starts_at = shifted(opening, starts_after, zone)
    last = starts_at.date() + timedelta(days=lasts - 1)
    return starts_at, datetime.combine(last, LAST_MINUTE, zone)


def days_of_learning(opening: datetime, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """How many days after the opening a run starts, and how many it lasts: the inverse, as far as whole days go."""
    opens_on, starts_on, ends_on = (moment.astimezone(zone).date() for moment in (opening, starts_at, ends_at))
    return max((starts_on - opens_on).days, 0), max((ends_on - starts_on).days + 1, 1)


def without_year(title: str, year: int, longest: int) -> str:
    """A title for a template: where it names its year, the mark stands for it."""
    marked = title.replace(str(year), YEAR_MARK)
    return marked if len(marked) <= longest else title


def with_year(title: str, year: int) -> str:
    """A title of a template as it is given in a year."""
    return title.replace(YEAR_MARK, str(year))


def share_of(seats: int, percent: int) -> int:
    """So many percent of the seats, rounded down."""
    return seats * percent // 100


@dataclass(frozen=True, slots=True)
class Span:
    """Something that takes some days, as a calendar draws it: ``key`` names it to the caller."""

    key: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Bar:
    """The part of a span that lies in one week: its column from 1 (Monday), and how many days it has there."""

    key: str
    column: int
    days: int
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday on, and what lies in them, the earliest first."""

    days: tuple[date, ...]
    bars: tuple[Bar, ...]


def weeks_of(year: int, month: int, spans: Sequence[Span]) -> list[Week]:
    """The weeks that a month's page of the calendar shows."""
    ordered = sorted(spans, key=lambda span: (span.first, span.last, span.key))
    return [Week(days, tuple(_bars(days, ordered))) for days in _weeks(year, month)]


def days_shown(year: int, month: int) -> tuple[date, date]:
    """The first and the last day on a month's page."""
    weeks = list(_weeks(year, month))
    return weeks[0][0], weeks[-1][-1]


def months_away(year: int, month: int, months: int) -> tuple[int, int]:
    """The month so many months later, or earlier when negative."""
    number = year * 12 + month - 1 + months
    return number // 12, number % 12 + 1


def _weeks(year: int, month: int) -> Iterator[tuple[date, ...]]:
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    while monday < first or monday.month == month:
        yield tuple(monday + timedelta(days=day) for day in range(7))
        monday += timedelta(days=7)


def _bars(days: tuple[date, ...], spans: Iterable[Span]) -> Iterator[Bar]:
    monday, sunday = days[0], days[-1]
    for span in spans:
        first, last = max(span.first, monday), min(span.last, sunday)
        if first <= last:
            column = (first - monday).days + 1
            yield Bar(span.key, column, (last - first).days + 1, span.first >= monday, span.last <= sunday)
