"""A teacher books two classes, changes 24 pupils to 21 and hands the booking over: phone, keyboard, no JavaScript, axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from booking import links
from booking.models import BookedClass, Booking
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.booking import a_class, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session


@pytest.fixture
def session(portal, portal_site) -> Session:
    """A date with room for three classes and 60 pupils."""
    known_school(name="Prøvegårdens Skole")
    offer = OfferFactory(title="Hvem styrer dit feed?", grade_from=4, grade_to=8, max_groups=3, max_people=60)
    return SessionFactory(offer=offer)


@pytest.fixture
def booking(session: Session) -> Booking:
    """5.A with 24 pupils."""
    return book(session, classes=[a_class("5.A", pupils=24)])


def fill_class(page: Page, row: str | None, name: str, pupils: str) -> None:
    part = page.get_by_role("group", name=row, exact=True) if row else page
    part.get_by_label("Klasse", exact=True).fill(name)
    part.get_by_label("Klassetrin").select_option("5")
    part.get_by_label("Antal elever").fill(pupils)


def fill_contact(page: Page) -> None:
    page.get_by_label("Dit navn").fill("Lea Lærer")
    page.get_by_label("Din e-mail på skolen").fill("lea@skole.example")
    page.get_by_label("Telefon på dagen").fill("12 34 56 78")


def book_two_classes(page: Page, session: Session) -> None:
    page.goto(f"/book/{session.pk}/")
    page.get_by_label("Din skole").fill("Prøvegårdens Skole")
    fill_class(page, None, "5.A", "24")
    page.get_by_role("button", name="Tilføj en klasse").click()
    second = page.get_by_role("group", name="Klasse 2", exact=True)
    expect(second.get_by_label("Klasse", exact=True)).to_be_focused()
    expect(page.get_by_label("Din skole")).to_have_value("Prøvegårdens Skole")
    fill_class(page, "Klasse 2", "5.B", "22")
    fill_contact(page)


def test_two_classes_on_a_phone(page_mobile: Page, session: Session):
    page = page_mobile
    book_two_classes(page, session)
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()

    expect(page.get_by_text("5.B (5. klasse): 22 elever")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Send booking").click()
    assert sorted(BookedClass.objects.values_list("name", flat=True)) == ["5.A", "5.B"]


def test_two_classes_without_javascript_of_which_one_is_taken_out(page_nojs: Page, session: Session):
    page = page_nojs
    book_two_classes(page, session)
    page.get_by_role("button", name="Fjern Klasse 1").click()

    expect(page.get_by_label("Klasse", exact=True)).to_have_value("5.B")
    expect(page.get_by_label("Dit navn")).to_have_value("Lea Lærer")
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()
    expect(page.get_by_text("5.B (5. klasse): 22 elever")).to_be_visible()


def test_a_class_is_added_by_keyboard(page: Page, session: Session):
    page.goto(f"/book/{session.pk}/")
    page.get_by_role("button", name="Tilføj en klasse").focus()
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Klasse 2", exact=True).wait_for()
    page.keyboard.type("5.B")

    expect(
        page.get_by_role("group", name="Klasse 2", exact=True).get_by_label("Klasse", exact=True)
    ).to_have_value("5.B")


def test_when_not_all_classes_fit_those_that_do_are_offered(page_mobile: Page, session: Session):
    page = page_mobile
    Session.objects.filter(pk=session.pk).update(max_people=30)
    book_two_classes(page, session)
    page.get_by_role("button", name="Gå videre og tjek dine svar").click()

    expect(page.get_by_role("alert").first).to_contain_text("Der er ikke plads til alle 2 klasser")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("button", name="Book kun 5.A").click()
    expect(page.get_by_text("5.A (5. klasse): 24 elever")).to_be_visible()


def test_24_pupils_become_21_with_link_number_save(page_mobile: Page, booking: Booking):
    page = page_mobile
    page.goto(links.manage_path(booking))
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Ændr", exact=True).click()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_label("Antal elever").fill("21")
    page.get_by_role("button", name="Gem ændringen").click()

    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
    expect(page.get_by_text("5.A (5. klasse): 21 elever").first).to_be_visible()
    assert_no_axe_findings(page)
    assert Session.objects.get().people_taken == 21


def test_a_change_by_keyboard_and_without_javascript(page_nojs: Page, booking: Booking):
    page = page_nojs
    page.goto(links.manage_path(booking) + "ret/")
    page.get_by_label("Antal elever").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("21")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()


def test_a_change_for_which_there_is_no_room_shows_both(page_mobile: Page, booking: Booking):
    page = page_mobile
    page.goto(links.manage_path(booking) + "ret/")
    page.get_by_label("Antal elever").fill("61")
    page.get_by_role("button", name="Gem ændringen").click()

    expect(page.get_by_text("Din booking, uændret")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    expect(page.get_by_label("Antal elever")).to_have_value("61")


def test_the_booking_goes_to_a_colleague(page_mobile: Page, open_page, booking: Booking):
    page = page_mobile
    page.goto(links.manage_path(booking))
    page.get_by_role("link", name="Giv videre").click()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_label("Den nye kontaktpersons navn").fill("Karin Kollega")
    page.get_by_label("Den nye kontaktpersons e-mail").fill("karin@skole.example")
    page.get_by_role("button", name="Send linket").click()
    expect(page.get_by_text("Vi har sendt et link til karin@skole.example.")).to_be_visible()
    assert_no_axe_findings(page)
    booking.refresh_from_db()
    old_link = links.manage_path(booking)

    colleague = open_page(viewport={"width": 375, "height": 812})
    colleague.goto(links.handover_path(booking))
    assert_no_axe_findings(colleague)
    assert_fits_the_width(colleague)
    colleague.get_by_label("Telefon på dagen").fill("11 22 33 44")
    colleague.get_by_role("button", name="Overtag bookingen").click()

    expect(colleague.get_by_text("Karin Kollega")).to_be_visible()
    assert_no_axe_findings(colleague)
    page.goto(old_link)
    expect(page.get_by_role("heading", name=re.compile("Linket virker ikke"))).to_be_visible()
