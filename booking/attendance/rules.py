"""When a session may be reported and corrected, and when somebody is asked again. Values in, verdict out."""

from datetime import datetime, timedelta

from workshops.calendars import local_date_of, local_days_before

CORRECTION_DAYS = 14
"""So many local days after the end the provider may correct its report; the link of the mail lives as long."""

TASK_AFTER_DAYS = 3
"""So many local days after the end a session without report becomes a task for the team."""

MAX_PEOPLE = 999
MAX_OF_A_CLASS = 60
"""More than any class: a slip of the finger."""


def correction_ends(ends_at: datetime) -> datetime:
    """Return until when the provider may correct the report of a session that ended then."""
    return local_days_before(ends_at, -CORRECTION_DAYS)


def task_is_due(ends_at: datetime, *, now: datetime) -> bool:
    """Say whether the team is to ask for the report of a session that ended then."""
    return now >= local_days_before(ends_at, -TASK_AFTER_DAYS)


def is_next_day(ends_at: datetime, *, now: datetime) -> bool:
    """Say whether it is a local day after the one the session ended on."""
    return local_date_of(now) > local_date_of(ends_at)


def mail_window_starts(now: datetime) -> datetime:
    """Return how long ago a session may have ended for its mails still to be queued."""
    return now - timedelta(days=CORRECTION_DAYS)


_DOOR_OPENS = timedelta(hours=24)
_NAMES_CLOSE = timedelta(hours=24)
_TICKS_END = timedelta(days=7)


def door_is_open(starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    """Say whether the door list with first names may be read: from a day before until a day after (rule 10)."""
    return starts_at - _DOOR_OPENS <= now < ends_at + _NAMES_CLOSE


def ticks_are_taken(starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    """Say whether ticks are taken: a phone without network may send them days later."""
    return starts_at - _DOOR_OPENS <= now < ends_at + _TICKS_END


def first_name(name: str) -> str:
    """Return what the door list shows of a name."""
    return name.split()[0] if name.split() else ""
