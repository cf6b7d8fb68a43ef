"""An editor publishes a season of dates, and visitors find them."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.accounts import UserFactory, log_in
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import OfferFactory, SessionFactory, local_start
from workshops.models import Session

pytestmark = pytest.mark.django_db(transaction=True)


def _as_editor(page: Page, host: str) -> None:
    client = log_in(Client(), UserFactory(roles=["Redaktør"]))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": host}])


def test_editor_publishes_a_schedule(page, portal):
    offer = OfferFactory(title="Falske nyheder", duration_minutes=90)
    offer_page(offer)
    _as_editor(page, portal.url)
    first = local_start(in_days=30).date()

    page.goto("/admin/schedules/")
    page.get_by_role("link", name="Tilføj plan").first.click()
    assert_no_axe_findings(page)
    page.get_by_role("combobox", name="Tilbud").select_option(label="Falske nyheder")
    page.get_by_label("Første dato").fill(first.isoformat())
    page.get_by_label("Sidste dato").fill((first + timedelta(days=27)).isoformat())
    page.get_by_label("Tirsdag").check()
    page.get_by_label("Starter kl.").fill("09:00")
    page.get_by_label("Ikke på disse datoer").fill("nytår")
    page.get_by_role("button", name="Se datoerne").click()

    expect(page.get_by_text("Linje 1: »nytår« er ikke en dato.").first).to_be_visible()
    expect(page.get_by_label("Tirsdag")).to_be_checked()
    assert_no_axe_findings(page)
    page.get_by_label("Ikke på disse datoer").fill("")
    page.get_by_role("button", name="Se datoerne").click()

    expect(page.get_by_role("row").filter(has_text="Oprettes")).to_have_count(4)
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_role("button", name="Opret 4 tider").click()

    expect(page.get_by_text("Planen er gemt: 4 tider oprettet")).to_be_visible()
    assert Session.objects.filter(offer=offer, state="open").count() == 4
    assert Client().get("/kalender/alle.ics").content.decode().count("BEGIN:VEVENT") == 4


def test_month_and_lists_are_accessible(page, portal):
    offer = OfferFactory(title="Falske nyheder")
    session = SessionFactory(offer=offer)
    _as_editor(page, portal.url)

    for address in ("month/", "", f"inspect/{session.pk}/", f"edit/{session.pk}/", "new/"):
        page.goto(f"/admin/sessions/{address}")
        assert_no_axe_findings(page)
