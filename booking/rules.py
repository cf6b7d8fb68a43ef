"""Pure decisions about bookings: values in, verdict out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Any

from django.utils import timezone

from booking.enums import BookingKind
from booking.errors import (
    AddressNotAllowedError,
    ClassTwiceError,
    GroupTooLargeError,
    GroupTooSmallError,
    HeadsDoNotAddUpError,
)
from booking.party import ClassSize, Party, normalise_class_name
from workshops.calendars import LOCAL_ZONE, local_days_before
from workshops.enums import Audience
from workshops.models import Session
from workshops.rules import Limits, has_free_places

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


QUEUE_ENDS = timedelta(hours=12)
"""From so long before the start nobody is offered a place any more: there would be no time to come."""

_OFFER_TIMES = (
    (timedelta(days=8), timedelta(hours=48)),
    (timedelta(days=4), timedelta(hours=24)),
    (timedelta(days=2), timedelta(hours=6)),
)
_OFFER_TIME_NEAR = timedelta(hours=3)
_LAST_ANSWER = timedelta(hours=2)
_EVENING, _MORNING, _MID_MORNING = 20, 8, 10


def visits_first(session: Session) -> tuple[bool, datetime]:
    """Sort what is booked together: dates as they are held, the evening of a package after its visit.

    The first one's offer is the booking's: it decides on approval, and its provider answers.
    """
    return session.audience != Audience.SCHOOL, session.starts_at


def main_session(sessions: Iterable[Session]) -> Session:
    """Return the session whose offer and provider a booking is of: the first visit, else the first date."""
    return min(sessions, key=visits_first)


def is_evening_of_package(kind: str, session: Session) -> bool:
    """Say whether a school's place in a session is a whole evening beside its visit, not a class in it."""
    return kind == BookingKind.SCHOOL and session.audience != Audience.SCHOOL


def is_full(session: Any) -> bool:
    """Whether not even one more can book a session, fetched with its free places."""
    return not has_free_places(free_groups=session.free_groups, free_people=session.free_people)


def has_queue(session: Session) -> bool:
    """Whether one can wait for a session: its offer has a waiting list, and it is no part of a course (S12)."""
    return session.offer.has_waiting_list and session.course_id is None


def is_by_day(moment: datetime) -> bool:
    """Say whether it is between 8 and 20 in Copenhagen, when people do not mind a mail's sound."""
    return _MORNING <= timezone.localtime(moment, LOCAL_ZONE).hour < _EVENING


def by_day_from(moment: datetime) -> datetime:
    """Return the moment itself by day, else eight o'clock in Copenhagen after it."""
    if is_by_day(moment):
        return moment
    local = timezone.localtime(moment, LOCAL_ZONE)
    day = local.date() + timedelta(days=1 if local.hour >= _EVENING else 0)
    return datetime.combine(day, time(_MORNING), tzinfo=LOCAL_ZONE)


def can_ever_fit(limits: Limits, *, groups: int, people: int) -> bool:
    """Say whether so many would fit in an empty session: what is kept back counts in its first limit."""
    reserved_people = 0 if limits.max_groups is not None else limits.reserved
    fits_groups = limits.max_groups is None or groups <= limits.max_groups - limits.reserved
    return fits_groups and (limits.max_people is None or people <= limits.max_people - reserved_people)


def offer_deadline(*, now: datetime, starts_at: datetime) -> datetime:
    """Return until when a place from the queue is offered: 48 hours, shorter near the date (S13).

    24 hours when the start is under 8 days away, 6 under 4, 3 under 2. A time in the night becomes 10 in the
    morning, so that nobody loses a place asleep. Never later than two hours before the start.
    """
    left = starts_at - now
    wait = next((time for at_least, time in _OFFER_TIMES if left >= at_least), _OFFER_TIME_NEAR)
    local = timezone.localtime(now + wait, LOCAL_ZONE)
    if not is_by_day(local):
        day = local.date() + timedelta(days=1 if local.hour >= _EVENING else 0)
        local = datetime.combine(day, time(_MID_MORNING), tzinfo=LOCAL_ZONE)
    return min(local.astimezone(UTC), starts_at - _LAST_ANSWER)


def approval_deadline(*, now: datetime, days: int, starts_at: datetime) -> datetime:
    """Return by when a booking that asks for approval is answered: so many local days later at the same time.

    Never in the last day before the start: a booker must know by then (S15).
    """
    due = local_days_before(now, -days)
    return min(due, max(starts_at - timedelta(days=1), now))


def check_group_sizes(party: Party, *, smallest: int | None, largest: int | None) -> None:
    """Raise GroupTooSmallError or GroupTooLargeError when a class or sign-up is outside the offer's sizes (S3).

    The refusal names the class.
    """
    sizes = [(item.name, item.pupils) for item in party.classes] or [("", party.seats)]
    for name, size in sizes:
        if smallest is not None and size < smallest:
            raise GroupTooSmallError(smallest=smallest, class_name=name)
        if largest is not None and size > largest:
            raise GroupTooLargeError(largest=largest, class_name=name)


def check_heads(party: Party, *, is_asked: bool = False) -> None:
    """Raise HeadsDoNotAddUpError when the heads per occupation are not as many as the seats (V4)."""
    heads = sum(item.count for item in party.heads)
    if (party.heads or is_asked) and heads != party.seats:
        raise HeadsDoNotAddUpError(seats=party.seats, heads=heads)


def check_classes_differ(classes: Collection[ClassSize]) -> None:
    """Raise ClassTwiceError when two classes are the same but for the spelling (S1)."""
    seen: dict[str, str] = {}
    for item in classes:
        key = normalise_class_name(item.name)
        if key in seen:
            raise ClassTwiceError(class_name=seen[key])
        seen[key] = item.name


def classes_that_fit(
    classes: Sequence[ClassSize], *, groups_left: int | None, people_left: int | None, adults_count: bool
) -> tuple[int, ...]:
    """Return the positions of the most classes that fit together in what is left, the first typed first.

    A class is never split (rule 8). None = no limit. Empty when not even one fits.
    """
    people = [item.pupils + (item.adults if adults_count else 0) for item in classes]
    most = len(classes) if groups_left is None else min(groups_left, len(classes))
    for size in range(most, 0, -1):
        for chosen in combinations(range(len(classes)), size):
            if people_left is None or sum(people[place] for place in chosen) <= people_left:
                return chosen
    return ()


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


def is_address_allowed(email: str, domains: Collection[str]) -> bool:
    """Whether an address may sign up: "kk.dk" lets anna@kk.dk and anna@buf.kk.dk, not anna@ikkekk.dk (V1)."""
    domain = email_domain(email)
    return not domains or any(
        domain == item or domain.endswith(f".{item}") for item in map(bare_domain, domains)
    )


def check_address_allowed(email: str, domains: Collection[str]) -> None:
    """Raise AddressNotAllowedError for an address outside an offer's domains; none = all (V1)."""
    if not is_address_allowed(email, domains):
        raise AddressNotAllowedError(domains=", ".join(map(bare_domain, domains)))


def bare_domain(typed: str) -> str:
    """Return "kk.dk" for "@KK.dk "."""
    return typed.strip().lstrip("@.").lower()


def email_domain(email: str) -> str:
    """Return the part after the @, in lower case."""
    return email.rpartition("@")[2].strip().lower()
