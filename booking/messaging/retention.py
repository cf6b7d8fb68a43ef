"""Emptying what was written to those who had booked, a year after the session (rule 10)."""

from datetime import datetime, timedelta

from django.db.models import Q

from booking.models import SessionMessage
from workshops.calendars import local_date_of

TEXT_DAYS = 365


def forget_message_texts(now: datetime) -> int:
    """Empty text and sender of messages whose session is a year back; returns how many. Safe to run twice."""
    before = local_date_of(now) - timedelta(days=TEXT_DAYS)
    told = ~Q(text="") | Q(sent_by__isnull=False)
    return SessionMessage.objects.filter(told, session__local_date__lt=before).update(text="", sent_by=None)
