"""Pure decisions about bookings: values in, verdict out."""

from collections.abc import Collection
from datetime import datetime, timedelta

from booking.errors import GroupTooLargeError, GroupTooSmallError
from booking.party import Party

HOLD = timedelta(minutes=15)
MAX_EXTENSIONS = 3
PROOF_TIME = timedelta(hours=24)
PROOF_TIME_NEAR = timedelta(hours=2)
NEAR = timedelta(hours=48)
MAX_UNPROVEN_PER_ADDRESS = 3
MAX_SEATS_PER_PERSON = 10
"""Seats in one sign-up of a person where the offer sets no largest group (X6)."""


def proof_deadline(*, now: datetime, starts_at: datetime) -> datetime:
    """Return until when a place is held for an address that is not proven.

    24 hours, 2 hours when the start is under 48 hours away, and never past the start (DESIGN.md 5).
    """
    wait = PROOF_TIME_NEAR if starts_at - now < NEAR else PROOF_TIME
    return min(now + wait, starts_at)


def check_group_sizes(party: Party, *, smallest: int | None, largest: int | None) -> None:
    """Raise GroupTooSmallError or GroupTooLargeError when a class or sign-up is outside the offer's sizes (S3)."""
    sizes = [size.pupils for size in party.classes] if party.classes else [party.seats]
    if smallest is not None and min(sizes) < smallest:
        raise GroupTooSmallError(smallest=smallest)
    if largest is not None and max(sizes) > largest:
        raise GroupTooLargeError(largest=largest)


def approval_reasons(
    *,
    offer_asks: bool,
    is_known_domain: bool,
    grades: Collection[int],
    grade_from: int | None,
    grade_to: int | None,
    district: int | None,
    districts: Collection[int],
) -> list[str]:
    """Return why a booking needs a person's yes; empty = it confirms at once (S15, S27).

    Grade or district outside what the offer serves goes to approval, never to a refusal.
    """
    reasons = []
    if offer_asks:
        reasons.append("offer")
    if not is_known_domain:
        reasons.append("unknown_domain")
    low = 0 if grade_from is None else grade_from
    high = 10 if grade_to is None else grade_to
    if any(not low <= grade <= high for grade in grades):
        reasons.append("grade")
    if districts and district not in districts:
        reasons.append("district")
    return reasons


def email_domain(email: str) -> str:
    """Return the part after the @, in lower case."""
    return email.rpartition("@")[2].strip().lower()
