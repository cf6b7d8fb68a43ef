"""Moving and cancelling sessions that people have booked, and changing their limits (rules 1, 3 and 6, L7).

What becomes of those who have booked is chosen by a person and shown before it is done: each operation takes the
token of what was seen (booking.affected) and refuses when something else is there now. Done twice, it changes
nothing the second time. Everybody affected is told once, in the transaction of the change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation

from booking.affected import Affected, affected_by, seen_token
from booking.enums import ACTIVE_STATES, BookingState, ForBooked, SessionCancelReason
from booking.errors import ChangedMeanwhileError
from booking.messages import tell_too_large
from booking.models import SESSION_MOVED, BookedSession, Booking
from booking.operations.coverage import open_affected_task
from booking.operations.proposed_sessions import (
    lock_requests_naming,
    proposals_fall,
    proposals_follow,
)
from booking.places import end_place, lock_sessions, release_expired, require_gate
from booking.queue import run_queue, tell_expired_offers
from booking.retention import contact_deleted_after
from booking.session_messages import tell_session_cancelled, tell_session_moved
from core.audit.log import Actor, record
from core.worklist.models import WorkItem
from core.worklist.operations import close_items
from workshops import operations as planning
from workshops.clashes import find_clashes, is_refused, lock_against_clashes
from workshops.enums import SessionState
from workshops.errors import SessionClashError, SessionStartedError, SessionStateError
from workshops.models import Session
from workshops.operations.moving import NewTime, Target, targets_of, this_and_following, write_move
from workshops.operations.sessions import EDITABLE_STATES
from workshops.rules import Limits

_LAST_ANSWER = timedelta(hours=2)
_SETTLED = (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.HELD)
"""Whoever the administration must decide on; who waits or is offered a place has none to lose."""


@dataclass(frozen=True)
class Changed:
    """What a change of sessions did: how many dates, and how many bookings were told or became tasks."""

    sessions: int = 0
    told: int = 0
    tasks: int = 0
    too_large: int = 0
    """How many who wait can never get in with the new limits, and are told so."""


@transaction.atomic
def move_session(
    *,
    session_id: int,
    following: bool,
    new_time: NewTime,
    for_booked: ForBooked,
    seen: str,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Move a session, or it and those after it of its plan, to a new time and place. The bookings follow.

    Args:
        for_booked: TELL tells them; TASKS also makes a task of each booking, to hear whether the new time suits.
        seen: the token of the preview, see `move_preview`.
    Raises:
        ChangedMeanwhileError: the preview is out of date.
        CharterNotCoveredError: the charter does not cover a new date of somebody's booking (rule 3).
        SessionClashError: place or facilitator is taken then, and the setting refuses that (S21).
        SessionStateError, SessionStartedError: it cannot be moved (any more), or not into the past.
    Source: DESIGN.md rules 2, 3, 6 and 7.
    """
    _lock_requests(session_id, following=following)
    _lock_plans(session_id, new_time)
    affected = _locked(session_id, following=following, now=now)
    sessions = [one.session for one in affected]
    targets = targets_of(sessions, new_time)
    if all(target.is_where(session) for session, target in zip(sessions, targets, strict=True)):
        return Changed()
    if seen != move_token(affected, new_time, for_booked):
        raise ChangedMeanwhileError
    _refuse_clashes(sessions, targets)
    was = {session.pk: session.starts_at for session in sessions}
    for session, target in zip(sessions, targets, strict=True):
        if not target.is_where(session):
            write_move(session, target, actor=actor, now=now)
    require_gate([one.session.pk for one in affected if one.booked], now=now)
    moved = [item for one in affected for item in one.booked]
    _follow(moved, sessions, now=now)
    proposals_follow(sessions, actor=actor, now=now)
    _mark_unsent(sessions)
    for item in moved:
        record(
            "booking_session_moved",
            f"booking:{item.booking_id}",
            actor=actor,
            now=now,
            provider_id=sessions[0].provider_id,
            session=item.session_id,
        )
    tasks = 0
    if for_booked == ForBooked.TASKS:
        tasks = _open_tasks(affected, cause="session_moved", now=now)
    told = tell_session_moved(affected, was=was, has_tasks=for_booked == ForBooked.TASKS, now=now)
    run_queue([session.pk for session in sessions], now=now, actor=actor)
    return Changed(sessions=len(sessions), told=told, tasks=tasks)


