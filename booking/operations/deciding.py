"""A person's yes or no to a booking that asks for approval (S15, S27)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from booking.enums import BookingState, DeclineReason
from booking.errors import CharterNotCoveredError, WrongStateError
from booking.messages import tell_booking, tell_change, tell_delay
from booking.models import Booking
from booking.operations.agreed_sessions import call_off_agreed
from booking.operations.submitting import confirm, offer_of
from booking.places import end_place, lock_sessions_of, require_gate
from booking.queue import run_queue
from core.audit.log import SYSTEM, Actor, record
from core.worklist.operations import close_items, open_item
from workshops.enums import IfSilent
from workshops.models import Offer, Session


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
    offer = offer_of(sessions.values())
    record("booking_approved", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    close_approval(booking, resolution="approved", actor=actor, now=now)
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
    booking.booked_sessions.filter(state=BookingState.DECLINED).update(sequence=F("sequence") + 1)
    booking.state = BookingState.DECLINED
    booking.ended_at = now
    booking.end_reason = reason
    booking.save()
    offer = offer_of(sessions.values())
    record(
        "booking_declined",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=offer.provider_id,
        reason=reason,
    )
    close_approval(booking, resolution="declined", actor=actor, now=now)
    tell_booking(booking, offer=offer, now=now)
    run_queue(sessions, now=now)
    call_off_agreed(sessions, actor=actor, now=now)
    return booking


def close_approval(booking: Booking, *, resolution: str, actor: Actor, now: datetime) -> None:
    """Close the tasks that ask for an answer to a booking."""
    for kind in ("booking_approval", "approval_overdue"):
        close_items(kind=kind, subject=f"booking:{booking.pk}", resolution=resolution, actor=actor, now=now)


def answer_overdue_approvals(now: datetime) -> int:
    """Do what each offer says happens when nobody has answered a booking in time (S15). Returns how many.

    Confirm or decline it; or ask the administration by a task of its own and tell the booker that it takes longer.
    Confirming asks the gate like any other step, and turns into the task when that is shut. Safe to run twice.
    """
    overdue = Booking.objects.filter(state=BookingState.AWAITING_APPROVAL, approval_due_at__lte=now).order_by(
        "pk"
    )
    answered = 0
    for booking_id in list(overdue.values_list("pk", flat=True)[:500]):
        offer = offer_of(Session.objects.filter(booked_sessions__booking=booking_id))
        answered += _answer_silence(booking_id, offer, now=now)
    return answered


def _answer_silence(booking_id: int, offer: Offer, *, now: datetime) -> bool:
    try:
        if offer.approval_if_silent == IfSilent.DECLINE:
            decline_booking(booking_id=booking_id, reason=DeclineReason.NO_ANSWER, actor=SYSTEM, now=now)
            return True
        if offer.approval_if_silent == IfSilent.CONFIRM:
            approve_booking(booking_id=booking_id, actor=SYSTEM, now=now)
            return True
    except WrongStateError:
        return False
    except CharterNotCoveredError:
        pass
    return _escalate(booking_id, offer, now=now)


@transaction.atomic
def _escalate(booking_id: int, offer: Offer, *, now: datetime) -> bool:
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state != BookingState.AWAITING_APPROVAL or booking.approval_due_at is None:
        return False
    booking.approval_due_at = None
    booking.save(update_fields=["approval_due_at"])
    record("approval_overdue", f"booking:{booking.pk}", actor=SYSTEM, now=now, provider_id=offer.provider_id)
    open_item(
        key=f"approval_overdue:{booking.pk}",
        kind="approval_overdue",
        subject=f"booking:{booking.pk}",
        data={"reference": booking.reference, "reasons": booking.approval_reasons},
        due_at=now,
        now=now,
    )
    tell_delay(booking, now=now)
    return True
