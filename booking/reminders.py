"""Which reminders are due: queued early enough, once, and right after a missed or doubled job (rule 5, N2, N3)."""

import zlib
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import batched

from django.db.models import QuerySet

from booking.enums import BookingKind, BookingState
from booking.messages import mail_kind
from booking.models import BookedSession
from booking.rules import is_by_day
from booking.texting import text_reminders
from core.outbox import sms
from core.outbox.operations import Draft, queue_messages
from workshops.enums import UPCOMING_STATES

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
DAY_WINDOW = DAY + timedelta(hours=6)
"""The day's reminder goes from this long before, by day: there are twelve hours of day in every such time."""

_LATE = timedelta(hours=24)
"""A reminder whose time came this soon after the booking, or its move, says nothing new: that mail just did."""

NO_REMINDER_BELOW = DAY + _LATE
"""Who is confirmed closer to the start than this is not reminded; the receipt says all (F4)."""

_BATCH = 500


class Reminder(StrEnum):
    """The reminders of a booked session."""

    WEEK = "reminder_week"
    DAY = "reminder_day"


_BEFORE = {Reminder.WEEK: WEEK, Reminder.DAY: DAY}


def reminder_due(
    kind: str, *, starts_at: datetime, confirmed_at: datetime | None, now: datetime
) -> Reminder | None:
    """Return the reminder that is due now, or None.

    A reminder is due from its time before the start until the next one's time: after three missed days the
    week's still goes, unless the day's is due already. The week's is for schools, who make ready.
    Source: DESIGN.md rule 5.
    """
    left = starts_at - now
    if confirmed_at is None or not timedelta(0) < left <= WEEK:
        return None
    reminder = Reminder.DAY if left <= DAY_WINDOW else Reminder.WEEK
    if reminder == Reminder.WEEK and kind != BookingKind.SCHOOL:
        return None
    is_late = starts_at - _BEFORE[reminder] - confirmed_at < _LATE
    return None if is_late else reminder


def queue_reminders(now: datetime) -> int:
    """Queue the reminders that have come due. Returns how many were new; safe to run twice, and at once.

    Nobody is woken: what comes due in the night goes at 8 in the morning.
    Reads what starts within a week, by its index, and asks for a batch of keys at a time: the table behind it
    costs nothing.
    """
    if not is_by_day(now):
        return 0
    booked = (
        _coming(now, within=WEEK)
        .exclude(booking__contact_email="")
        .only(
            "booking",
            "session",
            "moved_at",
            "session__starts_at",
            "booking__kind",
            "booking__language",
            "booking__contact_email",
            "booking__confirmed_at",
        )
    )
    drafts = (draft for item in booked if (draft := _draft(item, now=now)))
    mailed = sum(queue_messages(batch, now=now) for batch in batched(drafts, _BATCH, strict=False))
    return mailed + (_queue_texts(now) if sms.is_on() else 0)


def _queue_texts(now: datetime) -> int:
    """Queue the text messages of the day before: also to who has a mobile number and no address (S24)."""
    booked = _coming(now, within=DAY_WINDOW).exclude(booking__sms_phone="")
    return text_reminders([item for item in booked if _due(item, now=now) == Reminder.DAY], now=now)


def _coming(now: datetime, *, within: timedelta) -> QuerySet[BookedSession]:
    """Return what is confirmed and begins within a time, soonest first."""
    return (
        BookedSession.objects.filter(
            state=BookingState.CONFIRMED,
            session__state__in=UPCOMING_STATES,
            session__starts_at__gt=now,
            session__starts_at__lte=now + within,
        )
        .select_related("booking", "session")
        .order_by("session__starts_at", "pk")
    )


def _due(booked: BookedSession, *, now: datetime) -> Reminder | None:
    booking = booked.booking
    return reminder_due(
        booking.kind, starts_at=booked.session.starts_at, confirmed_at=_told_at(booked), now=now
    )


def _told_at(booked: BookedSession) -> datetime | None:
    """Return when somebody was last told when it is: confirmed, or moved."""
    told_at: datetime | None = booked.booking.confirmed_at
    return max(told_at, booked.moved_at) if told_at and booked.moved_at else told_at


def reminder_ids(booked: BookedSession) -> dict[str, object]:
    """Return what a reminder is about. One that no longer says so when it is sent is not sent (rule 5)."""
    return {
        "booking": booked.booking_id,
        "booked": booked.pk,
        "session": booked.session_id,
        "starts_at": int(booked.session.starts_at.timestamp()),
        "to": booked.booking.contact_email,
    }


def _draft(booked: BookedSession, *, now: datetime) -> Draft | None:
    booking, session = booked.booking, booked.session
    reminder = _due(booked, now=now)
    if reminder is None:
        return None
    mail_type = f"{mail_kind(booking)}_{reminder}"
    # Moved in time, to another session, or handed over: a new key, so it is told anew.
    told = f"{booked.session_id}:{session.starts_at:%Y%m%dT%H%M}:{zlib.crc32(booking.contact_email.encode()):08x}"
    return Draft(
        mail_type=mail_type,
        to=booking.contact_email,
        ids=reminder_ids(booked),
        language=booking.language,
        key=f"{mail_type}:{booked.pk}:{told}",
        about=f"booking:{booked.booking_id}",
    )
