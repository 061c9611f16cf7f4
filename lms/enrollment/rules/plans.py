"""When mandatory training is due, for whom what counts, and when somebody is told: decided on plain values."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

FIRST = 0
"""The number of the first cycle; every other is a year."""
REPEATED = 7
"""After so many days a superior is told again of somebody who is still overdue."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a plan is due: first ``due_on`` a day or ``due_days`` after entering, then ``yearly`` on a month and day.

    What was completed in the ``window_days`` before the day of the year counts for it. Whoever enters after a cycle has
    opened has ``grace_days`` at least.
    """

    starts_on: date
    due_on: date | None = None
    due_days: int | None = None
    yearly: tuple[int, int] | None = None
    window_days: int = 60
    grace_days: int = 30
    counts_since: date | None = None

    @property
    def has_first(self) -> bool:
        """Whether there is a first time besides the yearly ones."""
        return self.due_on is not None or self.due_days is not None


@dataclass(frozen=True, slots=True)
class Cycle:
    """One round: what is completed from ``counts_from`` on (``None``: ever) counts.

    ``due_on`` is ``None`` where everybody has a day of her own.
    """

    number: int
    opens_on: date
    due_on: date | None
    counts_from: date | None


def yearly_day(year: int, yearly: tuple[int, int]) -> date:
    """The day in a year; of a month that is shorter, the last."""
    month, day = yearly
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def cycles(schedule: Schedule, today: date) -> list[Cycle]:
    """The rounds that have begun by today and can still gain people: the first, and the last of the yearly ones."""
    begun = []
    if schedule.has_first and schedule.starts_on <= today:
        begun.append(Cycle(FIRST, schedule.starts_on, schedule.due_on, schedule.counts_since))
    years = (_of_year(schedule, year) for year in (today.year + 1, today.year, today.year - 1))
    begun += [cycle for cycle in years if cycle is not None and cycle.opens_on <= today][:1]
    return begun


def next_cycle(schedule: Schedule, today: date) -> Cycle | None:
    """The next yearly round that has not begun."""
    latest = max(today, schedule.starts_on).year
    years = (_of_year(schedule, year) for year in range(today.year, latest + 4))
    return next((cycle for cycle in years if cycle is not None and cycle.opens_on > today), None)


def _of_year(schedule: Schedule, year: int) -> Cycle | None:
    """The round of a year, unless it is none of the plan's.

    It belongs to the plan when its day does; where the first time asks for the same, when its whole window does.
    """
    if schedule.yearly is None:
        return None
    due_on = yearly_day(year, schedule.yearly)
    window_from = due_on - timedelta(days=schedule.window_days)
    if (window_from if schedule.has_first else due_on) < schedule.starts_on:
        return None
    return Cycle(year, max(window_from, schedule.starts_on), due_on, window_from)


def due_on(schedule: Schedule, cycle: Cycle, entered_on: date) -> date | None:
    """The day by which somebody who entered on a day has to be done; ``None`` where this round does not ask her."""
    if cycle.due_on is None:
        return max(entered_on, schedule.starts_on) + timedelta(days=schedule.due_days or 0)
    if entered_on <= cycle.opens_on:
        return cycle.due_on
    if cycle.number != FIRST and schedule.has_first:
        return None
    return max(cycle.due_on, entered_on + timedelta(days=schedule.grace_days))


def counts(counts_from: date | None, completed_on: date) -> bool:
    """Whether a completion counts for a round. It may count for two: who renews late has done both."""
    return counts_from is None or completed_on >= counts_from


def excuses(starts_on: date, ends_on: date | None, due_on: date) -> bool:
    """Whether an exemption between two days holds for what is due on a day."""
    return starts_on <= due_on and (ends_on is None or due_on <= ends_on)


def next_reminder(due_on: date, before: Collection[int], after: Collection[int], today: date) -> date | None:
    """The next day after today on which somebody is reminded; ``None`` when there is none left."""
    days = [due_on - timedelta(days=each) for each in before] + [due_on + timedelta(days=each) for each in after]
    return min((day for day in days if day > today), default=None)
