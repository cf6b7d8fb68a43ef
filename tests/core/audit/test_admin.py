"""«Hændelseslog» in the admin."""

from datetime import UTC, datetime

import pytest

from core.audit.log import SYSTEM, record

pytestmark = pytest.mark.django_db
INDEX = "/admin/audit/"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
QUERIES = 10


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_queries_whatever_it_shows(
    staff_client, portal_site, rows, django_assert_num_queries
):
    client = staff_client("Revisor")
    for number in range(rows):
        record("booking_sent", f"booking:{number}", actor=SYSTEM, now=NOW)
    client.get(INDEX)

    with django_assert_num_queries(QUERIES):
        response = client.get(INDEX)

    assert response.content.decode().count("Booking sendt") == rows + 1  # and once among the filter’s choices


def test_list_filters_by_action_subject_and_period(staff_client, portal_site):
    client = staff_client("Administration")
    record("booking_sent", "booking:71", actor=SYSTEM, now=NOW)
    record("signature.signed", "signature:72", actor=SYSTEM, now=NOW)

    assert "Underskrift 72" not in client.get(INDEX, {"action": "booking_sent"}).content.decode()
    assert "Booking 71" not in client.get(INDEX, {"subject": "signature:72"}).content.decode()
    assert "Booking 71" not in client.get(INDEX, {"at_to": "2026-11-19"}).content.decode()


def test_an_entry_is_told_in_words(staff_client, portal_site):
    entry = record("booking_sent", "booking:71", actor=SYSTEM, now=NOW, note="x")

    page = staff_client("Revisor").get(f"{INDEX}inspect/{entry.pk}/").content.decode()

    assert all(text in page for text in ("Booking sendt", "Booking 71", "Portalen selv"))


def test_an_entry_whose_word_is_gone_is_shown_as_it_was_written(staff_client, portal_site):
    record("something_old", "thing:7", actor=SYSTEM, now=NOW)

    page = staff_client("Revisor").get(INDEX).content.decode()

    assert "something_old" in page
    assert "thing 7" in page


@pytest.mark.parametrize("role", ["Sagsbehandler", "Redaktør"])
def test_only_administration_and_auditor_see_it(staff_client, portal_site, role):
    record("booking_sent", "booking:71", actor=SYSTEM, now=NOW)

    assert "Booking 71" not in staff_client(role).get(INDEX, follow=True).content.decode()
