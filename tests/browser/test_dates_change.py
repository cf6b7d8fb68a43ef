"""A provider moves and cancels a date, staff do too, and a teacher moves a booking: phone, keyboard, no JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from booking import links
from booking.enums import BookingState
from booking.models import Booking
from charter.enums import MemberRole
from charter.models import Provider
from core.accounts.models import User
from core.accounts.roles import CASEWORKER
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.booking import a_contact, book, known_school, queue_up
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Session


@pytest.fixture
def provider(portal) -> Provider:
    return ProviderFactory(name="Klar Tale", slug="klar-tale", covered=True)


@pytest.fixture
def coordinator(provider) -> User:
    user = UserFactory(email="mette@klartale.example.dk")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.COORDINATOR)
    return user


@pytest.fixture
def session(provider) -> Session:
    """A visit that one class has booked and another waits for, and a free date beside it."""
    offer = OfferFactory(provider=provider, title="Falske nyheder")
    session = SessionFactory(offer=offer)
    SessionFactory(offer=offer, in_days=37)
    book(session, school=known_school(name="Skolen ved Søen"))
    queue_up(
        session,
        school=known_school(name="Parkskolen", domain="park.example"),
        contact=a_contact("p@park.example"),
    )
    return session


def date_of(session: Session, *, days: int) -> str:
    return (session.local_date + timedelta(days=days)).isoformat()


def test_a_provider_moves_a_date_on_a_phone(page_mobile: Page, coordinator: User, session: Session):
    page = page_mobile
    enter_as(page, coordinator)
    page.goto(reverse("provider_session", args=[session.pk]))
    assert_fits_the_width(page)
    page.get_by_role("link", name="Flyt tiden").click()
    assert_fits_the_width(page)
    assert_no_axe_findings(page)

    page.get_by_label("Ny dato").fill(date_of(session, days=1))
    page.get_by_label("Starter").fill("10:15")
    page.get_by_role("button", name="Se, hvad der sker").click()

    expect(page.get_by_text("Der er ikke sket noget endnu.")).to_be_visible()
    expect(page.get_by_text("1 på ventelisten").first).to_be_visible()
    expect(page.get_by_text("kl. 10.15–11.45")).to_be_visible()
    assert_fits_the_width(page)
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Flyt tiden nu").click()

    expect(page.get_by_text("Tiden er flyttet. 2 får besked på mail.")).to_be_visible()
    assert_no_axe_findings(page)


def test_a_provider_cancels_a_date_without_javascript(page_nojs: Page, coordinator: User, session: Session):
    page = page_nojs
    enter_as(page, coordinator)
    page.goto(reverse("provider_session", args=[session.pk]))
    page.get_by_role("link", name="Aflys tiden").click()

    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_role("link", name="Vælg den grund, der passer bedst.")).to_be_visible()
    page.get_by_label("Sygdom").check()
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_text("Bliver aflyst. De får en mail")).to_be_visible()
    page.get_by_role("button", name="Tilbage og ret").click()
    expect(page.get_by_label("Sygdom")).to_be_checked()
    page.get_by_role("button", name="Se, hvad der sker").click()
    page.get_by_role("button", name="Aflys nu").click()

    expect(page.get_by_text("Tiden er aflyst. 2 får besked på mail.")).to_be_visible()
    session.refresh_from_db()
    assert session.state == SessionState.CANCELLED
    assert {booking.state for booking in Booking.objects.all()} == {BookingState.CANCELLED}


def test_a_provider_changes_the_number_of_places_by_keyboard(page: Page, coordinator: User, session: Session):
    enter_as(page, coordinator)
    page.goto(reverse("provider_session_limits", args=[session.pk]))
    assert_no_axe_findings(page)

    page.get_by_label("Højst så mange klasser").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fra 1 klasse til 2 klasser")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Ret antallet").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Antallet af pladser er ændret.")).to_be_visible()


def test_staff_move_a_date_in_the_administration(page: Page, session: Session):
    enter_as(page, UserFactory(roles=[CASEWORKER]))
    page.goto(reverse("sessions:inspect", args=[session.pk]))
    page.get_by_role("link", name="Flyt tiden").click()
    expect(page.get_by_text("Skolen ved Søen")).to_be_visible()
    page.get_by_label("Ny dato").fill(date_of(session, days=2))
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_text("Der er ikke sket noget endnu.")).to_be_visible()
    page.get_by_role("button", name="Flyt tiden nu").click()

    expect(page.get_by_text("Tiden er flyttet. 2 får besked på mail.")).to_be_visible()


def test_a_teacher_moves_a_booking_on_a_phone(page_mobile: Page, session: Session):
    page = page_mobile
    booking = Booking.objects.get(state=BookingState.CONFIRMED)
    page.goto(links.manage_path(booking))
    assert_fits_the_width(page)
    page.get_by_role("link", name="Flyt til en anden dato").click()
    assert_fits_the_width(page)
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Flyt til den dato").click()
    expect(page.get_by_role("link", name="Vælg den nye dato.")).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Flyt til den dato").click()

    expect(page.get_by_text("Bookingen er flyttet.")).to_be_visible()
    assert_no_axe_findings(page)


def test_earlier_dates_fit_a_phone(page_mobile: Page, coordinator: User, provider: Provider):
    SessionFactory(offer=OfferFactory(provider=provider), cancelled=True, state_reason="Sygdom")
    enter_as(page_mobile, coordinator)
    page_mobile.goto(reverse("provider_dates", args=[provider.slug]) + "?vis=tidligere")

    expect(page_mobile.get_by_text("Aflyst: Sygdom")).to_be_visible()
    assert_fits_the_width(page_mobile)
    assert_no_axe_findings(page_mobile)
