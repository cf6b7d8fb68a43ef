"""The event log: who saw or changed what, filtered and as a file (R9)."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM, Actor, record
from core.audit.models import Entry
from core.privacy.operations import note_reading
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
LOG = "/admin/audit/"


@pytest.fixture
def entries():
    """A reading, a change by the same person, and an act of the portal; a month apart."""
    who = UserFactory(
        first_name="Rikke", last_name="Rådgiver", email="rikke@kommune.example", roles=["Sagsbehandler"]
    )
    now = timezone.now()
    record("booking_read", "booking:17", actor=Actor.of(who), now=now)
    record(
        "booking_withdrawn", "booking:17", actor=Actor.of(who), now=now - timedelta(days=30), reason="=1+1"
    )
    record("bookings_anonymised", "bookings", actor=SYSTEM, now=now - timedelta(days=60), count=3)
    return who


def lines(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


@pytest.mark.parametrize(
    ("filters", "actions"),
    [
        ({}, {"Booking set", "Booking afmeldt", "Bookinger"}),
        ({"kind": "read"}, {"Booking set"}),
        ({"about": "booking"}, {"Booking set", "Booking afmeldt"}),
        ({"subject": "booking:17", "kind": "write"}, {"Booking afmeldt"}),
        ({"actor_kind": "system"}, {"Bookinger"}),
    ],
    ids=["all", "readings", "of a kind of thing", "changes of one thing", "by the portal"],
)
def test_the_log_is_filtered_and_exported_as_filtered(staff_client, portal_site, entries, filters, actions):
    Entry.objects.exclude(action__startswith="booking").delete()
    response = staff_client("Administration").get(LOG, {**filters, "export": "csv"})

    assert len(lines(response)) == len(actions)


def test_the_log_is_filtered_by_person_and_period(staff_client, portal_site, entries):
    client = staff_client("Revisor")
    recent = {"at_from": f"{timezone.localdate() - timedelta(days=2):%Y-%m-%d}"}

    rows = lines(client.get(LOG, {"actor": entries.pk, "export": "csv"}))
    new = lines(client.get(LOG, {"actor": entries.pk, "export": "csv", **recent}))

    assert (len(rows), len(new)) == (2, 1)
    assert {row[1] for row in rows} == {"Rikke Rådgiver"}


def test_the_export_is_harmless_holds_no_address_and_is_written_down(staff_client, portal_site, entries):
    client = staff_client("Revisor")

    rows = lines(client.get(LOG, {"export": "csv"}))
    book = client.get(LOG, {"export": "xlsx"})

    assert "rikke@kommune.example" not in str(rows)
    assert any("reason: =1+1" in cell for row in rows for cell in row)
    assert book["Content-Type"].endswith("sheet")
    assert b"".join(book.streaming_content).startswith(b"PK")
    assert Entry.objects.filter(action="audit.exported").count() == 2


def test_an_editor_gets_no_export(staff_client, portal_site, entries):
    assert staff_client("Redaktør").get(LOG, {"export": "csv"}).status_code == 302
    assert not Entry.objects.filter(action="audit.exported").exists()


def test_a_reading_is_noted_once_an_hour_and_reader():
    reader, other = UserFactory(), UserFactory()
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    first = [
        note_reading("message.read", "message:1", actor=Actor.of(user), now=now) for user in (reader, other)
    ]
    again = note_reading("message.read", "message:1", actor=Actor.of(reader), now=now + timedelta(minutes=59))
    later = note_reading("message.read", "message:1", actor=Actor.of(reader), now=now + timedelta(minutes=61))

    assert (first, again, later) == ([True, True], False, True)
