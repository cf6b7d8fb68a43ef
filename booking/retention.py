"""When a booking's personal data goes by itself (rule 10; DOMAIN.md 4.3, to be confirmed by the DPO)."""

from datetime import date, timedelta

from booking.enums import BookingKind
from workshops.calendars import school_year_of

PERSON_DAYS = 30


def contact_deleted_after(kind: str, *, last_date: date) -> date:
    """Return the last day a contact is kept.

    A teacher's: until the end of the school year after the session's. A person's or an organisation's:
    30 days after the session.
    """
    if kind == BookingKind.SCHOOL:
        return date(school_year_of(last_date) + 2, 7, 31)
    return last_date + timedelta(days=PERSON_DAYS)
