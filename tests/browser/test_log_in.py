"""The account pages in a real browser: axe, a phone, and a passkey from beginning to end."""

import pytest
from playwright.sync_api import Page, expect

from core.accounts.codes import code_of
from core.accounts.roles import CASEWORKER
from core.outbox.models import Message
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.factories.accounts import PASSWORD, UserFactory


def newest_code():
    return code_of(Message.objects.filter(mail_type="login_code").latest("pk").ids["handle"])


def test_a_person_logs_in_by_code_on_a_phone(page_mobile: Page):
    page = page_mobile
    page.goto("/konto/login/")
    assert_no_axe_findings(page)
    page.get_by_label("E-mail").first.fill("ikke en adresse")
    page.get_by_role("button", name="Send mig en kode").click()
    assert_no_axe_findings(page)
    page.get_by_label("E-mail").fill("anna@example.dk")
    page.get_by_role("button", name="Send mig en kode").click()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    page.get_by_label("Kode").fill("BBBB-BBBB")
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_text("Koden er ikke rigtig").first).to_be_visible()
    page.get_by_label("Kode").fill(newest_code())
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url("**/mine-bookinger/")


def test_staff_add_a_passkey_and_log_in_with_it_alone(page: Page):
    UserFactory(email="sag@example.dk", roles=[CASEWORKER], with_second_factor=False)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/konto/login/")
    page.get_by_text("Log ind med adgangskode eller adgangsnøgle").click()
    assert_no_axe_findings(page)
    page.locator("#id_login").fill("sag@example.dk")
    page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.wait_for_url("**/konto/totrin/")
    assert_no_axe_findings(page)

    page.get_by_role("link", name="Tilføj en adgangsnøgle").click()
    page.get_by_label("Adgangskode").fill(PASSWORD)
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Fortsæt").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Tilføj adgangsnøglen").click()
    page.wait_for_url("**/konto/totrin/reservekoder/")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Gå til administrationen").click()
    page.wait_for_url("**/admin/")

    page.context.clear_cookies()
    page.goto("/konto/login/?next=/admin/")
    page.get_by_text("Log ind med adgangskode eller adgangsnøgle").click()
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("path", ["/konto/totrin/", "/konto/totrin/app/", "/konto/totrin/noegler/"])
def test_axe_finds_nothing_on_the_pages_of_the_second_step(page: Page, path):
    UserFactory(email="anna@example.dk")
    page.goto(f"/konto/login/?next={path}")
    page.get_by_label("E-mail").first.fill("anna@example.dk")
    page.get_by_role("button", name="Send mig en kode").click()
    page.get_by_label("Kode").fill(newest_code())
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url(f"**{path}")
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
