"""A teacher books a course, and a visit with a parents' evening: on a phone, by keyboard alone, axe at each step."""

import re

from playwright.sync_api import Page, expect

from booking.models import Booking
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.booking import known_school
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, a_course, a_package
from workshops.models import Session


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Move the focus there as the Tab key would, and press Enter."""
    page.get_by_role(role, name=name).first.focus()  # type: ignore[arg-type]  # a role's name
    page.keyboard.press("Enter")


def type_in(page: Page, **answers: str) -> None:
    for label, text in answers.items():
        page.get_by_label(label.replace("_", " "), exact=True).focus()
        page.keyboard.type(text)


def fill_by_keyboard(page: Page) -> None:
    page.get_by_label("Din skole").focus()
    page.keyboard.type("Prøvegårdens Skole")
    type_in(page, Klasse="5.A")
    page.get_by_label("Klassetrin").focus()
    page.keyboard.type("5")
    for label, text in (
        ("Antal elever", "24"),
        ("Dit navn", "Lea Lærer"),
        ("Din e-mail på skolen", "lea@skole.example"),
        ("Telefon på dagen", "12345678"),
    ):
        page.get_by_label(label).focus()
        page.keyboard.type(text)


def send_by_keyboard(page: Page) -> None:
    press(page, "button", "Gå videre og tjek dine svar")
    expect(page.get_by_role("heading", name="Tjek dine svar")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    press(page, "button", "Send booking")
    expect(page.get_by_text(Booking.objects.get().reference)).to_be_visible()


def test_a_course_is_booked_as_one(page_mobile: Page, portal, portal_site):
    page = page_mobile
    offer = OfferFactory(title="Hvem styrer dit feed?")
    sessions = a_course(20, 27, 34, offer=offer)
    known_school(name="Prøvegårdens Skole")
    offer_index()
    page.goto(offer_page(offer).url)
    expect(page.get_by_text("Forløb på 3 gange")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)

    press(page, "link", re.compile("Book forløbet"))
    expect(page.get_by_label("Din skole")).to_be_visible()
    assert_no_axe_findings(page)
    fill_by_keyboard(page)
    send_by_keyboard(page)

    assert Booking.objects.get().booked_sessions.count() == 3
    assert list(Session.objects.values_list("groups_taken", flat=True)) == [1] * len(sessions)


def test_a_visit_is_booked_with_a_parents_evening(page_mobile: Page, portal, portal_site):
    page = page_mobile
    visit, evening = a_package()
    known_school(name="Prøvegårdens Skole")
    page.goto(f"/book/{visit.pk}/")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)

    fill_by_keyboard(page)
    page.get_by_role("radio", name="Nej, kun besøget").focus()
    page.keyboard.press("ArrowDown")
    send_by_keyboard(page)

    evening.refresh_from_db()
    assert evening.for_school == Booking.objects.get().school
