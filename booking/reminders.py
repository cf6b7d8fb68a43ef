"""Which reminders are due: queued early enough, once, and right after a missed or doubled job (rule 5, N2, N3)."""

from datetime import datetime, timedelta

from booking.enums import BookingKind, BookingState
from booking.models import BookedSession
from core.outbox.operations import queue_message
from workshops.enums import UPCOMING_STATES

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
_LATE = timedelta(hours=24)
"""A reminder whose time came this soon after the booking says nothing new: the receipt just did."""


def queue_reminders(now: datetime) -> int:
    """Queue the reminders that have come due. Returns how many sessions were looked at; safe to run twice.

    A reminder is due from its time before the start until the next one's time: after three missed days the
    week's reminder still goes, unless the day's is due already. The key carries the start, so a moved session
    reminds anew.
    """
    due = (
        BookedSession.objects.filter(
            state=BookingState.CONFIRMED,
            session__state__in=UPCOMING_STATES,
            session__starts_at__gt=now,
            session__starts_at__lte=now + WEEK,
        )
        .exclude(booking__contact_email="")
        .select_related("booking", "session")
        .order_by("pk")
    )
    count = 0
    for booked in due.iterator(chunk_size=500):
        kind = "booking" if booked.booking.kind == BookingKind.SCHOOL else "sign_up"
        left = booked.session.starts_at - now
        name, wait = ("reminder_day", DAY) if left <= DAY + timedelta(hours=6) else ("reminder_week", WEEK)
        if name == "reminder_week" and kind == "sign_up":
            continue
        confirmed_at = booked.booking.confirmed_at
        if confirmed_at is None or booked.session.starts_at - wait - confirmed_at < _LATE:
            continue
        queue_message(
            mail_type=f"{kind}_{name}",
            to=booked.booking.contact_email,
            ids={"booking": booked.booking_id, "to": booked.booking.contact_email},
            language=booked.booking.language,
            key=f"{kind}_{name}:{booked.pk}:{booked.session.starts_at:%Y%m%dT%H%M}",
            about=f"booking:{booked.booking_id}",
            now=now,
        )
        count += 1
    return count
