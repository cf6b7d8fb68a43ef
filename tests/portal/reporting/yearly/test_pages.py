"""Yearly reports in the administration: who sees and does what, what the pages say (R4, R10)."""

import pytest
import time_machine
from django.urls import reverse

from booking.enums import ReportSource
from booking.models import ClassPlace
from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR
from core.exports import XLSX_TYPE
from portal.reporting.yearly.models import AnnualReport, DocumentFormat
from portal.reporting.yearly.word import DOCX_TYPE
from tests.factories.attendance import report
from tests.factories.charter import ProgrammeFactory
from tests.factories.workshops import SessionFactory
from tests.portal.reporting.yearly.test_closing import (
    NOW,
    change_the_report,
    close,
    correct,
    seen,
    visited,
)

pytestmark = pytest.mark.django_db

READERS = (ADMINISTRATION, CASEWORKER, AUDITOR)


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


def year_url(name: str, period: str = "2026") -> str:
    return reverse(f"annual_report:{name}", args=[ProgrammeFactory().pk, period])


def post(client, url, **data):
    response = client.get(url)
    return client.post(url, {"figures": response.context["figures_sha256"], **data})


@pytest.mark.parametrize("role", [*READERS, EDITOR])
def test_reports_are_read_by_all_but_editors_and_closed_by_the_administration(
    role, staff_client, administrator
):
    session = visited(came=20)
    closed = close(administrator)
    change_the_report(session)
    client = staff_client(role)
    read = [
        reverse("annual_report:index"),
        reverse("annual_report:years"),
        reverse("annual_report:inspect", args=[closed.pk]),
        reverse("annual_report:document", args=[closed.pk, "pdf"]),
        year_url("preview"),
    ]
    write = [year_url("close"), reverse("annual_report:correct", args=[closed.pk])]

    assert {client.get(url).status_code for url in read} == ({302} if role == EDITOR else {200})
    assert {client.get(url).status_code for url in write} == ({200} if role == ADMINISTRATION else {302})
    for url in write:
        client.post(url, {"figures": seen().figures_sha256, "reason": "Nej"})
    assert AnnualReport.objects.count() == (2 if role == ADMINISTRATION else 1)


def test_a_name_that_no_font_has_does_not_stop_the_closing(administrator):
    administrator.first_name = "Anna \N{BALLOON}"
    administrator.save()
    visited(came=20)

    pdf = close(administrator).documents.get(format=DocumentFormat.PDF)

    assert bytes(pdf.content).startswith(b"%PDF")


def test_a_year_is_closed_from_its_preview_with_what_is_missing_acknowledged(staff_client):
    visited(came=20)
    visited()
    client = staff_client(ADMINISTRATION)

    preview = client.get(year_url("preview")).content.decode()
    assert "1 afholdelse er ikke indberettet" in preview
    assert year_url("close") in preview
    refused = post(client, year_url("close"))
    assert "Sæt kryds ved, at du lukker året uden de manglende indberetninger" in refused.content.decode()
    assert not AnnualReport.objects.exists()
    response = post(client, year_url("close"), accepts_missing="on")

    closed = AnnualReport.objects.get()
    assert response.headers["Location"] == reverse("annual_report:inspect", args=[closed.pk])
    assert closed.unreported == 1
    page = client.get(response.headers["Location"]).content.decode()
    assert "Låst af" in page
    assert "1 af 2 afholdelser er indberettet" in page
    assert year_url("close") not in client.get(year_url("preview")).content.decode()


def test_figures_that_changed_under_the_form_are_refused_and_shown_again(staff_client):
    session = visited(came=20)
    client = staff_client(ADMINISTRATION)
    shown = client.get(year_url("close")).context["figures_sha256"]
    change_the_report(session)

    refused = client.post(year_url("close"), {"figures": shown})

    assert "Tallene har ændret sig, siden du så dem" in refused.content.decode()
    assert client.post(year_url("close"), {"figures": refused.context["figures_sha256"]}).status_code == 302


