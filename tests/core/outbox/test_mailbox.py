"""The demo's mailbox."""

import pytest
from django.urls import reverse

from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.core.outbox.sample import CALENDAR

pytestmark = pytest.mark.django_db
QUERIES = 4


@pytest.fixture
def mails(settings, queue, now, portal_site):
    """`mails(3)`: that many mails, sent in the demo."""
    settings.PORTAL_IS_DEMO = True

    def send(count: int) -> list[Message]:
        messages = [queue(number) for number in range(count)]
        send_due(now=now)
        return messages

    return send


@pytest.mark.parametrize("count", [1, 3])
def test_mailbox_costs_the_same_queries_whatever_it_shows(client, mails, count, django_assert_num_queries):
    mails(count)
    client.get("/demo/postkasse/")

    with django_assert_num_queries(QUERIES):
        page = client.get("/demo/postkasse/").content.decode()

    assert page.count("er på plads") == count
    assert "1 vedhæftning" in page


def test_mailbox_is_paged_and_filtered_by_address(client, mails):
    mails(30)

    first = client.get("/demo/postkasse/").content.decode()
    second = client.get("/demo/postkasse/?page=2").content.decode()
    one = client.get("/demo/postkasse/?til=LAERER7@skole.example").content.decode()

    assert (first.count("er på plads"), second.count("er på plads"), one.count("er på plads")) == (25, 5, 1)


@pytest.mark.parametrize("query", ["page=x", "page=99", "til=%00", "til=" + "a" * 500])
def test_mailbox_bears_odd_parameters(client, mails, query):
    mails(1)

    assert client.get(f"/demo/postkasse/?{query}").status_code == 200


def test_mailbox_says_what_to_do_when_it_is_empty(client, settings, portal_site):
    settings.PORTAL_IS_DEMO = True

    assert "Der er ingen mails endnu" in client.get("/demo/postkasse/").content.decode()


def test_message_page_shows_text_attachment_and_a_sandboxed_frame(client, mails):
    (message,) = mails(1)

    page = client.get(f"/demo/postkasse/{message.pk}/").content.decode()

    assert "Vi har noteret jeres booking." in page
    assert f'src="/demo/postkasse/{message.pk}/html/"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert f'href="/demo/postkasse/{message.pk}/bilag/0/"' in page


def test_html_of_a_mail_runs_and_loads_nothing(client, mails):
    (message,) = mails(1)

    response = client.get(f"/demo/postkasse/{message.pk}/html/")

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'sha256-" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.content.decode().startswith("<!DOCTYPE html>")


def test_attachment_is_a_download(client, mails):
    (message,) = mails(1)

    response = client.get(f"/demo/postkasse/{message.pk}/bilag/0/")

    assert response.content == CALENDAR
    assert response.headers["Content-Type"] == "text/calendar"
    assert response.headers["Content-Disposition"] == 'attachment; filename="booking.ics"'
    assert client.get(f"/demo/postkasse/{message.pk}/bilag/1/").status_code == 404


def test_mailbox_does_not_exist_outside_the_demo(client, mails, settings):
    (message,) = mails(1)
    urls = [
        reverse("mailbox"),
        *(reverse(name, args=[message.pk]) for name in ("mailbox_message", "mailbox_html")),
        reverse("mailbox_attachment", args=[message.pk, 0]),
    ]
    assert [client.get(url).status_code for url in urls] == [200] * 4

    settings.PORTAL_IS_DEMO = False

    assert [client.get(url).status_code for url in urls] == [404] * 4
