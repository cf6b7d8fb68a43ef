"""Writing a session's new time and place. Who is booked is booking's business: it calls this with the rows locked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from core.audit import log
from core.audit.log import Actor
from workshops.calendars import LOCAL_ZONE, at_local_time, local_date_of, minutes_after
from workshops.enums import PlaceKind
from workshops.errors import SessionStartedError, SessionStateError
from workshops.models import Session
from workshops.operations.sessions import EDITABLE_STATES
from workshops.querysets import SessionQuerySet
from workshops.rules import Slot, booking_deadlines


@dataclass(frozen=True)
class NewTime:
    """Where a session goes. Of a series, the first session's day says by how many days all of them move."""

    day: date
    start_time: time
    duration_minutes: int
    venue_id: int | None = None
    online_url: str = ""


@dataclass(frozen=True)
class Target:
    """The new time and place of one session."""

    starts_at: datetime
    ends_at: datetime
    venue_id: int | None
    online_url: str

    def is_where(self, session: Session) -> bool:
        """Whether the session is there already."""
        return (self.starts_at, self.ends_at, self.venue_id, self.online_url) == (
            session.starts_at,
            session.ends_at,
            session.venue_id,
            session.online_url,
        )

    def slot_of(self, session: Session) -> Slot:
        """Return the target as the rule of double bookings sees it (S21)."""
        return replace(session.slot, starts_at=self.starts_at, ends_at=self.ends_at, venue_id=self.venue_id)


def this_and_following(session: Session) -> SessionQuerySet:
    """Return a session with those after it of its schedule that may still be changed, soonest first."""
    sessions: SessionQuerySet = Session.objects.filter(
        schedule=session.schedule, starts_at__gte=session.starts_at, state__in=EDITABLE_STATES
    ).order_by("starts_at", "pk")
    return sessions


def targets_of(sessions: Sequence[Session], new_time: NewTime) -> list[Target]:
    """Return where each session goes: the first to the new day, the others as many local days further (rule 7)."""
    shift = new_time.day - local_date_of(sessions[0].starts_at)
    return [_target(session, new_time, shift) for session in sessions]


def _target(session: Session, new_time: NewTime, shift: timedelta) -> Target:
    starts_at = at_local_time(local_date_of(session.starts_at) + shift, new_time.start_time)
    return Target(
        starts_at=starts_at,
        ends_at=minutes_after(starts_at, new_time.duration_minutes),
        venue_id=new_time.venue_id if session.place_kind == PlaceKind.VENUE else None,
        online_url=new_time.online_url if session.place_kind == PlaceKind.ONLINE else "",
    )


def write_move(session: Session, target: Target, *, actor: Actor, now: datetime) -> None:
    """Write a locked session's new time and place; deadlines are counted anew, its schedule leaves it alone.

    The row keeps its schedule and original date, so that the old date is never made again.

    Raises:
        SessionStateError: it is held, not held or cancelled.
        SessionStartedError: it has begun, or would begin in the past.
    Source: DESIGN.md 5 (Session), rules 6 and 7.
    """
    if session.state not in EDITABLE_STATES:
        raise SessionStateError
    if min(session.starts_at, target.starts_at) <= now:
        raise SessionStartedError
    before = session.starts_at
    session.starts_at, session.ends_at = target.starts_at, target.ends_at
    session.local_date = local_date_of(target.starts_at)
    session.venue_id, session.online_url = target.venue_id, target.online_url
    session.booking_closes_at, session.withdrawal_closes_at = booking_deadlines(
        starts_at=target.starts_at,
        closes_days=session.offer.booking_closes_days,
        withdrawal_days=session.offer.withdrawal_closes_days,
    )
    session.follows_schedule = False
    session.changed_at = now
    session.sequence += 1
    session.save(
        update_fields=[
            "starts_at",
            "ends_at",
            "local_date",
            "venue_id",
            "online_url",
            "booking_closes_at",
            "withdrawal_closes_at",
            "follows_schedule",
            "changed_at",
            "sequence",
        ]
    )
    log.record(
        "session.moved",
        f"session:{session.pk}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        before=before.astimezone(LOCAL_ZONE).isoformat(),
        after=target.starts_at.astimezone(LOCAL_ZONE).isoformat(),
        venue=target.venue_id,
    )
