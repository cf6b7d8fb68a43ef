"""Closed years that were changed behind the portal's back are found at night (R4)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from charter.triggers import refusing_statements, unrefusing_statements
from core.worklist.models import WorkItem
from portal.reporting.yearly.checking import ALTERED, check_closed_years
from portal.reporting.yearly.models import AnnualReport
from portal.reporting.yearly.triggers import FUNCTION, SAYS, TABLES
from tests.factories.accounts import UserFactory
from tests.portal.reporting.yearly.test_closing import NOW, close, visited

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def closed():
    visited(came=20)
    return close(UserFactory(first_name="Anna", last_name="Andersen", roles=["Administration"]))


def past_the_triggers(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        for statement in unrefusing_statements(connection.vendor, TABLES, FUNCTION):
            cursor.execute(statement)
        cursor.execute(sql, values)
        for statement in refusing_statements(connection.vendor, TABLES, FUNCTION, SAYS):
            cursor.execute(statement)


def test_nothing_is_said_of_years_as_they_were_closed(closed):
    assert check_closed_years(NOW) == []
    assert not WorkItem.objects.filter(kind=ALTERED).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reporting_annualreport SET content = replace(content, '20', '21')",
        "UPDATE reporting_annualreportdocument SET content = %s",
    ],
    ids=["figures", "document"],
)
def test_a_changed_year_is_a_task_that_leads_to_it_each_day_until_it_is_right(closed, sql):
    past_the_triggers(sql, *([b"something else"] if "%s" in sql else []))

    assert check_closed_years(NOW) == [closed.pk]
    assert check_closed_years(NOW) == [closed.pk]
    assert check_closed_years(NOW + timedelta(days=1)) == [closed.pk]

    item = WorkItem.objects.open().get(kind=ALTERED)
    assert WorkItem.objects.filter(kind=ALTERED).count() == 2
    assert item.description() == "1 årsrapport er ikke længere det, der blev låst."
    assert item.url == f"/admin/annual_report/inspect/{AnnualReport.objects.get().pk}/"
