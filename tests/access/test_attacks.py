"""What an attacker would try on the pages of others: forged forms, foreign objects, other hosts."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from booking.models import Booking
from tests.access.discovery import rows_by_package
from tests.access.rows import LOGGED_IN, undone
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory

ROWS = rows_by_package()
POSTS = [(package, row) for package, rows in ROWS.items() for row in rows if row.method == "post"]


@pytest.mark.django_db
def test_no_form_is_taken_from_another_site(visits):
    """Every row that posts is posted without the token, as somebody who may post it."""
    wrong = []
    assert len(POSTS) > 10
    for package, row in POSTS:
        who = next((role for role in LOGGED_IN if row.expected[role] in {200, 302, 422}), None)
        if who is None:
            continue
        with undone():
            url = reverse(row.url, kwargs=dict(row.kwargs(visits.world)) if row.kwargs else {})
            client = Client(enforce_csrf_checks=True)
            client.cookies[settings.SESSION_COOKIE_NAME] = visits.sessions[who]
            response = client.post(url, row.data or {}, headers={"Origin": "https://evil.example"})
            if response.status_code != 403:
                wrong.append(f"{package} {row} as {who}: {response.status_code}")

    assert wrong == []


@pytest.mark.django_db
def test_my_bookings_show_the_address_of_the_log_in_and_no_other(portal_site):
    session = SessionFactory(offer=OfferFactory())
    mine = book(session, contact=a_contact("laerer@skole.example"))
    theirs = book(SessionFactory(), contact=a_contact("anden@skole.example"))
    client = log_in(Client(), UserFactory(email="laerer@skole.example"))

    page = client.get(reverse("booking_list")).content.decode()

    assert Booking.objects.count() == 2
    assert mine.reference in page
    assert theirs.reference not in page


@pytest.mark.django_db
def test_asking_for_a_code_to_an_address_shows_nothing_of_its_bookings(client, portal_site):
    booking = book(SessionFactory(), contact=a_contact("laerer@skole.example"))

    client.post("/konto/login/kode/", {"email": "laerer@skole.example"})

    for path in ("/konto/login/kode/indtast/", "/mine-bookinger/"):
        assert booking.reference not in client.get(path, follow=True).content.decode()


@pytest.mark.django_db
def test_a_booking_started_in_one_browser_is_not_seen_in_another(portal_site):
    session = SessionFactory()
    booking = book(session, contact=a_contact("laerer@skole.example"))

    for client in (Client(), log_in(Client(), UserFactory(email="anden@skole.example"))):
        for name in ("booking_form", "booking_review", "booking_receipt"):
            page = client.get(reverse(name, args=[session.pk]), follow=True).content.decode()
            assert booking.reference not in page
            assert "laerer@skole.example" not in page


@pytest.mark.django_db
def test_a_forged_browser_key_is_nobody(portal_site):
    session = SessionFactory()
    booking = book(session, contact=a_contact("laerer@skole.example"), browser_key="kendt")
    client = Client()
    client.cookies["pladshold"] = "kendt"

    page = client.get(reverse("booking_receipt", args=[session.pk]), follow=True).content.decode()

    assert booking.reference not in page


@pytest.mark.django_db
def test_a_provider_member_whose_role_is_taken_away_is_out_at_once(world):
    from charter.models import ProviderMember

    client = log_in(Client(), world.people["provider_member_own"])
    url = reverse("provider_home", args=[world.provider.slug])
    assert client.get(url).status_code == 200

    ProviderMember.objects.filter(user=world.people["provider_member_own"]).delete()

    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_members_of_a_provider_do_not_learn_who_the_other_providers_are(world):
    client = log_in(Client(), world.people["provider_member_own"])

    own = client.get(reverse("provider_index"), follow=True).content.decode()

    assert world.provider.name in own
    assert world.other_provider.name not in own
