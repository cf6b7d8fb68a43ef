"""Pure decisions about a date's place in the next school year (L5): days in, days out."""

from collections.abc import Callable
from datetime import date, timedelta

WEEKS_TRIED = (1, -1, 2, -2)
"""Where a date that falls on a day off may go: the nearest weeks, the later one first."""


def same_day_next_year(day: date) -> date:
    """Return the day with the same ISO week and weekday a year later; week 53 becomes the week 52 weeks on."""
    year, week, weekday = day.isocalendar()
    try:
        return date.fromisocalendar(year + 1, week, weekday)
    except ValueError:
        return day + timedelta(weeks=52)


def nearest_day(day: date, *, is_free: Callable[[date], bool]) -> date | None:
    """Return the same weekday of the nearest week that is free; None where none of them is."""
    candidates = (day + timedelta(weeks=weeks) for weeks in WEEKS_TRIED)
    return next((candidate for candidate in candidates if is_free(candidate)), None)
