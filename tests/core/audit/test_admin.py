"""«Hændelseslog» in the admin."""

from datetime import UTC, datetime

import pytest

from core.audit.log import SYSTEM, record

pytestmark = pytest.mark.django_db
INDEX = "/admin/audit/"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
QUERIES = 12


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_queries_whatever_it_shows(
    staff_client, portal_site, rows, django_assert_num_queries
):
    client = staff_client("Revisor")
    for number in range(rows):
        record("booking.created", f"booking:{number}", actor=SYSTEM, now=NOW)
    client.get(INDEX)

    with django_assert_num_queries(QUERIES):
        response = client.get(INDEX)

    assert response.content.decode().count("booking.created") == rows


def test_list_filters_by_action_subject_and_period(staff_client, portal_site):
    client = staff_client("Administration")
    record("booking.created", "booking:71", actor=SYSTEM, now=NOW)
    record("charter.signed", "signature:72", actor=SYSTEM, now=NOW)

    assert "signature:72" not in client.get(INDEX, {"action": "booking"}).content.decode()
    assert "booking:71" not in client.get(INDEX, {"subject": "signature:72"}).content.decode()
    assert "booking:71" not in client.get(INDEX, {"at_to": "2026-11-19"}).content.decode()


@pytest.mark.parametrize("role", ["Sagsbehandler", "Redaktør"])
def test_only_administration_and_auditor_see_it(staff_client, portal_site, role):
    record("booking.created", "booking:71", actor=SYSTEM, now=NOW)

    assert "booking:71" not in staff_client(role).get(INDEX, follow=True).content.decode()
