"""What needs attention, from the front page to a task given and put off; axe finds nothing (issue 4, A2)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.charter import ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tasks(portal):
    """Tasks of three kinds, one past its deadline."""
    now = timezone.now()
    ProviderFactory(state="active", name="Dialogværkstedet")
    for number in range(7):
        open_item(
            key=f"mail:{number}",
            kind="mail_bounced",
            subject=f"message:{number}",
            data={"mail_type": "booking_receipt"},
            now=now - timedelta(days=3 * number),
        )
    open_item(
        key="approval",
        kind="booking_approval",
        subject="booking:1",
        data={"reference": "DP-7K2M9Q", "reasons": ["unknown_domain"]},
        now=now - timedelta(days=9),
        due_at=now - timedelta(days=2),
    )
    open_item(
        key="report",
        kind="report_missing",
        subject="session:1",
        data={"title": "Falske nyheder", "date": "2026-11-02", "provider": "Dialogværkstedet"},
        now=now - timedelta(days=1),
        due_at=now + timedelta(days=20),
    )
    UserFactory(first_name="Karin", last_name="Krog", roles=["Sagsbehandler"])


@pytest.mark.parametrize("width", [375, 1280])
def test_caseworker_goes_from_the_count_to_a_task_gives_it_and_puts_another_off(open_page, tasks, width):
    page = open_page(viewport={"width": width, "height": 900})
    enter_as(page, UserFactory(first_name="Søren", last_name="Ask", roles=["Sagsbehandler"]))

    page.goto("/admin/")
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Se opgaverne").click()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    kinds = page.get_by_role("main").get_by_role("heading", level=2)
    assert kinds.all_inner_texts()[0] == "Booking afventer godkendelse"  # past its deadline
    mail = page.get_by_role("region", name="Mailen kom ikke frem")
    expect(mail.locator(".tasks-row")).to_have_count(5)
    mail.get_by_role("link", name="Se alle 7").click()

    rows = page.locator(".tasks-row")
    expect(rows).to_have_count(7)
    rows.first.get_by_role("button", name="Tag den").click()
    page.get_by_text("Opgaven er din.").wait_for()
    rows.nth(1).locator("summary").click()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    rows.nth(1).get_by_label("Hvem tager den?").select_option(label="Karin Krog")
    rows.nth(1).get_by_role("button", name="Giv").click()
    page.get_by_text("Opgaven er nu hos Karin Krog.").wait_for()
    rows.nth(2).locator("summary").click()
    rows.nth(2).get_by_role("button", name="Udskyd").click()
    page.get_by_text("Opgaven sover og er tilbage").wait_for()
    expect(rows).to_have_count(6)

    page.get_by_role("link", name="Sover 1").click()
    page.locator(".tasks-what a").click()
    page.get_by_role("heading", name="Historik").wait_for()
    assert_no_axe_findings(page)
    assert_fits_the_width(page)
    assert "Udskudt til" in page.get_by_role("main").inner_text()
    assert WorkItem.objects.asleep(now=timezone.now()).count() == 1
