"""The charter in the administration and in public: the board, a new version, the list, on a phone too (C1, C6, C7, C16)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.content import ensure_charter, ensure_periods
from charter.models import CharterText, CharterVersion
from charter.operations import create_draft_version
from core.audit.log import SYSTEM
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory, SignatureFactory
from tests.factories.workshops import OfferFactory, SessionFactory


def assert_main_fits(page: Page) -> None:
    """Fail when what this page says is wider than the screen; the header is looked at with the front page."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter(e => !e.closest('.portal-table')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []


@pytest.fixture
def providers(portal, settings):
    """One lapsed, one that can renew with dates that wait, one covered, one that declined, a paused one.

    In rolling years: so they stand on whatever day of the calendar year the test runs.
    """
    settings.PORTAL_CHARTER_MODE = "rolling"
    now = timezone.now()
    today = timezone.localdate(now)
    version = ensure_charter(now - timedelta(days=400))
    ensure_periods(today)

    def signed(name: str, *, until: int, **more):
        return SignatureFactory(
            provider=ProviderFactory(name=name, **more),
            version=version,
            covers_from=today - timedelta(days=300),
            covers_until=today + timedelta(days=until),
        ).provider

    lapsed = signed("Fortælleværkstedet på Vesterbro", until=-5)
    renewing = signed("Klar Tale", until=40)
    ProviderMemberFactory(provider=renewing)
    signed("Dialoghuset", until=700)
    ProviderFactory(name="Sagde Nej", declined=True)
    ProviderFactory(name="På Pause", suspended=True)
    ProviderFactory(name="Ny Forening", approved=True)
    for provider in (lapsed, renewing):
        offer = OfferFactory(provider=provider)
        SessionFactory(offer=offer, in_days=60)
    covered = OfferFactory(provider=ProviderFactory(name="Foreningen af unge formidlere", covered=True))
    book(SessionFactory(offer=covered, in_days=60))
    return renewing


@pytest.fixture
def staff():
    return UserFactory(roles=("Administration",))


@pytest.mark.parametrize("width", [1280, 375])
def test_the_board_is_read_and_a_reminder_sent_on_any_screen(open_page, providers, staff, width):
    page: Page = open_page(
        viewport={"width": width, "height": 900}, is_mobile=width < 500, has_touch=width < 500
    )
    enter_as(page, staff)
    page.goto("/admin/charter_board/")

    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Klar Tale"))
    expect(row).to_contain_text("1 tid")
    row.get_by_role("button", name="Send påmindelse til Klar Tale").click()

    expect(page.get_by_text("En påmindelse er på vej")).to_be_visible()
    expect(page.get_by_role("button", name="Send påmindelse til Klar Tale")).to_have_count(0)
    page.get_by_role("link", name="Udløbet 1").click()
    expect(page.get_by_role("heading", name="Fortælleværkstedet på Vesterbro")).to_be_visible()
    expect(page.get_by_role("heading", name="Klar Tale")).to_have_count(0)
    assert_no_axe_findings(page)


@pytest.mark.parametrize("width", [1280, 375])
def test_a_new_version_is_compared_seen_and_published_knowing_what_it_touches(
    open_page, providers, staff, width
):
    draft = create_draft_version(actor=SYSTEM, now=timezone.now())
    text = CharterText.objects.get(version=draft, language="da")
    text.body = text.body.replace("tro og ytre sig frit", "tro, tvivle og ytre sig frit")
    text.save()
    page: Page = open_page(
        viewport={"width": width, "height": 900}, is_mobile=width < 500, has_touch=width < 500
    )
    enter_as(page, staff)
    page.goto(f"/admin/charter_version/inspect/{draft.pk}/")
    expect(page.locator("ins").first).to_contain_text("tvivle")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)

    page.get_by_role("link", name="Se den, som underskriveren ser den: Dansk").click()
    expect(page.get_by_role("heading", name="Forhåndsvisning af charteret")).to_be_visible()
    assert_no_axe_findings(page)
    assert_main_fits(page)
    page.get_by_role("link", name="Tilbage til administrationen").click()

    page.get_by_role("link", name="Udgiv versionen").click()
    assert_no_axe_findings(page)
    day = timezone.localdate() + timedelta(days=30)
    page.get_by_label("Fra hvilken dag").fill(day.isoformat())
    # By keyboard: Wagtail's calendar lies over the button while the field has focus.
    page.get_by_label("Fra hvilken dag").press("Tab")
    page.get_by_role("button", name="Vis, hvem det rammer").press("Enter")
    expect(page.get_by_role("cell", name="Foreningen af unge formidlere")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    assert CharterVersion.objects.get(pk=draft.pk).published_at is None
    page.get_by_role("button", name="Udgiv").click()

    expect(page.get_by_text("ingen har underskrevet den endnu")).to_be_visible()
    assert CharterVersion.objects.get(pk=draft.pk).required_from == day
    assert_no_axe_findings(page)


@pytest.mark.parametrize("width", [1280, 375])
def test_everybody_reads_who_is_covered(open_page, providers, width):
    page: Page = open_page(
        viewport={"width": width, "height": 900}, is_mobile=width < 500, has_touch=width < 500
    )
    page.goto("/charter/")

    expect(page.get_by_role("rowheader", name="Klar Tale")).to_be_visible()
    expect(page.get_by_text("Fortælleværkstedet")).to_have_count(0)
    assert_no_axe_findings(page)
    assert_main_fits(page)
