"""Erasing a person in a real browser: by oneself on a phone, and by the administration (D3, D6)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from booking.models import Booking
from core.privacy.links import own_data_url
from core.privacy.models import DataRequest
from core.privacy.operations import ask_for_own_data
from portal.periodic.retention_job import run_retention
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.personal_data import everything_about

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "ulla@udenfor.example"


@pytest.fixture
def ulla(portal):
    """Somebody who has left something everywhere."""
    return everything_about(EMAIL, now=timezone.now())


def own_path() -> str:
    return own_data_url(DataRequest.objects.get()).removeprefix(settings.PORTAL_BASE_URL)


def is_fine(page: Page) -> None:
    assert_no_axe_findings(page)
    assert_fits_the_width(page)


def test_a_person_sees_and_deletes_their_own_data_on_a_phone(page_mobile: Page, ulla):
    page = page_mobile
    page.goto("/mine-oplysninger/")
    is_fine(page)
    page.get_by_role("button", name="Send mig linket").click()
    expect(page.locator(".error-message, .form-error-message").first).to_be_visible()
    is_fine(page)
    page.get_by_role("textbox", name="mail").fill(EMAIL)
    page.get_by_role("button", name="Send mig linket").click()
    expect(page.get_by_role("heading", name="Kig i din indbakke")).to_be_visible()
    is_fine(page)

    page.goto(own_path())
    expect(page.get_by_text("20 30 40 50").first).to_be_visible()
    is_fine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent som PDF").click()
    assert download.value.suggested_filename == "mine-oplysninger.pdf"
    page.get_by_role("link", name="Slet mine oplysninger").click()
    expect(page.get_by_text("bliver meldt af").first).to_be_visible()
    is_fine(page)
    page.get_by_role("button", name="Slet nu").click()

    expect(page.get_by_role("heading", name="Dine oplysninger er slettet")).to_be_visible()
    is_fine(page)
    assert not Booking.objects.filter(contact_email=EMAIL).exists()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Linket virker ikke længere")).to_be_visible()
    is_fine(page)


def test_somebody_unknown_sees_that_nothing_is_held(page_mobile: Page, portal):
    ask_for_own_data(email="ukendt@udenfor.example", language="da", now=timezone.now())

    page_mobile.goto(own_path())

    expect(page_mobile.get_by_text("Vi har ikke gemt noget om ukendt@udenfor.example")).to_be_visible()
    is_fine(page_mobile)


def test_the_administration_erases_a_person(page: Page, ulla):
    run_retention(timezone.now())
    enter_as(page, UserFactory(roles=["Administration"]))
    page.goto("/admin/persondata/")
    assert_no_axe_findings(page)
    page.get_by_label("Mailadresse eller telefonnummer").fill("20304050")
    page.get_by_role("button", name="Søg", exact=True).last.click()
    page.get_by_role("button", name=EMAIL).click()
    expect(page.get_by_role("heading", name=f"Gemt om {EMAIL}")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Slet: se først").click()
    expect(page.get_by_role("heading", name="Det her bliver slettet")).to_be_visible()
    assert_no_axe_findings(page)
    assert "ulla" not in page.url
    page.get_by_role("button", name="Slet nu").click()

    expect(page.get_by_text("rækker er slettet")).to_be_visible()
    assert not Booking.objects.filter(contact_email=EMAIL).exists()
    run_retention(timezone.now() + timedelta(days=1000))
    page.goto("/admin/persondata/tilbage/")
    expect(page.get_by_role("heading", name="Slettet efter reglerne")).to_be_visible()
    assert_no_axe_findings(page)
