"""A parent waits for a full evening, is offered a place and says yes: phone, without JavaScript, by keyboard."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from booking import links
from booking.enums import BookingState
from booking.models import Booking
from booking.operations import withdraw_booking
from core.audit.log import LINK
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.booking import a_contact, book, queue_up
from tests.factories.workshops import SessionFactory
from workshops.models import Session


@pytest.fixture
def full(portal, portal_site) -> Session:
    """An evening with all its places taken by one party, and one family in the queue."""
    evening = SessionFactory(evening=True, max_people=4)
    book(evening, seats=4, contact=a_contact("first@example.dk"))
    queue_up(evening, seats=3, contact=a_contact("family@example.dk"))
    return evening


def look(page: Page, name: str) -> None:
    """Keep a picture where a developer asked for one."""
    if folder := os.environ.get("PORTAL_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def free_the_places() -> None:
    first = Booking.objects.get(contact_email="first@example.dk")
    withdraw_booking(booking_id=first.pk, reason="date", actor=LINK, now=timezone.now())


def fill(page: Page) -> None:
    page.get_by_label("Antal pladser").fill("1")
    page.get_by_label("Dit navn").fill("Fatima")
    page.get_by_label("Din e-mail").fill("fatima@example.dk")


def test_a_parent_waits_and_gets_the_place_on_a_phone(page_mobile: Page, full: Session):
    page = page_mobile
    page.goto(f"/book/{full.pk}/")
    expect(page.get_by_role("heading", name="Skriv dig på ventelisten").first).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    look(page, "queue-1-form")
    fill(page)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()
    assert_no_axe_findings(page)
    look(page, "queue-2-review")
    page.get_by_role("button", name="Skriv dig på ventelisten").click()
    assert_no_axe_findings(page)
    look(page, "queue-3-receipt")
    waits = Booking.objects.get(contact_email="fatima@example.dk")
    page.goto(links.confirm_path(waits))
    assert_no_axe_findings(page)
    look(page, "queue-4-confirm")
    page.get_by_role("button", name="Bekræft").click()
    expect(page.get_by_text("Du er nummer 2 i køen.").first).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    look(page, "queue-5-waiting")

    page.goto(f"/book/{full.pk}/")
    expect(page.get_by_text("Du er nummer 2 i køen").first).to_be_visible()
    assert_no_axe_findings(page)
    look(page, "queue-6-standing")

    free_the_places()
    page.goto(links.answer_path(waits))
    expect(page.get_by_role("heading", name="Der er en plads til dig")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    look(page, "queue-7-offer")
    page.get_by_role("button", name="Ja tak, jeg vil gerne have den").click()
    expect(page.get_by_text("Du er tilmeldt").first).to_be_visible()
    waits.refresh_from_db()
    assert waits.state == BookingState.CONFIRMED


def test_declining_by_keyboard_gives_the_place_on(page: Page, full: Session):
    free_the_places()
    family = Booking.objects.get(contact_email="family@example.dk")
    page.goto(links.answer_path(family))
    page.get_by_role("button", name="Nej tak, giv den til den næste i køen").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Du sagde nej tak til pladsen").first).to_be_visible()
    look(page, "queue-8-declined")
    assert_no_axe_findings(page)
    page.goto(links.answer_path(family))
    assert_no_axe_findings(page)


def test_the_queue_works_without_javascript(page_nojs: Page, full: Session):
    page = page_nojs
    page.goto(f"/book/{full.pk}/")
    fill(page)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()
    page.get_by_role("button", name="Skriv dig på ventelisten").click()
    waits = Booking.objects.get(contact_email="fatima@example.dk")
    page.goto(links.confirm_path(waits))
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_role("link", name="Forlad ventelisten").click()
    page.get_by_role("button", name="Forlad ventelisten").click()

    waits.refresh_from_db()
    assert waits.state == BookingState.WITHDRAWN
    assert Session.objects.get(pk=full.pk).waiting == 1
