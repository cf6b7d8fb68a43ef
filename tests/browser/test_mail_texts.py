"""The administration edits a mail, looks at it and takes it into use; axe finds nothing (N1, N7, A2)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.outbox.models import MailTextVersion
from tests.browser.checks import assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import book, known_school
from tests.factories.outbox import MessageFactory
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/mailtekster/booking_receipt/da/"


@pytest.fixture
def administrator(portal):
    return UserFactory(roles=["Administration"])


def test_the_administration_edits_a_mail(page, administrator):
    book(SessionFactory(at_venue=True), school=known_school())
    enter_as(page, administrator)

    page.goto("/admin/mailtekster/?q=kvittering")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Kvittering (booking)", exact=True).click()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text("Kvittering for")
    assert_no_axe_findings(page)

    page.get_by_role("link", name="Redigér teksten").click()
    page.get_by_label("Emne").fill("Vi glæder os: {refrence}")
    page.get_by_role("button", name="Se mailen").click()
    expect(page.get_by_text("Mente du {reference}?")).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_label("Emne").fill("Vi glæder os: {reference}")
    page.get_by_role("button", name="Se mailen").click()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text("Vi glæder os: ")
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Gem og tag i brug").press("Enter")

    expect(page.get_by_text("Teksten er taget i brug")).to_be_visible(timeout=20_000)
    assert MailTextVersion.objects.in_use().get().subject == "Vi glæder os: {reference}"
    page.get_by_role("link", name="Version 1").click()
    assert_no_axe_findings(page)
    page.goto(f"{PAGE}standard/")
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Brug standardteksten").click()
    expect(page.get_by_text("Standardteksten er i brug igen.")).to_be_visible(timeout=20_000)


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
