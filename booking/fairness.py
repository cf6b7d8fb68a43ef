"""Fair shares among schools (S22): a cap per school and term, and days in which schools not yet served come first.

Both are an offer's choice and off by default. Staff are not bound by them: they book for a caller and answer for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps

from booking.enums import BookingState
from booking.errors import FairShareError, NewSchoolsFirstError, SchoolCapError
from booking.models import BookedSession, ClassPlace
from core.audit.log import VISITOR, record
from workshops.calendars import FIRST_MONTH_OF_SCHOOL_YEAR, local_date_of, school_year_days, school_year_of
from workshops.enums import NOT_TAKING_PLACE
from workshops.models import School, Session
from workshops.operations.sessions import fair_shares_of

SERVED_STATES = (BookingState.CONFIRMED, BookingState.ATTENDED)
"""A school with a booking in one of these has had, or gets, a visit."""


@dataclass(frozen=True)
class Stopped:
    """Whom a rule of fair shares has turned away, for the report of the effect."""

    session: Session
    school_id: int
    classes: int


def counts_who_is_stopped[**P, R](operation: Callable[P, R]) -> Callable[P, R]:
    """Note a refusal by fair shares after the operation's transaction is rolled back; nothing else of it is kept.

    Around `transaction.atomic`, never inside. No person is in the note: school, date and rule (rule 10).
    """

    @wraps(operation)
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return operation(*args, **kwargs)
        except FairShareError as refusal:
            stopped = refusal.stopped
            now = kwargs["now"]
            if isinstance(stopped, Stopped) and isinstance(now, datetime):
                record(
                    "fair_share_stopped",
                    fair_shares_of(stopped.session.local_date),
                    actor=VISITOR,
                    now=now,
                    provider_id=stopped.session.provider_id,
                    why=refusal.code,
                    offer=stopped.session.offer_id,
                    session=stopped.session.pk,
                    school=stopped.school_id,
                    classes=stopped.classes,
                )
            raise

    return counted


def term_of(day: date) -> tuple[date, date]:
    """Return the first and last day of the term of a day: August to December, January to July."""
    first, last = school_year_days(school_year_of(day))
    if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR:
        return first, date(day.year, 12, 31)
    return date(last.year, 1, 1), last


def check_fair_share(session: Session, school: School, *, classes: int, now: datetime) -> None:
    """Raise what an offer's fair shares forbid a school.

    The session must be locked. Where there is a cap the school's row is locked too, always after the sessions, so
    that two bookings of one school for two dates cannot both take its last class.

    Args:
        session: with its offer.
        classes: how many more.
    Raises:
        SchoolCapError: more classes than the offer gives a school in a term.
        NewSchoolsFirstError: the date is kept for schools not yet served, until a day it names.
    Source: FEATURES.md S22.
    """
    offer = session.offer
    if offer.new_schools_first_days and session.announced_at:
        open_to_all = local_date_of(session.announced_at) + timedelta(days=offer.new_schools_first_days)
        if local_date_of(now) < open_to_all and _is_served(session, school):
            refusal = NewSchoolsFirstError(open_to_all=open_to_all)
            refusal.stopped = Stopped(session, school.pk, classes)
            raise refusal
    check_cap(session, school, classes=classes)


def check_cap(session: Session, school: School, *, classes: int) -> None:
    """Raise SchoolCapError when so many more classes pass what the offer gives a school in a term."""
    offer = session.offer
    if offer.max_classes_per_term is None:
        return
    School.objects.select_for_update().get(pk=school.pk)
    first, last = term_of(session.local_date)
    places = ClassPlace.objects.filter(
        is_active=True,
        booked_session__booking__school=school,
        session__offer=offer,
        session__local_date__range=(first, last),
    )
    # A class in a course counts once, not once a date.
    taken = places.values("booked_class").distinct().count()
    if taken + classes > offer.max_classes_per_term:
        left = max(offer.max_classes_per_term - taken, 0)
        refusal = SchoolCapError(cap=offer.max_classes_per_term, left=left)
        refusal.stopped = Stopped(session, school.pk, classes)
        raise refusal


def _is_served(session: Session, school: School) -> bool:
    """Whether the school has a booking of the offer in the school year of the session."""
    first, last = school_year_days(school_year_of(session.local_date))
    served = BookedSession.objects.filter(
        booking__school=school,
        session__offer_id=session.offer_id,
        session__local_date__range=(first, last),
        state__in=SERVED_STATES,
    )
    return served.exclude(session__state__in=NOT_TAKING_PLACE).exists()
