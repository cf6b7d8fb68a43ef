"""A mail that did not arrive, on the pages of the administration; axe finds nothing (N4, A2)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.checks import assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import book, known_school
from tests.factories.outbox import MessageFactory
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator(portal):
    return UserFactory(roles=["Administration"])


def test_a_mail_that_did_not_arrive_is_seen_on_the_booking_and_the_user(page, administrator):
    booking = book(SessionFactory(at_venue=True), school=known_school())
    for about, address in (
        (f"booking:{booking.pk}", booking.contact_email),
        (f"user:{administrator.pk}", administrator.email),
    ):
        lost = MessageFactory(bounced=True, about=about, to_email=address, queued_at=timezone.now())
        lost.deliveries.create(event="bounced", happened_at=timezone.now())
    enter_as(page, administrator)

    for url in (f"/admin/bookinger/{booking.pk}/", f"/admin/users/edit/{administrator.pk}/"):
        page.goto(url)
        expect(page.get_by_text("Kom retur").first).to_be_visible()
        assert_no_axe_findings(page)
