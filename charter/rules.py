"""Pure decisions about coverage, charter years and a provider's way from new to ended."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from charter.enums import CharterMode, CoverageState, ProviderKind, ProviderState, Transition
from charter.errors import (
    DecisionReferenceMissingError,
    ReasonMissingError,
    TransitionNotAllowedError,
)

DAY = timedelta(days=1)
ROLLING_RENEWAL_MONTHS = 6
"""With a rolling year: renewable from so many months before its end, then continuing from it."""


class EndCause(StrEnum):
    """Why a signature stops covering."""

    EXPIRY = "expiry"
    VERSION = "version"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class SignedSpan:
    """What one signature says about days, both included."""

    covers_from: date
    covers_until: date
    accepted_until: date | None = None
    withdrawn_from: date | None = None
    next_signing_opens_on: date | None = None
    version_number: int = 0
    signed_at: datetime | None = None
    signature_id: int | None = None


@dataclass(frozen=True)
class Interval:
    """Days in a row that are covered, both included, and why they end."""

    first_day: date
    last_day: date
    ended_by: EndCause = EndCause.EXPIRY
    next_signing_opens_on: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the day lies in the interval."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class Coverage:
    """A provider's charter on a day, for people to read. The gate itself is charter.gate."""

    state: CoverageState
    until: date | None = None
    """The last covered day of the stretch around today."""

    starts_on: date | None = None
    """The next first covered day after a gap, if one is signed."""

    lapsed_on: date | None = None
    """The last day that was covered, where it is over."""

    renewal_opens_on: date | None = None
    signed_at: datetime | None = None
    version_number: int | None = None
    signature_id: int | None = None
    intervals: tuple[Interval, ...] = ()

    @property
    def is_covered(self) -> bool:
        """Whether today is covered, or needs no cover."""
        return self.state in {
            CoverageState.COVERED,
            CoverageState.RENEWAL_OPEN,
            CoverageState.NOT_REQUIRED,
        }

    def covers(self, day: date) -> bool:
        """Return whether a day is covered, or needs no cover."""
        return self.state == CoverageState.NOT_REQUIRED or any(i.covers(day) for i in self.intervals)


def interval_of(span: SignedSpan) -> Interval | None:
    """Return the days a signature covers, cut by its version's end and by withdrawal; None when none is left."""
    last_day, ended_by = span.covers_until, EndCause.EXPIRY
    if span.accepted_until is not None and span.accepted_until < last_day:
        last_day, ended_by = span.accepted_until, EndCause.VERSION
    if span.withdrawn_from is not None and span.withdrawn_from <= last_day:
        last_day, ended_by = span.withdrawn_from - DAY, EndCause.WITHDRAWAL
    if last_day < span.covers_from:
        return None
    return Interval(span.covers_from, last_day, ended_by, span.next_signing_opens_on)


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the intervals in order, those that touch or overlap as one; the later end keeps its cause."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda i: (i.first_day, i.last_day)):
        if merged and interval.first_day <= merged[-1].last_day + DAY:
            if interval.last_day >= merged[-1].last_day:
                merged[-1] = replace(interval, first_day=merged[-1].first_day)
        else:
            merged.append(interval)
    return tuple(merged)


def coverage_from(spans: Sequence[SignedSpan], *, today: date, mode: str) -> Coverage:
    """Return the coverage of a provider that needs the charter, from its signatures.

    Source: DESIGN.md rule 2 and section 6.
    """
    found = merge(interval for span in spans if (interval := interval_of(span)))
    current = next((interval for interval in found if interval.covers(today)), None)
    upcoming = next((interval.first_day for interval in found if interval.first_day > today), None)
    if current is not None:
        opens_on = renewal_opens_on(current, mode=mode)
        is_open = opens_on is not None and opens_on <= today
        in_force = max(
            (span for span in spans if (i := interval_of(span)) and i.covers(today)),
            key=lambda span: (span.covers_until, span.version_number, span.signature_id or 0),
        )
        return Coverage(
            state=CoverageState.RENEWAL_OPEN if is_open else CoverageState.COVERED,
            until=current.last_day,
            starts_on=upcoming,
            renewal_opens_on=opens_on,
            signed_at=in_force.signed_at,
            version_number=in_force.version_number,
            signature_id=in_force.signature_id,
            intervals=found,
        )
    past = [interval for interval in found if interval.last_day < today]
    # A withdrawal from the first day leaves no interval at all, but is a withdrawal all the same.
    nothing_left = [span for span in spans if interval_of(span) is None and span.withdrawn_from is not None]
    if upcoming is not None and not past:
        state = CoverageState.UPCOMING
    elif (past and past[-1].ended_by == EndCause.WITHDRAWAL) or (nothing_left and not past):
        state = CoverageState.WITHDRAWN
    elif past:
        state = CoverageState.LAPSED
    else:
        state = CoverageState.NOT_SIGNED
    return Coverage(
        state=state,
        starts_on=upcoming,
        lapsed_on=past[-1].last_day if past else None,
        intervals=found,
    )


