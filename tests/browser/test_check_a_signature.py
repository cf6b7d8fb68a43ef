"""Anybody checks a signed charter in a browser: on a phone, by keyboard, without JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.models import Signature
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.charter.conftest import Signed, sign_for
from tests.factories.charter import CharterPeriodFactory
from tests.seals import seal_environment

URL = "/charter/kontrol/"


@pytest.fixture
def signed(portal, settings, tmp_path) -> Signed:
    """A document signed just now and sealed by the portal that the browser asks."""
    for name, value in seal_environment(tmp_path / "seal").items():
        setattr(settings, name, value)
    now = timezone.now()
    CharterPeriodFactory(year=now.year)
    return sign_for("Klar Tale", now=now)


@pytest.fixture
def document(signed, tmp_path) -> Path:
    path = tmp_path / "charter.pdf"
    path.write_bytes(signed.document)
    return path


def check(page: Page, path: Path) -> None:
    page.get_by_label("Dokumentet (PDF)").set_input_files(path)
    page.get_by_role("button", name="Kontrollér").click()


def test_a_document_is_checked_on_a_phone_in_every_state(open_page: Callable[..., Page], document: Path):
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(URL)
    assert_fits_the_width(page)
    assert_no_axe_findings(page)

    check(page, document)
    expect(page.get_by_role("heading", name="Dokumentet er ægte")).to_be_visible()
    expect(page.get_by_text(Signature.objects.get().reference)).to_be_visible()
    assert_fits_the_width(page)
    assert_no_axe_findings(page)

    document.write_bytes(document.read_bytes() + b"mere")
    check(page, document)
    expect(page.get_by_role("heading", name="Vi kan ikke stå inde for dokumentet")).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_role("button", name="Kontrollér").click()
    expect(page.locator("[data-module=error-summary]")).to_be_focused()
    assert_fits_the_width(page)
    assert_no_axe_findings(page)


def test_a_reference_is_checked_by_keyboard_and_without_javascript(page_nojs: Page, signed: Signed):
    page_nojs.goto(URL)
    page_nojs.get_by_label("Referencenummer").focus()
    page_nojs.keyboard.type(signed.signature.reference.lower())
    page_nojs.keyboard.press("Enter")

    expect(page_nojs.get_by_role("heading", name="Vi kender underskriften")).to_be_visible()
    expect(page_nojs.get_by_text("Klar Tale")).to_be_visible()
