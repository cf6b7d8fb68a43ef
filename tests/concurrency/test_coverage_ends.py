"""Rules 2 and 3 on running server processes: the charter is withdrawn while people sign up."""

import time

import pytest
from django.db import connection
from django.utils import timezone

from booking import links
from booking.enums import BookingState
from booking.models import BookedSession, Booking
from charter.operations.withdrawal import withdraw_charter
from core.audit.log import SYSTEM
from core.worklist.models import WorkItem
from tests.concurrency.crowd import rush, visitors
from tests.concurrency.server import database_url, running_portal
from tests.concurrency.visitor import Answer, Visitor
from tests.conftest import PortalSite
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS = 40
STOP_AFTER = 10
"""The charter is withdrawn when so many have a place."""


@pytest.fixture
def evening(portal_site: PortalSite) -> Session:
    """An evening with room for all, of a provider whose charter covers it."""
    return SessionFactory(evening=True, offer=OfferFactory(evening=True, max_people=CLIENTS))


def test_a_withdrawal_in_the_middle_leaves_no_booking_without_a_task(evening: Session):
    def sign_up(one: Visitor) -> Answer:
        held = one.post(f"/book/{evening.pk}/", one.seats())
        return one.send_what_is_held(evening.pk) if held.status == 302 else held

    def withdraw_then_sign_up(one: Visitor) -> Answer:
        if one.number != STOP_AFTER:
            return sign_up(one)
        try:
            while Booking.objects.filter(submitted_at__isnull=False).count() < STOP_AFTER:
                time.sleep(0.02)
            now = timezone.now()
            withdraw_charter(
                provider_id=evening.provider_id,
                ends_on=timezone.localdate(now),
                reason="test",
                actor=SYSTEM,
                now=now,
            )
        finally:
            connection.close()
        return sign_up(one)

    with running_portal(url=database_url(connection)) as portal, visitors(portal.url, CLIENTS) as crowd:
        outcome = rush(crowd, withdraw_then_sign_up)
        paths = {
            booking.contact_email: links.confirm_path(booking)
            for booking in Booking.objects.filter(submitted_at__isnull=False)
        }
        confirmed = rush(outcome.with_status(302), lambda one: one.post(paths[one.email]))

    assert {answer.status for answer in outcome.answers} == {302, 409}
    assert len(outcome.with_status(302)) >= STOP_AFTER
    assert {answer.status for answer in confirmed.answers} == {409}, "the gate is asked at every step"
    active = BookedSession.objects.filter(
        state__in=[BookingState.HELD, BookingState.CONFIRMED], booking__submitted_at__isnull=False
    )
    tasks = WorkItem.objects.filter(kind="affected_booking", closed_at=None)
    assert active.count() >= STOP_AFTER
    assert {f"booking:{booked.booking_id}" for booked in active} == set(
        tasks.values_list("subject", flat=True)
    )
