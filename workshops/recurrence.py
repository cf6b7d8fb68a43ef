"""Rules of a schedule as naive local dates (rule 7): built from plain values, expanded to dates.

django-recurrence is only the column. Nothing here passes through UTC: an occurrence is a local date, an
excluded date is compared as a date, and the time of day is the schedule's own (STACK: DST).
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import recurrence
from dateutil import rrule
from django.conf import settings
from django.utils import timezone
from recurrence.fields import RecurrenceField

if TYPE_CHECKING:
    from workshops.models import Schedule


class LocalRecurrenceField(RecurrenceField):
    """The library's column, with dates written as local dates.

    The library writes 26 October as 25 October 23:00 UTC, and reads it back in whatever time zone is active
    then: an excluded date could come back on another day (django-recurrence issues 70 and 174).
    """

    def get_prep_value(self, value: Any) -> Any:
        """Return the text to store: rules, then RDATE and EXDATE as naive local midnights."""
        if value is None or isinstance(value, str):
            return value
        rules = recurrence.serialize(recurrence.Recurrence(rrules=value.rrules, include_dtstart=False))
        return "\n".join(
            [
                *rules.splitlines(),
                *(f"RDATE:{moment:%Y%m%dT000000}" for moment in value.rdates),
                *(f"EXDATE:{moment:%Y%m%dT000000}" for moment in value.exdates),
            ]
        )

    def to_python(self, value: Any) -> Any:
        """Read the stored text in the portal's own time zone, whatever a user's is."""
        with timezone.override(settings.TIME_ZONE):
            return super().to_python(value)


def weekly(
    *,
    weekdays: Iterable[int],
    every_weeks: int = 1,
    excluded: Iterable[date] = (),
    extra: Iterable[date] = (),
) -> recurrence.Recurrence:
    """Return the rule «on these weekdays, every n weeks», with excluded and extra dates.

    Args:
        weekdays: 0 is Monday. None at all: only the extra dates count.
        every_weeks: counted from the week of the schedule's first date.
    """
    days = sorted(set(weekdays))
    rules = [recurrence.Rule(recurrence.WEEKLY, interval=every_weeks, byday=days, wkst=0)] if days else []
    return recurrence.Recurrence(
        rrules=rules,
        exdates=[_midnight(day) for day in sorted(set(excluded))],
        rdates=[_midnight(day) for day in sorted(set(extra))],
        include_dtstart=False,
    )


def expand(schedule: "Schedule") -> list[date]:
    """Return the local dates a schedule proposes: its rules, without the excluded, with the extra dates.

    An excluded date stays excluded even if it is also an extra one.
    """
    proposed: set[date] = set()
    first, last = _midnight(schedule.first_date), _midnight(schedule.last_date)
    for rule in schedule.recurrence.rrules:
        proposed.update(
            moment.date()
            for moment in rrule.rrule(
                rule.freq,
                dtstart=first,
                interval=rule.interval,
                wkst=0,
                byweekday=[_weekday_number(day) for day in rule.byday],
                until=last,
            )
        )
    proposed.update(extra_dates(schedule))
    return sorted(proposed - set(excluded_dates(schedule)))


def excluded_dates(schedule: "Schedule") -> list[date]:
    """Return the dates that must not come back."""
    return sorted(moment.date() for moment in schedule.recurrence.exdates)


def extra_dates(schedule: "Schedule") -> list[date]:
    """Return the dates added by hand."""
    return sorted(moment.date() for moment in schedule.recurrence.rdates)


def weekdays_of(schedule: "Schedule") -> list[int]:
    """Return the weekdays of the rule, 0 for Monday."""
    return sorted({_weekday_number(day) for rule in schedule.recurrence.rrules for day in rule.byday})


def interval_of(schedule: "Schedule") -> int:
    """Return every how many weeks the rule repeats."""
    return next((rule.interval for rule in schedule.recurrence.rrules), 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _weekday_number(day: "int | recurrence.Weekday") -> int:
    return day if isinstance(day, int) else day.number
