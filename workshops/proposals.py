"""What a schedule would do, date by date: made, skipped as a holiday, already there, past, colliding (S17, S18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from workshops.calendars import (
    at_local_time,
    days_off,
    known_school_years,
    minutes_after,
    school_year_of,
)
from workshops.clashes import Clash, find_clashes, is_refused
from workshops.enums import ProposalState, SessionState
from workshops.recurrence import expand, extra_dates
from workshops.rules import Slot, is_outside_school_hours

if TYPE_CHECKING:
    from workshops.models import Schedule, Session

STATES_THAT_TAKE_PLACE = (ProposalState.NEW, ProposalState.EXISTS, ProposalState.TAKEN)


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
    clashes: Sequence[Clash] = ()
    """Sessions in the way: same place, same facilitator, same offer (S21)."""


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
    slots = [_slot_of(schedule, day, existing.get(day)) for day in days]
    proposals: list[Proposal] = []
    for day, slot, clashes in zip(days, slots, find_clashes(slots), strict=True):
        session = existing.get(day)
        if session is not None:
            state = _state_of(session)
        elif slot.starts_at <= now:
            state = ProposalState.PAST
        elif schedule.skip_holidays and day in off and day not in added:
            state = ProposalState.HOLIDAY
        elif is_refused() and any(clash.is_refusable for clash in clashes):
            state = ProposalState.TAKEN
        else:
            state = ProposalState.NEW
        proposals.append(
            Proposal(
                day=day,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                state=state,
                holiday=off.get(day, ""),
                is_plan_known=school_year_of(day) in known_years,
                is_outside_school_hours=is_outside_school_hours(
                    audience=schedule.offer.audience, starts_at=slot.starts_at, ends_at=slot.ends_at
                ),
                clashes=clashes if state in STATES_THAT_TAKE_PLACE else (),
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


def _slot_of(schedule: "Schedule", day: date, session: "Session | None") -> Slot:
    """Return what the schedule's session on a day occupies, or would; an old one is not in its own way."""
    starts_at = at_local_time(day, schedule.start_time)
    return Slot(
        starts_at=starts_at,
        ends_at=minutes_after(starts_at, schedule.duration_minutes),
        offer_id=schedule.offer_id,
        provider_id=schedule.offer.provider_id,
        place_kind=schedule.offer.place_kind,
        venue_id=schedule.venue_id,
        facilitator=schedule.facilitator,
        session_id=None if session is None else session.pk,
    )
