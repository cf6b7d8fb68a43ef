"""Calendar entries of bookings: one UID for life, SEQUENCE grows, a cancellation is sent as one (rule 6)."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from booking import links, wording
from booking.enums import BookingKind, BookingState
from booking.models import BookedSession, Booking
from workshops.ical import calendar, event

_ENDED = (BookingState.WITHDRAWN, BookingState.CANCELLED, BookingState.DECLINED, BookingState.EXPIRED)


def booked_session_calendar(
    booked: BookedSession,
    booking: Booking,
    *,
    language: str,
    method: str | None,
    to: str,
    for_provider: bool = False,
) -> bytes:
    """Return one session's entry as a calendar object.

    Args:
        method: REQUEST or CANCEL in a mail, None in a file to import.
        to: the address invited; with it and the organiser, programs offer to add the entry.
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
            stamp=booking.ended_at or booking.confirmed_at or booking.started_at,
            location=wording.place_text(booking, session),
            description="\n".join(lines),
            url=url,
            is_cancelled=booked.state in _ENDED,
            organizer=("Dannelsesportalen", settings.PORTAL_CONTACT_EMAIL),
            attendee=to,
        )
        return calendar([entry], name="Dannelsesportalen", method=method)
