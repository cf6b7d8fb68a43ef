"""Whom a message to a session reaches, and what became of those sent."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from booking.enums import BookingKind, BookingState, Channel
from booking.models import BookedSession, Booking, SessionMessage
from core.outbox.models import Message, MessageState
from workshops.enums import SessionState
from workshops.models import Session

BOOKED = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW)
"""Who has a place, or had one: those who wait for an answer or a place hear of that first."""

OPEN_FOR = timedelta(days=14)
"""So long after the session it can be written about: material, thanks, a forgotten jacket."""

MAIL_TYPES = ("booking_session_message", "sign_up_session_message")
ARRIVED = (MessageState.SENT, MessageState.DELIVERED)
FAILED = (MessageState.FAILED, MessageState.BOUNCED)


@dataclass(frozen=True)
class Recipients:
    """Whom a message reaches, as numbers a provider may see."""

    bookings: tuple[Booking, ...]
    unproven: int
    """Booked, but nobody has confirmed the address: nothing typed is sent there."""

    without_email: int
    """Booked by phone without an address."""

    @property
    def count(self) -> int:
        """How many mails go."""
        return len(self.bookings)


@dataclass(frozen=True)
class SentMessage:
    """A message in the session's history."""

    message: SessionMessage
    arrived: int
    failed: int

    @property
    def under_way(self) -> int:
        """Mails that are not handed over yet."""
        return max(0, self.message.recipients - self.arrived - self.failed)


def can_be_written_to(session: Session, *, now: datetime) -> bool:
    """Return whether a message about a session may be sent now."""
    is_dead = session.state in (SessionState.DRAFT, SessionState.CANCELLED)
    return not is_dead and now <= session.ends_at + OPEN_FOR


def has_somebody_to_write_to(session: Session, *, now: datetime) -> bool:
    """Return whether a session's page leads to writing a message: somebody has taken a place."""
    return bool(session.groups_taken or session.people_taken) and can_be_written_to(session, now=now)


def recipients_of(session_id: int) -> Recipients:
    """Return whom a message to a session reaches: one query, two where the offer asks for no proof.

    Where an offer lets people sign up without confirming their address (F7), it counts as proven only for who has
    logged in with it: nothing typed goes to an address that a stranger may have typed (DESIGN.md 5, Links).
    """
    booked = (
        BookedSession.objects.filter(
            session=session_id, state__in=BOOKED, booking__anonymised_at__isnull=True
        )
        .select_related("booking", "session__offer")
        .order_by("pk")
    )
    doubted = {item.booking.contact_email for item in booked if _may_be_unproven(item)}
    logged_in = _logged_in(doubted) if doubted else set()
    reached, unproven, without = [], 0, 0
    for item in booked:
        if not item.booking.contact_email:
            without += 1
        elif item.booking.proven_at is None or item.booking.contact_email in doubted - logged_in:
            unproven += 1
        else:
            reached.append(item.booking)
    return Recipients(tuple(reached), unproven, without)


def _may_be_unproven(item: BookedSession) -> bool:
    offer, booking = item.session.offer, item.booking
    is_asked = offer.asks_for_proof or offer.allowed_domains or booking.kind == BookingKind.SCHOOL
    return not is_asked and booking.channel == Channel.WEB


def _logged_in(addresses: set[str]) -> set[str]:
    users = get_user_model().objects.filter(email__in=addresses, is_active=True, last_login__isnull=False)
    return set(users.values_list("email", flat=True))


def messages_of(session_id: int) -> list[SentMessage]:
    """Return a session's messages with what became of their mails, newest first: three queries."""
    sent = list(SessionMessage.objects.filter(session=session_id).select_related("sent_by"))
    if not sent:
        return []
    states: dict[int, Counter[str]] = {message.pk: Counter() for message in sent}
    about = BookedSession.objects.filter(session=session_id).values_list("booking_id", flat=True)
    mails = Message.objects.filter(
        mail_type__in=MAIL_TYPES, about__in=[f"booking:{pk}" for pk in about]
    ).values_list("ids", "state")
    for ids, state in mails:
        if ids.get("message") in states:
            states[ids["message"]][state] += 1
    return [
        SentMessage(
            message,
            arrived=sum(states[message.pk][state] for state in ARRIVED),
            failed=sum(states[message.pk][state] for state in FAILED),
        )
        for message in sent
    ]
