"""A provider's day: write an offer and have it approved, repeat a season, write to those who have booked."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from charter.enums import MemberRole
from charter.models import Provider
from core.accounts.models import User
from core.accounts.roles import ADMINISTRATION, ensure_roles
from core.outbox.models import Message
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import a_contact, book
from tests.factories.charter import ProgrammeFactory, ProviderFactory, ProviderMemberFactory
from tests.factories.workshop_pages import offer_index
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import OfferPage, Session


@pytest.fixture
def provider(portal) -> Provider:
    ensure_roles()
    offer_index()
    ProgrammeFactory()
    return ProviderFactory(name="Klar Tale", slug="klar-tale", covered=True)


@pytest.fixture
def coordinator(provider) -> User:
    user = UserFactory(email="mette@klartale.example.dk")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.COORDINATOR)
    return user


def look_at(page: Page) -> None:
    assert_fits_the_width(page)
    assert_no_axe_findings(page)


def test_an_offer_is_written_on_a_phone_and_approved(page_mobile: Page, open_page, coordinator: User):
    page = page_mobile
    enter_as(page, coordinator)
    page.goto(reverse("provider_home", args=["klar-tale"]))
    look_at(page)
    page.get_by_role("link", name="Jeres tilbud").click()
    look_at(page)
    page.get_by_role("link", name="Skriv et nyt tilbud").click()
    look_at(page)
    page.get_by_label("Titel", exact=True).fill("Mellem linjerne")
    page.get_by_role("button", name="Gem og send til godkendelse").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv en eller to sætninger til kataloget.")
    expect(page.get_by_label("Titel", exact=True)).to_have_value("Mellem linjerne")
    look_at(page)

    page.get_by_label("Kort fortalt").fill("Om kilder på nettet.")
    page.get_by_label("Hvad handler det om?").fill("Vi læser sammen.\n\n- Kilder\n- Påstande")
    page.get_by_label("Skoler", exact=True).check()
    page.get_by_label("Fra klassetrin").fill("4")
    page.get_by_label("Til klassetrin").fill("6")
    page.get_by_label("På skolen", exact=True).check()
    page.get_by_label("Minutter").fill("90")
    page.get_by_label("Højst så mange klasser ad gangen").fill("1")
    page.get_by_role("button", name="Gem og se siden").click()
    expect(page.get_by_text("Sådan kommer tilbuddet til at se ud")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="Tilbage og ret").click()
    page.get_by_role("button", name="Gem og send til godkendelse").click()
    expect(page.get_by_text("Tilbuddet er sendt til godkendelse.")).to_be_visible()
    expect(page.get_by_text("Sendt til godkendelse", exact=True)).to_be_visible()
    look_at(page)

    reviewer = UserFactory(roles=[ADMINISTRATION])
    staff = open_page()
    enter_as(staff, reviewer)
    staff.goto(reverse("wagtailadmin_pages:edit", args=[OfferPage.objects.get().pk]))
    expect(staff.get_by_text("Klar Tale har skrevet dette.")).to_be_visible()
    OfferPage.objects.get().current_workflow_state.current_task_state.approve(user=reviewer)

    page.goto(reverse("provider_offers", args=["klar-tale"]))
    expect(page.get_by_role("link", name="Mellem linjerne", exact=True)).to_be_visible()
    page.get_by_role("link", name="Mellem linjerne", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mellem linjerne")


def test_a_season_is_repeated_without_javascript(open_page, provider: Provider, coordinator: User):
    page = open_page(java_script_enabled=False)
    offer = OfferFactory(provider=provider, title="Falske nyheder")
    SessionFactory(offer=offer, in_days=10)
    SessionFactory(offer=offer, in_days=11)
    enter_as(page, coordinator)
    page.goto(reverse("provider_plans", args=["klar-tale"]))
    page.get_by_role("link", name="Gentag i næste skoleår").click()
    page.get_by_role("button", name="Se datoerne").click()
    expect(page.get_by_text("Der er ikke sket noget endnu.")).to_be_visible()
    page.get_by_role("button", name="Opret 2 tider").click()

    expect(page.get_by_text("2 tider er oprettet.")).to_be_visible()
    assert Session.objects.filter(rolled_from__isnull=False).count() == 2


def test_the_pages_of_planning_fit_a_phone(page_mobile: Page, provider: Provider, coordinator: User):
    page = page_mobile
    offer = OfferFactory(provider=provider, title="Falske nyheder")
    SessionFactory(offer=offer, in_days=10)
    enter_as(page, coordinator)
    for name in ("provider_plans", "provider_plan_new", "provider_season"):
        page.goto(reverse(name, args=["klar-tale"]))
        look_at(page)
    page.get_by_role("button", name="Se datoerne").click()
    look_at(page)


def test_all_who_have_booked_are_written_to_from_a_phone(
    page_mobile: Page, provider: Provider, coordinator: User
):
    page = page_mobile
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    for name in ("a", "b"):
        book(session, contact=a_contact(f"{name}@example.dk"))
    enter_as(page, coordinator)
    page.goto(reverse("provider_session", args=[session.pk]))
    page.get_by_role("link", name="Skriv til alle, der har booket").click()
    look_at(page)
    page.get_by_label("Besked").fill("Vi mødes ved porten.")
    page.get_by_role("button", name="Se beskeden").click()
    expect(page.get_by_text("Beskeden går til 2 bookinger.")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="Send beskeden").click()

    expect(page.get_by_text("Beskeden er på vej til 2 bookinger.")).to_be_visible()
    expect(page.get_by_text("Vi mødes ved porten.")).to_be_visible()
    look_at(page)
    assert Message.objects.filter(mail_type="sign_up_session_message").count() == 2
