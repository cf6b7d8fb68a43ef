"""Making, opening, changing and cancelling single sessions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from core.audit import log
from core.audit.log import SYSTEM, Actor
from workshops.availability import active_ids, booked_ids
from workshops.calendars import local_date_of, minutes_after, school_year_of
from workshops.clashes import lock_against_clashes, refuse_clashes
from workshops.enums import PlaceKind, SessionAccess, SessionState
from workshops.errors import (
    LimitBelowTakenError,
    SessionEndsBeforeStartError,
    SessionHasBookingsError,
    SessionLimitMissingError,
    SessionPlaceMissingError,
    SessionStartedError,
    SessionStateError,
    UnitFrozenError,
)
from workshops.models import Offer, Session
from workshops.rules import Limits, adults_count_by_default, booking_deadlines, limits_fit_taken


@dataclass(frozen=True)
class SessionPlan:
    """When, where and for how many: what an editor decides about a session. None = as the offer says."""

    starts_at: datetime
    duration_minutes: int | None = None
    venue_id: int | None = None
    online_url: str = ""
    facilitator: str = ""
    max_groups: int | None = None
    max_people: int | None = None
    """Both empty: the offer's limits."""

    reserved: int = 0
    adults_count: bool | None = None
    access: str = SessionAccess.OPEN
    for_school_id: int | None = None
    booking_opens_at: datetime | None = None


def create_session(
    *,
    offer_id: int,
    plan: SessionPlan,
    now: datetime,
    actor: Actor = SYSTEM,
    is_open: bool = False,
    schedule_id: int | None = None,
    original_date: date | None = None,
    rolled_from_id: int | None = None,
    follows_schedule: bool = True,
) -> Session:
    """Make one session of an offer, with snapshots of its provider, programme, audience and title.

    Args:
        plan: empty values are taken from the offer.
        is_open: open it at once; else it is a draft that only staff and provider see.
        schedule_id, original_date: the schedule that proposed it, and the local date it proposed.
        rolled_from_id: the date of the school year before that it repeats (L5).
        follows_schedule: False where it is another than its schedule says.
    Raises:
        SessionLimitMissingError: neither the plan nor the offer says how many there is room for.
        SessionPlaceMissingError: the offer is held at a venue and the plan names none.
        SessionEndsBeforeStartError: the duration is not positive.
        SessionClashError: place or facilitator is taken then, and the setting refuses that (S21).
    Source: DESIGN.md 5 (Session), rules 2, 7 and 9.
    """
    with transaction.atomic():
        lock_against_clashes(
            provider_ids=Offer.objects.filter(pk=offer_id).values_list("provider_id", flat=True),
            venue_ids=[plan.venue_id],
        )
        offer = Offer.objects.select_for_update().get(pk=offer_id)
        session = Session(
            offer=offer,
            provider_id=offer.provider_id,
            programme_id=offer.programme_id,
            audience=offer.audience,
            title=offer.title,
            title_en=offer.title_en,
            place_kind=offer.place_kind,
            schedule_id=schedule_id,
            original_date=original_date,
            rolled_from_id=rolled_from_id,
            follows_schedule=follows_schedule,
            state=SessionState.OPEN if is_open else SessionState.DRAFT,
            announced_at=now if is_open else None,
            changed_at=now,
        )
        apply_plan(session, offer, plan)
        refuse_clashes(session.slot)
        session.save()
        log.record(
            "session.created",
            f"session:{session.pk}",
            actor=actor,
            now=now,
            provider_id=session.provider_id,
            offer=offer.pk,
            starts_at=session.starts_at.isoformat(),
            state=session.state,
            schedule=schedule_id,
        )
        return session


