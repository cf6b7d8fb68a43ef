"""Asking for another date on a phone by keyboard, choosing among the answers, and help after an incident."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from booking.enums import RequestState
from booking.models import Booking, DateRequest
from booking.requesting import links
from charter.enums import MemberRole
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.booking import known_school
from tests.factories.charter import ProviderMemberFactory
from tests.factories.requests import a_time, answer, ask
from tests.factories.workshops import OfferFactory
from workshops.models import Offer


@pytest.fixture
def offer(portal, portal_site) -> Offer:
    """An offer without dates, and a school that may ask."""
    known_school(name="Prøvegårdens Skole")
    return OfferFactory(title="Hvem styrer dit feed?")


def type_into(page: Page, label: str, keys: str) -> None:
    """Put the focus on a field and type, as by keyboard alone."""
    page.get_by_label(label, exact=True).first.focus()
    page.keyboard.type(keys)


def test_a_teacher_asks_by_keyboard_on_a_phone(page_mobile: Page, offer: Offer):
    page = page_mobile
    day = timezone.localdate() + timedelta(days=30)
    page.goto(f"/spoerg/{offer.pk}/")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    # A date input takes the parts in the order the browser shows them; its value is what counts.
    page.get_by_label("Første ønske: dato").fill(day.isoformat())
    type_into(page, "Din skole", "Prøvegårdens Skole")
    type_into(page, "Klasse", "5.A")
    page.get_by_label("Klassetrin").select_option("5")
    type_into(page, "Antal elever", "24")
    type_into(page, "Dit navn", "Lea Lærer")
    type_into(page, "Din e-mail på skolen", "lea@skole.example")
    page.get_by_role("button", name="Gå videre og tjek dine svar").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Tjek dine svar")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("button", name="Send ønsket").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Næsten færdig")).to_be_visible()
    request = DateRequest.objects.get()
    expect(page.get_by_text(request.reference)).to_be_visible()
    assert_no_axe_findings(page)

    page.goto(links.confirm_path(request))
    page.get_by_role("button", name="Bekræft og send mit ønske").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dit ønske er sendt").first).to_be_visible()
    assert_no_axe_findings(page)
    request.refresh_from_db()
    assert request.state == RequestState.SENT


def test_the_asker_chooses_among_the_times_by_keyboard(page_mobile: Page, offer: Offer):
    page = page_mobile
    request = answer(ask(offer), a_time(in_days=20), a_time(in_days=22))
    page.goto(links.manage_path(request))
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Ja tak, book den valgte tid").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Kvittering")).to_be_visible()
    assert Booking.objects.get().booked_sessions.get().session.starts_at == a_time(in_days=22).starts_at


def test_the_asker_finds_no_time_that_fits(page_nojs: Page, offer: Offer):
    page = page_nojs
    request = answer(ask(offer))
    page.goto(links.manage_path(request))
    page.get_by_role("link", name="Ingen af tiderne passer").click()
    page.get_by_role("button", name="Send nye ønsker").click()
    expect(page.get_by_role("alert").first).to_contain_text("Vælg mindst én dato")
    page.get_by_label("Første ønske: dato").fill((timezone.localdate() + timedelta(days=40)).isoformat())
    page.get_by_role("button", name="Send nye ønsker").click()

    expect(page.get_by_text("Venter på svar").first).to_be_visible()


def test_a_provider_answers_on_a_phone(page_mobile: Page, offer: Offer):
    page = page_mobile
    request = ask(offer)
    enter_as(page, ProviderMemberFactory(provider=offer.provider, role=MemberRole.COORDINATOR).user)
    page.goto(f"/udbyder/anmodninger/{request.pk}/")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_label("Dato").first.fill((timezone.localdate() + timedelta(days=20)).isoformat())
    page.get_by_label("Begynder kl.").first.fill("09:00")
    page.get_by_role("button", name="Send tiderne").click()

    expect(page.get_by_role("heading", name="I har foreslået")).to_be_visible()
    assert_no_axe_findings(page)


def test_help_now_says_whom_to_call_and_takes_a_message(page_mobile: Page, offer: Offer):
    page = page_mobile
    page.goto("/hjaelp-nu/")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_label("En dialog med en eller flere klasser").check()
    page.get_by_label("Din skole").fill("Prøvegårdens Skole")
    page.get_by_label("Dit navn").fill("Rie Rektor")
    page.get_by_label("Din telefon").fill("12 34 56 78")
    page.get_by_label("Din e-mail").fill("rie@skole.example")
    page.get_by_role("button", name="Bed os om at ringe").click()

    expect(page.get_by_text("Vi har fået din besked").first).to_be_visible()
    assert_no_axe_findings(page)


def test_an_address_is_left_for_dates(page_mobile: Page, offer: Offer):
    page = page_mobile
    page.goto(f"/besked/{offer.pk}/")
    assert_no_axe_findings(page)
    page.get_by_label("Din e-mail").fill("lea@skole.example")
    page.get_by_role("button", name="Giv mig besked").click()

    expect(page.get_by_role("heading", name="Kig i din indbakke")).to_be_visible()
    assert_no_axe_findings(page)
