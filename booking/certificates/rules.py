"""Whether a sign-up has a certificate, from what became of its dates. Values in, verdict out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from booking.enums import BookingState
from workshops.enums import NOT_TAKING_PLACE, UPCOMING_STATES


class CertificateState(StrEnum):
    """Where a sign-up is with its certificate."""

    NONE = "none"
    """There is none to be had: the offer gives none, or nothing was taken part in and never will be."""

    AHEAD = "ahead"
    """Not every date is over."""

    UNKNOWN = "unknown"
    """All are over, and nobody has reported yet who came."""

    NOT_THERE = "not_there"
    """Held, and it is not registered that anybody of this sign-up came."""

    READY = "ready"


@dataclass(frozen=True)
class BookedDate:
    """One date of a sign-up that had its place, and what is known of it."""

    ends_at: datetime
    state: str
    """A BookingState."""

    session_state: str
    """A SessionState."""

    arrived: int
    """How many the report or the door list counted; 0 where nobody did."""


def has_come(date: BookedDate, *, now: datetime) -> bool:
    """Say whether it is known that somebody came: reported as attended, or ticked at the door and not denied since."""
    if date.ends_at > now or date.session_state in NOT_TAKING_PLACE:
        return False
    if date.state == BookingState.ATTENDED:
        return True
    return date.state == BookingState.CONFIRMED and date.arrived > 0


def certificate_state(dates: Collection[BookedDate], *, now: datetime) -> CertificateState:
    """Return where a sign-up is. A course has its certificate after its last date, for the dates attended."""
    taking_place = [date for date in dates if date.session_state not in NOT_TAKING_PLACE]
    if not taking_place:
        return CertificateState.NONE
    if any(date.ends_at > now for date in taking_place):
        return CertificateState.AHEAD
    if any(has_come(date, now=now) for date in taking_place):
        return CertificateState.READY
    if any(date.session_state in UPCOMING_STATES for date in taking_place):
        return CertificateState.UNKNOWN
    return CertificateState.NOT_THERE
