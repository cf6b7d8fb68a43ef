"""Bookings made through the operations, as people make them: counters and rows are true by construction."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from booking.enums import BookingKind
from booking.models import Booking
from booking.operations import hold_places, submit_booking
from booking.party import ClassSize, Contact, Party
from tests.factories.workshops import SchoolFactory
from workshops.enums import Audience
from workshops.models import School, SchoolDomain, Session

TEACHER = "laerer@skole.example"


def a_class(name: str = "5.A", *, grade: int = 5, pupils: int = 22, adults: int = 1) -> ClassSize:
    """Return a class."""
    return ClassSize(name=name, grade=grade, pupils=pupils, adults=adults)


def a_contact(email: str = TEACHER, **more: Any) -> Contact:
    """Return a contact."""
    return Contact(**{"name": "Lea Lærer", "email": email, "phone_on_day": "00 00 00 00", **more})


def known_school(*, domain: str = "skole.example", **more: Any) -> School:
    """Return a school whose e-mail domain is known."""
    school = SchoolFactory(**more)
    SchoolDomain.objects.get_or_create(domain=domain, school=school)
    return school


def hold(session: Session, *, now: datetime | None = None, **more: Any) -> Booking:
    """Hold places in a session: a class at a school, or seats.

    Takes school, classes, seats, kind, contact, browser_key, submission_key.
    """
    moment = now or timezone.now()
    if session.audience == Audience.SCHOOL:
        school = more.pop("school", None) or known_school()
        party = Party(
            kind=BookingKind.SCHOOL,
            school_id=school.pk,
            classes=tuple(more.pop("classes", None) or [a_class()]),
        )
    else:
        party = Party(kind=more.pop("kind", BookingKind.PERSON), seats=more.pop("seats", 1))
    return hold_places(
        session_id=session.pk,
        party=party,
        contact=more.pop("contact", None) or a_contact(),
        submission_key=more.pop("submission_key", None) or uuid.uuid4(),
        browser_key=more.pop("browser_key", None) or uuid.uuid4().hex,
        now=moment,
        **more,
    )


def book(session: Session, *, is_proven: bool = True, now: datetime | None = None, **more: Any) -> Booking:
    """Book places in a session: confirmed at once with a known domain, as from a proven address."""
    moment = now or timezone.now()
    booking = hold(session, now=moment, **more)
    return submit_booking(booking_id=booking.pk, is_proven=is_proven, now=moment)


def queue_up(
    session: Session, *, is_proven: bool = True, now: datetime | None = None, **more: Any
) -> Booking:
    """Put a party on the waiting list of a session that has no room for it."""
    moment = now or timezone.now()
    booking = hold(session, now=moment, wants_queue=True, **more)
    return submit_booking(booking_id=booking.pk, is_proven=is_proven, now=moment)