def renewal_opens_on(interval: Interval, *, mode: str) -> date | None:
    """Return from when a covered stretch can be prolonged.

    Cut by a new version: as soon as it is cut. Withdrawn: it does not renew by itself. Otherwise when the next
    charter period's signing window opens, or with a rolling year six months before the end.
    """
    if interval.ended_by == EndCause.VERSION:
        return interval.first_day
    if interval.ended_by == EndCause.WITHDRAWAL:
        return None
    if mode == CharterMode.ROLLING:
        return add_months(interval.last_day + DAY, -ROLLING_RENEWAL_MONTHS)
    return interval.next_signing_opens_on


@dataclass(frozen=True)
class Period:
    """Days that can be signed for, both included."""

    first_day: date
    last_day: date
    name: str = ""


def gaps_between(periods: Iterable[Period]) -> list[Period]:
    """Return the days between periods that none of them covers, in order."""
    gaps: list[Period] = []
    ordered = sorted(periods, key=lambda period: period.first_day)
    for earlier, later in pairwise(ordered):
        if later.first_day > earlier.last_day + DAY:
            gaps.append(Period(earlier.last_day + DAY, later.first_day - DAY))
    return gaps


def signable_periods(
    *, today: date, mode: str, open_periods: Sequence[Period], intervals: Sequence[Interval]
) -> list[Period]:
    """Return what a provider can sign for today: whole or rest of periods that it has not signed already.

    A signature never reaches back: the running period is signed from today.

    Args:
        open_periods: charter periods whose signing window has opened and that are not over.
        intervals: what is covered already (`merge`).
    """
    if mode == CharterMode.ROLLING:
        return _signable_rolling(today=today, intervals=intervals)
    found = []
    for period in open_periods:
        rest = replace(period, first_day=max(period.first_day, today))
        if not any(i.covers(rest.first_day) and i.covers(rest.last_day) for i in intervals):
            found.append(rest)
    return found


def period_that_was_offered(
    offered: Period, *, today: date, mode: str, periods: Sequence[Period]
) -> Period | None:
    """Return the days that a signing begun earlier signs for now; None where they cannot be signed for any more.

    What was offered holds to its last day, also when midnight has passed since. Its first day moves to today: a
    signature never reaches back.

    Args:
        periods: what can be signed for now (`signable_periods`).
    Source: DESIGN.md rule 2; a person signs for what they have read.
    """
    rest = replace(offered, first_day=max(offered.first_day, today))
    if mode == CharterMode.ROLLING:
        # Each day offers another twelve months: those of yesterday lie within them, all but the day that is over.
        holds = any(p.first_day <= rest.first_day and rest.last_day <= p.last_day for p in periods)
        return rest if holds and rest.first_day <= rest.last_day else None
    return next((period for period in periods if period.last_day == offered.last_day), None)


def _signable_rolling(*, today: date, intervals: Sequence[Interval]) -> list[Period]:
    current = next((interval for interval in intervals if interval.covers(today)), None)
    first_day = today
    if current is not None and current.ended_by == EndCause.EXPIRY:
        opens_on = renewal_opens_on(current, mode=CharterMode.ROLLING)
        if opens_on is None or today < opens_on:
            return []
        first_day = current.last_day + DAY
    return [Period(first_day, add_months(first_day, 12) - DAY)]


