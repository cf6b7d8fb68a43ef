"""Requests made through the operations, as people make them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from booking.enums import BookingKind, UrgentTopic
from booking.models import DateRequest
from booking.operations.answering import propose_times
from booking.operations.requesting import send_request, send_urgent_request
from booking.party import Party
from booking.requesting.rules import Time, Wish
from core.audit.log import VISITOR, Actor
from tests.factories.booking import a_class, a_contact, known_school
from tests.factories.workshops import OfferFactory, local_start
from workshops.enums import Audience
from workshops.models import Offer

PROVIDER = "kontakt@udbyder.example"


def a_wish(*, in_days: int = 30) -> Wish:
    """Return a wished date."""
    return Wish((timezone.localtime() + timedelta(days=in_days)).date())


def a_time(*, in_days: int = 30, **more: Any) -> Time:
    """Return a time to propose: 09:00, 90 minutes."""
    return Time(**{"starts_at": local_start(in_days=in_days), "duration_minutes": 90, **more})


def ask(
    offer: Offer | None = None, *, is_proven: bool = True, now: datetime | None = None, **more: Any
) -> DateRequest:
    """Ask for a date: a class of a known school, or 25 people of an organisation.

    Takes school, classes, seats, contact, wishes, submission_key.
    """
    offer = offer or OfferFactory(provider__contact_email=PROVIDER)
    if offer.audience == Audience.SCHOOL:
        school = more.pop("school", None) or known_school()
        party = Party(
            kind=BookingKind.SCHOOL,
            school_id=school.pk,
            classes=tuple(more.pop("classes", None) or [a_class()]),
        )
    else:
        party = Party(kind=BookingKind.ORGANISATION, seats=more.pop("seats", 25))
        more.setdefault("contact", a_contact("leder@vaerksted.example", organisation="Værkstedet"))
    return send_request(
        offer_id=offer.pk,
        party=party,
        contact=more.pop("contact", None) or a_contact(),
        wishes=more.pop("wishes", None) or [a_wish()],
        submission_key=more.pop("submission_key", None) or uuid.uuid4(),
        is_proven=is_proven,
        actor=VISITOR,
        now=now or timezone.now(),
    )


def ask_urgently(*, now: datetime | None = None, **more: Any) -> DateRequest:
    """Ask for help after an incident, as a school."""
    school = more.pop("school", None) or known_school()
    return send_urgent_request(
        topic=UrgentTopic.WORKSHOP,
        school_id=school.pk,
        seats=more.pop("seats", 0),
        contact=more.pop("contact", None) or a_contact(phone="12 34 56 78"),
        submission_key=more.pop("submission_key", None) or uuid.uuid4(),
        actor=VISITOR,
        now=now or timezone.now(),
    )


def answer(
    request: DateRequest, *times: Time, by: Any = None, now: datetime | None = None, **more: Any
) -> DateRequest:
    """Answer a request with times: one in 30 days where none is given."""
    return propose_times(
        request_id=request.pk,
        times=times or [a_time()],
        actor=Actor.of(by) if by else VISITOR,
        now=now or timezone.now(),
        **more,
    )
