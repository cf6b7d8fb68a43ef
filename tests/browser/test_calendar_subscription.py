"""A teacher subscribes to the bookings in a calendar of one's own: phone, no JavaScript, keyboard (K2)."""

from playwright.sync_api import Page, expect

from booking.models import Feed
from tests.booking.ical_checks import check_calendar
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import TEACHER, book
from tests.factories.workshops import SessionFactory


def test_a_teacher_gets_replaces_and_stops_the_address_on_a_phone(portal, page_mobile: Page):
    page = page_mobile
    booking = book(SessionFactory())
    enter_as(page, UserFactory(email=TEACHER))
    page.goto("/mine-bookinger/")
    page.get_by_role("link", name="Abonnér i din kalender").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Lav min kalenderadresse").click()
    address = page.get_by_label("Kopiér den til dit kalenderprogram")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    token = address.input_value().rpartition("/")[2]

    feed = page.request.get(f"/kalender/min/{token}")
    (entry,) = check_calendar(feed.body())
    assert entry.uid == booking.booked_sessions.get().uid

    page.get_by_role("button", name="Lav en ny adresse").click()
    expect(page.get_by_text("Du har fået en ny adresse")).to_be_visible()
    assert page.request.get(f"/kalender/min/{token}").status == 410
    page.goto(f"/kalender/min/{token}")
    expect(page.get_by_role("heading", name="Kalenderadressen virker ikke længere")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)

    page.goto("/mine-bookinger/kalender/")
    page.get_by_role("button", name="Stop abonnementet").click()
    expect(page.get_by_role("button", name="Lav min kalenderadresse")).to_be_visible()
    assert Feed.objects.get().revoked_at is not None


def test_the_address_is_made_by_keyboard_without_javascript(portal, page_nojs: Page):
    page = page_nojs
    enter_as(page, UserFactory(email=TEACHER))
    page.goto("/mine-bookinger/kalender/")

    page.get_by_role("button", name="Lav min kalenderadresse").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_label("Kopiér den til dit kalenderprogram")).to_be_visible()
