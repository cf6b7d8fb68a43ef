"""The waiting list of a session: the first entry that fits gets the offer, nobody is split (rule 8, S12-S14).

An entry is a BookedSession in state `waiting` with a rank (`queued_at`, then pk). Everything here must run inside a
transaction with the session rows locked (booking.places): whoever frees places calls `run_queue` before it commits,
whoever wants to take places calls `refresh` first.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from booking.enums import BookingState
from booking.errors import BookingRefusedError
from booking.messages import tell_booking
from booking.models import BookedSession, Booking
from booking.places import Claimant, claim_places, release_expired
from booking.rules import QUEUE_ENDS, offer_deadline
from core.audit.log import SYSTEM, Actor, record
from core.worklist.operations import close_items, open_item
from workshops.calendars import local_date_of
from workshops.enums import PlaceKind, SessionState
from workshops.models import Session
from workshops.querysets import SessionQuerySet


def refresh(sessions: Mapping[int, Session], *, now: datetime) -> None:
    """Bring locked sessions up to date before places are taken: what ran out goes to those who wait.

    What is left then fits no waiting entry, so a newcomer may take it (rule 8).
    """
    for session_id in sorted(sessions):
        tell_expired_offers(release_expired(session_id, now=now), now=now)
    waiting = [session_id for session_id, session in sessions.items() if session.waiting]
    if waiting:
        run_queue(waiting, now=now)


def run_queue(session_ids: Iterable[int], *, now: datetime, actor: Actor = SYSTEM) -> list[BookedSession]:
    """Offer free places of locked sessions to those who wait; return the entries that got an offer.

    Stopped by the gate, by a session that is not open, by an offer that is closed, and 12 hours before the start;
    the queue itself stays. Running it again changes nothing.
    Source: DESIGN.md rules 2 and 8.
    """
    sessions = serves_its_queue(now=now).filter(pk__in=list(session_ids)).select_related("offer__provider")
    offered: list[BookedSession] = []
    for session in sessions:
        # The annotation counts what ran out as free already; now the counters must say so too.
        tell_expired_offers(release_expired(session.pk, now=now), now=now)
        offered += _offer_in_order(session, now=now, actor=actor)
    return offered


def serves_its_queue(*, now: datetime) -> SessionQuerySet:
    """Return the sessions with a queue that may offer places now and have any free, in pk order."""
    waited_for = Session.objects.filter(
        waiting__gt=0, state=SessionState.OPEN, offer__is_open=True, starts_at__gt=now + QUEUE_ENDS
    ).gate_open(today=local_date_of(now))
    served: SessionQuerySet = (
        waited_for.with_free_places(now=now)
        # None is no limit: nor do the groups of an evening count that a school has taken whole.
        .filter(Q(free_groups=None) | Q(free_groups__gt=0), Q(free_people=None) | Q(free_people__gt=0))
        .order_by("pk")
    )
    return served


def enter_queue(booked: BookedSession, *, now: datetime) -> None:
    """Give an entry its rank, the last. The session must be locked."""
    if booked.queued_at is None:
        Session.objects.filter(pk=booked.session_id).update(waiting=F("waiting") + 1)
    booked.queued_at = now
    BookedSession.objects.filter(pk=booked.pk).update(queued_at=now, passed_over_at=None)


def offer_place(
    booked: BookedSession,
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    claimant: Claimant = Claimant.QUEUE,
    reason: str = "",
) -> BookedSession:
    """Take the places for a waiting entry and offer them to it, with a time to answer.

    Args:
        claimant: STAFF where a person picked it; accepting then needs no further approval.
    Raises: as claim_places; nothing is changed then.
    """
    booking = booked.booking
    claim_places(
        session.pk,
        groups=booked.groups,
        people=booked.people,
        school_id=booking.school_id,
        now=now,
        claimant=claimant,
    )
    until = offer_deadline(now=now, starts_at=session.starts_at)
    booked.state, booked.held_until, booked.offered_at = BookingState.OFFERED, until, now
    booked.is_picked = claimant is Claimant.STAFF
    booked.save(update_fields=["state", "held_until", "offered_at", "is_picked"])
    Session.objects.filter(pk=session.pk).update(waiting=F("waiting") - 1)
    booking.state, booking.held_until = BookingState.OFFERED, until
    booking.save(update_fields=["state", "held_until"])
    record(
        "place_offered",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        session=session.pk,
        until=until.isoformat(),
        **({"reason": reason} if reason else {}),
    )
    tell_booking(booking, offer=session.offer, now=now)
    if not booking.contact_email:
        open_item(
            key=f"call_about_offer:{booked.pk}",
            kind="call_about_offer",
            subject=f"booking:{booking.pk}",
            data={"reference": booking.reference, "until": until.isoformat()},
            due_at=until,
            now=now,
        )
    return booked


def close_call(booking: Booking, *, actor: Actor, now: datetime) -> None:
    """Close the task of calling someone without e-mail about an offered place: it has been answered."""
    if not booking.contact_email:
        close_items(
            kind="call_about_offer",
            subject=f"booking:{booking.pk}",
            resolution="answered",
            actor=actor,
            now=now,
        )


def tell_expired_offers(booking_ids: Collection[int], *, now: datetime) -> None:
    """Tell those whose offer ran out that the place has gone to the next in line."""
    if not booking_ids:
        return
    expired = Booking.objects.filter(pk__in=booking_ids, end_reason="offer_expired").order_by("pk")
    for booking in expired:
        offer = booking.booked_sessions.select_related("session__offer__provider").all()[0].session.offer
        record("offer_expired", f"booking:{booking.pk}", actor=SYSTEM, now=now, provider_id=offer.provider_id)
        tell_booking(booking, offer=offer, now=now)
        close_call(booking, actor=SYSTEM, now=now)


def _offer_in_order(session: Session, *, now: datetime, actor: Actor) -> list[BookedSession]:
    free_groups: int | None = session.free_groups  # type: ignore[attr-defined]  # annotated
    free_people: int | None = session.free_people  # type: ignore[attr-defined]  # annotated
    host = session.host_school_id
    offered: list[BookedSession] = []
    passed: list[int] = []
    for entry in BookedSession.objects.filter(session=session).in_queue().select_related("booking"):
        # Parents who wait for an evening at their school have no school of their own.
        is_hosts = session.place_kind != PlaceKind.AT_SCHOOL or host in (None, entry.booking.school_id)
        is_hosts = is_hosts or entry.booking.school_id is None
        if not (_fits(entry.groups, free_groups) and _fits(entry.people, free_people) and is_hosts):
            passed.append(entry.pk)
            continue
        try:
            with transaction.atomic():
                offered.append(offer_place(entry, session, now=now, actor=actor))
        except BookingRefusedError:
            # What the claim refuses is not free: the queue stands until something is.
            break
        BookedSession.objects.filter(pk__in=passed).update(passed_over_at=now)
        passed = []
        free_groups = None if free_groups is None else free_groups - entry.groups
        free_people = None if free_people is None else free_people - entry.people
        host = host or entry.booking.school_id
    return offered


def _fits(size: int, free: int | None) -> bool:
    return free is None or size <= free
