"""Letting what was written beside the figures go when its time has come (rule 10); the figures stay."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from booking.models import Attendance, DoorTick, SessionReport
from workshops.calendars import local_date_of

NOTE_DAYS = 730
TICK_DAYS = 30


def forget_ticks(now: datetime) -> int:
    """Delete ticks at the door 30 days after the session; the report has their figures. Returns how many."""
    deleted, _by_model = old_ticks(now).delete()
    return deleted


def old_ticks(now: datetime) -> QuerySet[DoorTick]:
    """Return the ticks of sessions 30 days back."""
    return DoorTick.objects.filter(session__local_date__lt=local_date_of(now) - timedelta(days=TICK_DAYS))


def forget_notes(now: datetime) -> int:
    """Empty note and reporter of reports whose session is two years back. Returns how many; safe to run twice."""
    before = local_date_of(now) - timedelta(days=NOTE_DAYS)
    Attendance.objects.filter(
        booked_session__session__local_date__lt=before, reported_by__isnull=False
    ).update(reported_by=None)
    return old_notes(now).update(note="", reported_by=None)


def old_notes(now: datetime) -> QuerySet[SessionReport]:
    """Return the reports of sessions two years back that still say who reported, or carry a note."""
    before = local_date_of(now) - timedelta(days=NOTE_DAYS)
    return told_reports().filter(session__local_date__lt=before)


def told_reports() -> QuerySet[SessionReport]:
    """Return the reports that say who reported, or carry a note."""
    return SessionReport.objects.filter(~Q(note="") | Q(reported_by__isnull=False))
