"""Who may sign up by address, and occupations per head (V1, V4); interpreters as sums (F3)."""

import html
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from booking import links
from booking.enums import BookingKind, BookingState, Need
from booking.errors import AddressNotAllowedError, HeadsDoNotAddUpError
from booking.models import Booking
from booking.operations import change_booking, hold_places, submit_booking
from booking.party import Heads, Party
from booking.provider_pages import sign_ups_of, summary_of, whole_session
from booking.rules import is_address_allowed
from core.audit.log import LINK
from core.audit.models import Entry
from tests.booking.test_flow import seats
from tests.factories.booking import a_contact, book, hold
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Audience, SessionAccess
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def talk(**offer):
    return SessionFactory(
        offer=OfferFactory(evening=True, audience=Audience.PROFESSIONALS, max_people=50, **offer)
    )


@pytest.mark.parametrize(
    ("email", "domains", "expected"),
    [
        ("anna@kk.dk", ["kk.dk"], True),
        ("Anna@BUF.KK.dk", ["@KK.dk "], True),
        ("anna@ikkekk.dk", ["kk.dk"], False),
        ("anna@kk.dk.example", ["kk.dk"], False),
        ("anna@regionh.dk", ["kk.dk", "regionh.dk"], True),
        ("anna@example.dk", [], True),
        ("", ["kk.dk"], False),
    ],
)
def test_which_addresses_may_sign_up(email, domains, expected):
    assert is_address_allowed(email, domains) is expected


def test_other_addresses_are_refused_with_what_to_do(client):
    session = talk(allowed_domains=["kk.dk"])

    page = client.get(f"/book/{session.pk}/").content.decode()
    refused = client.post(f"/book/{session.pk}/", seats(contact_email="anna@example.dk"))
    taken = client.post(f"/book/{session.pk}/", seats(contact_email="anna@buf.kk.dk"))

    assert "en arbejdsmail, der slutter på kk.dk" in page
    assert refused.status_code == 409
    assert "eller bed os om en invitation" in refused.content.decode()
    assert taken.status_code == 302
    session.refresh_from_db()
    assert session.people_taken == 2


def test_an_invitation_lets_others_in(client):
    session = talk(allowed_domains=["kk.dk"])
    url = links.invitation_path(session)
    page = client.get(url).content.decode()
    token = re.search(r'name="invitation" value="([^"]+)"', page)[1]

    held = client.post(
        f"/book/{session.pk}/", seats(contact_email="anna@example.dk", invitation=token), follow=True
    )
    seen = re.search(r'name="seen" value="([^"]+)"', held.content.decode())[1]
    client.post(f"/book/{session.pk}/tjek/", {"seen": seen})

    assert "arbejdsmail" not in page
    assert Booking.objects.get().submitted_at is not None


def test_the_domain_is_asked_again_when_the_booking_is_sent():
    session = talk()
    booking = hold(session, contact=a_contact("anna@example.dk"))
    session.offer.allowed_domains = ["kk.dk"]
    session.offer.save()

    with pytest.raises(AddressNotAllowedError):
        submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())


def test_a_claimed_domain_is_always_proven():
    session = talk(allowed_domains=["kk.dk"], asks_for_proof=False)

    booking = book(session, is_proven=False, contact=a_contact("anna@kk.dk"))

    assert booking.state == BookingState.HELD, "anybody can type an address"


def test_staff_sign_up_a_caller_with_any_address():
    session = talk(allowed_domains=["kk.dk"])

    booking = hold(session, contact=a_contact("anna@example.dk"), by_staff=True)

    assert booking.state == BookingState.HELD


def with_heads(session, *heads, seats=5, **more):
    return hold_places(
        session_id=session.pk,
        party=Party(kind=BookingKind.ORGANISATION, seats=seats, heads=heads),
        contact=a_contact("leder@kk.dk", organisation="Ydre Nørrebro"),
        submission_key=uuid.uuid4(),
        browser_key=uuid.uuid4().hex,
        now=timezone.now(),
        **more,
    )


def test_heads_per_occupation_must_be_as_many_as_the_seats():
    session = talk(asks_occupations=True)

    with pytest.raises(HeadsDoNotAddUpError):
        with_heads(session, Heads("teacher", 3), Heads("ssp", 1))
    with pytest.raises(HeadsDoNotAddUpError):
        with_heads(session)
    booking = with_heads(session, Heads("teacher", 3, "Ydre Nørrebro"), Heads("ssp", 2))

    assert booking.heads[0] == {"occupation": "teacher", "department": "Ydre Nørrebro", "count": 3}
    session.refresh_from_db()
    assert session.people_taken == 5


def test_the_form_asks_for_occupations_and_shows_them(client, staff_client):
    session = talk(asks_occupations=True)
    data = seats(
        kind="organisation",
        organisation="SSP Amager",
        seats="4",
        heads_teacher="3",
        contact_email="leder@kk.dk",
    )

    page = client.get(f"/book/{session.pk}/").content.decode()
    wrong = client.post(f"/book/{session.pk}/", data)
    review = client.post(f"/book/{session.pk}/", data | {"heads_ssp": "1"}, follow=True).content.decode()

    assert "Antal i hver faggruppe" in page
    assert wrong.status_code == 422
    assert "Du har skrevet 4 pladser, men fordelt 3 på faggrupper." in wrong.content.decode()
    assert "3 × Lærere" in review
    assert "SSP Amager" in review


