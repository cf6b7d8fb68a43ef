"""What it costs: from a sum to the session without a price, to the agreement, and back to a frame that is exceeded."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import book
from tests.factories.charter import ProgrammeFactory
from tests.factories.costs import agreement_of
from tests.factories.workshops import OfferFactory, SessionFactory


@pytest.fixture
def held(portal):
    """A session held yesterday whose agreement has no price, and a frame that it will exceed."""
    offer = OfferFactory(programme=ProgrammeFactory(yearly_budget_dkk=10_000))
    session = SessionFactory(offer=offer)
    book(session)
    set_back(session, ended_at=timezone.now() - timedelta(days=1))
    report(session, classes=(20,))
    agreement_of(offer, first_day=session.local_date - timedelta(days=30))
    return session


def test_a_missing_price_is_found_and_entered_and_the_page_says_that_the_frame_is_exceeded(page: Page, held):
    enter_as(page, UserFactory(roles=["Administration"]))
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"/admin/oekonomi/?year={held.local_date.year}")
    expect(page.locator(".figures-lead")).to_contain_text("0 af 1 afholdelse har en pris")
    assert_fits_the_width(page)
    assert_no_axe_findings(page)

    page.get_by_role("link", name="Se den, der mangler").first.click()
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Aftalen har ingen pris for den").click()
    assert_no_axe_findings(page)
    page.get_by_label("Beløb i kroner").fill("12500")
    page.get_by_label("Fra", exact=False).fill((held.local_date - timedelta(days=10)).isoformat())
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Gem beløbet").click()
    expect(page.get_by_role("cell", name="12.500 kr.")).to_be_visible()
    assert_fits_the_width(page)

    page.goto(f"/admin/oekonomi/?year={held.local_date.year}")
    expect(page.get_by_role("alert")).to_contain_text("Der er brugt 2.500 kr. mere, end den rummer")
    assert_no_axe_findings(page)


def test_a_session_gets_its_own_price_from_the_list(page: Page, held):
    enter_as(page, UserFactory(roles=["Administration"]))
    page.goto(f"/admin/oekonomi/afholdelser/?year={held.local_date.year}")

    page.get_by_role("link", name="Giv den sin egen pris").click()
    assert_no_axe_findings(page)
    page.get_by_label("Afholdelsens egen pris i kroner").fill("4000")
    page.get_by_role("button", name="Gem prisen").click()

    expect(page.get_by_role("cell", name="4.000 kr.")).to_be_visible()
    expect(page.get_by_role("link", name="Ret dens egen pris")).to_be_visible()
