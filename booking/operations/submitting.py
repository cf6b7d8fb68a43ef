"""From held to confirmed: sending the booking, proving the address, booking for someone who phones."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from booking.enums import BookingKind, BookingState, Channel
from booking.errors import TooManyUnprovenError, WrongStateError
from booking.messages import tell_booking
from booking.models import BookedClass, Booking
from booking.operations.holding import activate_classes, hold_places, reclaim
from booking.party import Contact, Party
from booking.places import lock_sessions_of, require_gate
from booking.queue import enter_queue, run_queue
from booking.retention import contact_deleted_after
from booking.rules import (
    MAX_UNPROVEN_PER_ADDRESS,
    approval_deadline,
    approval_reasons,
    check_address_allowed,
    email_domain,
    main_session,
    proof_deadline,
)
from core.audit.log import VISITOR, Actor, record
from core.prepared import prepared
from core.worklist.operations import open_item
from workshops.enums import Approval
from workshops.models import Offer, SchoolDomain, Session


@transaction.atomic
def submit_booking(*, booking_id: int, is_proven: bool, now: datetime, actor: Actor = VISITOR) -> Booking:
    """Send a held booking.

    With a proven address it is confirmed, or waits for approval; otherwise the places are held until the
    address is proven, 24 hours at most. Sending it again changes nothing. A hold that ran out is taken again
    if the places are still free.

    Args:
        is_proven: the visitor has shown that the address is theirs (log-in, or a confirmation in this browser).
    Raises:
        HoldExpiredError: the hold ran out and the places are gone.
        CharterNotCoveredError: the gate is shut now (rule 2).
        TooManyUnprovenError: the address holds three unconfirmed bookings already (X6).
        AddressNotAllowedError: the offer is for other addresses (V1).
    Source: DESIGN.md section 5, Booking.
    """
    sessions = lock_sessions_of(booking_id)
    booking: Booking = _locked(booking_id=booking_id)[0]
    if booking.submitted_at:
        return booking
    if booking.state != BookingState.WAITING:
        _make_sure_it_is_held(booking, sessions, now=now)
        require_gate(sessions, now=now)
    booking.submitted_at = now
    booking.end_reason = ""
    offer = offer_of(sessions.values())
    if not (booking.is_invited or booking.channel == Channel.PHONE):
        check_address_allowed(booking.contact_email, offer.allowed_domains)
    if booking.kind != BookingKind.SCHOOL and not offer.asks_for_proof and not offer.allowed_domains:
        is_proven = True
    record("booking_sent", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    if not is_proven:
        _await_proof(booking, sessions, now=now)
    elif booking.state != BookingState.WAITING:
        settle(booking, offer, sessions, now=now)
    booking.delete_after = contact_deleted_after(
        booking.kind, last_date=max(session.local_date for session in sessions.values())
    )
    if booking.state == BookingState.WAITING:
        _join_queue(booking, offer, is_proven=is_proven, now=now)
        return booking
    booking.save()
    tell_booking(booking, offer=offer, now=now)
    return booking


@transaction.atomic
def prove_address(*, booking_id: int, now: datetime, actor: Actor) -> Booking:
    """Take it that the address is the booker's: the confirmation link was used.

    Using the link twice changes nothing. A place that was let go in the meantime is taken again if it is free.

    Raises:
        HoldExpiredError: too late, and the places are gone.
        CharterNotCoveredError: the gate is shut now (rule 2).
        WrongStateError: the booking has ended (withdrawn, cancelled, declined).
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.proven_at:
        return booking
    may_prove = (BookingState.HELD, BookingState.EXPIRED, BookingState.WAITING)
    if booking.state not in may_prove or not booking.submitted_at or booking.end_reason == "queue_unproven":
        raise WrongStateError
    offer = offer_of(sessions.values())
    record("address_proven", f"booking:{booking.pk}", actor=actor, now=now, provider_id=offer.provider_id)
    if booking.state == BookingState.WAITING:
        _join_queue(booking, offer, is_proven=True, now=now)
        return booking
    _make_sure_it_is_held(booking, sessions, now=now)
    require_gate(sessions, now=now)
    settle(booking, offer, sessions, now=now)
    booking.save()
    tell_booking(booking, offer=offer, now=now)
    return booking


