"""Becoming a provider, inviting colleagues and answering in a vetting: axe, 375 and 1280 px, keyboard, no JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from charter.enums import MemberRole
from charter.gate import local_day
from charter.models import MemberInvitation, Provider, ProviderApplication, ProviderMember, VettingCase
from charter.operations.vetting import ask_question
from charter.organisation import links
from charter.organisation.enums import ApplicationState
from core.accounts.models import User
from core.audit.log import SYSTEM
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.charter import (
    MemberInvitationFactory,
    ProviderApplicationFactory,
    ProviderFactory,
    ProviderInvitationFactory,
    ProviderMemberFactory,
    VettingCaseFactory,
)


@pytest.fixture
def provider(portal) -> Provider:
    return ProviderFactory(name="Klar Tale", slug="klar-tale", vetting=True)


@pytest.fixture
def coordinator(provider) -> User:
    user = UserFactory(email="karl@klartale.example.dk", first_name="Karl", last_name="Klar")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.COORDINATOR)
    return user


def fill_the_application(page: Page) -> None:
    page.get_by_label("Organisationens navn").fill("Foreningen Ny")
    page.get_by_label("En forening eller en anden del af civilsamfundet").check()
    page.get_by_label("CVR-nummer", exact=True).fill("64 94 22 12")
    page.get_by_label("Hvad vil I gerne tilbyde, og til hvem?").fill("Vi vil gerne holde workshops.")
    page.get_by_label("Dit fulde navn").fill("Anna Ansøger")
    page.get_by_label("Din e-mailadresse").fill("anna@ny.example.dk")
    page.get_by_label("Telefon").fill("12 34 56 78")


def test_an_organisation_applies_and_confirms(page: Page):
    page.goto("/bliv-udbyder/")
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Send ansøgningen").click()
    expect(page.locator("[data-module=error-summary]")).to_be_focused()
    assert_no_axe_findings(page)
    fill_the_application(page)
    page.get_by_role("button", name="Send ansøgningen").click()

    expect(page.get_by_role("heading", name="Næsten færdig")).to_be_visible()
    assert_no_axe_findings(page)
    application = ProviderApplication.objects.get()
    page.goto(links.application_path(application))
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Bekræft og send ansøgningen").click()

    expect(page.get_by_role("heading", name="Vi har fået jeres ansøgning")).to_be_visible()
    assert_no_axe_findings(page)
    application.refresh_from_db()
    assert application.state == ApplicationState.WAITING


def test_applying_works_without_javascript(page_nojs: Page):
    page_nojs.goto("/bliv-udbyder/")
    fill_the_application(page_nojs)
    page_nojs.get_by_role("button", name="Send ansøgningen").click()
    page_nojs.goto(links.application_path(ProviderApplication.objects.get()))
    page_nojs.get_by_role("button", name="Bekræft og send ansøgningen").click()

    expect(page_nojs.get_by_role("heading", name="Vi har fået jeres ansøgning")).to_be_visible()


def test_a_coordinator_invites_by_keyboard_and_the_colleague_says_yes(
    open_page: Callable[..., Page], coordinator: User
):
    page = open_page(viewport={"width": 1280, "height": 900})
    enter_as(page, coordinator)
    page.goto("/udbyder/klar-tale/medlemmer/")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Invitér en kollega").click()
    assert_no_axe_findings(page)
    page.get_by_label("Din kollegas e-mailadresse").focus()
    page.keyboard.type("frida@klartale.example.dk")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Invitationen er sendt til frida@klartale.example.dk.")).to_be_visible()
    assert_no_axe_findings(page)
    invitation = MemberInvitation.objects.get()
    assert invitation.role == MemberRole.FACILITATOR
    other = open_page(viewport={"width": 375, "height": 812}, is_mobile=True)
    enter_as(other, UserFactory(email="frida@klartale.example.dk"))
    other.goto(links.member_invitation_path(invitation))
    assert_no_axe_findings(other)
    other.get_by_role("button", name="Sig ja").click()

    expect(other.get_by_text("Velkommen. Du er nu oplægsholder for Klar Tale.")).to_be_visible()
    assert ProviderMember.objects.filter(user__email="frida@klartale.example.dk").exists()


def test_the_organisation_answers_a_question_with_a_file(page: Page, provider: Provider, coordinator: User):
    case = VettingCaseFactory(provider=provider)
    now = timezone.now()
    ask_question(
        case_id=case.pk,
        text="Hvem er jeres bestyrelse?",
        due_on=local_day(now) + timedelta(days=14),
        actor=SYSTEM,
        now=now,
    )
    enter_as(page, coordinator)
    page.goto("/udbyder/klar-tale/")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Læs og svar").click()
    assert_no_axe_findings(page)
    page.get_by_label("Jeres svar").fill("Fem personer.")
    page.get_by_label("Vedhæft en fil").set_input_files(
        {"name": "svar.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="Send svaret").click()

    expect(page.get_by_text("Vi har fået jeres svar.")).to_be_visible()
    assert_no_axe_findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="svar.pdf").click()
    assert download.value.suggested_filename == "svar.pdf"


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_every_page_fits_in_every_state(
    open_page: Callable[..., Page], provider: Provider, coordinator: User, width: int
):
    VettingCaseFactory(provider=provider)
    MemberInvitationFactory(
        provider=provider, email="en.meget.lang.adresse.der.ikke.kan.brydes@langt-domaene.example.dk"
    )
    MemberInvitationFactory(provider=provider, proposed=True)
    signatory = ProviderMemberFactory(provider=provider, role=MemberRole.SIGNATORY).user
    paths = [
        "/bliv-udbyder/",
        "/bliv-udbyder/sendt/",
        "/bliv-udbyder/ansoegning/virker-ikke/",
        links.provider_invitation_path(ProviderInvitationFactory()),
        links.provider_invitation_path(ProviderInvitationFactory(used=True)),
        *(
            links.application_path(ProviderApplicationFactory(state=state, reason="Ikke nu."))
            for state in ("waiting", "accepted", "declined")
        ),
        links.application_path(ProviderApplicationFactory(unproven=True)),
        *(
            links.member_invitation_path(MemberInvitationFactory(provider=provider, state=state))
            for state in ("sent", "accepted", "revoked")
        ),
        "/udbyder/klar-tale/",
        "/udbyder/klar-tale/medlemmer/",
        "/udbyder/klar-tale/medlemmer/inviter/",
        f"/udbyder/klar-tale/medlemmer/{coordinator.pk}/",
        f"/udbyder/klar-tale/medlemmer/{signatory.pk}/",
        "/udbyder/klar-tale/sag/",
    ]
    page = open_page(viewport={"width": width, "height": 800})
    enter_as(page, coordinator)

    for path in paths:
        page.goto(path)
        assert_fits_the_width(page)
        assert_no_axe_findings(page)
    for state in ("new", "suspended", "ended", "declined_charter"):
        Provider.objects.update(state=state, state_note="Det har vi talt om.")
        page.goto("/udbyder/klar-tale/")
        assert_fits_the_width(page)
        assert_no_axe_findings(page)
    assert VettingCase.objects.exists()
