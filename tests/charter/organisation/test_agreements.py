"""The register of cooperation agreements: days, the goal's count, document, list, export, reading noted (R8)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from charter.enums import ProviderKind
from charter.models import Agreement
from charter.operations.agreements import delete_agreement_documents, watch_agreements
from core.audit.models import Entry
from core.worklist.models import WorkItem
from tests.factories.charter import AgreementFactory, ProgrammeFactory, ProviderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, tzinfo=ZoneInfo("Europe/Copenhagen"))
TODAY = date(2026, 5, 4)
PDF = b"%PDF-1.7 aftale"


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff_client):
    return staff_client("Administration")


def agreement(**changes) -> Agreement:
    return AgreementFactory(
        **{
            "signed_on": date(2026, 1, 10),
            "first_day": date(2026, 2, 1),
            "last_day": date(2026, 12, 31),
            "provider__kind": ProviderKind.CIVIL_SOCIETY,
            **changes,
        }
    )


# --- days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_agreement_runs_from_its_first_to_its_last_day_both_included(day, runs):
    agreement()

    assert Agreement.objects.in_force_on(day).exists() is runs


def test_without_a_last_day_it_runs_on_and_unsigned_it_does_not_run():
    agreement(last_day=None)
    agreement(signed_on=None)

    assert Agreement.objects.in_force_on(date(2035, 1, 1)).count() == 1


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (date(2025, 1, 1), date(2026, 1, 31), 0),
        (date(2025, 1, 1), date(2026, 2, 1), 1),
        (date(2026, 12, 31), date(2027, 12, 31), 1),
        (date(2027, 1, 1), date(2027, 12, 31), 0),
    ],
)
def test_the_goal_counts_an_agreement_that_runs_on_a_day_of_the_period(first, last, counted):
    programme = ProgrammeFactory()
    agreement(programme=programme)

    found = Agreement.objects.counting_for_goal(programme_id=programme.pk, first_day=first, last_day=last)

    assert found.organisations() == counted


def test_the_goal_counts_organisations_of_civil_society_in_the_programme_once():
    programme, other = ProgrammeFactory(), ProgrammeFactory(slug="andet")
    one = ProviderFactory(association=True)
    agreement(provider=one, programme=programme)
    agreement(provider=one, programme=programme, first_day=date(2026, 6, 1))
    agreement(programme=programme)
    agreement(programme=programme, provider__kind=ProviderKind.SUPPLIER)
    agreement(programme=programme, signed_on=None)
    agreement(programme=other)

    found = Agreement.objects.counting_for_goal(
        programme_id=programme.pk, first_day=date(2026, 1, 1), last_day=date(2026, 12, 31)
    )

    assert found.organisations() == 2
    signed = Agreement.objects.signed_within(date(2026, 1, 10), date(2026, 1, 10))
    assert signed.count() == 5


def test_the_database_refuses_a_last_day_before_the_first():
    with pytest.raises(IntegrityError), transaction.atomic():
        agreement(last_day=date(2026, 1, 31))


# --- ending soon -----------------------------------------------------------------------------------


def test_an_agreement_that_ends_soon_is_one_task_until_its_last_day_changes(client):
    soon = agreement(last_day=TODAY + timedelta(days=60), title="Aftale om dialog")
    agreement(last_day=TODAY + timedelta(days=61))
    agreement(last_day=TODAY - timedelta(days=1))
    agreement(last_day=TODAY + timedelta(days=10), signed_on=None)

    assert watch_agreements(NOW) == 1
    assert watch_agreements(NOW + timedelta(hours=1)) == 1

    item = WorkItem.objects.get()
    assert item.description() == f"Aftalen med {soon.provider.name} udløber 3. juli 2026: Aftale om dialog."
    assert item.url == reverse("agreement:inspect", args=[soon.pk])
    client.post(reverse("agreement:edit", args=[soon.pk]), values(soon, last_day="2027-12-31"))
    assert not WorkItem.objects.open().exists()


# --- the register ----------------------------------------------------------------------------------


def values(row: Agreement, **changes):
    return {
        "provider": row.provider_id,
        "programme": row.programme_id,
        "title": row.title,
        "signed_on": "2026-01-10",
        "first_day": "2026-02-01",
        "last_day": "2026-12-31",
        "file_reference": "2026-0000001",
        **changes,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_state_and_charter_in_a_fixed_number_of_queries(
    client, django_assert_num_queries, count
):
    for _row in range(count):
        agreement(provider=ProviderFactory(covered=True))
    client.get(reverse("agreement:index"))

    with django_assert_num_queries(11):
        response = client.get(reverse("agreement:index"))

    html = response.content.decode()
    assert html.count("Dækket til 31. december 2035") == count


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("running=now", ["Løber", "Snart"]),
        ("running=soon", ["Snart"]),
        ("running=over", ["Forbi"]),
        ("running=later", ["Senere", "Usigneret"]),
        ("provider__kind=supplier", ["Snart"]),
        ("q=Forbi", ["Forbi"]),
    ],
)
def test_the_list_filters(client, query, titles):
    agreement(title="Løber")
    agreement(title="Snart", last_day=TODAY, provider__kind=ProviderKind.SUPPLIER)
    agreement(title="Forbi", last_day=TODAY - timedelta(days=1))
    agreement(title="Senere", first_day=TODAY + timedelta(days=1))
    agreement(title="Usigneret", signed_on=None)

    response = client.get(reverse("agreement:index") + f"?{query}")

    assert sorted(row.title for row in response.context["object_list"]) == titles


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_exported_as_filtered_and_that_is_noted(client, kind):
    agreement(title="Løber", provider=ProviderFactory(name="Klar Tale", covered=True))
    agreement(title="Forbi", last_day=TODAY - timedelta(days=1))

    response = client.get(reverse("agreement:index") + f"?running=now&export={kind}")
    content = b"".join(response.streaming_content)

    if kind == "csv":
        text = content.decode()
        assert "Klar Tale" in text
        assert "Dækket til 31. december 2035" in text
        assert "Gælder nu" in text
        assert "Forbi" not in text
    assert Entry.objects.get(action="agreement.exported").data == {"count": 1}


def test_an_agreement_is_registered_with_its_document_which_no_address_serves(client):
    row = agreement()
    response = client.post(
        reverse("agreement:add"),
        values(row, title="Ny aftale", upload=SimpleUploadedFile("Aftale 2026.pdf", PDF)),
    )

    made = Agreement.objects.get(title="Ny aftale")
    assert response["Location"] == reverse("agreement:inspect", args=[made.pk])
    assert made.document_name == "Aftale 2026.pdf"
    assert len(made.document_sha256) == 64
    assert made.document.storage is storages["private"]
    page = client.get(reverse("agreement:inspect", args=[made.pk])).content.decode()
    assert "Gælder nu" in page
    document = client.get(reverse("agreement:document", args=[made.pk]))
    assert b"".join(document.streaming_content) == PDF
    actions = list(Entry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["agreement.created", "agreement.read", "agreement.document_read"]


def test_a_new_document_takes_the_place_of_the_old_and_can_be_deleted(
    client, django_capture_on_commit_callbacks
):
    row = agreement()
    url = reverse("agreement:edit", args=[row.pk])
    client.post(url, values(row, upload=SimpleUploadedFile("en.pdf", PDF)))
    row.refresh_from_db()
    storage, first = row.document.storage, row.document.name

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, values(row, upload=SimpleUploadedFile("to.pdf", PDF)))
    row.refresh_from_db()
    assert row.document_name == "to.pdf"
    assert not storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, values(row, removes_document="on"))

    row.refresh_from_db()
    assert (row.document.name, row.document_name, row.document_sha256) == ("", "", "")


def test_wrong_files_and_periods_are_refused_on_the_form(client):
    row = agreement()
    url = reverse("agreement:edit", args=[row.pk])

    wrong_file = client.post(url, values(row, upload=SimpleUploadedFile("x.exe", b"MZ")))
    wrong_days = client.post(url, values(row, last_day="2026-01-01"))

    assert "Vælg en PDF" in wrong_file.content.decode()
    assert "Sidste dag må ikke ligge før første dag." in wrong_days.content.decode()


def test_documents_go_five_years_after_the_last_day_and_the_register_stays(client):
    row = agreement()
    client.post(
        reverse("agreement:edit", args=[row.pk]), values(row, upload=SimpleUploadedFile("a.pdf", PDF))
    )
    ended = datetime(2026, 12, 31, 12, tzinfo=ZoneInfo("Europe/Copenhagen"))

    assert delete_agreement_documents(ended + timedelta(days=5 * 365)) == 0
    assert delete_agreement_documents(ended + timedelta(days=5 * 365 + 1)) == 1

    row.refresh_from_db()
    assert (row.document_name, row.file_reference) == ("", "2026-0000001")
