"""Which mails a booking's change brings, and to whom: queued in the transaction of the change (rule 5)."""

from collections.abc import Iterable
from datetime import datetime

from booking.enums import ACTIVE_STATES, BookingKind, BookingState
from booking.models import BookedSession, Booking
from booking.reading import booked_of
from booking.texting import may_text, text_cancelled
from charter.contacts import provider_addresses
from charter.models import Provider
from core.outbox.operations import queue_message
from workshops.models import Offer

_MAIL_OF_STATE = {
    BookingState.HELD: "confirm_address",
    BookingState.AWAITING_APPROVAL: "received",
    BookingState.WAITING: "waiting",
    BookingState.OFFERED: "offered",
    BookingState.CONFIRMED: "receipt",
    BookingState.DECLINED: "declined",
    BookingState.WITHDRAWN: "withdrawn",
    BookingState.CANCELLED: "cancelled",
    BookingState.EXPIRED: "expired",
}
_TELLS_PROVIDER = {
    BookingState.CONFIRMED: "provider_booking_new",
    BookingState.WITHDRAWN: "provider_booking_ended",
    BookingState.CANCELLED: "provider_booking_ended",
    BookingState.DECLINED: "provider_booking_ended",
}


_MAIL_OF_END = {
    "offer_declined": "left_queue",
    "offer_expired": "offer_expired",
    "queue_closed": "queue_closed",
    "queue_unproven": "expired",
}
"""Ends of an entry in the waiting list, which the state alone does not tell."""


def mail_kind(booking: Booking) -> str:
    """Return which of the two sets of mails speaks of a booking: a school's, or that of a sign-up."""
    return "booking" if booking.kind == BookingKind.SCHOOL else "sign_up"


def mail_of(booking: Booking) -> str:
    """Return the name of the mail a booking's present state is told with, or "" where nothing is told."""
    state = BookingState(booking.state)
    if state == BookingState.WAITING and booking.proven_at is None:
        return "confirm_queue"
    if booking.end_reason in _MAIL_OF_END:
        return _MAIL_OF_END[booking.end_reason]
    if state == BookingState.WITHDRAWN and booking.confirmed_at is None and _was_waiting(booking):
        return "left_queue"
    return _MAIL_OF_STATE.get(state, "")


def _was_waiting(booking: Booking) -> bool:
    return booking.booked_sessions.filter(queued_at__isnull=False).exists()


def tell_booking(booking: Booking, *, offer: Offer, now: datetime) -> None:
    """Queue what the booking's present state tells its contact and its provider. Once per state."""
    state = BookingState(booking.state)
    mail = mail_of(booking)
    if mail and booking.contact_email:
        _queue(f"{mail_kind(booking)}_{mail}", booking, to=booking.contact_email, now=now)
    if state == BookingState.CANCELLED and booking.confirmed_at and may_text(booking):
        text_cancelled(booking, booked_of(booking), step="all", now=now)
    if state in _TELLS_PROVIDER and (state == BookingState.CONFIRMED or booking.confirmed_at):
        for provider in _providers(booking, offer):
            for address, language in provider_addresses(provider):
                _queue(_TELLS_PROVIDER[state], booking, to=address, language=language, now=now)


def _providers(booking: Booking, offer: Offer) -> list[Provider]:
    """Return the providers of what is booked; a package's evening may be another's."""
    if offer.evening_offer_id is None:
        return [offer.provider]
    others = Provider.objects.filter(sessions__booked_sessions__booking=booking)
    return [offer.provider, *others.exclude(pk=offer.provider_id).order_by("pk").distinct()]


def tell_booking_moved(booking: Booking, *, step: str, now: datetime) -> None:
    """Queue what its contact and its providers read when a booking has moved to another date. Once a step.

    What awaits approval gets the mail that says so again, with the new date.
    """
    if booking.contact_email:
        name = "received" if booking.state == BookingState.AWAITING_APPROVAL else "moved"
        _queue(f"{mail_kind(booking)}_{name}", booking, to=booking.contact_email, now=now, step=step)
    if booking.confirmed_at:
        _tell_providers_of_move(booking, providers_of(booking), step=step, now=now)


def tell_other_providers(booking: Booking, *, moved: Provider, step: str, now: datetime) -> None:
    """Tell those who hold the rest of a booking that a date of it has moved: the evening's, when the visit does."""
    if booking.confirmed_at:
        others = [provider for provider in providers_of(booking) if provider.pk != moved.pk]
        _tell_providers_of_move(booking, others, step=step, now=now)


