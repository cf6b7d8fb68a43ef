"""Pure decisions about sessions: values in, verdict out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workshops.calendars import LOCAL_ZONE, local_days_before
from workshops.enums import Audience, ClashKind, PlaceKind, SessionState, WhyNotBookable

FRIDAY = 4
BETWEEN_NAMES = re.compile(r"[,;/&+]|\bog\b|\band\b")
SCHOOL_BEGINS, SCHOOL_ENDS = time(8), time(16)


@dataclass(frozen=True)
class Limits:
    """What a session has room for; at least one of the two is set (rule 9)."""

    max_groups: int | None
    max_people: int | None
    reserved: int = 0
    adults_count: bool = False

    @property
    def units(self) -> tuple[bool, bool]:
        """Which units are counted: classes, people."""
        return self.max_groups is not None, self.max_people is not None


def adults_count_by_default(*, place_kind: str, offer_says: bool) -> bool:
    """Say whether accompanying adults count as people: at a venue yes, else as the offer says (rule 9)."""
    return offer_says or place_kind == PlaceKind.VENUE


def booking_deadlines(
    *, starts_at: datetime, closes_days: int, withdrawal_days: int
) -> tuple[datetime, datetime]:
    """Return when booking and withdrawal close: whole local days before, at the session's wall time."""
    return local_days_before(starts_at, closes_days), local_days_before(starts_at, withdrawal_days)


def limits_fit_taken(limits: Limits, *, groups_taken: int, people_taken: int) -> bool:
    """Say whether limits leave room for what is taken already."""
    return (limits.max_groups is None or groups_taken <= limits.max_groups) and (
        limits.max_people is None or people_taken <= limits.max_people
    )


@dataclass(frozen=True)
class BookingFacts:
    """What decides whether a session can be booked now; the annotations of `SessionQuerySet.with_facts`."""

    state: str
    offer_is_open: bool
    gate_is_open: bool
    booking_opens_at: datetime | None
    booking_closes_at: datetime
    free_groups: int | None
    free_people: int | None


def has_free_places(*, free_groups: int | None, free_people: int | None) -> bool:
    """Say whether at least one more class or person fits, by every limit that is set."""
    return free_groups != 0 and free_people != 0


def why_not_bookable(facts: BookingFacts, now: datetime) -> WhyNotBookable | None:
    """Return why a session cannot be booked now, the most lasting reason first; None when it can (P8).

    Source: DESIGN.md rules 1 and 2. The same facts as `SessionQuerySet.bookable`, which a test compares.
    """
    by_state = {
        SessionState.DRAFT: WhyNotBookable.DRAFT,
        SessionState.CANCELLED: WhyNotBookable.CANCELLED,
        SessionState.HELD: WhyNotBookable.HELD,
        SessionState.NOT_HELD: WhyNotBookable.HELD,
    }
    if facts.state in by_state:
        return by_state[SessionState(facts.state)]
    if facts.booking_closes_at <= now or facts.state == SessionState.CLOSED or not facts.offer_is_open:
        return WhyNotBookable.CLOSED
    if not facts.gate_is_open:
        return WhyNotBookable.PROVIDER_NOT_COVERED
    if facts.booking_opens_at is not None and facts.booking_opens_at > now:
        return WhyNotBookable.NOT_OPEN_YET
    if not has_free_places(free_groups=facts.free_groups, free_people=facts.free_people):
        return WhyNotBookable.FULL
    return None


_MOST_LASTING_FIRST = (
    WhyNotBookable.DRAFT,
    WhyNotBookable.CANCELLED,
    WhyNotBookable.HELD,
    WhyNotBookable.CLOSED,
    WhyNotBookable.PROVIDER_NOT_COVERED,
    WhyNotBookable.NOT_OPEN_YET,
    WhyNotBookable.FULL,
)


def why_course_not_bookable(dates: Iterable[BookingFacts], now: datetime) -> WhyNotBookable | None:
    """Return why a course cannot be booked now: the most lasting reason of any of its dates (S20)."""
    reasons = {why_not_bookable(facts, now) for facts in dates}
    return next((why for why in _MOST_LASTING_FIRST if why in reasons), None)


def is_outside_school_hours(*, audience: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether a visit to a class would lie outside ordinary teaching: weekdays from 8 to 16.

    It warns, never blocks: a school may want a Saturday. Source: DOMAIN.md 2.1.
    """
    if audience != Audience.SCHOOL:
        return False
    first, last = starts_at.astimezone(LOCAL_ZONE), ends_at.astimezone(LOCAL_ZONE)
    if first.date() != last.date() or first.weekday() > FRIDAY:
        return True
    return first.time() < SCHOOL_BEGINS or last.time() > SCHOOL_ENDS


@dataclass(frozen=True)
class Slot:
    """What a session, made or only planned, occupies: a time, a place, people."""

    starts_at: datetime
    ends_at: datetime
    offer_id: int
    provider_id: int
    place_kind: str
    venue_id: int | None = None
    host_school_id: int | None = None
    facilitator: str = ""
    session_id: int | None = None
    """None for what is not made yet."""

    @property
    def facilitators(self) -> frozenset[str]:
        """The names in the free text: «Anna Holm, Bo» and «anna holm og Bo» are the same two."""
        names = (" ".join(name.split()) for name in BETWEEN_NAMES.split(self.facilitator.casefold()))
        return frozenset(name for name in names if name)


def clash_between(wanted: Slot, other: Slot, *, travel: timedelta) -> ClashKind | None:
    """Say whether two slots get in each other's way, and how; None when they do not.

    A venue holds one session at a time, whoever holds it. A facilitator of a provider is in one place at a
    time and needs `travel` to get to the next; none to or from a screen. End and start at the same moment
    do not clash. Source: FEATURES S21.
    """
    if wanted.session_id is not None and wanted.session_id == other.session_id:
        return None
    overlaps = wanted.starts_at < other.ends_at and other.starts_at < wanted.ends_at
    if overlaps and wanted.venue_id is not None and wanted.venue_id == other.venue_id:
        return ClashKind.VENUE
    if wanted.provider_id == other.provider_id and wanted.facilitators & other.facilitators:
        if overlaps:
            return ClashKind.FACILITATOR
        is_near = wanted.starts_at < other.ends_at + travel and other.starts_at < wanted.ends_at + travel
        if is_near and not _is_same_place(wanted, other):
            return ClashKind.TRAVEL
    if overlaps and wanted.offer_id == other.offer_id:
        return ClashKind.OFFER
    return None


def _is_same_place(one: Slot, other: Slot) -> bool:
    if PlaceKind.ONLINE in (one.place_kind, other.place_kind):
        return True
    # A date at a school that nobody has booked yet may be anywhere.
    places = [(slot.venue_id, slot.host_school_id) for slot in (one, other)]
    return places[0] == places[1] != (None, None)
