"""Ending a booking: withdrawal by the participant, cancellation by the organiser, expiry by itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from booking.affected import affected_by
from booking.enums import (
    ACTIVE_STATES,
    LIVE_STATES,
    BookingState,
    ForBooked,
    SessionCancelReason,
    WithdrawPart,
)
from booking.errors import WithdrawalClosedError, WrongStateError
from booking.messages import tell_booking
from booking.models import BookedSession, Booking
from booking.operations.agreed_sessions import call_off_agreed
from booking.operations.changing_sessions import cancel_session, cancel_token
from booking.operations.deciding import close_approval
from booking.operations.submitting import offer_of
from booking.package_emails import tell_part_withdrawn
from booking.places import end_place, lock_sessions, lock_sessions_of, release_expired
from booking.querysets import BookingQuerySet
from booking.queue import run_queue, serves_its_queue, tell_expired_offers
from booking.reading import booked_of
from booking.rules import QUEUE_ENDS, is_evening_of_package, main_session
from core.audit.log import SYSTEM, Actor, record
from core.worklist.operations import close_items
from workshops.enums import UPCOMING_STATES
from workshops.models import Session

FREE_TO_LEAVE = (BookingState.HELD, BookingState.WAITING, BookingState.OFFERED)
"""States without a deadline for withdrawing: nobody counts on them yet."""


@transaction.atomic
def withdraw_booking(
    *,
    booking_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    by_staff: bool = False,
    part: WithdrawPart = WithdrawPart.ALL,
) -> Booking:
    """Withdraw a booking for the participant; its places are free at once. Twice changes nothing.

    An evening that leaves with parents signed up is cancelled, and they are told at once (rule 3); without any it
    waits for a school again.

    Args:
        part: of a package, the visit or the evening may be withdrawn and the other kept.
        reason: a value of booking.enums.WithdrawalReason.
        by_staff: staff may withdraw for someone who phones after the deadline, until the start.
    Raises:
        WithdrawalClosedError: the offer's deadline has passed (S11).
        WrongStateError: it has ended otherwise, or the session has begun.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state == BookingState.WITHDRAWN:
        return booking
    if booking.state not in LIVE_STATES or not booking.submitted_at:
        raise WrongStateError
    booked = [item for item in _active(booking, sessions) if _is_of(item, booking, part)]
    if not booked:
        return booking
    if any(item.session.starts_at <= now for item in booked):
        raise WrongStateError
    if not by_staff and booking.state not in FREE_TO_LEAVE and not can_withdraw(booked, now=now):
        raise WithdrawalClosedError
    if len(booked) < len(_active(booking, sessions)):
        _withdraw_part(booking, booked, sessions, reason=reason, actor=actor, now=now)
    else:
        _end(booking, sessions, state=BookingState.WITHDRAWN, reason=reason, actor=actor, now=now)
    evenings = [item.session_id for item in booked if is_evening_of_package(booking.kind, item.session)]
    _call_off(evenings, for_booked=ForBooked.TELL, actor=actor, now=now)
    return booking


