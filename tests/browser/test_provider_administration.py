"""The administration takes a provider from new to active, pauses it, and publishes a new charter version."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.content import ensure_charter
from charter.enums import Transition
from charter.models import CharterVersion, Provider
from charter.operations import change_provider_state, create_draft_version
from core.audit.log import SYSTEM
from tests.browser.checks import assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.charter import ProviderFactory, ProviderMemberFactory, SignatureFactory


@pytest.fixture
def staff_page(page: Page, portal) -> Page:
    ensure_charter(timezone.now() - timedelta(days=1))
    enter_as(page, UserFactory(roles=["Administration"]))
    return page


def test_a_provider_is_registered_approved_and_activated(staff_page: Page):
    page = staff_page
    page.goto("/admin/provider/new/")
    page.get_by_label("Navn").fill("Klar Tale")
    page.get_by_label("Slags").select_option("civil_society")
    page.get_by_label("CVR-nummer").fill("12345678")
    page.get_by_role("button", name="Opret").click()
    expect(page.get_by_text("CVR-nummeret findes ikke: Tjek cifrene.")).to_be_visible()
    page.get_by_label("CVR-nummer").fill("64942212")
    page.get_by_role("button", name="Opret").click()

    expect(page.get_by_role("heading", name="Ny · Charter ikke underskrevet")).to_be_visible()
    provider = Provider.objects.get()
    change_provider_state(
        provider_id=provider.pk, transition=Transition.START_VETTING, actor=SYSTEM, now=timezone.now()
    )
    page.reload()
    expect(page.get_by_role("heading", name="Under afdækning")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Godkend").click()
    expect(page.get_by_label("Begrundelse")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_label("Begrundelse").fill("Lever op til charteret.")
    page.get_by_role("button", name="Godkend").click()
    expect(page.get_by_text("Skriv afgørelsens sagsnummer i F2 eller eDoc.")).to_be_visible()
    expect(page.get_by_label("Begrundelse")).to_have_value("Lever op til charteret.")
    page.get_by_label("Afgørelsens sagsnummer").fill("2026-0000001")
    page.get_by_role("button", name="Godkend").click()
    page.get_by_role("link", name="Aktivér").click()
    page.get_by_role("button", name="Aktivér").click()

    expect(page.get_by_role("heading", name="Aktiv · Charter ikke underskrevet")).to_be_visible()


def test_a_new_version_is_written_and_published(staff_page: Page):
    draft = create_draft_version(actor=SYSTEM, now=timezone.now())
    page = staff_page
    page.goto(f"/admin/charter_version/{draft.pk}/text/da/")
    editor = page.locator("[contenteditable=true]").first
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Nyt: ")
    expect(page.locator("[name=body]")).to_have_value(re.compile("Nyt: "))  # written back after a moment
    page.get_by_role("button", name="Gem").click()

    page.get_by_text("Det er ændret siden version 1").first.click()
    expect(page.locator("ins").first).to_contain_text("Nyt:")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Udgiv versionen").click()
    page.get_by_label("Fra hvilken dag").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    # By keyboard: the open calendar lies over the button.
    page.get_by_role("button", name="Vis, hvem det rammer").press("Enter")
    expect(page.get_by_role("heading", name="Hvis versionen skal være underskrevet fra")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Udgiv").click()

    expect(page.get_by_text("Det er gjort.")).to_be_visible()
    assert CharterVersion.objects.get(pk=draft.pk).published_at is not None


def test_axe_finds_nothing_on_lists_and_pages(staff_page: Page):
    member = ProviderMemberFactory(provider=ProviderFactory(covered=True))
    signature = SignatureFactory(provider=member.provider)
    for path in (
        "/admin/provider/",
        f"/admin/provider/inspect/{member.provider_id}/",
        f"/admin/provider/{member.provider_id}/members/add/",
        "/admin/signature/",
        f"/admin/signature/inspect/{signature.pk}/",
        f"/admin/signature/{signature.pk}/withdraw/",
        "/admin/charter_version/",
        "/admin/charter_period/",
    ):
        staff_page.goto(path)
        assert_no_axe_findings(staff_page)
