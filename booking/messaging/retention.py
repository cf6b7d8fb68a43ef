"""Emptying what was written to those who had booked, a year after the session (rule 10)."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from booking.models import SessionMessage
from workshops.calendars import local_date_of

TEXT_DAYS = 365


def forget_message_texts(now: datetime) -> int:
    """Empty text and sender of messages whose session is a year back; returns how many. Safe to run twice."""
    return old_message_texts(now).update(text="", sent_by=None)


def old_message_texts(now: datetime) -> QuerySet[SessionMessage]:
    """Return the messages whose session is a year back and that still have text or sender."""
    before = local_date_of(now) - timedelta(days=TEXT_DAYS)
    return told_messages().filter(session__local_date__lt=before)


def told_messages() -> QuerySet[SessionMessage]:
    """Return the messages that have text or sender."""
    return SessionMessage.objects.filter(~Q(text="") | Q(sent_by__isnull=False))
