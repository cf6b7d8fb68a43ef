"""A mail edited, and one that did not arrive, in the administration; axe finds nothing (N1, N4, A2)."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from core.outbox.models import MailTextVersion
from core.outbox.operations import send_due
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


def test_an_administrator_edits_a_mail_tries_it_and_goes_back_to_the_standard_text(page, administrator):
    enter_as(page, administrator)
    page.goto("/admin/mailtekster/booking_receipt/da/")
    page.get_by_role("link", name="Ret teksten").click()
    subject, body = page.get_by_label("Emne"), page.locator("[name=body]")
    standard = subject.input_value()

    subject.fill("Vi ses, {refference}")
    page.get_by_role("button", name="Gem og tag i brug").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert subject.input_value() == "Vi ses, {refference}"
    assert_no_axe_findings(page)

    subject.fill("Vi ses, {reference}")
    body.fill(body.input_value() + "\n\nVi glæder os til at se jer.")
    page.get_by_role("button", name="Se mailen").click()
    expect(page.get_by_role("region", name="Sådan ser mailen ud")).to_contain_text("Vi glæder os")
    assert_no_axe_findings(page)

    page.get_by_role("button", name="Send en prøve til mig").click()
    page.get_by_text(f"på vej til {administrator.email}").wait_for()
    send_due(now=timezone.now())
    assert mail.outbox[-1].to == [administrator.email]
    assert "Vi glæder os til at se jer." in mail.outbox[-1].body

    page.get_by_role("button", name="Gem og tag i brug").click()
    page.get_by_text("Teksten er taget i brug").wait_for()
    frame = page.frame_locator("iframe")  # as HTML, in a frame that runs nothing
    expect(frame.locator("body")).to_contain_text("Vi glæder os til at se jer.")
    assert MailTextVersion.objects.get().is_in_use

    assert page.url.endswith("/admin/mailtekster/booking_receipt/da/"), (
        "opens at its top, where it says what happened"
    )
    page.get_by_role("link", name="Tilbage til standardteksten").click()
    page.get_by_role("button", name="Brug standardteksten").click()
    expect(frame.locator("body")).not_to_contain_text("Vi glæder os til at se jer.")
    page.goto("/admin/mailtekster/booking_receipt/da/ret/")
    assert subject.input_value() == standard
