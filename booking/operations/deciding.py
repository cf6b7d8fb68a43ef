"""A person's yes or no to a booking that asks for approval (S15, S27)."""

from datetime import datetime

from django.db import transaction

from booking.enums import BookingState
from booking.errors import WrongStateError
from booking.messages import tell_booking, tell_change
from booking.models import Booking
from booking.operations.submitting import confirm
from booking.places import end_place, lock_sessions_of, require_gate
from booking.queue import run_queue
from core.audit.log import Actor, record
from core.worklist.operations import close_items
from workshops.models import Offer


@transaction.atomic
def approve_booking(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Say yes: the booking is confirmed if the gate is open at this moment. Twice changes nothing.

    Nobody approves what they registered themselves (DESIGN.md 5, People): permissions.user_can_decide asks.

    Raises:
        WrongStateError: it does not await approval any more.
        CharterNotCoveredError: the gate is shut (rule 2).
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state == BookingState.CONFIRMED:
        return booking
    if booking.state != BookingState.AWAITING_APPROVAL:
        raise WrongStateError
    require_gate(sessions, now=now)
    was_confirmed = booking.confirmed_at is not None
    confirm(booking, now=now)
    if was_confirmed:
        booking.changes += 1
    booking.save()
    offer = Offer.objects.get(pk=next(iter(sessions.values())).offer_id)
    record("booking_approved", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    close_items(
        kind="booking_approval", subject=f"booking:{booking.pk}", resolution="approved", actor=actor, now=now
    )
    if was_confirmed:
        # Its change was in question, not the booking: receipt and new entry were sent long ago.
        tell_change(booking, offer=offer, now=now)
    else:
        tell_booking(booking, offer=offer, now=now)
    return booking


@transaction.atomic
def decline_booking(*, booking_id: int, reason: str, actor: Actor, now: datetime) -> Booking:
    """Say no, with one of the reasons in booking.enums.DeclineReason; the places are given back at once.

    Raises:
        WrongStateError: it does not await approval any more.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state == BookingState.DECLINED:
        return booking
    if booking.state != BookingState.AWAITING_APPROVAL:
        raise WrongStateError
    for booked in booking.booked_sessions.filter(state=BookingState.AWAITING_APPROVAL).order_by("session_id"):
        end_place(booked, state=BookingState.DECLINED)
    booking.state = BookingState.DECLINED
    booking.ended_at = now
    booking.end_reason = reason
    booking.save()
    offer = Offer.objects.get(pk=next(iter(sessions.values())).offer_id)
    record(
        "booking_declined",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=offer.provider_id,
        reason=reason,
    )
    close_items(
        kind="booking_approval", subject=f"booking:{booking.pk}", resolution="declined", actor=actor, now=now
    )
    tell_booking(booking, offer=offer, now=now)
    run_queue(sessions, now=now)
    return booking