def book_for_caller(
    *,
    session_id: int,
    party: Party,
    contact: Contact,
    submission_key: uuid.UUID,
    actor: Actor,
    now: datetime,
    wants_queue: bool = False,
    evening_id: int | None = None,
) -> Booking:
    """Book for someone who phones (S24): the same operations, no proof asked, marked as by phone.

    Staff vouch for the caller; a receipt goes by mail where there is an address.

    Raises: as hold_places and submit_booking.
    """
    with transaction.atomic():
        booking = hold_places(
            session_id=session_id,
            party=party,
            contact=contact,
            submission_key=submission_key,
            browser_key="",
            now=now,
            by_staff=True,
            wants_queue=wants_queue,
            evening_id=evening_id,
        )
        if booking.registered_by_id is None and actor.user_id:
            Booking.objects.filter(pk=booking.pk).update(registered_by_id=actor.user_id)
        return submit_booking(booking_id=booking.pk, is_proven=True, now=now, actor=actor)


def confirm(booking: Booking, *, now: datetime) -> None:
    """Give the places for good. The sessions must be locked and the gate just asked."""
    # Confirmed once more, after a change: calendars have it as tentative meanwhile (rule 6).
    step = 1 if booking.confirmed_at else 0
    booking.state = BookingState.CONFIRMED
    booking.confirmed_at = now
    booking.held_until = None
    booking.booked_sessions.filter(
        state__in=[BookingState.HELD, BookingState.AWAITING_APPROVAL, BookingState.OFFERED]
    ).update(state=BookingState.CONFIRMED, held_until=None, sequence=F("sequence") + step)


def _make_sure_it_is_held(booking: Booking, sessions: dict[int, Session], *, now: datetime) -> None:
    if booking.state == BookingState.HELD and booking.held_until and booking.held_until > now:
        return
    if booking.state not in (BookingState.HELD, BookingState.EXPIRED):
        raise WrongStateError
    reclaim(booking, sessions, now=now)


def _join_queue(booking: Booking, offer: Offer, *, is_proven: bool, now: datetime) -> None:
    """Keep an entry of the waiting list: with a proven address it gets its rank, and an offer if it fits now.

    The class has its constrained rows from here on: it cannot wait and have a place. The session must be locked.
    """
    entry = booking.booked_sessions.get()
    if not entry.class_places.exists():
        activate_classes(booking, entry, booking.classes.all())
    if is_proven:
        booking.proven_at, booking.held_until = now, None
        enter_queue(entry, now=now)
    booking.save()
    tell_booking(booking, offer=offer, now=now)
    if is_proven:
        run_queue([entry.session_id], now=now)
        booking.refresh_from_db()


def settle(booking: Booking, offer: Offer, sessions: dict[int, Session], *, now: datetime) -> None:
    """Confirm a proven booking, or ask a person for approval. What staff picked from the queue is approved."""
    booking.proven_at = booking.proven_at or now
    booking.approval_reasons = _approval_reasons(booking, offer)
    if not booking.approval_reasons:
        confirm(booking, now=now)
        return
    ask_for_approval(booking, offer, sessions, reasons=booking.approval_reasons, now=now)


