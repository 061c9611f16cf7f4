"""Counting back from a day: ages and lengths of service."""

import calendar
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month.

    It never goes back when ``day`` goes on, so who crosses a limit between two days is found between two dates.
    """
    month = day.year * 12 + day.month - 1 - months
    year, month = month // 12, month % 12 + 1
    if year < 1:
        return date.min
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; for 29 February, the 28th where there is none."""
    return months_before(day, years * 12)
