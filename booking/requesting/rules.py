"""Pure decisions about requests and notices: values in, verdict out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.enums import BookingKind, PartOfDay
from booking.requesting.errors import (
    TimePassedError,
    TimesMissingError,
    TooManyTimesError,
    WishInPastError,
    WishMissingError,
    WishTooFarError,
)
from workshops.enums import Audience

MAX_WISHES = 3
MAX_TIMES = 5
HORIZON = timedelta(days=365)
"""How far ahead a date may be wished."""

PROOF_TIME = timedelta(hours=24)
ANSWER_TIME = timedelta(days=7)
"""After it an unanswered request becomes a task for the administration."""

REMIND_AFTER = timedelta(days=7)
EXPIRES_AFTER = timedelta(days=14)
"""How long proposed times stand: a reminder to the asker half-way, then they lapse."""

KEPT_AFTER_END = timedelta(days=30)
KEPT_WHILE_OPEN = timedelta(days=400)
NOTICE_KEPT = timedelta(days=365)
NOTICE_UNPROVEN_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """A wished date and a part of the day."""

    date: date
    part_of_day: str = PartOfDay.ANY


@dataclass(frozen=True)
class Time:
    """One time an answer proposes: a new session to be made, or one that is there (`session_id`)."""

    starts_at: datetime
    duration_minutes: int
    venue_id: int | None = None
    online_url: str = ""
    facilitator: str = ""
    is_open_to_others: bool = False
    session_id: int | None = None


def check_wished_date(day: date, *, today: date) -> None:
    """Raise WishInPastError or WishTooFarError for a date that nobody can answer."""
    if day <= today:
        raise WishInPastError
    if day > today + HORIZON:
        raise WishTooFarError


def check_wishes(wishes: Collection[Wish], *, today: date) -> None:
    """Raise what is wrong with the wished dates; one at least, three at most."""
    if not wishes:
        raise WishMissingError
    for wish in wishes:
        check_wished_date(wish.date, today=today)


def check_times(times: Sequence[Time], *, now: datetime) -> None:
    """Raise what is wrong with the proposed times: one to five, all ahead."""
    if not times:
        raise TimesMissingError
    if len(times) > MAX_TIMES:
        raise TooManyTimesError
    if any(time.starts_at <= now for time in times):
        raise TimePassedError


def asking_kind(audience: str) -> BookingKind | None:
    """Return who may ask for dates of an offer: a school, an organisation (V2), or nobody.

    Evenings for parents are planned with a school, not asked for one by one.
    """
    if audience == Audience.SCHOOL:
        return BookingKind.SCHOOL
    if audience in (Audience.PROFESSIONALS, Audience.ADULTS):
        return BookingKind.ORGANISATION
    return None


def limit_to_fit(limit: int | None, needed: int) -> int | None:
    """Return a session's limit that has room for who asked; no limit stays none."""
    return None if limit is None else max(limit, needed)
