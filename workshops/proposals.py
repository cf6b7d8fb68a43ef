"""What a schedule would do, date by date: made, skipped as a holiday, already there, past, colliding (S17, S18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from workshops.calendars import (
    at_local_time,
    days_off,
    known_school_years,
    minutes_after,
    school_year_of,
)
from workshops.enums import ProposalState, SessionState
from workshops.recurrence import expand, extra_dates
from workshops.rules import is_outside_school_hours

if TYPE_CHECKING:
    from workshops.models import Schedule, Session


@dataclass(frozen=True)
class Proposal:
    """One date of a schedule and what becomes of it."""

    day: date
    starts_at: datetime
    ends_at: datetime
    state: ProposalState
    holiday: str = ""
    """The day off's name; an extra date stands although it is one."""

    is_plan_known: bool = True
    is_outside_school_hours: bool = False
    collisions: Sequence[str] = ()
    """Start and title of sessions at the same time in the same place, by the same facilitator or of the same offer."""


def propose(schedule: "Schedule", *, now: datetime) -> list[Proposal]:
    """List every date of a schedule, saved or not, in a fixed number of queries.

    Holidays are skipped where the schedule says so; a date added by hand stands even on a holiday.
    """
    days = expand(schedule)
    if not days:
        return []
    off = days_off(days[0], days[-1])
    added = set(extra_dates(schedule))
    known_years = known_school_years()
    existing = _existing(schedule)
    others = _others(schedule, days)
    proposals: list[Proposal] = []
    for day in days:
        starts_at = at_local_time(day, schedule.start_time)
        ends_at = minutes_after(starts_at, schedule.duration_minutes)
        session = existing.get(day)
        if session is not None:
            state = _state_of(session)
        elif starts_at <= now:
            state = ProposalState.PAST
        elif schedule.skip_holidays and day in off and day not in added:
            state = ProposalState.HOLIDAY
        else:
            state = ProposalState.NEW
        colliding = [
            f"{timezone.localtime(other.starts_at):%H.%M} {other.title}"
            for other in others
            if other.starts_at < ends_at and starts_at < other.ends_at and other is not session
        ]
        proposals.append(
            Proposal(
                day=day,
                starts_at=starts_at,
                ends_at=ends_at,
                state=state,
                holiday=off.get(day, ""),
                is_plan_known=school_year_of(day) in known_years,
                is_outside_school_hours=is_outside_school_hours(
                    audience=schedule.offer.audience, starts_at=starts_at, ends_at=ends_at
                ),
                collisions=colliding if state in (ProposalState.NEW, ProposalState.EXISTS) else (),
            )
        )
    return proposals


def wanted_days(schedule: "Schedule") -> set[date]:
    """Return the dates on which the schedule wants a session: expanded, holidays skipped where it says so."""
    days = expand(schedule)
    if not days or not schedule.skip_holidays:
        return set(days)
    return (set(days) - days_off(days[0], days[-1]).keys()) | (set(days) & set(extra_dates(schedule)))


def _existing(schedule: "Schedule") -> dict[date, "Session"]:
    from workshops.models import Session

    if schedule.pk is None:
        return {}
    sessions = Session.objects.filter(schedule=schedule).select_related("offer")
    return {session.original_date: session for session in sessions if session.original_date}


def _state_of(session: "Session") -> ProposalState:
    if session.state == SessionState.CANCELLED:
        return ProposalState.CANCELLED
    return ProposalState.EXISTS if session.local_date == session.original_date else ProposalState.MOVED


def _others(schedule: "Schedule", days: Sequence[date]) -> list["Session"]:
    """Return sessions that may collide: same venue, same facilitator of the provider, or same offer."""
    from workshops.models import Session

    same = Q(offer_id=schedule.offer_id)
    if schedule.venue_id is not None:
        same |= Q(venue_id=schedule.venue_id)
    if schedule.facilitator:
        same |= Q(provider_id=schedule.offer.provider_id, facilitator=schedule.facilitator)
    sessions = Session.objects.filter(same, local_date__range=(days[0], days[-1])).exclude(
        state=SessionState.CANCELLED
    )
    if schedule.pk is not None:
        sessions = sessions.exclude(schedule=schedule)
    return list(sessions)
