"""Booking for someone who phones (S24): offer, date, form, and the same rules as on the website."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.enums import BookingState, Channel
from booking.models import Booking
from charter.models import Provider
from core.outbox.models import Message
from tests.factories.booking import book, known_school
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import OfferFactory, SchoolFactory, SessionFactory
from workshops.enums import SchoolType, SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def caseworker(staff_client):
    return staff_client("Sagsbehandler")


def form_url(session):
    return reverse("booking_admin_caller_form", args=[session.pk])


def dates_url(session):
    return reverse("booking_admin_caller_dates", args=[session.offer_id])


def filled(client, session, school=None, **more):
    """The form as staff send it: with the key it was shown with."""
    page = client.get(form_url(session)).content.decode()
    key = re.search(r'name="submission_key" value="([^"]+)"', page)
    assert key, page[:500]
    school = school or known_school()
    return {
        "submission_key": key[1],
        "school_query": school.institution_number,
        "class_name": "5.B",
        "grade": "5",
        "pupils": "21",
        "adults": "2",
        "contact_name": "Ringo Ringer",
        "contact_email": "",
        "phone_on_day": "12 34 56 78",
        **more,
    }


def test_the_way_from_offer_to_receipt_without_an_email_address(caseworker):
    session = SessionFactory()

    offers = caseworker.get(reverse("booking_admin_caller")).content.decode()
    dates = caseworker.get(dates_url(session)).content.decode()
    response = caseworker.post(form_url(session), filled(caseworker, session), follow=True)

    assert dates_url(session) in offers
    assert form_url(session) in dates
    assert "1 klasse" in dates
    booking = Booking.objects.get()
    assert response.redirect_chain[-1][0] == reverse("booking_admin_detail", args=[booking.pk])
    assert booking.reference in response.content.decode()
    assert (booking.state, booking.channel) == (BookingState.CONFIRMED, Channel.PHONE)
    assert booking.registered_by == response.context["request"].user
    assert not Message.objects.filter(mail_type="booking_receipt").exists()


def test_with_an_address_the_receipt_goes_by_mail(caseworker):
    session = SessionFactory()

    caseworker.post(form_url(session), filled(caseworker, session, contact_email="ringo@ukendt.example"))

    assert Booking.objects.get().state == BookingState.CONFIRMED, "staff vouch for an unknown domain"
    assert Message.objects.get(mail_type="booking_receipt").to_email == "ringo@ukendt.example"


def test_the_same_form_sent_twice_is_one_booking(caseworker):
    session = SessionFactory(offer=OfferFactory(max_groups=3))
    data = filled(caseworker, session)

    targets = {caseworker.post(form_url(session), data)["Location"] for _press in range(2)}

    assert len(targets) == 1
    assert Booking.objects.count() == 1
    assert Session.objects.get().groups_taken == 1


def test_staff_book_after_the_website_has_closed(caseworker):
    session = SessionFactory(in_days=2)
    assert session.booking_closes_at < timezone.now()

    dates = caseworker.get(dates_url(session)).content.decode()
    caseworker.post(form_url(session), filled(caseworker, session))

    assert "Lukket på hjemmesiden" in dates
    assert Booking.objects.get().state == BookingState.CONFIRMED


def full(session):
    book(session)


def past(session):
    Session.objects.update(starts_at=timezone.now() - timedelta(hours=1))


def cancelled(session):
    Session.objects.update(state=SessionState.CANCELLED)


def suspended(session):
    Provider.objects.update(state="suspended")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (full, "Der er ikke plads nok"),
        (past, "Tiden kan ikke bookes længere"),
        (cancelled, "Tiden kan ikke bookes længere"),
        (suspended, "udbyderens charter ikke gælder"),
    ],
)
def test_never_past_limits_or_gate_and_what_was_typed_stays(change, text, caseworker):
    session, school = SessionFactory(), known_school()
    data = filled(caseworker, session, school=school)
    change(session)
    before = Booking.objects.count()

    response = caseworker.post(form_url(session), data)
    page = response.content.decode()

    assert response.status_code == 409
    assert Booking.objects.count() == before
    assert text in page or "En anden skole har booket" in page
    assert 'value="Ringo Ringer"' in page
    assert 'value="5.B"' in page
    # A full date stays on the list: the caller can wait for it (S12).
    can_wait = change is full
    assert caseworker.get(form_url(session)).status_code == (200 if can_wait else 302)
    assert (form_url(session) in caseworker.get(dates_url(session)).content.decode()) is can_wait


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(caseworker):
    session = SessionFactory()

    response = caseworker.post(
        form_url(session), filled(caseworker, session, pupils="mange", contact_name="")
    )
    page = response.content.decode()

    assert response.status_code == 422
    assert "Indtast antal elever med tal" in page
    assert "Indtast navnet på den, der ringer." in page
    assert 'value="5.B"' in page
    assert Booking.objects.count() == 0


def test_one_way_to_reach_a_person_is_enough_and_none_is_too_few(caseworker):
    session = SessionFactory(evening=True)
    key = "5b0e8f4e-0b7d-4f0b-9a3c-1f6f5f0f7a22"
    data = {"submission_key": key, "seats": "2", "contact_name": "Ringo", "contact_email": ""}

    refused = caseworker.post(form_url(session), data)
    accepted = caseworker.post(form_url(session), {**data, "contact_phone": "12 34 56 78"})

    assert refused.status_code == 422
    assert "Indtast en e-mailadresse eller et telefonnummer." in refused.content.decode()
    assert accepted.status_code == 302
    assert Booking.objects.get().contact_phone == "12 34 56 78"


def test_several_schools_that_fit_are_offered(caseworker):
    session = SessionFactory()
    for number in range(2):
        SchoolFactory(name=f"Tvillingskolen {number}")

    response = caseworker.post(form_url(session), filled(caseworker, session, school_query="Tvillingskolen"))
    page = response.content.decode()

    assert response.status_code == 422
    assert "Vælg din skole på listen." in page
    assert page.count('type="radio"') == 2


def test_a_school_the_offer_excludes_is_refused_with_the_reason(caseworker):
    session = SessionFactory(offer=OfferFactory(school_types=[SchoolType.FRI_PRIVAT]))

    response = caseworker.post(form_url(session), filled(caseworker, session))

    assert response.status_code == 409
    assert "Tilbuddet er ikke til den type skole." in response.content.decode()


def test_search_narrows_the_offers(caseworker):
    wanted = SessionFactory(offer=OfferFactory(title="Demokrati i øjenhøjde"))
    other = SessionFactory(offer=OfferFactory(title="Kildekritik", provider=ProviderFactory(covered=True)))

    page = caseworker.get(reverse("booking_admin_caller"), {"q": "øjenhøjde"}).content.decode()

    assert dates_url(wanted) in page
    assert dates_url(other) not in page


def test_an_auditor_books_for_nobody(staff_client):
    auditor, session = staff_client("Revisor"), SessionFactory()

    assert auditor.get(reverse("booking_admin_caller")).status_code == 302
    assert auditor.post(form_url(session), {}).status_code == 302
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_offers_and_dates_take_the_same_number_of_queries(count, caseworker, django_assert_num_queries):
    offers = [OfferFactory() for _number in range(count)]
    for offer in offers:
        for number in range(count):
            SessionFactory(offer=offer, in_days=20 + number)
    urls = [
        reverse("booking_admin_caller"),
        reverse("booking_admin_caller_dates", args=[offers[0].pk]),
    ]
    for url in urls:
        caseworker.get(url)

    with django_assert_num_queries(19):
        for url in urls:
            caseworker.get(url)
