"""School years, holiday plans and public holidays."""

from datetime import UTC, date, datetime

import pytest

from tests.factories.workshops import SchoolFactory
from workshops.calendars import (
    days_off,
    is_plan_known,
    local_date_of,
    public_holidays,
    school_year_of,
)
from workshops.models import Holiday
from workshops.operations import load_shipped_register


@pytest.fixture
def _register(db):
    load_shipped_register(now=datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 7, 31), 2025),
        (date(2026, 8, 1), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 7, 31), 2026),
    ],
)
def test_school_year_begins_on_1_august(day, year):
    assert school_year_of(day) == year


def test_local_date_is_copenhagens():
    assert local_date_of(datetime(2026, 10, 20, 22, 30, tzinfo=UTC)) == date(2026, 10, 21)


@pytest.mark.parametrize(
    ("year", "easter", "whit_monday"),
    [(2026, date(2026, 4, 5), date(2026, 5, 25)), (2027, date(2027, 3, 28), date(2027, 5, 17))],
)
def test_public_holidays_follow_easter(year, easter, whit_monday):
    names = public_holidays(year)

    assert names[easter] == "Påskedag"
    assert names[whit_monday] == "2. pinsedag"
    assert "Store bededag" not in names.values()


@pytest.mark.usefixtures("_register")
def test_days_off_join_the_municipal_plan_and_public_holidays(django_assert_num_queries):
    with django_assert_num_queries(1):
        off = days_off(date(2026, 10, 9), date(2026, 12, 26))

    assert off[date(2026, 10, 12)] == "Efterårsferie"
    assert off[date(2026, 12, 25)] == "Juledag"
    assert date(2026, 10, 19) not in off


@pytest.mark.usefixtures("_register")
def test_days_off_of_a_school_follow_its_own_plan():
    school, other = SchoolFactory(), SchoolFactory()
    Holiday.objects.create(
        school_year_id=2026,
        name="Skolens egen",
        first_day=date(2026, 11, 2),
        last_day=date(2026, 11, 3),
        school=school,
    )
    Holiday.objects.create(
        school_year_id=2026,
        name="Undervisning",
        first_day=date(2026, 10, 12),
        last_day=date(2026, 10, 12),
        school=school,
        is_school_day=True,
    )
    first, last = date(2026, 10, 12), date(2026, 11, 3)

    own, others = days_off(first, last, school=school), days_off(first, last, school=other)

    assert own[date(2026, 11, 2)] == "Skolens egen"
    assert date(2026, 10, 12) not in own
    assert others[date(2026, 10, 12)] == "Efterårsferie"
    assert date(2026, 11, 2) not in others


@pytest.mark.usefixtures("_register")
def test_public_holiday_stays_one_when_a_school_teaches_in_the_holidays():
    school = SchoolFactory()
    Holiday.objects.create(
        school_year_id=2026,
        name="Undervisning",
        first_day=date(2026, 12, 21),
        last_day=date(2026, 12, 31),
        school=school,
        is_school_day=True,
    )

    off = days_off(date(2026, 12, 21), date(2026, 12, 31), school=school)

    assert list(off.values()) == ["Juleaftensdag", "Juledag", "2. juledag", "Nytårsaftensdag"]


@pytest.mark.usefixtures("_register")
def test_plan_is_unknown_in_a_school_year_that_nobody_has_entered():
    assert is_plan_known(date(2027, 6, 1))
    assert not is_plan_known(date(2027, 8, 20))
