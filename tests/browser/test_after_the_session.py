"""After the session: a report in four taps on a phone, and a door list that loses its network (L8, F5)."""

import pytest
from playwright.sync_api import Page, expect

from booking.attendance.door import arrivals_of
from booking.attendance.links import report_path
from booking.models import DoorTick, SessionReport
from charter.enums import MemberRole
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings, eventually
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.attendance import set_back
from tests.factories.booking import a_class, a_contact, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory


@pytest.fixture
def provider(portal):
    return ProviderFactory(covered=True)


@pytest.fixture
def evening(provider):
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    book(session, seats=3, contact=a_contact("mona@post.example", name="Mona Madsen"))
    book(session, seats=1, contact=a_contact("ali@post.example", name="Ali Andersen"))
    return set_back(session)


def test_session_is_reported_on_a_phone_in_four_taps(page_mobile: Page, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    book(session, classes=[a_class("5.A", pupils=22, adults=1)])
    set_back(session)
    page = page_mobile
    page.goto(report_path(session))
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    expect(page.get_by_label("Hvorfor ikke?")).to_be_hidden()

    page.get_by_text("Ja, det blev holdt").tap()
    minus = page.get_by_role("button", name="1 Elever").first
    minus.tap()
    minus.tap()
    page.get_by_role("button", name="Gem indberetningen").tap()

    expect(page.get_by_text("Tak. Indberetningen er gemt.")).to_be_visible()
    assert_no_axe_findings(page)
    made = SessionReport.objects.get()
    assert (made.people, made.adults, made.is_held) == (20, 1, True)


def test_report_of_a_session_not_held_asks_why_without_javascript(page_nojs: Page, evening):
    page = page_nojs
    page.goto(report_path(evening))
    page.get_by_label("Nej, det blev ikke til noget").check()
    page.get_by_role("button", name="Gem indberetningen").click()
    expect(page.get_by_text("Vælg, hvorfor det ikke blev holdt.").first).to_be_visible()

    page.get_by_label("Hvorfor ikke?").select_option("illness")
    page.get_by_role("button", name="Gem indberetningen").click()

    expect(page.get_by_text("Tak. Indberetningen er gemt.")).to_be_visible()
    assert SessionReport.objects.get().reason == "illness"


def test_door_list_loses_the_network_and_no_tick(page_mobile: Page, provider, evening):
    user = UserFactory(email="finn@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.FACILITATOR)
    page = page_mobile
    enter_as(page, user)
    page.goto(f"/udbyder/tider/{evening.pk}/doerliste/")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    total = page.locator("[data-door-total]")

    page.context.set_offline(True)
    page.get_by_role("button", name="Er her Mona").tap()
    page.get_by_role("button", name="Er her Ali").tap()
    page.get_by_role("button", name="Én mere uden tilmelding").tap()
    page.get_by_role("button", name="Én færre af Mona").tap()

    expect(total).to_have_text("4")
    expect(page.get_by_text("4 kryds venter på denne telefon")).to_be_visible()
    assert_no_axe_findings(page)
    assert not DoorTick.objects.exists()

    page.context.set_offline(False)

    expect(page.get_by_text("Alle kryds er gemt.")).to_be_visible()
    assert eventually(lambda: DoorTick.objects.count() == 4)
    assert arrivals_of(evening.pk).total == 4
    page.reload()
    expect(total).to_have_text("4")
    page.get_by_role("link", name="Færdig: Indberet, hvordan det gik").tap()
    expect(page.get_by_label("Deltagere", exact=True)).to_have_value("4")


def test_door_list_works_without_javascript(page_nojs: Page, provider, evening):
    user = UserFactory(email="finn@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.FACILITATOR)
    page = page_nojs
    enter_as(page, user)
    page.goto(f"/udbyder/tider/{evening.pk}/doerliste/")

    page.get_by_role("button", name="Er her Mona").click()

    expect(page.locator("[data-door-total]")).to_have_text("3")
    assert arrivals_of(evening.pk).total == 3