def edit_session(*, session_id: int, plan: SessionPlan, now: datetime, actor: Actor) -> Session:
    """Change a session's time, place, limits and details by hand; its schedule then leaves it alone.

    Raises:
        SessionStateError: it is held, not held or cancelled.
        SessionHasBookingsError: somebody has booked or waits, and time or place would change (rule 3).
        SessionStartedError: it would begin in the past.
        LimitBelowTakenError, UnitFrozenError, SessionLimitMissingError, SessionPlaceMissingError: see there.
        SessionClashError: time, place or facilitator would change to what is taken, and the setting refuses it.
    """
    with transaction.atomic():
        lock_against_clashes(
            provider_ids=Session.objects.filter(pk=session_id).values_list("provider_id", flat=True),
            venue_ids=[plan.venue_id],
        )
        session = Session.objects.locked().get(pk=session_id)
        if session.state not in EDITABLE_STATES:
            raise SessionStateError
        before = facts_of(session)
        frozen_limits = session.limits
        apply_plan(session, session.offer, plan)
        after = facts_of(session)
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if not changed:
            return session
        is_active = session.pk in active_ids([session.pk])
        moves = MOVING_FACTS & changed.keys()
        if is_active and moves:
            raise SessionHasBookingsError
        if "starts_at" in changed and session.starts_at <= now:
            raise SessionStartedError
        _check_limits(session, frozen_limits, is_active=is_active)
        if OCCUPYING_FACTS & changed.keys():
            refuse_clashes(session.slot)
        _note_released(session, frozen_limits, actor=actor, now=now)
        session.follows_schedule = False
        if moves:
            session.changed_at = now
            session.sequence += 1
        session.save()
        log.record(
            "session.edited",
            f"session:{session.pk}",
            actor=actor,
            now=now,
            provider_id=session.provider_id,
            # A facilitator's name is a person's: the log says that it changed, not to what (rule 10).
            changed={name: None if name == "facilitator" else values for name, values in changed.items()},
        )
        return session


def change_limits(*, session_id: int, limits: Limits, now: datetime, actor: Actor) -> Session:
    """Change what a session has room for; staff raise a limit instead of overbooking.

    Raises:
        SessionStateError: it is held, not held or cancelled.
        SessionLimitMissingError: neither limit is set.
        LimitBelowTakenError: a limit is below what is taken.
        UnitFrozenError: what is counted would change while somebody is booked or waiting.
    Source: DESIGN.md 5 (Session), rules 1 and 9.
    """
    with transaction.atomic():
        session = Session.objects.locked().get(pk=session_id)
        if session.state not in EDITABLE_STATES:
            raise SessionStateError
        before = session.limits
        if limits == before:
            return session
        session.max_groups, session.max_people = limits.max_groups, limits.max_people
        session.reserved, session.adults_count = limits.reserved, limits.adults_count
        _check_limits(session, before, is_active=session.pk in active_ids([session.pk]))
        session.follows_schedule = False
        session.save(
            update_fields=["max_groups", "max_people", "reserved", "adults_count", "follows_schedule"]
        )
        log.record(
            "session.limits_changed",
            f"session:{session.pk}",
            actor=actor,
            now=now,
            provider_id=session.provider_id,
            max_groups=limits.max_groups,
            max_people=limits.max_people,
            reserved=limits.reserved,
        )
        _note_released(session, before, actor=actor, now=now)
        return session


def fair_shares_of(day: date) -> str:
    """Return the audit subject under which what becomes of fair shares is counted: a school year's (S22)."""
    return f"fair_shares:{school_year_of(day)}"


def _note_released(session: Session, before: Limits, *, actor: Actor, now: datetime) -> None:
    """Note that places kept back are given to all, for the report of the effect."""
    if session.reserved < before.reserved:
        log.record(
            "reserved_released",
            fair_shares_of(session.local_date),
            actor=actor,
            now=now,
            provider_id=session.provider_id,
            session=session.pk,
            places=before.reserved - session.reserved,
        )


def open_session(*, session_id: int, now: datetime, actor: Actor) -> Session:
    """Announce a session: from then on it can be booked while the gate and its booking window allow."""
    return _set_state(
        session_id,
        SessionState.OPEN,
        allowed_from=(SessionState.DRAFT, SessionState.CLOSED),
        now=now,
        actor=actor,
    )


def close_session(*, session_id: int, now: datetime, actor: Actor) -> Session:
    """Take no more bookings; those made stand."""
    return _set_state(
        session_id, SessionState.CLOSED, allowed_from=(SessionState.OPEN,), now=now, actor=actor
    )


def return_to_draft(*, session_id: int, now: datetime, actor: Actor) -> Session:
    """Hide an announced session again.

    Raises:
        SessionHasBookingsError: somebody has, or once had, booked it: cancel it instead.
    """
    return _set_state(
        session_id,
        SessionState.DRAFT,
        allowed_from=(SessionState.OPEN, SessionState.CLOSED),
        now=now,
        actor=actor,
        refuse_if_booked=True,
    )


def cancel_session(*, session_id: int, reason: str, now: datetime, actor: Actor) -> Session:
    """Cancel a session that nobody has booked. Its row stays, so that its schedule never makes it again.

    Raises:
        SessionHasBookingsError: somebody holds, has booked or waits for it (rule 3).
        SessionStateError: it is held or not held already.
    """
    with transaction.atomic():
        session = Session.objects.locked().get(pk=session_id)
        if session.state == SessionState.CANCELLED:
            return session
        if session.state not in EDITABLE_STATES:
            raise SessionStateError
        if session.pk in active_ids([session.pk]):
            raise SessionHasBookingsError
        session.state_reason = reason
        session.follows_schedule = False
        return _write_state(session, SessionState.CANCELLED, now=now, actor=actor)


