"""Personal links of bookings: one purpose, one booking, an end (X1)."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils import timezone, translation

from booking.models import Booking, Feed
from core.links.tokens import absolute_url, make_token
from workshops.models import Session

MANAGE = "booking"
CONFIRM = "booking-confirm"
HANDOVER = "booking-handover"
INVITE = "session-invitation"
FEED = "calendar-feed"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEEP = timedelta(days=30)
_FEEDS_END = datetime(2100, 1, 1, tzinfo=UTC)
"""A calendar program keeps its address for years, so the address never changes by itself: the feed's row says
until when it works, and the page prolongs it."""


def _last_end(booking: Booking) -> datetime:
    ends = [booked.session.ends_at for booked in booking.booked_sessions.all()]
    return max(ends) if ends else timezone.now()


def manage_token(booking: Booking, *, ends_at: datetime | None = None) -> str:
    """Return the token of the booking's own page: valid until 30 days after its last session.

    Args:
        ends_at: the end of a session the caller has at hand; saves reading all of them.
    """
    expires_at = (ends_at or _last_end(booking)) + _KEEP
    return make_token(MANAGE, booking.pk, booking.link_generation, expires_at=expires_at)


def manage_path(booking: Booking, *, ends_at: datetime | None = None) -> str:
    """Return the address of the booking's own page, in the booking's language."""
    with translation.override(booking.language):
        return reverse("booking_detail", args=[manage_token(booking, ends_at=ends_at)])


def certificate_path(booking: Booking) -> str:
    """Return the address of the certificate as a file, by the same personal link as the booking's page (V3)."""
    with translation.override(booking.language):
        return reverse("booking_certificate", args=[manage_token(booking)])


def certificate_url(booking: Booking) -> str:
    """Return the whole address of the certificate, for mails."""
    return absolute_url(certificate_path(booking))


def confirm_path(booking: Booking) -> str:
    """Return the address that confirms the e-mail address; usable until the session starts."""
    starts = [booked.session.starts_at for booked in booking.booked_sessions.all()]
    token = make_token(CONFIRM, booking.pk, booking.link_generation, expires_at=min(starts))
    with translation.override(booking.language):
        return reverse("booking_confirm", args=[token])


def invitation_path(session: Session) -> str:
    """Return the address by which a session for invited people can be signed up for (F6)."""
    token = make_token(INVITE, session.pk, session.link_generation, expires_at=session.starts_at)
    return f"{reverse('booking_form', args=[session.pk])}?invitation={token}"


def manage_url(booking: Booking) -> str:
    """Return the whole address of the booking's own page, for mails and calendar entries."""
    return absolute_url(manage_path(booking))


def handover_generation(booking: Booking) -> int:
    """Return what ties a link to one offer to take over: taken back, replaced or accepted, it is dead."""
    until = booking.pending_until
    return 0 if until is None else (until - _EPOCH) // timedelta(milliseconds=1)


def handover_path(booking: Booking) -> str:
    """Return the address of the page where the new contact takes a booking over (S26)."""
    until = booking.pending_until or timezone.now()
    token = make_token(HANDOVER, booking.pk, handover_generation(booking), expires_at=until)
    with translation.override(booking.language):
        return reverse("booking_take_over", args=[token])


def handover_url(booking: Booking) -> str:
    """Return the whole address of the page where the new contact takes a booking over."""
    return absolute_url(handover_path(booking))


def answer_path(booking: Booking, *, ends_at: datetime | None = None) -> str:
    """Return the address of the page where an offered place is answered (S13)."""
    with translation.override(booking.language):
        return reverse("booking_answer", args=[manage_token(booking, ends_at=ends_at)])


def answer_url(booking: Booking) -> str:
    """Return the whole address of the page where an offered place is answered."""
    return absolute_url(answer_path(booking))


def confirm_url(booking: Booking) -> str:
    """Return the whole address that confirms the e-mail address."""
    return absolute_url(confirm_path(booking))


def feed_url(feed: Feed) -> str:
    """Return the secret address of a personal calendar feed (K2)."""
    token = make_token(FEED, feed.pk, feed.link_generation, expires_at=_FEEDS_END)
    with translation.override("da"):  # one address, whatever language its owner reads the page in
        return absolute_url(reverse("personal_feed", args=[token]))
