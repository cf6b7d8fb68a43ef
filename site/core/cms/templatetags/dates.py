"""How a date in a list reads: worded once for each moment and language, then remembered by the process."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext

register = template.Library()


@dataclass(frozen=True)
class When:
    """A moment, or the time from one to another, in the parts that lists show."""

    iso: str
    """For `<time datetime>`."""
    weekday: str
    """Short, as is the month: for the leaf of a calendar."""
    day: int
    month: str
    date: str
    """ "Tirsdag 1. december 2026" """
    day_and_month: str
    """ "tirsdag 1. december" """
    clock: str
    """ "kl. 9.00–10.30" """


@register.simple_tag
def when(starts_at: datetime, ends_at: datetime | None = None) -> When:
    """Return how a moment reads in the active language and time zone."""
    return _when(starts_at, ends_at, get_language() or "", timezone.get_current_timezone_name())


@lru_cache(maxsize=4096)
def _when(starts_at: datetime, ends_at: datetime | None, language: str, zone: str) -> When:
    """Language and zone are those that are active: they are asked for only to tell the remembered apart."""
    first = timezone.localtime(starts_at)
    clock = date_format(first, "G.i")
    if ends_at is not None:
        clock = f"{clock}–{date_format(timezone.localtime(ends_at), 'G.i')}"
    at = pgettext("time", "at")  # xgettext finds no calls inside f-strings
    return When(
        iso=first.isoformat(),
        weekday=date_format(first, "D"),
        day=first.day,
        month=date_format(first, "M"),
        date=capfirst(date_format(first, "l j. F Y")),
        day_and_month=date_format(first, pgettext("day and month", "l j F")),
        clock=f"{at} {clock}",
    )
