"""Talks that were held, and who was ticked off at the door."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from booking.attendance.door import tick
from booking.models import Booking
from core.audit.log import SYSTEM
from tests.factories.attendance import report, set_back
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session


def a_talk(**offer: Any) -> Session:
    """A talk for professionals in a month, whose offer gives certificates."""
    values = {"professionals": True, "has_certificate": True, "title": "Se tegnene", **offer}
    return SessionFactory(offer=OfferFactory(**values))


def ticked(session: Session, booking: Booking, people: int = 1) -> None:
    """Tick a sign-up off at the door of a session that is over."""
    now = timezone.now()
    tick(
        session_id=session.pk,
        booked_id=booking.booked_sessions.get(session=session).pk,
        people=people,
        client_id=uuid.uuid4(),
        made_at=now - timedelta(minutes=30),
        actor=SYSTEM,
        now=now,
    )


def attended(session: Session, booking: Booking, people: int = 1) -> Session:
    """Let the session be over, the sign-up ticked off and the report written."""
    set_back(session)
    ticked(session, booking, people)
    report(session, people=people)
    session.refresh_from_db()
    return session
