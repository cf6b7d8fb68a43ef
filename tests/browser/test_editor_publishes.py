"""An editor writes an offer's page and publishes it; a visitor finds it by its grade."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from core.accounts.roles import ensure_roles
from core.worklist.models import WorkItem
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.conftest import DESKTOP
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory, log_in
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import OfferPage

pytestmark = pytest.mark.django_db(transaction=True)


def _as_editor(page: Page, host: str) -> None:
    client = log_in(Client(), UserFactory(roles=["Redaktør"]))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": host}])


def test_editor_publishes_an_offer_that_visitors_find(page, portal):
    catalogue = offer_index()
    offer = OfferFactory(title="Falske nyheder")
    SessionFactory(offer=offer)
    _as_editor(page, portal.url)
    page.set_default_timeout(30_000)  # the editor loads a lot, and saves by itself meanwhile

    page.goto(f"/admin/pages/add/workshops/offerpage/{catalogue.pk}/")
    page.wait_for_load_state("networkidle")
    page.locator("#id_title").press_sequentially("Falske nyheder")
    expect(page.locator("#id_slug")).to_have_value("falske-nyheder")
    page.locator("#id_offer").select_option(label="Falske nyheder")
    page.locator("#id_teaser").fill("Klassen lærer at stille fire spørgsmål.")
    intro = page.locator("[data-contentpath='intro'] [contenteditable=true]")
    intro.click()
    intro.press_sequentially("Vi undersøger billeder og historier sammen.")
    # The editor hands its text to the form a little later.
    expect(page.locator("input[name='intro']")).to_have_value(re.compile("sammen"), timeout=10_000)
    page.wait_for_load_state("networkidle")
    page.locator("footer [data-controller~='w-dropdown'] button").first.click()
    page.locator("[name='action-publish']").click()

    expect(page).to_have_url(re.compile(rf"/admin/pages/{catalogue.pk}/"), timeout=30_000)
    assert OfferPage.objects.get(offer=offer).live

    page.goto("/tilbud/?klassetrin=5")
    expect(page.get_by_role("heading", name="1 tilbud passer")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Falske nyheder").click()
    expect(page.get_by_text("Klassen lærer at stille fire spørgsmål.")).to_be_visible()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)


def test_catalogue_filters_without_javascript(page_nojs, portal):
    for title, grade in (("Til de små", 2), ("Til de store", 8)):
        offer = OfferFactory(title=title, grade_from=grade, grade_to=grade)
        offer_page(offer)
        SessionFactory(offer=offer)

    page_nojs.goto("/tilbud/")
    page_nojs.get_by_label("Klassetrin").select_option(label="8. klasse")
    page_nojs.get_by_role("button", name="Vis tilbud").click()

    expect(page_nojs.get_by_role("link", name="Til de store")).to_be_visible()
    expect(page_nojs.get_by_role("link", name="Til de små")).to_have_count(0)
    page_nojs.get_by_role("link", name="Fjern Klassetrin: 8. klasse").click()
    expect(page_nojs.get_by_role("heading", name="2 tilbud")).to_be_visible()


def test_catalogue_offer_and_search_fit_a_phone(page_mobile, portal):
    page = offer_page(title="Falske nyheder", teaser="Klassen lærer at stille fire spørgsmål.")
    SessionFactory(offer=page.offer)

    for path in ("/tilbud/?klassetrin=5&fra=i-morgen&fag=x", page.url, "/soeg/?q=falske", "/soeg/?q=intet"):
        page_mobile.goto(path)
        assert_no_axe_findings(page_mobile)
        assert_fits_the_width(page_mobile)
        page_mobile.set_viewport_size({"width": 320, "height": 700})
        assert_fits_the_width(page_mobile)
        page_mobile.set_viewport_size({"width": 375, "height": 812})


def test_a_page_is_sent_for_review_and_a_colleague_approves_it(open_page, portal):
    ensure_roles()
    draft = offer_page(OfferFactory(title="Falske nyheder"), live=False)
    edit = f"/admin/pages/{draft.pk}/edit/"
    editor, colleague = open_page(viewport=DESKTOP), open_page(viewport=DESKTOP)
    enter_as(editor, UserFactory(roles=["Redaktør"]))
    enter_as(colleague, UserFactory(roles=["Administration"]))
    for page in (editor, colleague):
        page.set_default_timeout(30_000)

    editor.goto(edit)
    editor.wait_for_load_state("networkidle")
    editor.locator("footer [data-controller~='w-dropdown'] button").first.click()
    editor.locator("[name='action-submit']").click()
    expect(editor.locator(".messages")).to_contain_text("Falske nyheder")

    colleague.goto("/admin/tasks/")
    colleague.get_by_text("«Falske nyheder» er sendt til godkendelse.").wait_for()
    colleague.goto(edit)
    colleague.wait_for_load_state("networkidle")
    colleague.locator("footer [data-controller~='w-dropdown'] button").first.click()
    colleague.locator("[data-workflow-action-name='approve']").first.click()
    colleague.wait_for_load_state("networkidle")
    expect(colleague.locator(".messages")).to_contain_text("Falske nyheder")

    draft.refresh_from_db()
    assert draft.live
    assert not WorkItem.objects.open().exists()
