"""The demo's mailbox as a visitor sees it, and staff's lists of tasks and mails."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.core.outbox.conftest import queue, sample_type  # noqa: F401 - fixtures
from tests.factories.accounts import UserFactory, log_in
from tests.factories.outbox import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def sent(portal, settings, queue, now):  # noqa: F811 - the fixture imported above
    """One mail in the demo's mailbox."""
    settings.PORTAL_IS_DEMO = True
    message = queue()
    send_due(now=now)
    return message


def test_a_visitor_reads_a_mail_in_the_mailbox(page, sent):
    page.goto("/demo/postkasse/")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="er på plads").click()

    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Booking DP-1 er på plads").wait_for()
    # The mail's own style applies although the policy allows no inline style: its hash is named.
    assert frame.locator(".button a").evaluate("node => getComputedStyle(node).display") == "inline-block"
    assert_no_axe_findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="booking.ics").click()
    assert download.value.suggested_filename == "booking.ics"


def test_the_mailbox_fits_a_narrow_phone(open_page, sent):
    page = open_page(viewport={"width": 320, "height": 640})
    for path in ("/demo/postkasse/", f"/demo/postkasse/{sent.pk}/"):
        page.goto(path)
        assert_fits_the_width(page)


@pytest.fixture
def caseworker(open_page, portal):
    """A caseworker's window, logged in."""
    client = log_in(Client(), UserFactory(roles=["Sagsbehandler"]))
    page = open_page(viewport={"width": 1280, "height": 900})
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": portal.url}]
    )
    return page


def test_a_caseworker_finds_and_repeats_a_mail_that_failed(caseworker):
    message = MessageFactory(failed=True)
    WorkItem.objects.create(
        key=f"mail:{message.pk}:0",
        kind="mail_failed",
        subject=f"message:{message.pk}",
        opened_at=message.queued_at,
        data={"mail_type": message.mail_type},
    )

    caseworker.goto("/admin/")
    caseworker.get_by_role("link", name="Besked ikke sendt").click()
    caseworker.get_by_role("link", name="Løs opgaven").click()
    caseworker.get_by_role("button", name="Prøv igen").click()

    caseworker.get_by_text("Mailen er sat i kø").wait_for()
    message.refresh_from_db()
    assert message.state == "queued"
    assert WorkItem.objects.get().resolution == "retried"
