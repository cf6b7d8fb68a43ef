"""The administration finds a booking, approves it, and books for someone who phones."""

from playwright.sync_api import Page, expect

from booking.enums import BookingState
from core.accounts.roles import CASEWORKER
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import book, known_school
from tests.factories.workshops import SessionFactory


def test_the_administration_finds_a_booking_and_approves_it(page: Page, portal, portal_site):
    booking = book(SessionFactory(), school=known_school(name="Prøvegårdens Skole", domain="andet.example"))
    enter_as(page, UserFactory(roles=[CASEWORKER]))

    page.goto("/admin/")
    expect(page.get_by_text("Booking afventer godkendelse").first).to_be_visible()
    page.goto(f"/admin/bookinger/?q={booking.reference}")
    page.get_by_role("link", name=booking.reference).first.click()
    expect(page.get_by_text("Prøvegårdens Skole").first).to_be_visible()
    page.get_by_role("link", name="Godkend").or_(page.get_by_role("button", name="Godkend")).first.click()

    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