@transaction.atomic
def cancel_booking(*, booking_id: int, reason: str, actor: Actor, now: datetime) -> Booking:
    """Cancel a booking for the organiser, with a reason; the contact is told (rule 3). Twice changes nothing.

    Raises:
        WrongStateError: it has ended otherwise.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state == BookingState.CANCELLED:
        return booking
    if booking.state not in LIVE_STATES:
        raise WrongStateError
    evenings = [
        item.session_id
        for item in _active(booking, sessions)
        if is_evening_of_package(booking.kind, item.session)
    ]
    _end(booking, sessions, state=BookingState.CANCELLED, reason=reason, actor=actor, now=now)
    _call_off(evenings, for_booked=ForBooked.TASKS, actor=actor, now=now)
    return booking


def expire_overdue(now: datetime) -> int:
    """End what ran out: forms never sent and addresses never proven. Returns how many; safe to run twice.

    Nothing depends on it: every read and claim counts expired holds as free. It tells those who did not
    confirm in time and keeps the tables tidy.
    """
    overdue = BookedSession.objects.expired_holds(now=now)
    ended = 0
    for session_id in sorted(set(overdue.values_list("session_id", flat=True))):
        with transaction.atomic():
            locked = lock_sessions([session_id])
            released = release_expired(session_id, now=now)
            tell_expired_offers(released, now=now)
            run_queue(locked, now=now)
            ended += len(released)
    ended += _close_queues(now)
    _serve_queues(now)
    untold = Booking.objects.filter(
        state=BookingState.EXPIRED, submitted_at__isnull=False, proven_at=None, anonymised_at=None
    ).exclude(end_reason__in=["told", "queue_unproven"])
    for booking in untold.order_by("pk")[:500]:
        with transaction.atomic():
            if Booking.objects.filter(pk=booking.pk, state=BookingState.EXPIRED).update(end_reason="told"):
                offer = offer_of(Session.objects.filter(booked_sessions__booking=booking))
                record(
                    "booking_expired",
                    f"booking:{booking.pk}",
                    actor=SYSTEM,
                    now=now,
                    provider_id=offer.provider_id,
                )
                tell_booking(booking, offer=offer, now=now)
    return ended


def delete_abandoned_forms(now: datetime) -> int:
    """Delete forms that were never sent, a day after their hold ended (rule 10). Returns how many."""
    abandoned = abandoned_forms(now)
    count = abandoned.count()
    abandoned.delete()
    return count


def abandoned_forms(now: datetime) -> BookingQuerySet:
    """Return the forms that were never sent, a day after their hold ended."""
    rows: BookingQuerySet = Booking.objects.filter(
        state__in=[BookingState.EXPIRED, BookingState.WAITING],
        submitted_at=None,
        started_at__lt=now - timedelta(days=1),
    ).exclude(
        booked_sessions__state=BookingState.HELD
    )  # a date of a course whose places are not given back yet
    return rows


def _serve_queues(now: datetime) -> None:
    """Offer what is free to those who wait, where something else than a booking freed it.

    A limit raised in planning, a session opened again, a charter signed anew.
    """
    for session_id in list(serves_its_queue(now=now).values_list("pk", flat=True)):
        with transaction.atomic():
            run_queue(lock_sessions([session_id]), now=now)


def _close_queues(now: datetime) -> int:
    """End what waits in vain: addresses never proven, and queues whose session is too near or over."""
    unproven = Q(queued_at=None, booking__held_until__lte=now)
    too_near = Q(session__starts_at__lte=now + QUEUE_ENDS)
    entries = BookedSession.objects.filter(
        unproven | too_near, state=BookingState.WAITING, booking__submitted_at__isnull=False
    )
    ended = 0
    for booking_id in entries.order_by("session_id", "pk").values_list("booking_id", flat=True)[:500]:
        with transaction.atomic():
            sessions = lock_sessions_of(booking_id)
            booking = Booking.objects.select_for_update().get(pk=booking_id)
            if booking.state != BookingState.WAITING:
                continue
            for entry in booking.booked_sessions.filter(state=BookingState.WAITING):
                end_place(entry, state=BookingState.EXPIRED)
            booking.state, booking.ended_at, booking.held_until = BookingState.EXPIRED, now, None
            booking.end_reason = "queue_closed" if booking.proven_at else "queue_unproven"
            booking.save(update_fields=["state", "ended_at", "held_until", "end_reason"])
            offer = offer_of(sessions.values())
            record(
                booking.end_reason,
                f"booking:{booking.pk}",
                actor=SYSTEM,
                now=now,
                provider_id=offer.provider_id,
            )
            tell_booking(booking, offer=offer, now=now)
            ended += 1
    return ended


def can_withdraw(booked_sessions: Iterable[BookedSession], *, now: datetime) -> bool:
    """Whether the participant may still withdraw: every session's deadline lies ahead."""
    return all(withdrawal_deadline(booked) > now for booked in booked_sessions)