def test_an_offer_that_does_not_ask_shows_no_occupations(client):
    assert "heads_teacher" not in client.get(f"/book/{talk().pk}/").content.decode()


def test_the_provider_sees_occupations_and_interpreters_as_sums(staff_client):
    session = talk(asks_occupations=True)
    for number, language in enumerate(("ar", "ar", "so")):
        booking = with_heads(session, Heads("teacher", 2), Heads("police", number + 1), seats=number + 3)
        submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())
        Booking.objects.filter(pk=booking.pk).update(needs=[Need.INTERPRETER], interpreter_language=language)

    whole = whole_session(session.pk)
    sums = sign_ups_of(whole)

    assert sums.heads == ["6 × Lærere", "6 × Politi og kriminalforsorg"]
    assert sums.needs == ["2 × Tolk (arabisk)", "1 × Tolk (somali)"]
    assert "6 × Lærere" in summary_of(whole)
    detail = staff_client("Sagsbehandler").get(reverse("booking_admin_detail", args=[booking.pk]))
    assert "2 × Lærere" in detail.content.decode()
    assert "Tolk (somali)" in detail.content.decode()


def test_seats_and_heads_change_together():
    session = talk(asks_occupations=True)
    booking = with_heads(session, Heads("teacher", 5))
    booking = submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())
    contact = a_contact("leder@kk.dk", organisation="Ydre Nørrebro")

    def change(seats, *heads):
        change_booking(
            booking_id=booking.pk,
            party=Party(kind=BookingKind.ORGANISATION, seats=seats, heads=heads),
            contact=contact,
            actor=LINK,
            now=timezone.now(),
        )

    with pytest.raises(HeadsDoNotAddUpError):
        change(6, Heads("teacher", 5))
    change(6, Heads("teacher", 5), Heads("leader", 1))

    booking.refresh_from_db()
    assert [head["count"] for head in booking.heads] == [5, 1]


def test_the_change_form_is_filled_with_the_heads(client):
    session = talk(asks_occupations=True)
    booking = with_heads(session, Heads("teacher", 5, "Ydre Nørrebro"))
    booking = submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())
    url = links.manage_path(booking) + "ret/"

    page = client.get(url).content.decode()
    client.post(
        url,
        {
            "seen": "0",
            "seats": "6",
            "heads_teacher": "6",
            "contact_name": "Lea Lærer",
            "organisation": "Ydre Nørrebro",
        },
    )

    assert re.search(r'name="heads_teacher" value="5"', page)
    booking.refresh_from_db()
    assert booking.heads == [{"occupation": "teacher", "department": "Ydre Nørrebro", "count": 6}]


def link_on(page):
    return html.unescape(re.search(r'href="http://testserver(/book/[^"]+)"', page)[1])


def test_an_evening_by_invitation_from_the_administrations_link_to_the_seat(client, staff_client):
    session = SessionFactory(evening=True, access=SessionAccess.INVITATION, max_people=20)
    staff = staff_client("Sagsbehandler")
    assert client.post(f"/book/{session.pk}/", seats()).status_code == 409

    link = link_on(staff.get(reverse("sessions:edit", args=[session.pk])).content.decode())
    token = re.search(r'name="invitation" value="([^"]+)"', client.get(link).content.decode())[1]
    held = client.post(f"/book/{session.pk}/", seats(invitation=token), follow=True).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', held)[1]
    client.post(f"/book/{session.pk}/tjek/", {"seen": seen})

    assert Booking.objects.get().is_invited


def test_a_renewed_invitation_ends_the_old_link_and_keeps_the_seats(client, staff_client):
    session = SessionFactory(evening=True, access=SessionAccess.INVITATION, max_people=20)
    booking = book(session, contact=a_contact("fatima@example.dk"), is_invited=True)
    old = links.invitation_path(session)
    staff = staff_client("Sagsbehandler")

    page = staff.post(reverse("session_admin_invitation", args=[session.pk]), follow=True).content.decode()

    new = link_on(page)
    assert new != old
    token = old.partition("invitation=")[2]
    assert client.post(f"/book/{session.pk}/", seats(invitation=token)).status_code == 409
    fresh = new.partition("invitation=")[2]
    assert client.post(f"/book/{session.pk}/", seats(invitation=fresh)).status_code == 302
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_staff_change_a_booking_for_a_caller_after_booking_closed(staff_client):
    session = SessionFactory(max_people=60)
    booking = book(session)
    Session.objects.filter(pk=session.pk).update(booking_closes_at=timezone.now())
    staff = staff_client("Sagsbehandler")
    url = reverse("booking_admin_change", args=[booking.pk])
    detail = staff.get(reverse("booking_admin_detail", args=[booking.pk])).content.decode()
    form = staff.get(url).context["form"]
    data = {field.html_name: "" if field.value() is None else field.value() for field in form}

    response = staff.post(url, data | {"pupils": "26"}, follow=True)

    assert url in detail
    assert "Ændringen er gemt" in response.content.decode()
    session.refresh_from_db()
    assert session.people_taken == 26
    assert Entry.objects.get(action="booking_changed").data["by_staff"] is True
