"""Answering an offer from the waiting list, and picking from it by hand (S13, rule 8)."""

from datetime import datetime

from django.db import transaction

from booking.enums import BookingState
from booking.errors import OfferExpiredError, WrongStateError
from booking.messages import tell_booking
from booking.models import BookedSession, Booking
from booking.operations.submitting import confirm, offer_of, settle
from booking.places import (
    Claimant,
    end_place,
    lock_sessions,
    lock_sessions_of,
    release_expired,
    require_gate,
)
from booking.queue import close_call, offer_place, run_queue, tell_expired_offers
from core.audit.log import Actor, record
from workshops.models import Session


@transaction.atomic
def accept_offer(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Say yes to an offered place: confirmed, or sent to approval unless staff picked it. Twice changes nothing.

    Raises:
        OfferExpiredError: the time to answer has passed; whoever is next has the offer.
        CharterNotCoveredError: the gate is shut at this moment (rule 2).
        WrongStateError: there is no offer, or it has been answered with no.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state in (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL):
        return booking
    if booking.end_reason == "offer_expired":
        raise OfferExpiredError
    if booking.state != BookingState.OFFERED:
        raise WrongStateError
    if booking.held_until is None or booking.held_until <= now:
        raise OfferExpiredError
    require_gate(sessions, now=now)
    offer = offer_of(sessions.values())
    booking.held_until = None
    if booking.booked_sessions.filter(is_picked=True).exists():
        confirm(booking, now=now)
    else:
        settle(booking, offer, sessions, now=now)
    booking.save()
    record("offer_accepted", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    tell_booking(booking, offer=offer, now=now)
    close_call(booking, actor=actor, now=now)
    return booking


@transaction.atomic
def decline_offer(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Say no to an offered place: the next in line that fits gets it in the same moment. Twice changes nothing.

    Raises:
        WrongStateError: there is no offer any more.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state == BookingState.DECLINED:
        return booking
    if booking.state != BookingState.OFFERED:
        raise WrongStateError
    for booked in booking.booked_sessions.filter(state=BookingState.OFFERED):
        end_place(booked, state=BookingState.DECLINED)
    booking.state, booking.ended_at, booking.held_until = BookingState.DECLINED, now, None
    booking.end_reason = "offer_declined"
    booking.save()
    offer = offer_of(sessions.values())
    record("offer_declined", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    tell_booking(booking, offer=offer, now=now)
    close_call(booking, actor=actor, now=now)
    run_queue(sessions, now=now)
    return booking


@transaction.atomic
def pick_from_queue(*, booked_session_id: int, reason: str, actor: Actor, now: datetime) -> Booking:
    """Offer a free place to an entry out of turn, with a reason for the log; accepting needs no approval then.

    The same operation as the queue's own: never over the limit, never past the gate.

    Raises:
        WrongStateError: it waits no more, or has no rank yet.
        SessionFullError, SessionClosedError, OtherSchoolHostsError, CharterNotCoveredError: see claim_places.
    """
    session_id = BookedSession.objects.values_list("session_id", flat=True).get(pk=booked_session_id)
    lock_sessions([session_id])
    entry = BookedSession.objects.select_related("booking").get(pk=booked_session_id)
    if entry.state == BookingState.OFFERED and entry.is_picked:
        return entry.booking
    if entry.state != BookingState.WAITING or entry.queued_at is None:
        raise WrongStateError
    session = Session.objects.select_related("offer__provider").get(pk=session_id)
    # What ran out is free now; the queue's own turn comes after the one who was picked.
    tell_expired_offers(release_expired(session_id, now=now), now=now)
    offer_place(entry, session, now=now, actor=actor, claimant=Claimant.STAFF, reason=reason)
    run_queue([session_id], now=now)
    booking: Booking = entry.booking
    return booking