def withdrawal_deadline(booked: BookedSession) -> datetime:
    """Return until when the participant may withdraw or move: who was moved by the organiser, until the start."""
    session = booked.session
    return session.starts_at if booked.was_moved_by_organiser else session.withdrawal_closes_at


def withdrawable_parts(booking: Booking, *, now: datetime) -> list[WithdrawPart]:
    """Return what of a package the participant may still withdraw; nothing where it is no package."""
    booked = [item for item in booked_of(booking) if item.state in ACTIVE_STATES]
    if len({is_evening_of_package(booking.kind, item.session) for item in booked}) < 2:
        return []
    return [
        part
        for part in WithdrawPart
        if can_withdraw([item for item in booked if _is_of(item, booking, part)], now=now)
    ]


def _is_of(booked: BookedSession, booking: Booking, part: WithdrawPart) -> bool:
    """Say whether a booked session belongs to a part of a package."""
    if part == WithdrawPart.ALL:
        return True
    return is_evening_of_package(booking.kind, booked.session) == (part == WithdrawPart.EVENING)


def _withdraw_part(
    booking: Booking,
    booked: Sequence[BookedSession],
    sessions: Mapping[int, Session],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Withdraw a part of a package; the rest stands as it is."""
    for item in booked:
        end_place(item, state=BookingState.WITHDRAWN)
    booking.booked_sessions.filter(pk__in=[item.pk for item in booked]).update(sequence=F("sequence") + 1)
    left = main_session([item.session for item in booked])
    record(
        "booking_part_withdrawn",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=left.provider_id,
        sessions=[item.session_id for item in booked],
        reason=reason,
    )
    tell_part_withdrawn(booking, booked, now=now)
    run_queue(sessions, now=now)


def _call_off(session_ids: Iterable[int], *, for_booked: ForBooked, actor: Actor, now: datetime) -> None:
    """Cancel evenings whose school has left while parents are signed up; nothing is cancelled silently (rule 3)."""
    for session in Session.objects.filter(pk__in=list(session_ids)).order_by("pk"):
        affected = affected_by([session], now=now)
        if not affected[0].booked or session.starts_at <= now or session.state not in UPCOMING_STATES:
            continue
        reason = SessionCancelReason.SCHOOL
        cancel_session(
            session_id=session.pk,
            following=False,
            reason=reason,
            for_booked=for_booked,
            seen=cancel_token(affected, reason, for_booked),
            actor=actor,
            now=now,
        )


def _active(booking: Booking, sessions: Mapping[int, Session]) -> list[BookedSession]:
    """Return what is still booked, in pk order of the locked sessions, each with its session.

    A day of a course that has been reported is history: it does not end with the rest (rule 11).
    """
    booked = list(booking.booked_sessions.filter(state__in=LIVE_STATES).order_by("session_id"))
    for item in booked:
        item.session = sessions[item.session_id]
    return booked


def _end(
    booking: Booking,
    sessions: dict[int, Session],
    *,
    state: BookingState,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    booked = _active(booking, sessions)
    for item in booked:
        end_place(item, state=state)
    # A date that was cancelled before has had its cancellation.
    booking.booked_sessions.filter(pk__in=[item.pk for item in booked]).update(sequence=F("sequence") + 1)
    booking.state = state
    booking.ended_at = now
    booking.end_reason = reason
    booking.held_until = None
    booking.save()
    offer = offer_of(sessions.values())
    record(
        f"booking_{state.value}",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=offer.provider_id,
        reason=reason,
    )
    subject = f"booking:{booking.pk}"
    close_approval(booking, resolution=state.value, actor=actor, now=now)
    close_items(kind="affected_booking", subject=subject, resolution=state.value, actor=actor, now=now)
    tell_booking(booking, offer=offer, now=now)
    run_queue(sessions, now=now)
    call_off_agreed(sessions, actor=actor, now=now)
