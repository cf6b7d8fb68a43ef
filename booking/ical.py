"""Calendar entries of bookings: one UID for life, SEQUENCE grows, a cancellation is sent as one (rule 6)."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from booking import links, wording
from booking.enums import BookingKind, BookingState
from booking.models import BookedSession, Booking
from core.outbox.registry import Attachment
from workshops.ical import calendar, event

ENDED_STATES = (
    BookingState.WITHDRAWN,
    BookingState.CANCELLED,
    BookingState.DECLINED,
    BookingState.EXPIRED,
)
TENTATIVE_STATES = (BookingState.AWAITING_APPROVAL, BookingState.OFFERED)
FIRM_STATES = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW)


def invitation_method(booked: BookedSession, booking: Booking) -> str | None:
    """Return what a mail's calendar object does: REQUEST or CANCEL; None where there never was an appointment.

    Each session of a booking for itself: when one of a course is cancelled, only its entry goes (rule 6).
    """
    if not booking.confirmed_at:
        return None
    if booked.state in ENDED_STATES:
        return "CANCEL" if booked.sequence else None
    # What was confirmed and awaits an answer again, after a change, becomes tentative.
    return "REQUEST" if booked.state in (*FIRM_STATES, *TENTATIVE_STATES) else None


def changed_at(booked: BookedSession, booking: Booking) -> datetime:
    """Return when an entry last changed: of the booking, of its date, of a session that was moved or cancelled."""
    moments = [
        booking.started_at,
        booking.confirmed_at,
        booking.changed_at,
        booking.ended_at,
        booked.moved_at,
    ]
    if booked.session.sequence:
        moments.append(booked.session.changed_at)
    return max(moment for moment in moments if moment is not None)


def calendar_attachments(
    items: Iterable[BookedSession], language: str, *, to: str, for_provider: bool = False
) -> list[Attachment]:
    """Return what goes with a mail about booked sessions: one calendar object each.

    Programs read only the first entry of an invitation; and what has ended is cancelled, while the other sessions
    of a course stay (rule 6).
    """
    name = "aftale" if language == "da" else "appointment"
    attachments: list[Attachment] = []
    for item in items:
        method = invitation_method(item, item.booking)
        if method is None:
            continue
        content = booked_session_calendar(
            item, item.booking, language=language, method=method, to=to, for_provider=for_provider
        )
        number = f"-{len(attachments) + 1}" if attachments else ""
        attachments.append(
            Attachment(f"{name}{number}.ics", content, f"text/calendar; method={method}; charset=utf-8")
        )
    return attachments


def booked_session_calendar(
    booked: BookedSession,
    booking: Booking,
    *,
    language: str,
    method: str,
    to: str = "",
    for_provider: bool = False,
) -> bytes:
    """Return one session's entry as a calendar object.

    Args:
        method: REQUEST or CANCEL in a mail, PUBLISH in a file to import.
        to: the address invited, in a mail only; with it and the organiser, programs offer to add the entry.
        for_provider: leaves out the personal link, which is the booker's alone (rule 12).
    """
    session = booked.session
    with translation.override(language):
        practical = wording.practical_lines(booking, session, is_for_booker=not for_provider)
        lines = [wording.party_text(booking), *practical]
        if booking.kind == BookingKind.SCHOOL and for_provider:
            lines.insert(0, booking.school_name)
        lines.append(_("Reference: %(reference)s") % {"reference": booking.reference})
        url = "" if for_provider else links.manage_url(booking)
        if url:
            lines.append(_("Change or withdraw: %(url)s") % {"url": url})
        entry = event(
            booked.uid,
            booked.sequence,
            session.starts_at,
            session.ends_at,
            session.title_in(language),
            stamp=changed_at(booked, booking),
            location=wording.place_text(booking, session),
            description="\n".join(lines),
            url=url,
            is_cancelled=booked.state in ENDED_STATES,
            is_tentative=booked.state in TENTATIVE_STATES,
            organizer=("Dannelsesportalen", settings.PORTAL_CONTACT_EMAIL),
            attendee=to,
        )
        return calendar([entry], name="Dannelsesportalen", method=method)


def cancelled_copy(booked: BookedSession, booking: Booking, *, language: str, to: str) -> bytes:
    """Return what takes an entry out of the calendar of a contact who has handed it over: nothing but the date."""
    session = booked.session
    entry = event(
        booked.uid,
        booked.sequence,
        session.starts_at,
        session.ends_at,
        session.title_in(language),
        stamp=changed_at(booked, booking),
        is_cancelled=True,
        organizer=("Dannelsesportalen", settings.PORTAL_CONTACT_EMAIL),
        attendee=to,
    )
    return calendar([entry], name="Dannelsesportalen", method="CANCEL")