EDITABLE_STATES = (SessionState.DRAFT, SessionState.OPEN, SessionState.CLOSED)
MOVING_FACTS = {"starts_at", "ends_at", "venue_id", "online_url", "access", "for_school_id"}
"""Changes that those who have booked would have to be told of (rule 3)."""

OCCUPYING_FACTS = {"starts_at", "ends_at", "venue_id", "facilitator"}
"""Changes after which a session may be in another's way (S21)."""


def _set_state(
    session_id: int,
    state: SessionState,
    *,
    allowed_from: tuple[SessionState, ...],
    now: datetime,
    actor: Actor,
    refuse_if_booked: bool = False,
) -> Session:
    with transaction.atomic():
        session = Session.objects.locked().get(pk=session_id)
        if session.state == state:
            return session
        if session.state not in allowed_from:
            raise SessionStateError
        if refuse_if_booked and session.pk in booked_ids([session.pk]):
            raise SessionHasBookingsError
        return _write_state(session, state, now=now, actor=actor)


def _write_state(session: Session, state: SessionState, *, now: datetime, actor: Actor) -> Session:
    before, session.state = session.state, state
    session.changed_at = now
    session.sequence += 1
    if state == SessionState.OPEN and session.announced_at is None:
        session.announced_at = now
    session.save(
        update_fields=[
            "state",
            "state_reason",
            "follows_schedule",
            "changed_at",
            "sequence",
            "announced_at",
        ]
    )
    log.record(
        f"session.{state.value}",
        f"session:{session.pk}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        before=before,
    )
    return session


def apply_plan(session: Session, offer: Offer, plan: SessionPlan) -> None:
    """Set the columns a plan decides, and those that follow from them."""
    duration = offer.duration_minutes if plan.duration_minutes is None else plan.duration_minutes
    if duration <= 0:
        raise SessionEndsBeforeStartError
    if session.place_kind == PlaceKind.VENUE and plan.venue_id is None:
        raise SessionPlaceMissingError
    limits = (plan.max_groups, plan.max_people)
    if limits == (None, None):
        limits = (offer.max_groups, offer.max_people)
    if limits == (None, None):
        raise SessionLimitMissingError
    session.starts_at = plan.starts_at
    session.ends_at = minutes_after(plan.starts_at, duration)
    session.local_date = local_date_of(plan.starts_at)
    session.booking_opens_at = plan.booking_opens_at
    session.booking_closes_at, session.withdrawal_closes_at = booking_deadlines(
        starts_at=plan.starts_at,
        closes_days=offer.booking_closes_days,
        withdrawal_days=offer.withdrawal_closes_days,
    )
    session.venue_id = plan.venue_id if session.place_kind == PlaceKind.VENUE else None
    session.online_url = plan.online_url if session.place_kind == PlaceKind.ONLINE else ""
    session.facilitator = plan.facilitator
    session.max_groups, session.max_people = limits
    session.reserved = plan.reserved
    session.adults_count = (
        adults_count_by_default(place_kind=session.place_kind, offer_says=offer.adults_count)
        if plan.adults_count is None
        else plan.adults_count
    )
    session.access = plan.access
    session.for_school_id = plan.for_school_id


def facts_of(session: Session) -> dict[str, str | int | bool | None]:
    """Return what a plan decides, in a form the audit log can keep."""
    return {
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "ends_at": session.ends_at.astimezone(UTC).isoformat(),
        "venue_id": session.venue_id,
        "online_url": session.online_url,
        "facilitator": session.facilitator,
        "max_groups": session.max_groups,
        "max_people": session.max_people,
        "reserved": session.reserved,
        "adults_count": session.adults_count,
        "access": session.access,
        "for_school_id": session.for_school_id,
        "booking_opens_at": session.booking_opens_at.astimezone(UTC).isoformat()
        if session.booking_opens_at
        else None,
    }


def _check_limits(session: Session, before: Limits, *, is_active: bool) -> None:
    after = session.limits
    if after.units == (False, False):
        raise SessionLimitMissingError
    if not limits_fit_taken(after, groups_taken=session.groups_taken, people_taken=session.people_taken):
        raise LimitBelowTakenError
    frozen_before = (before.units, before.adults_count)
    if is_active and (after.units, after.adults_count) != frozen_before:
        raise UnitFrozenError
