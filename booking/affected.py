"""Who a change of sessions touches: counts and schools, never a participant's name; and a token of what was seen."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from booking.enums import BookingState
from booking.models import BookedSession
from booking.rules import can_ever_fit
from workshops.models import Session
from workshops.rules import Limits

TOUCHED_STATES = (
    BookingState.CONFIRMED,
    BookingState.AWAITING_APPROVAL,
    BookingState.OFFERED,
    BookingState.WAITING,
    BookingState.HELD,
)
"""Whoever has, or asks for, a place in a session that lies ahead; in the order pages list them."""


@dataclass(frozen=True)
class Affected:
    """One session with whom a change of it touches. Forms that were never sent are not among them."""

    session: Session
    booked: Sequence[BookedSession]

    @property
    def counts(self) -> dict[BookingState, int]:
        """How many bookings, sign-ups and entries there are in each state, none of them zero."""
        found = Counter(BookingState(item.state) for item in self.booked)
        return {state: found[state] for state in TOUCHED_STATES if found[state]}

    @property
    def schools(self) -> list[str]:
        """The schools among them, by name."""
        return sorted({item.booking.school_name for item in self.booked if item.booking.school_name})

    @property
    def people(self) -> int:
        """How many people have a place."""
        return sum(item.people for item in self.booked if item.state != BookingState.WAITING)

    def too_large_for(self, limits: Limits) -> list[BookedSession]:
        """Those who wait and could get in as the session is now, but never with such limits."""
        return [
            item
            for item in self.booked
            if item.state == BookingState.WAITING
            and can_ever_fit(self.session.limits, groups=item.groups, people=item.people)
            and not can_ever_fit(limits, groups=item.groups, people=item.people)
        ]


def affected_by(sessions: Sequence[Session], *, now: datetime) -> list[Affected]:
    """Return each session with whom a change of it touches, in one query."""
    ran_out = Q(state__in=[BookingState.HELD, BookingState.OFFERED], held_until__lte=now)
    unsent = Q(booking__submitted_at=None)
    touched = (
        BookedSession.objects.filter(session__in=[session.pk for session in sessions])
        .filter(state__in=TOUCHED_STATES)
        .exclude(ran_out | unsent)
        .select_related("booking")
        .order_by("session_id", "pk")
    )
    by_session: dict[int, list[BookedSession]] = defaultdict(list)
    for item in touched:
        by_session[item.session_id].append(item)
    return [Affected(session, by_session[session.pk]) for session in sessions]


def seen_token(affected: Iterable[Affected], **asked: Any) -> str:
    """Return a token of what somebody was shown: it changes when a session or a booking of it does.

    Args:
        asked: what they want to do, so that a token fits one step only.
    """
    facts = [
        [
            one.session.pk,
            one.session.state,
            one.session.sequence,
            one.session.starts_at.timestamp(),
            [[item.pk, item.state, item.groups, item.people] for item in one.booked],
        ]
        for one in affected
    ]
    text = json.dumps([facts, asked], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
