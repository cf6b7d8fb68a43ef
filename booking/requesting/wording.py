"""How wishes, proposed times and askers read: shared by pages, mails and lists."""

from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.formats import date_format

from booking import wording
from booking.enums import BookingKind, Need, RequestDeclineReason, RequestState, UrgentEndReason
from booking.models import DateRequest, ProposedTime, WishedDate
from booking.party import ClassSize, Contact, Party
from booking.requesting.rules import EXPIRES_AFTER
from workshops.calendars import minutes_after
from workshops.enums import SessionState

_REASONS = {
    str(reason.value): reason.label
    for reasons in (RequestDeclineReason, UrgentEndReason)
    for reason in reasons
}

STATE_KINDS = {
    RequestState.UNPROVEN: "warning",
    RequestState.SENT: "info",
    RequestState.ANSWERED: "warning",
    RequestState.AGREED: "success",
}
"""The badge of a state; the text says it too, never colour alone."""


def day_text(day: date) -> str:
    """Return "tirsdag 1. december 2026"."""
    return date_format(day, "l j F Y" if translation.get_language() == "en" else "l j. F Y")


def wish_text(wish: WishedDate) -> str:
    """Return "tirsdag 1. december 2026, formiddag (8-10)"."""
    return f"{day_text(wish.date)}, {wish.get_part_of_day_display().lower()}"


def wishes_text(request: DateRequest) -> str:
    """Return the wished dates, one a line."""
    return "\n".join(wish_text(wish) for wish in request.wishes.all())


def time_text(time: ProposedTime) -> str:
    """Return "tirsdag 1. december 2026, kl. 9.00–10.30, Kulturhuset"."""
    ends_at = minutes_after(time.starts_at, time.duration_minutes)
    when = wording.period_text(time.starts_at, ends_at)
    venue = time.venue or (time.session.venue if time.session else None)
    return f"{when}, {venue.name}" if venue else when


def open_times(request: DateRequest) -> list[ProposedTime]:
    """Return the times that stand, soonest first."""
    return [time for time in request.proposals.all() if time.withdrawn_at is None]


def times_text(request: DateRequest) -> str:
    """Return the times that stand, one a line."""
    return "\n".join(time_text(time) for time in open_times(request))


def class_sizes(request: DateRequest) -> tuple[ClassSize, ...]:
    """Return the classes of a request."""
    return tuple(ClassSize(**row) for row in request.classes)


def party_of(request: DateRequest, *, is_school_session: bool) -> Party:
    """Return who would come: classes to a session for schools, else seats of an organisation."""
    if is_school_session:
        return Party(
            kind=BookingKind.SCHOOL, school_id=request.school_id, classes=class_sizes(request), seats=0
        )
    return Party(kind=BookingKind.ORGANISATION, seats=request.seats)


def contact_of(request: DateRequest) -> Contact:
    """Return who answers for the booking that a request becomes."""
    return Contact(
        name=request.contact_name,
        email=request.contact_email,
        phone=request.contact_phone,
        organisation=request.organisation or (request.school.name if request.school else ""),
        needs=tuple(request.needs),
        interpreter_language=request.interpreter_language,
        phone_on_day=request.contact_phone,
        language=request.language,
    )


def party_text(request: DateRequest) -> str:
    """Return what is asked for: a line a class, or the number of people."""
    if request.classes:
        return "\n".join(wording.class_text(size) for size in class_sizes(request))
    return wording.seats_text(request.seats) if request.seats else ""


def who_text(request: DateRequest) -> str:
    """Name the school or organisation that asks; never a person."""
    return request.school.name if request.school else request.organisation or request.get_party_kind_display()


def title_text(request: DateRequest, language: str) -> str:
    """Return the offer's title, or what an urgent request asks for."""
    if request.offer:
        return request.offer.title_in(language)
    return str(request.get_topic_display())


def needs_text(request: DateRequest) -> str:
    """Return the needs, one a line."""
    return "\n".join(str(Need(value).label) for value in request.needs if value in Need)


def expires_at(request: DateRequest) -> datetime | None:
    """Return until when the proposed times stand."""
    return request.answered_at + EXPIRES_AFTER if request.answered_at else None


def reason_text(reason: str) -> str:
    """Return why a request ended, in words."""
    return str(_REASONS.get(reason, ""))


def state_text(request: DateRequest) -> str:
    """Return where a request is; an agreed one that has been held says so (V2: requested, agreed, held)."""
    if request.state == RequestState.AGREED and request.booking:
        states = {booked.session.state for booked in request.booking.booked_sessions.all()}
        if states == {SessionState.HELD}:
            return str(SessionState.HELD.label)
    return str(request.get_state_display())


def waiting_days(request: DateRequest, *, now: datetime) -> int:
    """Return how many whole days a request has awaited an answer."""
    return (now - (request.awaits_since or request.sent_at)) // timedelta(days=1)
