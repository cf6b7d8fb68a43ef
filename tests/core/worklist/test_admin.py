"""«Opgaver» in the admin, and what needs attention on its front page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.audit.models import Entry
from core.worklist import kinds
from core.worklist.kinds import Kind
from core.worklist.models import WorkItem
from tests.factories.worklist import WorkItemFactory

pytestmark = pytest.mark.django_db
INDEX = "/admin/tasks/"
QUERIES = 9
FRONT_PAGE_QUERIES = {"Sagsbehandler": 14, "Administration": 13}


@pytest.fixture(autouse=True)
def sample_kind():
    kinds.register(
        Kind("sample", "Prøveopgave", lambda item: f"Se på {item.subject}", lambda item: "/se/her/")
    )
    yield
    kinds.unregister("sample")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_queries_whatever_it_shows(
    staff_client, portal_site, rows, django_assert_num_queries
):
    client = staff_client("Sagsbehandler")
    WorkItemFactory.create_batch(rows)
    client.get(INDEX)

    with django_assert_num_queries(QUERIES):
        response = client.get(INDEX)

    assert response.content.decode().count("Se på booking:") == rows


def test_list_filters_by_kind_status_and_provider(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    WorkItemFactory(subject="booking:71", provider_id=5)
    WorkItemFactory(subject="booking:72", closed=True)

    assert "booking:72" not in client.get(INDEX, {"is_open": "open"}).content.decode()
    assert "booking:71" not in client.get(INDEX, {"is_open": "closed"}).content.decode()
    assert "booking:72" not in client.get(INDEX, {"provider_id": "5"}).content.decode()
    assert "booking:71" in client.get(INDEX, {"kind": "sample"}).content.decode()


def test_detail_leads_to_the_page_where_it_is_dealt_with(staff_client, portal_site):
    item = WorkItemFactory()

    page = staff_client("Sagsbehandler").get(f"{INDEX}inspect/{item.pk}/").content.decode()

    assert 'href="/se/her/"' in page
    assert "Prøveopgave" in page
    assert "Tag opgaven" in page
    assert "Luk opgaven" in page


def test_take_release_and_close(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    item = WorkItemFactory()

    client.post(f"{INDEX}take/{item.pk}/")
    taken_by = WorkItem.objects.get().assignee_id
    client.post(f"{INDEX}release/{item.pk}/")
    released = WorkItem.objects.get().assignee_id
    client.post(f"{INDEX}close/{item.pk}/")

    user_id = int(client.session["_auth_user_id"])
    assert (taken_by, released) == (user_id, None)
    closed = WorkItem.objects.get()
    assert (closed.resolution, closed.closed_by_id, closed.is_open) == ("done", user_id, False)
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "work_item.assigned",
        "work_item.assigned",
        "work_item.closed",
    ]


def test_front_page_counts_open_and_overdue_tasks_by_kind(staff_client, portal_site):
    WorkItemFactory(due_at=timezone.now() - timedelta(days=1))
    WorkItemFactory()
    WorkItemFactory(closed=True)

    page = staff_client("Sagsbehandler").get("/admin/").content.decode()

    assert "Det kræver din opmærksomhed" in page
    row = page[page.index("Prøveopgave") :]
    cells = re.findall(r"<td>(.*?)</td>", row[: row.index("</tr>")])
    assert cells[:2] == ["2", "<strong>1</strong>"]


@pytest.mark.parametrize("role", FRONT_PAGE_QUERIES)
@pytest.mark.parametrize("rows", [1, 3])
def test_front_page_costs_the_same_queries_whatever_is_open(
    staff_client, portal_site, django_assert_num_queries, role, rows
):
    client = staff_client(role)
    client.get("/admin/")
    WorkItemFactory()
    WorkItemFactory.create_batch(rows, kind="another")

    with django_assert_num_queries(FRONT_PAGE_QUERIES[role]):
        client.get("/admin/")


def test_front_page_hides_tasks_from_editors(staff_client, portal_site):
    WorkItemFactory()

    assert "Prøveopgave" not in staff_client("Redaktør").get("/admin/").content.decode()
