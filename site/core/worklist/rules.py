"""For how long a task may be put off: pure, from days."""

from datetime import date, timedelta

from core.worklist.errors import DayNotAheadError, DayTooLateError

LONGEST_SLEEP = timedelta(days=90)
"""What sleeps longer is forgotten by whoever put it off."""


def latest_wake(*, today: date, due_on: date | None) -> date:
    """Return the last day a task may sleep until: its deadline where that is ahead, never past three months."""
    latest = today + LONGEST_SLEEP
    return min(latest, due_on) if due_on is not None and due_on > today else latest


def check_wake(day: date, *, today: date, due_on: date | None) -> None:
    """Check the day a task comes back.

    Raises:
        DayNotAheadError: it is today or gone.
        DayTooLateError: it is past the deadline, or too far away.
    """
    if day <= today:
        raise DayNotAheadError
    latest = latest_wake(today=today, due_on=due_on)
    if day > latest:
        raise DayTooLateError(latest)


__all__ = ["LONGEST_SLEEP", "check_wake", "latest_wake"]