def ask_for_approval(
    booking: Booking, offer: Offer, sessions: dict[int, Session], *, reasons: list[str], now: datetime
) -> None:
    """Keep the places and let a person decide (S15, S27); a changed booking asks anew. The caller saves it."""
    booking.state = BookingState.AWAITING_APPROVAL
    booking.approval_reasons = reasons
    booking.held_until = None
    booking.booked_sessions.filter(
        state__in=[BookingState.HELD, BookingState.OFFERED, BookingState.CONFIRMED]
    ).update(state=BookingState.AWAITING_APPROVAL, held_until=None)
    first = min(sessions.values(), key=lambda session: session.starts_at)
    again = f":{booking.changes}" if booking.changes else ""
    booking.approval_due_at = approval_deadline(now=now, days=offer.approval_days, starts_at=first.starts_at)
    open_item(
        key=f"booking_approval:{booking.pk}{again}",
        kind="booking_approval",
        subject=f"booking:{booking.pk}",
        provider_id=offer.provider_id,
        data={"reference": booking.reference, "reasons": reasons},
        due_at=booking.approval_due_at,
        now=now,
    )


def _await_proof(booking: Booking, sessions: dict[int, Session], *, now: datetime) -> None:
    """Hold the places until the address is proven, or time runs out."""
    unproven = Booking.objects.of_address(booking.contact_email).unproven(now=now).exclude(pk=booking.pk)
    if unproven.count() >= MAX_UNPROVEN_PER_ADDRESS:
        raise TooManyUnprovenError
    starts_at = min(session.starts_at for session in sessions.values())
    booking.held_until = proof_deadline(now=now, starts_at=starts_at)
    booking.booked_sessions.filter(state=BookingState.HELD).update(held_until=booking.held_until)


def _approval_reasons(booking: Booking, offer: Offer) -> list[str]:
    is_school = booking.kind == BookingKind.SCHOOL
    return approval_reasons(
        offer_asks=offer.approval != Approval.NONE,
        is_known_domain=booking.registered_by_id is not None
        or is_known_address(booking, booking.contact_email),
        grades=_grades(booking_id=booking.pk) if is_school else [],
        grade_from=offer.grade_from if is_school else None,
        grade_to=offer.grade_to if is_school else None,
        district=booking.district_id,
        districts=_districts(offer_id=offer.pk) if is_school else [],
    )


@prepared
def _grades(*, booking_id: int) -> QuerySet[BookedClass, int]:
    return BookedClass.objects.filter(booking_id=booking_id).values_list("grade", flat=True)


@prepared
def _districts(*, offer_id: int) -> QuerySet[Any, int]:
    return Offer.districts.through.objects.filter(offer_id=offer_id).values_list("district_id", flat=True)


def is_known_address(booking: Booking, email: str) -> bool:
    """Whether an address may book for the school: by a domain known for it, or approved for it before (S27).

    A first booking from an unknown domain asks the administration; after a yes the next confirm at once. Others
    than schools are known by any address.
    """
    if booking.kind != BookingKind.SCHOOL:
        return True
    domain = email_domain(email)
    if booking.school_id is not None and _is_domain_of(domain=domain, school_id=booking.school_id):
        return True
    is_municipal = booking.school is not None and booking.school.is_municipal
    if is_municipal and SchoolDomain.objects.filter(domain=domain, school=None).exists():
        return True
    earlier = Booking.objects.of_address(email).filter(school=booking.school).exclude(pk=booking.pk)
    return earlier.filter(confirmed_at__isnull=False).exists()


@prepared
def _is_domain_of(*, domain: str, school_id: int) -> QuerySet[SchoolDomain, int]:
    return SchoolDomain.objects.filter(domain=domain, school_id=school_id).values_list("pk", flat=True)


def offer_of(sessions: Iterable[Session]) -> Offer:
    """Return the offer a booking of these sessions is of, with its provider: the visit's, in a package."""
    found: list[Offer] = _with_provider(offer_id=main_session(sessions).offer_id)
    return found[0]


@prepared
def _with_provider(*, offer_id: int) -> QuerySet[Any]:
    return Offer.objects.filter(pk=offer_id).select_related("provider")


@prepared
def _locked(*, booking_id: int) -> QuerySet[Any]:
    return Booking.objects.filter(pk=booking_id).select_for_update()
