"""Text messages about a booking: to the number given for it, and only what cannot wait (N6, ADR 15).

Beside the mail, never instead of it. What each says is read from the database when it is sent (rule 5).
"""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy, ngettext

from booking import wording
from booking.enums import BookingState
from booking.models import BookedSession, Booking
from booking.reading import booking_with_details
from booking.rules import by_day_from
from core.outbox import sms
from core.outbox.operations import Draft, queue_messages
from core.outbox.registry import Content, MailType, register
from workshops.enums import UPCOMING_STATES, PlaceKind
from workshops.models import Session

REMINDER, MOVED, CANCELLED = "sms_reminder", "sms_moved", "sms_cancelled"
_SOON = timedelta(hours=24)
"""Who is to come so soon is told at night as well."""

_RETENTION_DAYS = 60
_BATCH = 500


def register_texts() -> None:
    """Register the text messages (called when Django is ready)."""
    for name, title, placeholders, build in (
        (REMINDER, gettext_lazy("Text message: the day before"), ("dates", "place", "reference"), _reminder),
        (MOVED, gettext_lazy("Text message: the date is moved"), ("dates", "place", "reference"), _moved),
        (CANCELLED, gettext_lazy("Text message: the date is cancelled"), ("dates", "reference"), _cancelled),
    ):
        register(
            MailType(
                name=name,
                # A number that nobody has proven: our own data only, and no link that opens anything.
                audience="unproven",
                title=title,
                placeholders=placeholders,
                retention_days=_RETENTION_DAYS,
                build=build,
                is_sms=True,
            )
        )


def may_text(booking: Booking) -> bool:
    """Whether text messages go to a booking's contact."""
    return bool(booking.sms_phone) and sms.is_on()


def text_reminders(booked: Sequence[BookedSession], *, now: datetime) -> int:
    """Queue the texts of the day before, of booked sessions for which it is due. Returns how many are new."""
    drafts = [
        _draft(REMINDER, item.booking, [item], step=_moment(item.session), send_after=now)
        for item in booked
        if may_text(item.booking)
    ]
    return sum(queue_messages(batch, now=now) for batch in batched(drafts, _BATCH, strict=False))


def text_moved(booking: Booking, booked: Sequence[BookedSession], *, step: str, now: datetime) -> None:
    """Queue that whoever holds it has moved dates of a booking; once a step, in the caller's transaction."""
    _tell(MOVED, booking, booked, step=step, now=now)


def text_cancelled(booking: Booking, booked: Sequence[BookedSession], *, step: str, now: datetime) -> None:
    """Queue that whoever holds it has cancelled dates of a booking; once a step, in the caller's transaction."""
    _tell(CANCELLED, booking, booked, step=step, now=now)


def _tell(name: str, booking: Booking, booked: Sequence[BookedSession], *, step: str, now: datetime) -> None:
    if not may_text(booking):
        return
    ahead = [item for item in booked if item.session.starts_at > now]
    if not ahead:
        return
    is_soon = min(item.session.starts_at for item in ahead) - now <= _SOON
    send_after = now if is_soon else by_day_from(now)
    queue_messages([_draft(name, booking, ahead, step=step, send_after=send_after)], now=now)


def _draft(
    name: str, booking: Booking, booked: Sequence[BookedSession], *, step: str, send_after: datetime
) -> Draft:
    return Draft(
        mail_type=name,
        to=booking.contact_email,
        to_phone=booking.sms_phone,
        ids={
            "booking": booking.pk,
            "booked": {str(item.pk): _moment(item.session) for item in booked},
            "to_phone": booking.sms_phone,
        },
        language=booking.language,
        key=f"{name}:{booked[0].pk}:{step}:{zlib.crc32(booking.sms_phone.encode()):08x}",
        about=f"booking:{booking.pk}",
        send_after=send_after,
    )


def _moment(session: Session) -> str:
    """Return which session it is about, and when: told of another time, the text is another one."""
    return f"{session.pk}:{int(session.starts_at.timestamp())}"


def _reminder(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _content(ids, language, states=(BookingState.CONFIRMED,), has_place=True, now=now)


def _moved(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _content(ids, language, states=(BookingState.CONFIRMED,), has_place=True, now=now)


def _cancelled(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _content(ids, language, states=(BookingState.CANCELLED,), has_place=False, now=now)


def _content(
    ids: Mapping[str, Any], language: str, *, states: Sequence[BookingState], has_place: bool, now: datetime
) -> Content | None:
    """Return what is true now of the dates a text is about; nothing once it is not, or not wanted any more."""
    booking = booking_with_details(ids["booking"])
    if booking is None or booking.sms_phone != ids["to_phone"]:
        return None
    booked = [
        item
        for item in sorted(booking.booked_sessions.all(), key=lambda item: (item.session.starts_at, item.pk))
        if ids["booked"].get(str(item.pk)) == _moment(item.session)
        and item.state in states
        and item.session.starts_at > now
        and (item.session.state in UPCOMING_STATES or not has_place)
    ]
    if not booked:
        return None
    with translation.override(language):
        values = {"reference": booking.reference, "dates": _dates(booked)}
        if has_place:
            values["place"] = _place(booked[0].session)
    return Content(placeholders=values, delete_on=booking.delete_after)


def _dates(booked: Sequence[BookedSession]) -> str:
    first, more = wording.when_text(booked[0].session), len(booked) - 1
    if not more:
        return first
    return ngettext("%(first)s, and %(count)s date more", "%(first)s, and %(count)s dates more", more) % {
        "first": first,
        "count": more,
    }


def _place(session: Session) -> str:
    """Return the venue: at the school nobody needs to be told, and a room was typed by somebody."""
    if session.place_kind == PlaceKind.VENUE and session.venue:
        return f"{session.venue.name}, {session.venue.address}"
    return ""
