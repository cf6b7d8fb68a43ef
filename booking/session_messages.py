"""Whom a moved or cancelled session is told to: each booking once, however many of its dates change (rule 3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from booking.affected import Affected
from booking.enums import ACTIVE_STATES, BookingState, SessionCancelReason
from booking.messages import mail_kind, tell_other_providers
from booking.models import BookedSession, Booking
from booking.texting import text_cancelled, text_moved
from charter.contacts import provider_addresses
from core.outbox.operations import queue_message
from workshops.models import Session


def tell_session_moved(
    affected: Sequence[Affected], *, was: Mapping[int, datetime], has_tasks: bool, now: datetime
) -> int:
    """Queue the mails of a move; return how many bookings are told.

    Args:
        was: when each session was to begin, by its pk.
        has_tasks: the administration talks to each of them; the mail says so.
    """
    dates = {session_id: moment.isoformat() for session_id, moment in was.items()}
    told = _tell_bookings(affected, "session_moved", now=now, dates=dates, has_tasks=has_tasks)
    _tell_provider(affected, "provider_session_moved", now=now, dates=dates)
    _tell_who_holds_the_rest(affected, now=now)
    return told


def tell_session_cancelled(
    affected: Sequence[Affected], *, reason: SessionCancelReason, now: datetime
) -> int:
    """Queue the mails of a cancellation, with the reason; return how many bookings are told."""
    told = _tell_bookings(affected, "session_cancelled", now=now, cause=reason.value)
    _tell_provider(affected, "provider_session_cancelled", now=now, cause=reason.value)
    return told


def _tell_bookings(affected: Sequence[Affected], name: str, *, now: datetime, **ids: Any) -> int:
    dates: dict[int, Any] = ids.pop("dates", {})
    bookings: dict[int, Booking] = {}
    touched: dict[int, list[BookedSession]] = defaultdict(list)
    sequences: dict[int, int] = {one.session.pk: one.session.sequence for one in affected}
    for one in affected:
        for item in one.booked:
            item.session = one.session
            bookings[item.booking_id] = item.booking
            touched[item.booking_id].append(item)
    told = 0
    for booking_id, items in touched.items():
        booking = bookings[booking_id]
        _text(booking, items, name, step=f"{sequences[items[0].session_id]}", now=now)
        if not booking.contact_email:
            continue
        mail_type = f"{mail_kind(booking)}_{name}"
        first = items[0]
        queue_message(
            mail_type=mail_type,
            to=booking.contact_email,
            ids={
                "booking": booking.pk,
                "to": booking.contact_email,
                "booked": {str(item.pk): dates.get(item.session_id, "") for item in items},
                "state": first.state,
                **ids,
            },
            language=booking.language,
            key=f"{mail_type}:{first.pk}:{sequences[first.session_id]}:{booking.contact_email}",
            about=f"booking:{booking.pk}",
            now=now,
        )
        told += 1
    return told


def _text(booking: Booking, items: Sequence[BookedSession], name: str, *, step: str, now: datetime) -> None:
    """Tell those with a confirmed place by text message too, where they said yes to that."""
    confirmed = [item for item in items if item.state == BookingState.CONFIRMED]
    (text_cancelled if name == "session_cancelled" else text_moved)(booking, confirmed, step=step, now=now)


def _tell_provider(affected: Sequence[Affected], name: str, *, now: datetime, **ids: Any) -> None:
    """Tell the coordinators of dates that somebody has booked; their own calendars hold those bookings."""
    booked: list[Session] = [one.session for one in affected if one.booked]
    if not booked:
        return
    dates: dict[int, Any] = ids.pop("dates", {})
    first = booked[0]
    entries = [item.pk for one in affected for item in one.booked if item.state == BookingState.CONFIRMED]
    for address, language in provider_addresses(first.offer.provider):
        queue_message(
            mail_type=name,
            to=address,
            ids={
                "sessions": {str(session.pk): dates.get(session.pk, "") for session in booked},
                "entries": entries,
                "to": address,
                **ids,
            },
            language=language,
            key=f"{name}:{first.pk}:{first.sequence}:{address}",
            about=f"session:{first.pk}",
            now=now,
        )


def _tell_who_holds_the_rest(affected: Sequence[Affected], *, now: datetime) -> None:
    """Tell the providers of a package's other part, once a booking; courses are one provider's."""
    moved = {
        item.booking_id: (item, one.session)
        for one in affected
        for item in one.booked
        if item.state == BookingState.CONFIRMED and item.booking.course_id is None
    }
    with_more = BookedSession.objects.filter(booking__in=moved, state__in=ACTIVE_STATES).exclude(
        session__in=[one.session.pk for one in affected]
    )
    for booking_id in sorted(set(with_more.values_list("booking_id", flat=True))):
        item, session = moved[booking_id]
        step = f"{item.pk}:{session.sequence}"
        tell_other_providers(item.booking, moved=session.offer.provider, step=step, now=now)
