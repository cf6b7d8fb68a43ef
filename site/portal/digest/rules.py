"""When a digest is due: pure, from the choice and the clock."""

from datetime import datetime

from django.utils import timezone

from portal.digest.enums import Cadence

HOUR = 7
"""The local hour from which a day counts: read with the first coffee."""

_SATURDAY = 6


def period_of(cadence: str, *, now: datetime) -> str:
    """Return the day or week whose digest may go now; empty when none may.

    A job that was late all Monday still sends the week's digest on Tuesday, never at a week-end.
    """
    local = timezone.localtime(now)
    year, week, weekday = local.isocalendar()
    if weekday >= _SATURDAY or cadence == Cadence.OFF:
        return ""
    if cadence == Cadence.WEEKLY:
        return "" if weekday == 1 and local.hour < HOUR else f"{year}-W{week:02d}"
    return "" if local.hour < HOUR else local.date().isoformat()
