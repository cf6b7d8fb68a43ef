"""«Se og slet mine oplysninger», and «Persondata» in the administration (D3, D6)."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from booking.models import Booking
from core.audit.models import Entry
from core.limits.limits import LIMITS
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.privacy.links import own_data_url
from core.privacy.models import DataRequest
from core.privacy.operations import ask_for_own_data
from tests.factories.booking import a_contact, book
from tests.factories.personal_data import everything_about
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db
EMAIL = "ulla@udenfor.example"
ASK = "/mine-oplysninger/"
ADMIN = "/admin/persondata/"


def link_for(email=EMAIL) -> str:
    return own_data_url(ask_for_own_data(email=email, language="da", now=timezone.now())).partition(
        "testserver"
    )[2]


def ask(client, email):
    response = client.post(ASK, {"email": email}, follow=True)
    send_due(now=timezone.now() + timedelta(seconds=1))
    return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", response.content.decode())


@pytest.mark.django_db(transaction=True)
def test_the_answer_and_the_mail_are_the_same_whether_an_address_is_known(client, portal_site):
    book(SessionFactory(in_days=40), contact=a_contact(EMAIL))
    send_due(now=timezone.now() + timedelta(seconds=1))
    mail.outbox.clear()

    known, unknown = ask(client, EMAIL), ask(client, "ukendt@udenfor.example")

    assert known == unknown
    bodies = [re.sub(r"/mine-oplysninger/\S+", "", message.body) for message in mail.outbox]
    assert [message.to for message in mail.outbox] == [[EMAIL], ["ukendt@udenfor.example"]]
    assert bodies[0] == bodies[1]


def test_the_link_shows_what_is_held_why_and_until_when(client, portal_site):
    booking = book(SessionFactory(in_days=40), contact=a_contact(EMAIL, phone="20 30 40 50"))

    page = client.get(link_for()).content.decode()

    assert booking.reference in page
    assert "20 30 40 50" in page
    assert "Kontakter på skolers bookinger" in page
    assert "Slettes af sig selv efter" in page
    assert Entry.objects.filter(action="own_data.read", actor_kind="link").count() == 1


def test_somebody_unknown_sees_that_nothing_is_held(client, portal_site):
    page = client.get(link_for("ukendt@udenfor.example")).content.decode()

    assert "Vi har ikke gemt noget om ukendt@udenfor.example" in page
    assert "Slet mine oplysninger" not in page


def test_get_changes_nothing_and_post_erases_and_forgets_the_browser(client, portal_site):
    booking = book(SessionFactory(in_days=40), contact=a_contact(EMAIL))
    path = link_for()

    preview = client.get(f"{path}slet/")
    booking.refresh_from_db()
    assert booking.contact_email == EMAIL
    assert "bliver meldt af" in preview.content.decode()
    response = client.post(f"{path}slet/")

    assert response.url == "/mine-oplysninger/slettet/"
    booking.refresh_from_db()
    assert (booking.contact_email, booking.state) == ("", "withdrawn")
    assert client.get(path).status_code == 404
    assert client.post(f"{path}slet/").status_code == 404


@pytest.mark.parametrize("days", [0, 1], ids=["a newer one was asked for", "its hour is over"])
def test_an_old_link_is_dead(client, portal_site, days):
    path = link_for()
    if days:
        DataRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
        path = own_data_url(DataRequest.objects.get()).partition("testserver")[2]
    else:
        link_for()

    assert client.get(path).status_code == 404


def test_an_address_may_ask_a_few_times_only(client, portal_site):
    statuses = [
        client.post(ASK, {"email": EMAIL}).status_code for _time in range(LIMITS["own_data_email"].count + 1)
    ]

    assert statuses == [302] * LIMITS["own_data_email"].count + [429]


def test_the_files_say_all_that_the_page_says(client, portal_site):
    booking = book(SessionFactory(in_days=40), contact=a_contact(EMAIL, name="Ulla Udenfor"))
    path = link_for()

    data = json.loads(client.get(f"{path}fil/?format=json").content)
    pdf = client.get(f"{path}fil/?format=pdf")

    assert data["about"] == EMAIL
    contact = next(each for each in data["held"] if booking.reference in each["facts"].values())
    assert "Ulla Udenfor" in contact["facts"].values()
    assert contact["until"] == booking.delete_after.isoformat()
    assert pdf.content.startswith(b"%PDF")
    assert b"pdfuaid" in pdf.content
    assert "ulla" not in pdf["Content-Disposition"].lower()
    assert Entry.objects.filter(action="own_data.exported").count() == 1


def test_a_name_that_no_font_has_does_not_stop_the_file(client, portal_site):
    book(SessionFactory(in_days=40), contact=a_contact(EMAIL, name="Ulla \N{BALLOON} \u738b"))

    pdf = client.get(f"{link_for()}fil/?format=pdf")

    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF")


def test_staff_find_a_person_and_the_search_is_in_the_log_without_the_address(staff_client, portal_site):
    booking = book(SessionFactory(in_days=40), contact=a_contact(EMAIL, phone="20 30 40 50"))
    client = staff_client("Sagsbehandler")

    page = client.post(ADMIN, {"who": EMAIL.upper()}).content.decode()
    by_phone = client.post(ADMIN, {"who": "+45 20304050"}).content.decode()
    nobody = client.post(ADMIN, {"who": "x" + EMAIL}).content.decode()

    assert booking.reference in page
    assert f'value="{EMAIL}"' in by_phone
    assert "Der er ikke gemt noget" in nobody
    entries = Entry.objects.filter(action="person.searched")
    assert entries.count() == 3
    assert EMAIL not in str(list(entries.values_list("subject", "data"))).lower()


def test_a_caseworker_and_the_auditor_see_and_do_not_erase(staff_client, portal_site):
    book(SessionFactory(in_days=40), contact=a_contact(EMAIL))
    for role in ("Sagsbehandler", "Revisor"):
        client = staff_client(role)
        assert "Slet: se først" not in client.post(ADMIN, {"who": EMAIL}).content.decode()
        assert client.post(f"{ADMIN}slet/", {"who": EMAIL, "confirm": "1"}).status_code == 302

    assert Booking.objects.get().contact_email == EMAIL


def test_the_administration_sees_what_goes_and_then_erases(staff_client, portal_site):
    everything_about(EMAIL, now=timezone.now())
    client = staff_client("Administration")

    preview = client.post(f"{ADMIN}slet/", {"who": EMAIL}).content.decode()
    assert "Det her bliver slettet" in preview
    assert "Hændelseslog" in preview
    assert Booking.objects.filter(contact_email=EMAIL).exists()
    done = client.post(f"{ADMIN}slet/", {"who": EMAIL, "confirm": "1"}, follow=True)

    assert "er slettet" in done.content.decode()
    assert not Booking.objects.filter(contact_email=EMAIL).exists()
    assert Message.objects.get(to_email=EMAIL).mail_type == "data_erased"


def test_no_address_of_a_person_stands_in_a_url(staff_client, portal_site):
    """Access logs hold addresses of pages: everything about a person is by POST."""
    book(SessionFactory(in_days=40), contact=a_contact(EMAIL))
    client = staff_client("Administration")

    pages = [client.post(ADMIN, {"who": EMAIL}), client.post(f"{ADMIN}slet/", {"who": EMAIL})]

    for page in pages:
        addresses = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
        assert not [address for address in addresses if "ulla" in address.lower()]
    assert client.get(ADMIN, {"who": EMAIL}).content.decode().count(EMAIL) == 0


def test_what_is_left_shows_numbers_dates_and_the_latest_run(staff_client, portal_site):
    from portal.periodic.retention_job import run_retention

    book(SessionFactory(in_days=40), contact=a_contact(EMAIL))
    run_retention(timezone.now())

    page = staff_client("Revisor").get(f"{ADMIN}tilbage/").content.decode()

    assert "Hvad er tilbage" in page
    assert "Der var ikke noget at slette." in page
    assert EMAIL not in page


@pytest.mark.parametrize("bookings", [1, 3])
def test_what_is_left_costs_the_same_whatever_there_is(
    staff_client, portal_site, django_assert_max_num_queries, bookings
):
    for number in range(bookings):
        book(SessionFactory(in_days=40 + number), contact=a_contact(f"nr{number}@skole.example"))
    client = staff_client("Administration")
    client.get(reverse("privacy_left"))

    with django_assert_max_num_queries(15):
        client.get(reverse("privacy_left"))
