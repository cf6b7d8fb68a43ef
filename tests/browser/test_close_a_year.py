"""The administration closes a year in January, and corrects it in February (R4, R10)."""

import pytest
from playwright.sync_api import Page, expect

from booking.enums import ReportSource
from core.accounts.roles import ADMINISTRATION
from portal.reporting.yearly.models import AnnualReport
from tests.browser.checks import assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, book, known_school
from tests.factories.workshops import SessionFactory, local_start


@pytest.fixture
def visits(portal, portal_site):
    """Two visits of last year: one reported, one not."""
    last_year = local_start(in_days=0).replace(month=4, day=14)
    last_year = last_year.replace(year=last_year.year - 1)
    made = []
    for came in (20, None):
        session = SessionFactory(offer__provider__municipal=True)
        book(session, school=known_school(), classes=[a_class(pupils=22)])
        set_back(session, ended_at=last_year)
        if came is not None:
            report(session, classes=(came,), source=ReportSource.STAFF)
        made.append(session)
    return made


def test_the_administration_closes_a_year_and_corrects_it(page: Page, visits):
    year = visits[0].local_date.year
    enter_as(page, UserFactory(first_name="Anna", last_name="Andersen", roles=[ADMINISTRATION]))

    page.goto("/admin/annual_report/")
    page.get_by_role("link", name="Luk et år").first.click()
    assert_no_axe_findings(page)
    page.get_by_role("link", name=f"Se på {year}, og luk året").click()
    expect(page.get_by_text("1 afholdelse er ikke indberettet").first).to_be_visible()
    assert_no_axe_findings(page)
    page.get_by_role("link", name="Gå videre og luk året").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Luk året").click()
    expect(page.get_by_text("Sæt kryds ved, at du lukker året uden").first).to_be_visible()
    page.get_by_label("Jeg lukker året, selv om 1 afholdelse ikke er indberettet").check()
    page.get_by_role("button", name="Luk året").click()

    expect(page.get_by_text(f"{year} er lukket.")).to_be_visible()
    expect(page.get_by_text("Låst af Anna Andersen")).to_be_visible()
    assert_no_axe_findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF (tilgængelig)").click()
    assert download.value.suggested_filename == f"aarsopgoerelse-{year}-udgave-1.pdf"

    report(visits[1], classes=(21,), source=ReportSource.STAFF)
    page.get_by_role("link", name="Lav en ny udgave").click()
    assert_no_axe_findings(page)
    page.get_by_label("Hvorfor rettes tallene?").fill("Den sidste indberetning er kommet.")
    page.get_by_role("button", name="Lås den nye udgave").click()

    expect(page.get_by_text("Den nye udgave er låst").first).to_be_visible()
    page.get_by_role("link", name="Se, hvad udgaven ændrede").click()
    expect(page.get_by_text("Den sidste indberetning er kommet.")).to_be_visible()
    assert_no_axe_findings(page)
    first, second = AnnualReport.objects.order_by("number")
    assert (first.unreported, second.unreported) == (1, 0)