def add_months(day: date, months: int) -> date:
    """Return the day so many months later (earlier when negative), cut to the length of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Step:
    """From which states a transition is legal, where it leads, and what it must state."""

    sources: frozenset[ProviderState]
    target: ProviderState
    needs_reason: bool = False
    needs_reference: bool = False


_S = ProviderState
TRANSITIONS: dict[Transition, Step] = {
    Transition.START_VETTING: Step(frozenset({_S.NEW, _S.ENDED, _S.DECLINED_CHARTER}), _S.VETTING),
    Transition.ASK_EXPLANATION: Step(frozenset({_S.VETTING}), _S.AWAITING_EXPLANATION, needs_reason=True),
    Transition.RECEIVE_EXPLANATION: Step(frozenset({_S.AWAITING_EXPLANATION}), _S.VETTING, needs_reason=True),
    Transition.APPROVE: Step(
        frozenset({_S.VETTING, _S.AWAITING_EXPLANATION}),
        _S.APPROVED,
        needs_reason=True,
        needs_reference=True,
    ),
    Transition.ACTIVATE: Step(frozenset({_S.APPROVED}), _S.ACTIVE),
    Transition.SUSPEND: Step(frozenset({_S.ACTIVE}), _S.SUSPENDED, needs_reason=True),
    Transition.REACTIVATE: Step(frozenset({_S.SUSPENDED}), _S.ACTIVE, needs_reason=True),
    Transition.END: Step(
        frozenset({_S.NEW, _S.VETTING, _S.AWAITING_EXPLANATION, _S.APPROVED, _S.ACTIVE, _S.SUSPENDED}),
        _S.ENDED,
        needs_reason=True,
        needs_reference=True,
    ),
    Transition.DECLINE_CHARTER: Step(
        frozenset({_S.NEW, _S.VETTING, _S.AWAITING_EXPLANATION, _S.APPROVED, _S.ACTIVE, _S.SUSPENDED}),
        _S.DECLINED_CHARTER,
        needs_reason=True,
        needs_reference=True,
    ),
}
"""DESIGN.md 6. A decision to approve, end or note a refusal carries the file it was made in (DOMAIN.md 1.3)."""

SERIOUS = frozenset({Transition.SUSPEND, Transition.END, Transition.DECLINE_CHARTER})
"""Steps that close a provider's dates."""

NOT_FOR_MUNICIPAL_TEAMS = frozenset(
    {
        Transition.START_VETTING,
        Transition.ASK_EXPLANATION,
        Transition.RECEIVE_EXPLANATION,
        Transition.APPROVE,
        Transition.DECLINE_CHARTER,
    }
)
"""The municipality does not vet itself and signs no charter with itself (DOMAIN.md 1.3)."""


def is_allowed(transition: Transition, *, state: str, kind: str) -> bool:
    """Return whether a transition is legal from a state, for a kind of provider."""
    if kind == ProviderKind.MUNICIPAL_TEAM:
        if transition in NOT_FOR_MUNICIPAL_TEAMS:
            return False
        if transition == Transition.ACTIVATE and state in {_S.NEW, _S.ENDED}:
            return True
    return state in TRANSITIONS[transition].sources


def allowed_transitions(*, state: str, kind: str) -> list[Transition]:
    """Return the transitions that are legal now, in the order of the table: the buttons of the admin."""
    return [transition for transition in TRANSITIONS if is_allowed(transition, state=state, kind=kind)]


def check_transition(
    transition: Transition, *, state: str, kind: str, reason: str, decision_reference: str
) -> ProviderState:
    """Return the state a transition leads to.

    Raises:
        TransitionNotAllowedError: it is not legal from this state.
        ReasonMissingError: it must state a reason.
        DecisionReferenceMissingError: it must name the file the decision was made in.
    """
    if not is_allowed(transition, state=state, kind=kind):
        raise TransitionNotAllowedError(transition, state)
    step = TRANSITIONS[transition]
    if step.needs_reason and not reason.strip():
        raise ReasonMissingError
    if step.needs_reference and not decision_reference.strip():
        raise DecisionReferenceMissingError
    return step.target


CAN_SIGN_IN = frozenset({ProviderState.APPROVED, ProviderState.ACTIVE})
"""States in which a provider may sign: vetted, not stopped."""


class SigningBar(StrEnum):
    """What keeps a provider from signing now; each has its own text on the page."""

    NOT_REQUIRED = "not_required"
    NOT_APPROVED = "not_approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    NO_VERSION = "no_version"
    ALREADY_SIGNED = "already_signed"
    WINDOW_CLOSED = "window_closed"
    NOT_SIGNATORY = "not_signatory"


def signing_bar(
    *,
    kind: str,
    state: str,
    has_version: bool,
    has_periods: bool,
    is_covered: bool,
    is_signatory: bool,
) -> SigningBar | None:
    """Return the first thing that keeps a person from signing for a provider, or None.

    Args:
        has_version: a charter version is published.
        has_periods: something is left to sign for (`signable_periods`).
        is_covered: today is covered.
        is_signatory: the person is a signatory of the provider.
    """
    if kind == ProviderKind.MUNICIPAL_TEAM:
        return SigningBar.NOT_REQUIRED
    if state == ProviderState.SUSPENDED:
        return SigningBar.SUSPENDED
    if state in {ProviderState.ENDED, ProviderState.DECLINED_CHARTER}:
        return SigningBar.CLOSED
    if state not in CAN_SIGN_IN:
        return SigningBar.NOT_APPROVED
    if not has_version:
        return SigningBar.NO_VERSION
    if not has_periods:
        return SigningBar.ALREADY_SIGNED if is_covered else SigningBar.WINDOW_CLOSED
    return None if is_signatory else SigningBar.NOT_SIGNATORY
