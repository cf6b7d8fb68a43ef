"""Requests of the demo: one nobody has answered, one with times to choose from, a talk agreed, one that is urgent."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from booking.enums import BookingKind, PartOfDay, UrgentTopic
from booking.models import DateRequest
from booking.operations.answering import accept_time, propose_times
from booking.operations.request_upkeep import chase_requests
from booking.operations.requesting import send_request, send_urgent_request
from booking.party import ClassSize, Contact, Party
from booking.requesting.rules import Time, Wish
from core.audit.log import LINK, VISITOR, Actor
from portal.demo import people
from workshops.calendars import at_local_time, days_between, days_off, local_date_of
from workshops.models import Offer, School, Venue

_NAMESPACE = uuid.UUID("5f0f7a5e-5d3c-4b4e-9a53-0d0f3f6a2b11")


def add_requests(*, now: datetime, offers: Mapping[str, Offer], venue: Venue, answerer: Actor) -> None:
    """Ask, answer and agree through the operations, each told the time at which it happened."""
    school = School.objects.get(institution_number="101007")
    lea = Contact(name="Lea Demolærer", email=people.TEACHER_EMAIL, phone="00 00 00 00")
    silent = now - timedelta(days=9)
    _ask(offers["o1"], _class_of(school, "6.C", 6), lea, in_days=(30, 37), now=silent)
    asked = _ask(offers["o2"], _class_of(school, "8.A", 8), lea, in_days=(40,), now=now - timedelta(days=4))
    propose_times(
        request_id=asked.pk,
        times=[_time(offers["o2"], days=days, now=now) for days in (38, 45)],
        actor=answerer,
        now=now - timedelta(days=2),
    )
    _talk(offers["o8"], venue, answerer, now=now)
    send_urgent_request(
        topic=UrgentTopic.DIALOGUE,
        school_id=School.objects.get(institution_number="101058").pk,
        seats=50,
        contact=Contact(name="Rie Demoleder", email="rie@kk.example", phone="00 00 00 00"),
        submission_key=uuid.uuid5(_NAMESPACE, "urgent"),
        actor=VISITOR,
        now=now - timedelta(hours=2),
    )
    chase_requests(now)


def _talk(offer: Offer, venue: Venue, answerer: Actor, *, now: datetime) -> None:
    """A talk for professionals, asked for and agreed: requested, agreed, and held when its day comes (V2)."""
    contact = Contact(
        name="Bo Demoleder", email="bo@kk.example", phone="00 00 00 00", organisation="Demo-fritidscentret"
    )
    party = Party(kind=BookingKind.ORGANISATION, seats=22)
    asked = _ask(offer, party, contact, in_days=(28,), now=now - timedelta(days=20))
    propose_times(
        request_id=asked.pk,
        times=[_time(offer, days=28, now=now, venue_id=venue.pk)],
        actor=answerer,
        now=now - timedelta(days=18),
    )
    accept_time(
        request_id=asked.pk,
        proposal_id=asked.proposals.get().pk,
        actor=LINK,
        now=now - timedelta(days=17),
    )


def _class_of(school: School, name: str, grade: int) -> Party:
    return Party(kind=BookingKind.SCHOOL, school_id=school.pk, classes=(ClassSize(name, grade, 23, 1),))


def _ask(
    offer: Offer, party: Party, contact: Contact, *, in_days: Sequence[int], now: datetime
) -> DateRequest:
    return send_request(
        offer_id=offer.pk,
        party=party,
        contact=contact,
        wishes=[Wish(local_date_of(now) + timedelta(days=days), PartOfDay.MORNING) for days in in_days],
        submission_key=uuid.uuid5(_NAMESPACE, f"{offer.pk}:{in_days}"),
        is_proven=True,
        actor=VISITOR,
        now=now,
    )


def _time(offer: Offer, *, days: int, now: datetime, venue_id: int | None = None) -> Time:
    """Return a time on the first school day from so many days ahead."""
    first = local_date_of(now) + timedelta(days=days)
    off = days_off(first, first + timedelta(days=30))
    day = next(
        day for day in days_between(first, first + timedelta(days=30)) if day.weekday() < 5 and day not in off
    )
    return Time(at_local_time(day, time(9)), offer.duration_minutes, venue_id=venue_id)
