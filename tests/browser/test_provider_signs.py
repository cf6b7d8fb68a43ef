"""A provider signs the charter: by keyboard, on a phone, without JavaScript; its dates open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.content import ensure_charter
from charter.coverage import coverage_of
from charter.enums import MemberRole
from charter.gate import local_day
from charter.methods import codes
from charter.models import Provider, Signature, SigningAttempt
from core.accounts.models import User
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.charter import ProviderFactory, ProviderMemberFactory, SignatureFactory

HOME = "/udbyder/klar-tale/"


@pytest.fixture
def provider(portal) -> Provider:
    ensure_charter(timezone.now() - timedelta(days=1))
    return ProviderFactory(name="Klar Tale", slug="klar-tale")


@pytest.fixture
def signer(provider) -> User:
    user = UserFactory(email="mette@klartale.example.dk", first_name="Mette", last_name="Medlem")
    ProviderMemberFactory(provider=provider, user=user)
    return user


def newest_code() -> str:
    """Return what the mail says: the code of the newest attempt."""
    return codes.code_of(SigningAttempt.objects.latest("pk"))


def fill_the_form(page: Page, *, role: str = "Direktør") -> None:
    page.get_by_label("Din rolle i organisationen").fill(role)
    page.get_by_label("Jeg er tegningsberettiget efter vedtægterne eller CVR").check()
    for statement in (
        "Jeg har læst hele charteret.",
        "Organisationen forpligter sig til at følge charteret.",
        "Jeg har ret til at underskrive for organisationen.",
    ):
        page.get_by_label(statement, exact=True).check()


def test_a_provider_signs_and_is_covered(page: Page, signer: User, provider: Provider):
    enter_as(page, signer)
    page.goto(HOME)
    expect(page.get_by_role("heading", name="Charteret er ikke underskrevet")).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_role("link", name="Læs og underskriv charteret").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Fortsæt til koden").click()
    expect(page.locator("[data-module=error-summary]")).to_be_focused()
    assert_no_axe_findings(page)
    fill_the_form(page)
    page.get_by_role("button", name="Fortsæt til koden").click()

    expect(page.get_by_role("heading", name="Skriv engangskoden")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_label("Engangskode").fill("000000" if newest_code() != "000000" else "111111")
    page.get_by_role("button", name="Underskriv charteret").click()
    expect(page.get_by_text("Koden er ikke rigtig.").first).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_label("Engangskode").fill(newest_code())
    page.get_by_role("button", name="Underskriv charteret").click()

    expect(page.get_by_text(Signature.objects.get().reference).first).to_be_visible()
    assert_no_axe_findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent kvitteringen (PDF)").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert coverage_of(provider, today=local_day(timezone.now())).is_covered
    page.goto("/charter/")
    expect(page.get_by_role("rowheader", name="Klar Tale")).to_be_visible()
    assert_no_axe_findings(page)


def test_signing_works_by_keyboard_alone(page: Page, signer: User):
    """A6: typed name and boxes, nothing to draw, nothing to click."""
    enter_as(page, signer)
    page.goto(HOME + "charter/")
    page.get_by_label("Dit fulde navn").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Direktør")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # past the document of authority, which nobody must hand in
    for _statement in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Skriv engangskoden")).to_be_visible()
    page.get_by_label("Engangskode").focus()
    page.keyboard.type(newest_code())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()


def test_signing_works_without_javascript(page_nojs: Page, signer: User):
    enter_as(page_nojs, signer)
    page_nojs.goto(HOME + "charter/")
    fill_the_form(page_nojs)
    page_nojs.get_by_role("button", name="Fortsæt til koden").click()
    page_nojs.get_by_label("Engangskode").fill(newest_code())
    page_nojs.get_by_role("button", name="Underskriv charteret").click()

    expect(page_nojs.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()


def test_pages_fit_a_small_phone_in_every_state(
    open_page: Callable[..., Page], signer: User, provider: Provider
):
    page = open_page(viewport={"width": 320, "height": 640})
    enter_as(page, signer)
    for path in (HOME, HOME + "charter/", "/charter/"):
        page.goto(path)
        assert_fits_the_width(page)
        assert_no_axe_findings(page)
    today = local_day(timezone.now())
    signature = SignatureFactory(
        provider=provider, covers_from=today, covers_until=today + timedelta(days=30)
    )
    for path in (
        HOME,
        HOME + "charter/",
        HOME + "charter/opsig/",
        HOME + f"charter/kvittering/{signature.reference}/",
        "/charter/",
    ):
        page.goto(path)
        assert_fits_the_width(page)
        assert_no_axe_findings(page)


def test_a_facilitator_is_told_whom_to_ask(page: Page, signer: User, provider: Provider):
    user = UserFactory(email="frank@klartale.example.dk")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.FACILITATOR)
    enter_as(page, user)

    page.goto(HOME + "charter/")

    expect(page.get_by_text("Bed Mette Medlem om at underskrive")).to_be_visible()
    assert_no_axe_findings(page)
