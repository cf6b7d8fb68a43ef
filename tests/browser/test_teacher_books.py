"""A teacher finds a date, books a class, confirms, sees and withdraws: phone, keyboard, no JavaScript, axe at each step."""

import re

import pytest
from playwright.sync_api import Page, expect

from booking import links
from booking.enums import BookingState
from booking.models import Booking
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.booking import known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.content.rules import OFFERS
from workshops.models import OfferIndexPage, OfferPage, Session


@pytest.fixture
def dates(portal, portal_site) -> list[Session]:
    """Two free dates of one offer, shown on its page."""
    rules = OFFERS["o1"]
    offer = OfferFactory(
        title=rules.title, title_en=rules.title_en, grade_from=4, grade_to=6, max_group_size=28
    )
    catalogue = portal_site.home.add_child(instance=OfferIndexPage(title="Tilbud", slug="tilbud"))
    page = OfferPage(
        title=rules.title,
        slug="hvem-styrer-dit-feed",
        offer=offer,
        teaser="Kort",
        intro="<p>Om tilbuddet.</p>",
    )
    catalogue.add_child(instance=page)
    page.save_revision().publish()
    known_school(name="Prøvegårdens Skole")
    return [SessionFactory(offer=offer, in_days=days) for days in (20, 27)]


def fill_form(page: Page) -> None:
    page.get_by_label("Din skole").fill("Prøvegårdens Skole")
    page.get_by_label("Klasse", exact=True).fill("5.A")
    page.get_by_label("Klassetrin").select_option("5")
    page.get_by_label("Antal elever").fill("24")
    page.get_by_label("Dit navn").fill("Lea Lærer")
    page.get_by_label("Din e-mail på skolen").fill("lea@skole.example")
    page.get_by_label("Telefon på dagen").fill("12 34 56 78")


def test_a_teacher_books_confirms_and_withdraws_on_a_phone(page_mobile: Page, dates: list[Session]):
    page = page_mobile
    page.goto("/tilbud/")
    page.get_by_role("link", name="Hvem styrer dit feed?").first.click()
    assert_fits_the_width(page)
    page.locator(f"a[href='/book/{dates[0].pk}/']").click()
    assert_no_axe_findings(page)
    fill_form(page)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()

    expect(page.get_by_role("heading", name="Tjek dine svar")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("button", name="Send booking").click()
    booking = Booking.objects.get()
    expect(page.get_by_text(booking.reference)).to_be_visible()
    assert_no_axe_findings(page)

    page.goto(links.confirm_path(booking))
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Bekræft og book tiden").click()
    expect(page.get_by_role("heading", name="Kvittering")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)

    page.get_by_role("link", name="Afmeld", exact=True).click()
    assert_no_axe_findings(page)
    page.get_by_label("Sygdom").check()
    page.get_by_role("button", name="Afmeld nu").click()
    expect(page.get_by_text("Afmeldt").first).to_be_visible()
    booking.refresh_from_db()
    assert booking.state == BookingState.WITHDRAWN


def test_a_teacher_books_without_javascript(page_nojs: Page, dates: list[Session]):
    page = page_nojs
    page.goto(f"/book/{dates[0].pk}/")
    fill_form(page)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()
    page.get_by_role("button", name="Jeg har brug for mere tid").click()
    page.get_by_role("button", name="Send booking").click()

    assert Booking.objects.get().submitted_at is not None


def test_a_teacher_books_by_keyboard_alone(page: Page, dates: list[Session]):
    page.goto(f"/book/{dates[0].pk}/")
    page.get_by_label("Din skole").focus()
    for keys in ("Prøvegårdens Skole", None, "5.A", "5", "24", None, None, None):
        if keys:
            page.keyboard.type(keys)
        page.keyboard.press("Tab")
    page.get_by_label("Dit navn").focus()
    for keys in ("Lea Lærer", "lea@skole.example", "12345678"):
        page.keyboard.type(keys)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Gå videre og tjek dine svar").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Tjek dine svar")).to_be_visible()


def test_errors_are_summed_up_and_lead_to_their_fields(page: Page, dates: list[Session]):
    page.goto(f"/book/{dates[0].pk}/")
    page.get_by_label("Antal elever").fill("mange")
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()

    expect(page.get_by_role("alert").first).to_contain_text("ting, du skal rette")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Indtast antal elever med tal, for eksempel 24.").click()
    expect(page.get_by_label("Antal elever")).to_be_focused()
    expect(page.get_by_label("Antal elever")).to_have_value("mange")


def test_a_full_date_says_so_and_offers_another(page_mobile: Page, dates: list[Session]):
    full, free = dates
    Session.objects.filter(pk=full.pk).update(groups_taken=1)
    page_mobile.goto(f"/book/{full.pk}/")

    assert_no_axe_findings(page_mobile)
    page_mobile.locator(f"a[href='/book/{free.pk}/']").click()
    expect(page_mobile.get_by_label("Din skole")).to_be_visible()


def test_a_dead_link_helps(page_mobile: Page, portal, portal_site):
    page_mobile.goto("/booking/findes-ikke/")

    expect(page_mobile.get_by_role("heading", name=re.compile("Linket virker ikke"))).to_be_visible()
    assert_no_axe_findings(page_mobile)


def test_a_parent_signs_up_on_a_phone(page_mobile: Page, portal, portal_site):
    page = page_mobile
    evening = SessionFactory(evening=True, max_people=20)
    page.goto(f"/book/{evening.pk}/")
    assert_no_axe_findings(page)
    page.get_by_label("Antal pladser").fill("2")
    page.get_by_label("Dit navn").fill("Fatima")
    page.get_by_label("Din e-mail").fill("fatima@example.dk")
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Send tilmelding").click()
    booking = Booking.objects.get()
    page.goto(links.confirm_path(booking))
    page.get_by_role("button", name="Bekræft min tilmelding").click()

    expect(page.get_by_text("Du er tilmeldt")).to_be_visible()
    assert_no_axe_findings(page)
    evening.refresh_from_db()
    assert evening.people_taken == 2


def test_enter_in_the_form_goes_on_and_the_school_is_looked_up_by_its_own_button(
    page_nojs: Page, dates: list[Session]
):
    page = page_nojs
    page.goto(f"/book/{dates[0].pk}/")
    page.get_by_role("button", name="Find skolen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Skriv navnet på din skole.").first).to_be_visible()
    fill_form(page)

    page.get_by_label("Telefon på dagen").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Tjek dine svar")).to_be_visible()


def test_enter_in_the_form_of_a_request_goes_on(page_nojs: Page, dates: list[Session]):
    page = page_nojs
    page.goto(f"/spoerg/{dates[0].offer_id}/")

    page.get_by_label("Dit navn").fill("Lea Lærer")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Skriv navnet på din skole.").first).to_be_visible()
    expect(page.get_by_text("Indtast din e-mailadresse.").first).to_be_visible()
