"""«Mailtekster» in the administration: the list, the form, the versions, and who may (N1, N7)."""

import pytest
from django.core import mail
from django.utils import timezone

from core.audit.models import Entry
from core.outbox.models import MailTextVersion
from core.outbox.operations import send_due
from core.outbox.texts import default_wording
from tests.factories.booking import book, known_school
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/mailtekster/"
PAGE = f"{LIST}booking_receipt/da/"
EDIT = f"{PAGE}ret/"
QUERIES = 7


def filled(do="save", seen=0, **parts):
    wording = default_wording("booking_receipt", "da")
    return {
        "subject": wording.subject,
        "body": wording.body,
        "why": wording.why,
        "seen": str(seen),
        "do": do,
        **parts,
    }


@pytest.fixture
def client(staff_client, portal_site):
    return staff_client("Administration")


def read(response):
    return response.content.decode()


def test_list_names_every_mail_in_danish_and_says_whose_text_it_has(client):
    client.post(EDIT, filled(subject="Vi glæder os: {reference}"))

    page = read(client.get(LIST))

    assert "Kvittering (booking)" in page
    assert "Sendes når en skoles booking er bekræftet." in page
    assert page.count("Ændret af os") == 2  # one text, one choice of the filter
    assert "Kvittering (booking)" in read(client.get(LIST, {"only": "changed"}))
    assert "Din adresse" not in read(client.get(LIST, {"only": "changed"}))
    assert "Kvittering (booking)" not in read(client.get(LIST, {"audience": "person"}))
    assert "Kvittering (booking)" in read(client.get(LIST, {"q": "KVITTERING"}))


@pytest.mark.parametrize("texts", [1, 3])
def test_list_costs_the_same_queries_whatever_is_changed(client, django_assert_num_queries, texts):
    for name in ("booking_receipt", "booking_waiting", "sign_up_receipt")[:texts]:
        MailTextVersion.objects.create(
            mail_type=name,
            language="da",
            number=1,
            is_in_use=True,
            saved_at=timezone.now(),
            standard=["", "", ""],
        )
    client.get(LIST)

    with django_assert_num_queries(QUERIES):
        client.get(LIST)


def test_a_saved_text_is_in_the_next_mail(client):
    saved = client.post(EDIT, filled(subject="Vi glæder os: {reference}"), follow=True)
    booking = book(SessionFactory(at_venue=True), school=known_school())
    send_due(now=timezone.now())

    assert "Teksten er taget i brug" in read(saved)
    assert f"Vi glæder os: {booking.reference}" in [each.subject for each in mail.outbox]


def test_looking_saves_nothing_and_shows_the_mail(client):
    page = read(client.post(EDIT, filled("preview", subject="Kun til gennemsyn {reference}")))

    assert "Kun til gennemsyn DP-" in page
    assert 'srcdoc="&lt;!DOCTYPE html&gt;' in read(client.get(PAGE))
    assert not MailTextVersion.objects.exists()


def test_a_wrong_placeholder_stops_the_form_and_keeps_what_was_typed(client):
    response = client.post(EDIT, filled(body="Hej {tittel}"))

    assert response.status_code == 422
    assert "Mente du {title}?" in read(response)
    assert "Hej {tittel}" in read(response)


def test_leaving_out_is_asked_about_then_allowed(client):
    body = default_wording("booking_receipt", "da").body.replace("{practical}", "")

    asked = client.post(EDIT, filled(body=body))
    done = client.post(EDIT, filled(body=body, may_leave_out="on"))

    assert "{practical}" in read(asked)
    assert 'type="checkbox" name="may_leave_out"' in read(asked)
    assert done.status_code == 302


def test_a_test_goes_to_oneself(client):
    response = client.post(EDIT, filled("trial", subject="Prøv: {reference}"))
    send_due(now=timezone.now())

    assert "En prøve er på vej til" in read(response)
    assert mail.outbox[0].subject.startswith("Prøve: Prøv: DP-")
    assert not MailTextVersion.objects.exists()


def test_versions_show_who_and_what_and_lead_back(client):
    client.post(EDIT, filled(subject="Første {reference}"))
    client.post(EDIT, filled(seen=1, subject="Anden {reference}"))

    version = read(client.get(f"{PAGE}2/"))
    client.post(f"{PAGE}1/", {"seen": "2"})

    assert "<del>Første {reference}</del>" in version
    assert "<ins>Anden {reference}</ins>" in version
    assert MailTextVersion.objects.in_use().get().subject == "Første {reference}"
    assert read(client.get(PAGE)).count("Version ") >= 3


def test_reset_asks_first(client):
    client.post(EDIT, filled(subject="Første {reference}"))

    asked = read(client.get(f"{PAGE}standard/"))
    client.post(f"{PAGE}standard/", {"seen": "1"})

    assert "Første {reference}" in asked
    assert not MailTextVersion.objects.in_use().exists()
    assert client.get(f"{PAGE}standard/").status_code == 302


def test_a_stale_form_is_refused(client):
    client.post(EDIT, filled(subject="Første {reference}"))

    response = client.post(EDIT, filled(seen=0, subject="Anden {reference}"))

    assert response.status_code == 422
    assert "En kollega har gemt en anden version" in read(response)


def test_reading_a_real_mail_is_noted_and_editors_see_invented_ones(client, staff_client):
    booking = book(SessionFactory(at_venue=True), school=known_school())

    assert booking.reference in read(client.get(PAGE))
    assert Entry.objects.filter(action="message.previewed").count() == 1
    assert booking.reference not in read(staff_client("Redaktør").get(PAGE))
    assert Entry.objects.filter(action="message.previewed").count() == 1


def test_auditor_and_caseworker_read_only(staff_client, portal_site):
    assert "Ret teksten" in read(staff_client("Redaktør").get(PAGE))
    for role in ("Revisor", "Sagsbehandler"):
        client = staff_client(role)

        assert "Ret teksten" not in read(client.get(PAGE))
        assert client.post(EDIT, filled(subject="Nej {reference}")).status_code in {302, 403}
    assert not MailTextVersion.objects.exists()


def test_editor_may_write(staff_client, portal_site):
    staff_client("Redaktør").post(EDIT, filled(subject="Ja {reference}"))

    assert MailTextVersion.objects.get().subject == "Ja {reference}"


@pytest.mark.parametrize("path", ["nothing/da/", "booking_receipt/sv/", "booking_receipt/da/7/"])
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(LIST + path).status_code == 404
