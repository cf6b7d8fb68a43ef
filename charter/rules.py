"""Pure decisions about coverage, charter years and a provider's way from new to ended."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from charter.enums import CharterMode, CoverageState

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