@transaction.atomic
def cancel_session(
    *,
    session_id: int,
    following: bool,
    reason: SessionCancelReason,
    for_booked: ForBooked,
    seen: str,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Cancel a session, or it and those after it of its plan.

    Args:
        for_booked: TELL cancels every booking and tells everybody, with the next free dates; TASKS closes the
            session and makes a task of each booking, and nobody is told before a person has decided.
        seen: the token of the preview, see `cancel_token`.
    Raises:
        ChangedMeanwhileError: the preview is out of date.
        SessionStateError, SessionStartedError: it cannot be cancelled (any more).
    Source: DESIGN.md rules 3 and 6, FEATURES L7.
    """
    _lock_requests(session_id, following=following)
    affected = _locked(session_id, following=following, now=now, is_done=(SessionState.CANCELLED,))
    first = affected[0].session
    if first.state == SessionState.CANCELLED:
        return Changed()
    if seen != cancel_token(affected, reason, for_booked):
        raise ChangedMeanwhileError
    sessions = [one.session for one in affected]
    if first.starts_at <= now:
        raise SessionStartedError
    _drop_unsent(sessions, now=now)
    proposals_fall([session.pk for session in sessions], actor=actor, now=now)
    if for_booked == ForBooked.TASKS:
        return _close_for_tasks(affected, actor=actor, now=now)
    for one in affected:
        for item in one.booked:
            _cancel_booked(item, one.session, reason=reason, actor=actor, now=now)
    with translation.override("da"):
        reason_in_words = str(reason.label)
    for session in sessions:
        planning.cancel_session(session_id=session.pk, reason=reason_in_words, now=now, actor=actor)
    told = tell_session_cancelled(affected, reason=reason, now=now)
    return Changed(sessions=len(sessions), told=told)


@transaction.atomic
def change_session_limits(
    *, session_id: int, limits: Limits, seen: str, actor: Actor, now: datetime
) -> Changed:
    """Lower or raise what a session has room for, never below what is taken; what became free goes to the queue.

    Whoever waits with more than the session will ever hold keeps the number, and is told to wait with fewer.

    Returns in `told` how many who waited were offered a place.

    Raises:
        ChangedMeanwhileError: the preview is out of date.
        LimitBelowTakenError, UnitFrozenError, SessionLimitMissingError, SessionStateError: see
            workshops.operations.change_limits.
    Source: DESIGN.md rules 1, 8 and 9.
    """
    (one,) = _locked(session_id, following=False, now=now)
    if one.session.limits == limits:
        return Changed()
    if seen != limits_token([one], limits):
        raise ChangedMeanwhileError
    too_large = one.too_large_for(limits)
    planning.change_limits(session_id=session_id, limits=limits, now=now, actor=actor)
    offered = run_queue([session_id], now=now, actor=actor)
    for entry in too_large:
        tell_too_large(entry, now=now)
    return Changed(sessions=1, told=len(offered), too_large=len(too_large))


def sessions_to_change(session: Session, *, following: bool) -> list[Session]:
    """Return the sessions a step is about: the one, or it and those after it of its plan, soonest first."""
    if not following or session.schedule_id is None or session.state not in EDITABLE_STATES:
        return [session]
    return list(this_and_following(session).select_related("offer__provider", "venue", "course"))


def move_token(affected: Sequence[Affected], new_time: NewTime, for_booked: ForBooked) -> str:
    """Return the token of a preview of a move."""
    return seen_token(affected, move=vars(new_time), for_booked=for_booked.value)


def cancel_token(affected: Sequence[Affected], reason: SessionCancelReason, for_booked: ForBooked) -> str:
    """Return the token of a preview of a cancellation."""
    return seen_token(affected, cancel=reason.value, for_booked=for_booked.value)


def limits_token(affected: Sequence[Affected], limits: Limits) -> str:
    """Return the token of a preview of new limits; who books meanwhile does not make it out of date."""
    bare = [Affected(one.session, ()) for one in affected]
    return seen_token(bare, limits=vars(limits), before=vars(affected[0].session.limits))


def _lock_requests(session_id: int, *, following: bool) -> None:
    """Lock the requests answered with these dates: before providers and sessions, as accepting a time does."""
    first = Session.objects.get(pk=session_id)
    lock_requests_naming(session.pk for session in sessions_to_change(first, following=following))


def _lock_plans(session_id: int, new_time: NewTime) -> None:
    """Lock what double bookings are about before any session (one lock order: provider, offer, session)."""
    lock_against_clashes(
        provider_ids=Session.objects.filter(pk=session_id).values_list("provider_id", flat=True),
        venue_ids=[new_time.venue_id],
    )


def _locked(
    session_id: int, *, following: bool, now: datetime, is_done: tuple[SessionState, ...] = ()
) -> list[Affected]:
    """Lock the sessions in pk order, let go what ran out, and return them fresh with whom they touch.

    Which sessions follow is asked again under the lock: one moved away meanwhile is not among them.
    """
    first = Session.objects.get(pk=session_id)
    ids = [session.pk for session in sessions_to_change(first, following=following)]
    lock_sessions({session_id, *ids})
    fresh = Session.objects.select_related("offer__provider", "venue").get(pk=session_id)
    if fresh.state not in (*EDITABLE_STATES, *is_done):
        raise SessionStateError
    now_following = sessions_to_change(fresh, following=following)
    if {session.pk for session in now_following} - {session_id, *ids}:
        raise ChangedMeanwhileError
    for session in now_following:
        tell_expired_offers(release_expired(session.pk, now=now), now=now)
    return affected_by(now_following, now=now)


def _refuse_clashes(sessions: Sequence[Session], targets: Sequence[Target]) -> None:
    """Raise SessionClashError where the setting refuses double bookings; asked for all in one query."""
    if not is_refused():
        return
    slots = [target.slot_of(session) for session, target in zip(sessions, targets, strict=True)]
    found = find_clashes(slots, ignoring=[session.pk for session in sessions])
    clashes = [clash for clashing in found for clash in clashing if clash.is_refusable]
    if clashes:
        raise SessionClashError(clashes)


def _follow(moved: Sequence[BookedSession], sessions: Sequence[Session], *, now: datetime) -> None:
    """Let bookings follow their session: next SEQUENCE, free to leave until the start, deadlines that fit."""
    BookedSession.objects.filter(pk__in=[item.pk for item in moved]).update(
        sequence=F("sequence") + 1, moved_at=now, was_moved_by_organiser=True
    )
    starts = {session.pk: session.starts_at for session in sessions}
    for item in moved:
        if item.held_until is None:
            continue
        # An answer after the start would be none.
        last = starts[item.session_id] - (_LAST_ANSWER if item.state == BookingState.OFFERED else timedelta())
        if item.held_until > last:
            BookedSession.objects.filter(pk=item.pk).update(held_until=last)
            Booking.objects.filter(pk=item.booking_id, held_until__gt=last).update(held_until=last)
    _keep_contacts_long_enough({item.booking_id for item in moved})


def _mark_unsent(sessions: Sequence[Session]) -> None:
    """Note on forms being filled in that their date has moved: nobody sends what they have not read."""
    unsent = Booking.objects.filter(submitted_at=None, booked_sessions__session__in=sessions)
    unsent.exclude(end_reason="given_up").update(end_reason=SESSION_MOVED)


def _keep_contacts_long_enough(booking_ids: Iterable[int]) -> None:
    """Count anew when contacts are deleted: their last date may be another now (rule 10)."""
    last_dates: dict[int, Any] = {}
    kinds: dict[int, str] = {}
    rows = BookedSession.objects.filter(booking__in=booking_ids, state__in=ACTIVE_STATES).values_list(
        "booking_id", "booking__kind", "session__local_date"
    )
    for booking_id, kind, day in rows:
        kinds[booking_id] = kind
        last_dates[booking_id] = max(day, last_dates.get(booking_id, day))
    for booking_id, day in sorted(last_dates.items()):
        Booking.objects.filter(pk=booking_id).update(
            delete_after=contact_deleted_after(kinds[booking_id], last_date=day)
        )


def _open_tasks(affected: Sequence[Affected], *, cause: str, now: datetime) -> int:
    """Make a task of every booking that somebody must talk to (rule 3); return how many are asked about.

    A booking that is asked about for the same cause already keeps its task.
    """
    asked = [(one.session, item) for one in affected for item in one.booked if item.state in _SETTLED]
    open_items = WorkItem.objects.open().filter(
        kind="affected_booking", subject__in=[f"booking:{item.booking_id}" for _session, item in asked]
    )
    there = {(item.subject, item.data.get("cause"), item.data.get("session")) for item in open_items}
    for session, item in asked:
        subject = f"booking:{item.booking_id}"
        if (subject, cause, session.pk) in there:
            continue
        open_affected_task(item, session, cause=cause, key=f"{cause}:{session.sequence}", now=now)
    return len(asked)


def _close_for_tasks(affected: Sequence[Affected], *, actor: Actor, now: datetime) -> Changed:
    """Close the sessions and leave each booking to the administration; nobody is told yet."""
    tasks = _open_tasks(affected, cause="session_cancelled", now=now)
    for one in affected:
        if one.session.state == SessionState.OPEN:
            planning.close_session(session_id=one.session.pk, now=now, actor=actor)
    return Changed(sessions=len(affected), tasks=tasks)


def _drop_unsent(sessions: Iterable[Session], *, now: datetime) -> None:
    """Let go the places of forms that are being filled in: sending one now says that the date is closed."""
    unsent = BookedSession.objects.filter(
        session__in=list(sessions), state__in=ACTIVE_STATES, booking__submitted_at=None
    )
    for item in unsent.select_related("booking").order_by("pk"):
        if end_place(item, state=BookingState.EXPIRED):
            Booking.objects.filter(pk=item.booking_id, submitted_at=None).update(
                state=BookingState.EXPIRED, ended_at=now, end_reason="session_cancelled", held_until=None
            )


def _cancel_booked(
    item: BookedSession, session: Session, *, reason: SessionCancelReason, actor: Actor, now: datetime
) -> None:
    """Cancel a booking's places in a session; the booking ends with its last one, a course goes on without it."""
    if not end_place(item, state=BookingState.CANCELLED):
        return
    BookedSession.objects.filter(pk=item.pk).update(sequence=F("sequence") + 1)
    subject = f"booking:{item.booking_id}"
    has_more = BookedSession.objects.filter(booking_id=item.booking_id, state__in=ACTIVE_STATES).exists()
    if not has_more:
        Booking.objects.filter(pk=item.booking_id).update(
            state=BookingState.CANCELLED, ended_at=now, end_reason=reason.value, held_until=None
        )
        close_items(kind="booking_approval", subject=subject, resolution="cancelled", actor=actor, now=now)
    close_items(kind="affected_booking", subject=subject, resolution="cancelled", actor=actor, now=now)
    record(
        "booking_session_cancelled" if has_more else "booking_cancelled",
        subject,
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        session=session.pk,
        reason=reason.value,
    )


__all__ = [
    "Changed",
    "cancel_session",
    "cancel_token",
    "change_session_limits",
    "limits_token",
    "move_session",
    "move_token",
    "sessions_to_change",
]
