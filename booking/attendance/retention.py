"""Letting what was written beside the figures go when its time has come (rule 10); the figures stay."""

from datetime import datetime, timedelta

from django.db.models import Q

from booking.models import Attendance, DoorTick, SessionReport
from workshops.calendars import local_date_of

NOTE_DAYS = 730
TICK_DAYS = 30


def forget_ticks(now: datetime) -> int:
    """Delete ticks at the door 30 days after the session; the report has their figures. Returns how many."""
    before = local_date_of(now) - timedelta(days=TICK_DAYS)
    deleted, _by_model = DoorTick.objects.filter(session__local_date__lt=before).delete()
    return deleted


def forget_notes(now: datetime) -> int:
    """Empty note and reporter of reports whose session is two years back. Returns how many; safe to run twice."""
    before = local_date_of(now) - timedelta(days=NOTE_DAYS)
    told = ~Q(note="") | Q(reported_by__isnull=False)
    Attendance.objects.filter(
        booked_session__session__local_date__lt=before, reported_by__isnull=False
    ).update(reported_by=None)
    return SessionReport.objects.filter(told, session__local_date__lt=before).update(
        note="", reported_by=None
    )
