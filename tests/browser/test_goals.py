"""Goals, the sessions behind them and coverage: read on a phone and on a desk, followed to where figures come from."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, book, known_school
from tests.factories.reporting import AnnualGoalFactory
from tests.factories.workshops import SchoolFactory, SessionFactory


@pytest.fixture
def year(portal):
    """A goal that runs, a visit that was reported and one that was not, and a school that never booked."""
    today = timezone.localdate()
    AnnualGoalFactory(
        title="100 elever deltager",
        target_low=100,
        first_day=today - timedelta(days=200),
        last_day=today + timedelta(days=100),
    )
    school = known_school(latitude=55.69, longitude=12.55)
    for name, came in (("5.A", 21), ("5.B", None)):
        session = SessionFactory()
        book(session, school=school, classes=[a_class(name, pupils=22)])
        set_back(session)
        if came:
            report(session, classes=(came,))
    SchoolFactory(name="Den fjerne skole", latitude=55.66, longitude=12.6)


def test_goal_is_followed_to_the_session_that_has_not_reported(page: Page, year):
    enter_as(page, UserFactory(roles=["Administration"]))
    page.goto("/admin/maal/")
    goal = page.locator(".figures-goal")
    expect(goal.locator(".figures-number")).to_contain_text("21 af 100 elever nået")
    expect(goal.get_by_role("img", name="100 elever deltager")).to_be_visible()
    goal.get_by_text("Diagrammet som tabel").click()
    expect(goal.get_by_role("columnheader", name="Fremmødt indtil da")).to_be_visible()
    assert_no_axe_findings(page)

    goal.get_by_role("link", name="Se den, der mangler").click()
    expect(page.get_by_role("table")).to_contain_text("Ikke indberettet endnu")
    assert_no_axe_findings(page)


def test_coverage_is_a_map_and_a_list_of_schools_not_reached(page: Page, year):
    enter_as(page, UserFactory(roles=["Revisor"]))
    page.goto("/admin/maal/daekning/")

    expect(page.get_by_role("img", name="Kort over bydele og skoler")).to_be_visible()
    expect(page.locator(".coverage-map .map-cross").first).to_be_attached()
    expect(page.get_by_role("row", name="Den fjerne skole")).to_be_visible()
    assert_no_axe_findings(page)


def test_the_pages_fit_a_phone(page_mobile: Page, year):
    page = page_mobile
    enter_as(page, UserFactory(roles=["Administration"]))
    for url in (
        "/admin/maal/",
        "/admin/maal/daekning/",
        "/admin/maal/afholdelser/",
        "/admin/maal/skoletyper/",
    ):
        page.goto(url)
        assert_fits_the_width(page)