@pytest.mark.parametrize("page", ["preview", "close", "close posted", "correct", "correct posted"])
def test_figures_that_two_ways_of_counting_do_not_agree_on_are_a_message(staff_client, administrator, page):
    session = visited(came=20)
    closed = close(administrator) if page.startswith("correct") else None
    client = staff_client(ADMINISTRATION)
    url = reverse("annual_report:correct", args=[closed.pk]) if closed else year_url(page.split()[0])
    data = {"figures": client.get(url).context["figures_sha256"], "reason": "x"} if "posted" in page else {}
    # What no operation does: the class keeps its place in a session of another year than the one it booked.
    ClassPlace.objects.filter(session=session).update(session=SessionFactory(offer=session.offer))

    response = client.post(url, data) if "posted" in page else client.get(url)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "Årets tal er gjort op på to måder" in shown
    assert f'href="{url}"' in shown
    assert AnnualReport.objects.count() == (1 if closed else 0)


def test_a_year_that_runs_is_shown_and_not_closed(staff_client):
    visited(came=20)
    client = staff_client(ADMINISTRATION)

    page = client.get(year_url("preview", "2027")).content.decode()

    assert "Året er ikke slut" in page
    assert year_url("close", "2027") not in page
    assert "Året er ikke slut endnu" in post(client, year_url("close", "2027")).content.decode()
    assert client.get(year_url("preview", "2026-28")).status_code == 404


def test_a_revision_shows_what_changed_and_the_one_before_says_so(staff_client, administrator):
    session = visited(came=20)
    first = close(administrator)
    change_the_report(session)
    client = staff_client(ADMINISTRATION)

    form = client.get(reverse("annual_report:correct", args=[first.pk])).content.decode()
    assert "<del>20</del>" in form
    assert "<ins>17</ins>" in form
    response = post(client, reverse("annual_report:correct", args=[first.pk]), reason="Læreren talte forkert")

    second = AnnualReport.objects.get(number=2)
    assert response.headers["Location"] == reverse("annual_report:inspect", args=[second.pk])
    assert "Læreren talte forkert" in client.get(response.headers["Location"]).content.decode()
    old = client.get(reverse("annual_report:inspect", args=[first.pk])).content.decode()
    assert "Udgave 2 er den, der gælder" in old
    assert reverse("annual_report:correct", args=[first.pk]) not in old
    compared = client.get(reverse("annual_report:compare", args=[second.pk])).content.decode()
    assert "<del>20</del>" in compared
    assert client.get(reverse("annual_report:compare", args=[first.pk])).status_code == 404


def test_documents_are_sent_as_they_were_made(staff_client, administrator):
    visited(came=20)
    closed = close(administrator)
    client = staff_client(AUDITOR)
    types = {
        DocumentFormat.PDF: "application/pdf",
        DocumentFormat.DOCX: DOCX_TYPE,
        DocumentFormat.XLSX: XLSX_TYPE,
        DocumentFormat.CSV: "text/csv; charset=utf-8",
        DocumentFormat.SESSIONS: "text/csv; charset=utf-8",
    }

    for document in closed.documents.all():
        response = client.get(reverse("annual_report:document", args=[closed.pk, document.format]))
        assert response.content == bytes(document.content)
        assert response.headers["Content-Type"] == types[DocumentFormat(document.format)]
        name = f"aarsopgoerelse-2026-udgave-1.{document.format}"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert client.get(reverse("annual_report:document", args=[closed.pk, "exe"])).status_code == 404


def test_lists_take_the_same_number_of_queries_with_one_and_three_reports(
    staff_client, administrator, django_assert_num_queries
):
    session = visited(came=20)
    first = close(administrator)
    client = staff_client(AUDITOR)
    pages = {
        reverse("annual_report:index"): 10,
        reverse("annual_report:years"): 10,
        reverse("annual_report:inspect", args=[first.pk]): 11,
    }
    for url in pages:
        client.get(url)

    for url, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(url)

    change_the_report(session, came=18)
    second = correct(first, administrator)
    report(session, classes=(19,), seen=2, source=ReportSource.STAFF)
    correct(second, administrator)
    for url, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(url)