def providers_of(booking: Booking) -> list[Provider]:
    """Return the providers of all that is booked."""
    booked = booking.booked_sessions.filter(state__in=ACTIVE_STATES)
    return list(Provider.objects.filter(sessions__booked_sessions__in=booked).order_by("pk").distinct())


def _tell_providers_of_move(
    booking: Booking, providers: Iterable[Provider], *, step: str, now: datetime
) -> None:
    for provider in providers:
        for address, language in provider_addresses(provider):
            _queue("provider_booking_moved", booking, to=address, language=language, now=now, step=step)


def tell_change(booking: Booking, *, offer: Offer, now: datetime) -> None:
    """Queue that a booking was changed, once a change: to its contact, and to a provider who counts on it."""
    if booking.contact_email:
        _queue_change(f"{mail_kind(booking)}_changed", booking, to=booking.contact_email, now=now)
    if booking.confirmed_at:
        for address, language in provider_addresses(offer.provider):
            _queue_change("provider_booking_changed", booking, to=address, language=language, now=now)


def tell_handover(booking: Booking, *, now: datetime) -> None:
    """Ask a new address whether it takes the booking over: nothing typed in it, the address is not proven."""
    until = booking.pending_until
    mail_type = f"{mail_kind(booking)}_handover"
    queue_message(
        mail_type=mail_type,
        to=booking.pending_email,
        ids={"booking": booking.pk, "to": booking.pending_email},
        language=booking.language,
        key=f"{mail_type}:{booking.pk}:{booking.pending_email}:{until:%Y%m%dT%H%M%S.%f}",
        about=f"booking:{booking.pk}",
        now=now,
    )


def tell_new_contact(booking: Booking, *, old: str, old_language: str, offer: Offer, now: datetime) -> None:
    """Queue what a handed over booking brings: the new contact's receipt, the end for the old, the provider's note."""
    kind = mail_kind(booking)
    step = f"handover-{booking.changes}"
    _queue(f"{kind}_{mail_of(booking)}", booking, to=booking.contact_email, now=now, step=step)
    if old:
        _queue(f"{kind}_handed_over", booking, to=old, language=old_language, now=now, step=step)
    if booking.confirmed_at and booking.kind == BookingKind.SCHOOL:
        for address, language in provider_addresses(offer.provider):
            _queue_change("provider_booking_changed", booking, to=address, language=language, now=now)


def _queue_change(
    mail_type: str, booking: Booking, *, to: str, now: datetime, language: str | None = None
) -> None:
    queue_message(
        mail_type=mail_type,
        to=to,
        ids={"booking": booking.pk, "to": to, "changes": booking.changes},
        language=language or booking.language,
        key=f"{mail_type}:{booking.pk}:{to}:{booking.changes}",
        about=f"booking:{booking.pk}",
        now=now,
    )


def _queue(
    mail_type: str,
    booking: Booking,
    *,
    to: str,
    now: datetime,
    language: str | None = None,
    step: str = "",
) -> None:
    queue_message(
        mail_type=mail_type,
        to=to,
        ids={"booking": booking.pk, "to": to},
        language=language or booking.language,
        key=f"{mail_type}:{booking.pk}:{step}:{to}" if step else f"{mail_type}:{booking.pk}:{to}",
        about=f"booking:{booking.pk}",
        now=now,
    )


def can_tell_again(booking: Booking) -> bool:
    """Whether the booking's state has a mail that can be sent once more."""
    return bool(mail_of(booking) and booking.contact_email)


def tell_booking_again(booking: Booking, *, now: datetime) -> None:
    """Queue the mail of the present state once more. Asked for twice in a minute, it goes once."""
    mail_type = f"{mail_kind(booking)}_{mail_of(booking)}"
    queue_message(
        mail_type=mail_type,
        to=booking.contact_email,
        ids={"booking": booking.pk, "to": booking.contact_email},
        language=booking.language,
        key=f"{mail_type}:{booking.pk}:again:{booking.link_generation}:{now:%Y%m%dT%H%M}",
        about=f"booking:{booking.pk}",
        now=now,
    )


def tell_too_large(entry: BookedSession, *, now: datetime) -> None:
    """Tell a party that waits that the date will never have room for so many; once for each change of it."""
    booking = entry.booking
    if booking.contact_email:
        step = f"{entry.pk}:{now:%Y%m%dT%H%M%S%f}"
        _queue(f"{mail_kind(booking)}_too_large", booking, to=booking.contact_email, now=now, step=step)


def tell_delay(booking: Booking, *, now: datetime) -> None:
    """Tell a booker that the answer takes longer than promised; once (S15)."""
    if booking.contact_email:
        _queue(f"{mail_kind(booking)}_delayed", booking, to=booking.contact_email, now=now)
