"""Answering a request: propose times, decline, accept one (S16). Accepting makes session and booking in one go."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from booking.enums import BookingState, Channel, RequestKind, RequestState
from booking.models import Booking, DateRequest, ProposedTime
from booking.operations.deciding import approve_booking
from booking.operations.holding import hold_places
from booking.operations.requesting import close_tasks, end_request, locked_request, record_of
from booking.operations.submitting import submit_booking
from booking.party import Party
from booking.requesting import wording
from booking.requesting.errors import (
    OfferMissingError,
    OtherTimeAcceptedError,
    PartyMissingError,
    PlaceMissingError,
    RequestStateError,
    TimeClashError,
    TimeNotCoveredError,
    TimePassedError,
    TimeTakenBackError,
    TimeTakenError,
)
from booking.requesting.messages import tell_asker
from booking.requesting.rules import KEPT_AFTER_END, Time, check_times, limit_to_fit
from charter.gate import passes_on
from core.audit.log import Actor
from workshops.calendars import local_date_of, minutes_after
from workshops.clashes import refuse_clashes
from workshops.enums import Audience, PlaceKind, SessionAccess
from workshops.errors import SessionClashError
from workshops.models import Offer, Session
from workshops.operations.sessions import SessionPlan, create_session
from workshops.rules import Slot

_ANSWERED_REASONS = {"offer", "grade", "district"}
"""Why a booking asks for approval, which whoever proposed the time has looked at already."""


@transaction.atomic
def propose_times(
    *,
    request_id: int,
    times: Sequence[Time],
    actor: Actor,
    now: datetime,
    offer_id: int | None = None,
    party: Party | None = None,
) -> DateRequest:
    """Answer a request with one to five times; they replace those proposed before. The asker is told.

    Args:
        offer_id, party: what an urgent request did not say: of which offer, and how many come (V5).
    Raises:
        TimesMissingError, TooManyTimesError, TimePassedError: the times.
        PlaceMissingError: the offer is held at a venue, and a time names none.
        OfferMissingError, PartyMissingError: an urgent request, and neither it nor the answer says.
        TimeClashError: place or facilitator is taken then, and the setting refuses that (S21).
        TimeNotCoveredError: the charter does not cover a time; accepting it would be refused (rule 2).
        RequestStateError: the request awaits no answer any more.
    """
    check_times(times, now=now)
    request = locked_request(request_id)
    if request.state not in (RequestState.SENT, RequestState.ANSWERED):
        raise RequestStateError
    if request.kind == RequestKind.URGENT:
        _complete(request, times, offer_id=offer_id, party=party)
    _check_offer(request, times, now=now)
    request.proposals.filter(withdrawn_at=None).update(withdrawn_at=now)
    ProposedTime.objects.bulk_create(
        ProposedTime(
            request=request,
            starts_at=time.starts_at,
            duration_minutes=time.duration_minutes,
            venue_id=time.venue_id,
            online_url=time.online_url,
            facilitator=time.facilitator,
            is_open_to_others=time.is_open_to_others,
            session_id=time.session_id,
            proposed_at=now,
            proposed_by_id=actor.user_id,
        )
        for time in times
    )
    request.state = RequestState.ANSWERED
    request.answered_at = now
    request.save()
    record_of(request, "request_answered", actor=actor, now=now, times=len(times))
    close_tasks(request, resolution="answered", actor=actor, now=now)
    tell_asker(request, now=now)
    return request


@transaction.atomic
def decline_request(*, request_id: int, reason: str, actor: Actor, now: datetime) -> DateRequest:
    """Say no, with a value of RequestDeclineReason (or UrgentEndReason); the asker is told. Twice changes nothing.

    Raises:
        RequestStateError: it became a booking, or has ended otherwise.
    """
    request = locked_request(request_id)
    if request.state == RequestState.DECLINED:
        return request
    if request.state not in (RequestState.SENT, RequestState.ANSWERED):
        raise RequestStateError
    end_request(request, RequestState.DECLINED, reason=reason, now=now)
    record_of(request, "request_declined", actor=actor, now=now, reason=reason)
    close_tasks(request, resolution="declined", actor=actor, now=now)
    if request.kind != RequestKind.URGENT:
        # Whoever asked for help has been phoned.
        tell_asker(request, now=now)
    return request


@transaction.atomic
def accept_time(*, request_id: int, proposal_id: int, actor: Actor, now: datetime) -> Booking:
    """Accept a proposed time: the session is made, and the booking in it, in one transaction.

    The gate, the limits and the class's one place hold as for every booking. Accepting the same time twice
    returns its booking; of two times accepted at once one wins.

    Args:
        actor: the holder of the link, or staff who agreed it by phone.
    Raises:
        OtherTimeAcceptedError: another of the times is accepted already.
        TimeTakenBackError, TimePassedError, TimeTakenError: the time no longer stands.
        RequestStateError: the request has ended.
        CharterNotCoveredError, SessionFullError and others: as hold_places and submit_booking.
    """
    request = locked_request(request_id)
    time = request.proposals.select_related("session").filter(pk=proposal_id).first()
    if time is None:
        raise TimeTakenBackError
    if request.state == RequestState.AGREED:
        if time.accepted_at and request.booking:
            return request.booking
        raise OtherTimeAcceptedError
    if request.state != RequestState.ANSWERED:
        raise RequestStateError
    if time.withdrawn_at:
        raise TimeTakenBackError
    if time.starts_at <= now:
        raise TimePassedError
    if time.session and time.session.starts_at != time.starts_at:
        raise TimeTakenBackError
    session_id = time.session_id or _make_session(request, time, actor=actor, now=now).pk
    booking = _book(request, time, session_id, actor=actor, now=now)
    ProposedTime.objects.filter(pk=time.pk).update(accepted_at=now, session_id=session_id)
    request.booking = booking
    request.state = RequestState.AGREED
    request.proven_at = request.proven_at or now
    request.ended_at = now
    request.delete_after = local_date_of(time.starts_at + KEPT_AFTER_END)
    request.save()
    request.proposals.filter(withdrawn_at=None, accepted_at=None).update(withdrawn_at=now)
    record_of(request, "request_agreed", actor=actor, now=now, session=session_id, booking=booking.pk)
    close_tasks(request, resolution="agreed", actor=actor, now=now)
    return booking


def _complete(
    request: DateRequest, times: Sequence[Time], *, offer_id: int | None, party: Party | None
) -> None:
    """Fill in what an urgent request could not know: the offer, and who comes."""
    chosen = [time.session_id for time in times if time.session_id]
    if chosen:
        offer_id = Session.objects.get(pk=chosen[0]).offer_id
    if offer_id:
        request.offer = Offer.objects.select_related("provider").get(pk=offer_id)
    if request.offer is None:
        raise OfferMissingError
    if party:
        request.classes = [size.as_data() for size in party.classes]
        request.seats = party.seats or request.seats
    is_school = request.offer.audience == Audience.SCHOOL
    if (is_school and not (request.classes and request.school_id)) or (not is_school and not request.seats):
        raise PartyMissingError


def _check_offer(request: DateRequest, times: Sequence[Time], *, now: datetime) -> None:
    offer = request.offer
    if offer is None:
        raise OfferMissingError
    for time in times:
        if offer.place_kind == PlaceKind.VENUE and not (time.venue_id or time.session_id):
            raise PlaceMissingError
        day = local_date_of(time.starts_at)
        if not passes_on(offer.provider_id, today=local_date_of(now), day=day):
            raise TimeNotCoveredError(date=f"{day:%d.%m.%Y}")
        if time.session_id is None:
            try:
                refuse_clashes(slot_of(request, offer, time))
            except SessionClashError as error:
                raise TimeClashError(what=str(error)) from error


def slot_of(request: DateRequest, offer: Offer, time: Time) -> Slot:
    """Return what a proposed time would occupy, to find what is in its way (S21)."""
    return Slot(
        starts_at=time.starts_at,
        ends_at=minutes_after(time.starts_at, time.duration_minutes),
        offer_id=offer.pk,
        provider_id=offer.provider_id,
        place_kind=offer.place_kind,
        venue_id=time.venue_id,
        host_school_id=request.school_id if offer.place_kind == PlaceKind.AT_SCHOOL else None,
        facilitator=time.facilitator,
    )


def _make_session(request: DateRequest, time: ProposedTime, *, actor: Actor, now: datetime) -> Session:
    """Make the session of an accepted time, with room for who asked; others get in only if the answer said so."""
    offer = request.offer
    if offer is None:
        raise OfferMissingError
    party = wording.party_of(request, is_school_session=offer.audience == Audience.SCHOOL)
    plan = SessionPlan(
        starts_at=time.starts_at,
        duration_minutes=time.duration_minutes,
        venue_id=time.venue_id,
        online_url=time.online_url,
        facilitator=time.facilitator,
        max_groups=limit_to_fit(offer.max_groups, party.groups),
        max_people=limit_to_fit(offer.max_people, party.people(adults_count=True)),
        access=SessionAccess.OPEN if time.is_open_to_others else SessionAccess.INVITATION,
    )
    try:
        return create_session(offer_id=offer.pk, plan=plan, is_open=True, actor=actor, now=now)
    except SessionClashError as error:
        raise TimeTakenError from error


def _book(
    request: DateRequest, time: ProposedTime, session_id: int, *, actor: Actor, now: datetime
) -> Booking:
    """Book the asker in. Who proposed the time has said yes to the visit; an unknown address still asks (S27)."""
    audience = Session.objects.values_list("audience", flat=True).get(pk=session_id)
    held = hold_places(
        session_id=session_id,
        party=wording.party_of(request, is_school_session=audience == Audience.SCHOOL),
        contact=wording.contact_of(request),
        submission_key=request.submission_key,
        browser_key="",
        by_staff=True,
        is_invited=True,
        is_agreed=True,
        use_reserved=request.kind == RequestKind.URGENT and time.session_id is not None,
        now=now,
    )
    Booking.objects.filter(pk=held.pk).update(channel=Channel.REQUEST, registered_by_id=actor.user_id)
    booking = submit_booking(booking_id=held.pk, is_proven=True, actor=actor, now=now)
    answerer = Actor("user", time.proposed_by_id)
    if booking.state == BookingState.AWAITING_APPROVAL and set(booking.approval_reasons) <= _ANSWERED_REASONS:
        return approve_booking(booking_id=booking.pk, actor=answerer, now=now)
    return booking
