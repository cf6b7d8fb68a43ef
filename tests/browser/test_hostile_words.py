"""Names and free texts that try to be something else: nothing of them runs, and no page or file breaks."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.content import ensure_charter
from charter.enums import MemberRole, ProviderState
from charter.methods import codes
from charter.models import (
    Provider,
    ProviderApplication,
    Signature,
    SigningAttempt,
    VettingCase,
    VettingEntry,
)
from charter.organisation import links
from charter.organisation.enums import EntryKind
from core.accounts.models import User
from tests.browser.checks import assert_fits_the_width
from tests.browser.sessions import enter_as
from tests.browser.test_provider_signs import fill_the_form
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import (
    CharterPeriodFactory,
    ProviderApplicationFactory,
    ProviderFactory,
    ProviderMemberFactory,
    VettingCaseFactory,
    VettingEntryFactory,
)

ATTACK = (
    "<script>window.pwned=1</script>\"'><img src=x onerror=window.pwned=1></textarea></title> "
    "\u202eantal\u202c \u200f\u05d0\u05d1\u05d2 🙂 {{ 7*7 }} {% now %} #[typst] $x$ \\ ` "
)
LONG_WORD = "W" * 90


def hostile(model: type, field: str) -> str:
    """Return hostile words, as many as the field takes, at most 500."""
    longest = min(model._meta.get_field(field).max_length or 500, 500)
    return (ATTACK + LONG_WORD + " æøå" * 200)[:longest].strip()


@pytest.fixture
def provider(portal) -> Provider:
    now = timezone.now()
    ensure_charter(now - timedelta(days=1))
    provider = ProviderFactory(
        name=hostile(Provider, "name"), slug="ond", state=ProviderState.ACTIVE, cvr="12345674"
    )
    case = VettingCaseFactory(provider=provider)
    for kind in (EntryKind.QUESTION, EntryKind.ANSWER, EntryKind.NOTE):
        VettingEntryFactory(case=case, kind=kind, text=hostile(VettingEntry, "text"), at=now)
    return provider


@pytest.fixture
def signer(provider) -> User:
    user = UserFactory(
        email="ond@example.dk",
        first_name=hostile(User, "first_name"),
        last_name=hostile(User, "last_name"),
    )
    for role in (MemberRole.SIGNATORY, MemberRole.COORDINATOR):
        ProviderMemberFactory(provider=provider, user=user, role=role)
    return user


def look(page: Page, path: str) -> None:
    """Open a page: it is there, nothing hostile ran, and it is no wider than the window."""
    response = page.goto(path)
    assert response is not None
    assert response.status == 200, path
    nothing_ran(page)


def nothing_ran(page: Page) -> None:
    assert page.evaluate("window.pwned") is None, page.url
    assert page.locator("img[src='x']").count() == 0, page.url


def fill(page: Page, name: str) -> None:
    page.locator("[name=signer_name]").fill(name)
    fill_the_form(page, role=hostile(SigningAttempt, "signer_role"))


def test_hostile_words_are_only_words_on_the_way_to_a_signature_and_in_its_files(
    page_mobile: Page, signer: User, provider: Provider
):
    page = page_mobile
    enter_as(page, signer)
    home = "/udbyder/ond/"
    for path in (
        home,
        f"{home}medlemmer/",
        f"{home}medlemmer/{signer.pk}/",
        f"{home}sag/",
        f"{home}charter/",
    ):
        look(page, path)
        assert_fits_the_width(page)
    name = hostile(SigningAttempt, "signer_name")
    fill(page, name)
    page.get_by_role("button", name="Fortsæt til koden").click()

    expect(page.get_by_role("heading", name="Skriv engangskoden")).to_be_visible()
    nothing_ran(page)
    page.get_by_label("Engangskode").fill(codes.code_of(SigningAttempt.objects.get()))
    page.get_by_role("button", name="Underskriv charteret").click()
    page.wait_for_url("**/kvittering/**")
    nothing_ran(page)
    assert_fits_the_width(page)

    signature = Signature.objects.get()
    assert signature.evidence.signer_name.startswith("<script>window.pwned=1</script>")
    for path in (home, f"{home}charter/opsig/", f"/charter/kontrol/?ref={signature.reference}", "/charter/"):
        look(page, path)
        assert_fits_the_width(page)
    staff = log_in(Client(), UserFactory(roles=("Sagsbehandler",)))
    for kind, found in (("signature", signature), ("vetting_case", VettingCase.objects.get())):
        answer = staff.get(reverse(f"{kind}:journal", args=(found.pk,)))
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
        assert archive.testzip() is None
        assert not [one for one in archive.namelist() if ".." in one or "<" in one or one.startswith("/")]
        assert [archive.read(one)[:4] for one in archive.namelist() if one.endswith(".pdf")] == [b"%PDF"]


def test_hostile_words_are_only_words_in_the_administration(page: Page, signer: User, provider: Provider):
    application = ProviderApplicationFactory(
        **{
            field: hostile(ProviderApplication, field)
            for field in ("name", "presentation", "contact_name", "contact_phone")
        },
        cvr="12345674",
    )
    case = VettingCase.objects.get()
    enter_as(page, UserFactory(roles=("Administration",)))

    for path in (
        reverse("provider_application:index"),
        reverse("provider_application:inspect", args=(application.pk,)),
        reverse("provider_application:accept", args=(application.pk,)),
        reverse("provider_application:attach", args=(application.pk,)),
        reverse("provider:index"),
        reverse("provider:inspect", args=(provider.pk,)),
        reverse("vetting_case:inspect", args=(case.pk,)),
        reverse("charter_board:index"),
    ):
        look(page, path)


def test_an_applicant_s_hostile_words_are_only_words_to_the_applicant(page_mobile: Page, portal):
    application = ProviderApplicationFactory(
        name=hostile(ProviderApplication, "name"),
        declined=True,
        reason=hostile(ProviderApplication, "reason"),
    )

    look(page_mobile, links.application_path(application))

    assert_fits_the_width(page_mobile)


@pytest.mark.parametrize("what", ["signing", "application"])
def test_a_form_without_its_token_is_refused_in_the_portal_s_look_and_sent_again_without_typing(
    open_page: Callable[..., Page], signer: User, provider: Provider, what: str
):
    CharterPeriodFactory(year=2040)
    page = open_page(viewport={"width": 1280, "height": 900})
    enter_as(page, signer)
    if what == "signing":
        page.goto("/udbyder/ond/charter/")
        fill(page, "Mette Medlem")
        field, button = (
            page.locator("[name=signer_name]"),
            page.get_by_role("button", name="Fortsæt til koden"),
        )
    else:
        page.goto("/bliv-udbyder/")
        field, button = (
            page.locator("[name=contact_name]"),
            page.get_by_role("button", name="Send ansøgningen"),
        )
        field.fill("Mette Medlem")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)

    button.click()

    expect(page.get_by_role("heading", name="Siden havde været åben for længe")).to_be_visible()
    assert not SigningAttempt.objects.exists()
    page.go_back()
    expect(field).to_have_value("Mette Medlem")
