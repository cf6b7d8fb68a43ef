"""A provider's sessions on its own pages: what is booked, and the answer where the offer leaves it to them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.enums import BookingKind, BookingState, Need
from booking.provider_pages import sessions_of, summary_of
from charter.enums import MemberRole
from core.audit.models import Entry
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True)


@pytest.fixture
def coordinator(client, provider):
    """A client of the provider's coordinator."""
    user = UserFactory(email="kaja@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.COORDINATOR)
    return log_in(client, user)


@pytest.fixture
def facilitator(provider):
    """A client of a member who only holds the sessions."""
    from django.test import Client

    user = UserFactory(email="finn@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.FACILITATOR)
    return log_in(Client(), user)


def home(provider):
    return reverse("provider_home", args=[provider.slug])


def page_of(session):
    return reverse("provider_session", args=[session.pk])


def asked(provider, **more):
    """A booking that waits for the provider's answer."""
    offer = OfferFactory(provider=provider, approval=Approval.PROVIDER)
    booking = book(SessionFactory(offer=offer), **more)
    assert booking.state == BookingState.AWAITING_APPROVAL
    return booking, booking.booked_sessions.get().session


def answer(booking, session, name):
    return reverse(f"provider_{name}", args=[session.pk, booking.pk])


def test_front_page_lists_the_next_sessions_with_what_is_booked(coordinator, provider):
    offer = OfferFactory(provider=provider)
    session = SessionFactory(offer=offer)
    book(session, school=known_school(name="Skolen ved Søen"), classes=[a_class("5.A", pupils=24)])
    SessionFactory(offer=offer, past=True, title="Forbi")

    page = coordinator.get(home(provider)).content.decode()

    assert "Jeres næste tider" in page
    assert "Skolen ved Søen: 5.A (5. klasse): 24 elever og 1 voksen" in page
    assert page_of(session) in page
    assert "Forbi" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_sessions_take_the_same_number_of_queries(count, provider, django_assert_num_queries):
    offer = OfferFactory(provider=provider, evening=True)
    for number in range(count):
        session = SessionFactory(offer=offer, in_days=20 + number)
        for person in range(count):
            book(session, contact=a_contact(f"p{number}{person}@example.dk"))

    with django_assert_num_queries(3):
        summaries = [summary_of(session) for session in sessions_of(provider.pk, now=timezone.now())]

    assert len(summaries) == count


def test_an_evening_shows_sums_and_nobody_by_name(coordinator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    book(session, seats=2, contact=a_contact("pia@example.dk", name="Pia Privat", needs=(Need.INTERPRETER,)))
    book(
        session, seats=3, contact=a_contact("ole@example.dk", name="Ole Offentlig", needs=(Need.INTERPRETER,))
    )

    page = coordinator.get(page_of(session)).content.decode()

    assert "5 pladser er booket." in page
    assert "2 × Tolk" in page
    for hidden in ("Pia", "Ole", "pia@example.dk", "ole@example.dk"):
        assert hidden not in page


def test_an_organisations_contact_is_not_shown_by_name(coordinator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider, professionals=True))
    book(
        session,
        seats=4,
        kind=BookingKind.ORGANISATION,
        contact=a_contact("x@y.example", name="Xenia", organisation="Foreningen"),
    )

    page = coordinator.get(page_of(session)).content.decode()

    assert "4 pladser er booket." in page
    assert "Xenia" not in page


def test_a_visit_shows_the_teachers_contact_once_it_is_confirmed(coordinator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    book(session, contact=a_contact(phone_on_day="12 34 56 78", entrance="Porten", room="14"))
    waiting, waiting_session = asked(provider, contact=a_contact("anden@skole.example", name="Vera Venter"))

    confirmed_page = coordinator.get(page_of(session)).content.decode()
    waiting_page = coordinator.get(page_of(waiting_session)).content.decode()

    for text in ("Lea Lærer", "laerer@skole.example", "12 34 56 78", "Porten", "lokale 14"):
        assert text in confirmed_page, text
    assert waiting.school_name in waiting_page
    assert "Vera" not in waiting_page
    assert "anden@skole.example" not in waiting_page


def test_a_coordinator_says_yes(coordinator, provider):
    booking, session = asked(provider)

    page = coordinator.get(page_of(session)).content.decode()
    response = coordinator.post(answer(booking, session, "approve"), follow=True)

    assert answer(booking, session, "approve") in page
    assert "Du har sagt ja" in response.content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert Entry.objects.get(action="booking_approved").actor.email == "kaja@udbyder.example"


def test_a_coordinator_says_no_with_a_reason(coordinator, provider):
    booking, session = asked(provider)

    without = coordinator.post(answer(booking, session, "decline"), follow=True)
    booking.refresh_from_db()
    assert "Vælg, hvorfor du siger nej." in without.content.decode()
    assert booking.state == BookingState.AWAITING_APPROVAL

    coordinator.post(answer(booking, session, "decline"), {"reason": "capacity"})
    booking.refresh_from_db()
    assert booking.state == BookingState.DECLINED
    assert Session.objects.get(pk=session.pk).groups_taken == 0


def test_only_coordinators_decide(facilitator, provider):
    booking, session = asked(provider)

    page = facilitator.get(page_of(session))
    response = facilitator.post(answer(booking, session, "approve"))

    assert page.status_code == 200
    assert answer(booking, session, "approve") not in page.content.decode()
    assert response.status_code == 404


def test_a_booking_with_an_unknown_domain_is_the_administrations_to_decide(coordinator, provider):
    booking, session = asked(provider, contact=a_contact("nogen@andetsteds.example"))
    assert booking.approval_reasons == ["offer", "unknown_domain"]

    response = coordinator.post(answer(booking, session, "approve"))

    assert response.status_code == 404


def test_a_coordinator_does_not_decide_on_their_own_booking(coordinator, provider):
    school = known_school(domain="udbyder.example")
    booking, session = asked(provider, school=school, contact=a_contact("kaja@udbyder.example"))

    response = coordinator.post(answer(booking, session, "approve"))

    assert response.status_code == 404
    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL
