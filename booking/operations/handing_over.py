"""Handing a booking over to a colleague, or to one's own new address: proven first, then the old one is told (S26)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from booking.enums import ACTIVE_STATES, BookingKind, BookingState
from booking.errors import HandoverEndedError, SameAddressError, WrongStateError
from booking.messages import tell_handover, tell_new_contact
from booking.models import Booking
from booking.operations.changing import is_changeable
from booking.operations.submitting import ask_for_approval, is_known_address
from booking.places import lock_sessions_of
from booking.querysets import BookingQuerySet
from booking.rules import check_address_allowed, main_session
from core.audit.log import Actor, record
from core.outbox.operations import close_undelivered
from workshops.models import Offer

HANDOVER_TIME = timedelta(days=7)


@transaction.atomic
def offer_handover(*, booking_id: int, name: str, email: str, actor: Actor, now: datetime) -> Booking:
    """Ask a new address whether it takes a booking over; until it says yes, nothing else changes.

    A second offer replaces the first, whose link then is dead. The same offer made twice asks once.

    Raises:
        SameAddressError: it is the booking's address already.
        AddressNotAllowedError: the offer is for other addresses (V1).
        WrongStateError: ended, unproven, offered from the queue, or begun.
    Source: DESIGN.md section 5, Links.
    """
    booking, offer, starts_at = _open_booking(booking_id, now=now)
    email = email.strip().lower()
    if email == booking.contact_email:
        raise SameAddressError
    if not booking.is_invited:
        check_address_allowed(email, offer.allowed_domains)
    is_same = (booking.pending_email, booking.pending_name) == (email, name)
    if is_same and booking.pending_until and booking.pending_until > now:
        return booking
    booking.pending_name, booking.pending_email = name, email
    booking.pending_until = min(now + HANDOVER_TIME, starts_at)
    booking.save(update_fields=["pending_name", "pending_email", "pending_until"])
    record(
        "booking_handover_offered",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=offer.provider_id,
    )
    tell_handover(booking, now=now)
    return booking


@transaction.atomic
def take_back_handover(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Think better of it: the link that was sent is dead. Twice changes nothing."""
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.pending_email:
        _forget(booking)
        booking.save(update_fields=["pending_name", "pending_email", "pending_until"])
        record("booking_handover_taken_back", f"booking:{booking.pk}", actor=actor, now=now)
    return booking


@transaction.atomic
def accept_handover(*, booking_id: int, phone_on_day: str, actor: Actor, now: datetime) -> Booking:
    """Take a booking over: the address is proven by its link, the old links end, both are told, calendars follow.

    A school's booking from a domain that is not known for it needs a person's yes, as a first booking does (S27).

    Args:
        phone_on_day: the new contact's, for a school's booking.
    Raises:
        HandoverEndedError: taken back, run out, or accepted already.
        AddressNotAllowedError: the offer is for other addresses now (V1).
        WrongStateError: ended or begun in the meantime.
    """
    sessions = lock_sessions_of(booking_id)
    booking, offer, _starts_at = _open_booking(booking_id, now=now)
    if not booking.pending_email or booking.pending_until is None or booking.pending_until <= now:
        raise HandoverEndedError
    if not booking.is_invited:
        check_address_allowed(booking.pending_email, offer.allowed_domains)
    old_email, old_language = booking.contact_email, booking.language
    booking.contact_name, booking.contact_email = booking.pending_name, booking.pending_email
    booking.contact_phone = ""
    booking.sms_phone = ""  # the number was another person's, and so was the yes
    if booking.kind == BookingKind.SCHOOL:
        booking.phone_on_day = phone_on_day
    _forget(booking)
    # The old contact's browser must not show it any more either.
    booking.browser_key = ""
    booking.link_generation += 1
    booking.changes += 1
    booking.changed_at = now
    booking.proven_at = now
    booking.booked_sessions.filter(state__in=ACTIVE_STATES).update(sequence=F("sequence") + 1)
    if not is_known_address(booking, booking.contact_email):
        if booking.state == BookingState.CONFIRMED:
            ask_for_approval(booking, offer, sessions, reasons=["unknown_domain"], now=now)
        elif "unknown_domain" not in booking.approval_reasons:
            booking.approval_reasons = [*booking.approval_reasons, "unknown_domain"]
    booking.save()
    record(
        "booking_handed_over", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id
    )
    close_undelivered(to=old_email, about=f"booking:{booking.pk}", actor=actor, now=now)
    tell_new_contact(booking, old=old_email, old_language=old_language, offer=offer, now=now)
    return booking


def drop_ended_handovers(now: datetime) -> int:
    """Forget addresses that never answered (rule 10). Returns how many; safe to run twice."""
    return ended_handovers(now).update(pending_name="", pending_email="", pending_until=None)


def ended_handovers(now: datetime) -> BookingQuerySet:
    """Return the bookings offered to an address that never answered."""
    rows: BookingQuerySet = Booking.objects.filter(pending_until__lte=now)
    return rows


def _open_booking(booking_id: int, *, now: datetime) -> tuple[Booking, Offer, datetime]:
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    booked = list(booking.booked_sessions.filter(state__in=ACTIVE_STATES).select_related("session"))
    if not is_changeable(booking) or not booked:
        raise WrongStateError
    starts_at = min(item.session.starts_at for item in booked)
    if starts_at <= now:
        raise WrongStateError
    first = main_session(item.session for item in booked)
    return booking, Offer.objects.select_related("provider").get(pk=first.offer_id), starts_at


def _forget(booking: Booking) -> None:
    booking.pending_name, booking.pending_email, booking.pending_until = "", "", None
