"""«Udsendte mails» in the admin."""

import pytest

from core.outbox.models import Message
from tests.factories.outbox import MessageFactory

pytestmark = pytest.mark.django_db
INDEX = "/admin/outbox/"
QUERIES = 9


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_queries_whatever_it_shows(
    staff_client, portal_site, rows, django_assert_num_queries
):
    client = staff_client("Sagsbehandler")
    MessageFactory.create_batch(rows)
    client.get(INDEX)

    with django_assert_num_queries(QUERIES):
        response = client.get(INDEX)

    assert response.status_code == 200
    assert response.content.decode().count("@skole.example") == rows


def test_list_filters_by_state_type_recipient_and_period(staff_client, portal_site):
    client = staff_client("Administration")
    failed = MessageFactory(failed=True)
    other = MessageFactory(to_email="anden@skole.example")

    by_state = client.get(INDEX, {"state": "failed"}).content.decode()
    by_recipient = client.get(INDEX, {"to_email": "anden@skole.example"}).content.decode()
    later = client.get(INDEX, {"queued_at_from": "2026-11-21"}).content.decode()

    assert failed.to_email in by_state
    assert other.to_email not in by_state
    assert other.to_email in by_recipient
    assert failed.to_email not in by_recipient
    assert "@skole.example" not in later


def test_detail_shows_what_became_of_the_mail_in_danish(staff_client, portal_site):
    message = MessageFactory(failed=True)

    page = staff_client("Sagsbehandler").get(f"{INDEX}inspect/{message.pk}/").content.decode()

    assert "SMTPServerDisconnected" in page
    assert "Prøv igen" in page
    assert "Mislykket" in page


def test_retry_queues_the_mail_again(staff_client, portal_site):
    message = MessageFactory(failed=True)

    response = staff_client("Sagsbehandler").post(f"{INDEX}retry/{message.pk}/", follow=True)

    message.refresh_from_db()
    assert (message.state, message.attempts, message.round) == ("queued", 0, 1)
    assert "Mailen er sat i kø" in response.content.decode()


def test_retry_of_a_sent_mail_is_refused_with_an_explanation(staff_client, portal_site):
    message = MessageFactory(sent=True)

    response = staff_client("Sagsbehandler").post(f"{INDEX}retry/{message.pk}/", follow=True)

    assert "Det kan ikke længere lade sig gøre" in response.content.decode()
    assert Message.objects.get().state == "sent"


def test_retry_by_get_changes_nothing(staff_client, portal_site):
    message = MessageFactory(failed=True)

    assert staff_client("Sagsbehandler").get(f"{INDEX}retry/{message.pk}/").status_code == 405
    assert Message.objects.get().state == "failed"


def test_auditor_sees_but_may_not_act(staff_client, portal_site):
    client = staff_client("Revisor")
    message = MessageFactory(failed=True)

    page = client.get(f"{INDEX}inspect/{message.pk}/")
    posted = client.post(f"{INDEX}retry/{message.pk}/")

    assert page.status_code == 200
    assert "Prøv igen" not in page.content.decode()
    assert Message.objects.get().state == "failed"
    assert posted.status_code in {302, 403}


def test_editor_does_not_see_mails(staff_client, portal_site):
    client = staff_client("Redaktør")
    message = MessageFactory()

    for path in (INDEX, f"{INDEX}inspect/{message.pk}/"):
        response = client.get(path, follow=True)
        assert message.to_email not in response.content.decode()
        assert response.redirect_chain or response.status_code == 403


@pytest.mark.parametrize("path", ["new/", "edit/1/", "delete/1/", "history/1/", "usage/1/", "copy/1/"])
def test_nothing_can_be_added_edited_or_deleted(staff_client, portal_site, path):
    MessageFactory(id=1)

    assert staff_client("Administration").get(INDEX + path).status_code == 404
