"""S18: a school's own calendar, from the administration to the date's page."""

from datetime import timedelta

import pytest

from tests.factories.workshops import HolidayFactory, SchoolFactory, SessionFactory, local_start
from workshops.calendars import days_off, school_year_of
from workshops.enums import SessionAccess
from workshops.models import Holiday, SchoolYear

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]
HOLIDAYS = "/admin/holidays/"


@pytest.fixture
def caseworker(staff_client):
    return staff_client("Sagsbehandler")


def _typed(day, **changes):
    year, _created = SchoolYear.objects.get_or_create(start_year=school_year_of(day))
    return {
        "school_year": year.pk,
        "name": "Emneuge",
        "first_day": f"{day:%d.%m.%Y}",
        "last_day": day.isoformat(),
        "school": "",
        **changes,
    }


def test_administration_enters_a_schools_own_days_and_sees_them_on_its_page(caseworker):
    school, other = SchoolFactory(), SchoolFactory()
    day = local_start(in_days=30).date()
    page = caseworker.get(f"/admin/schools/edit/{school.pk}/").content.decode()
    assert "Ingen: Kommunens ferieplan gælder." in page
    assert f'href="{HOLIDAYS}new/?school={school.pk}"' in page
    form = caseworker.get(f"{HOLIDAYS}new/?school={school.pk}").content.decode()
    assert f'<option value="{school.pk}" selected>' in form

    caseworker.post(f"{HOLIDAYS}new/", _typed(day, school=school.pk))

    assert days_off(day, day, school=school) == {day: "Emneuge"}
    assert days_off(day, day, school=other) == {}
    holiday = Holiday.objects.get()
    assert f'<a href="{HOLIDAYS}edit/{holiday.pk}/">Emneuge</a>' in caseworker.get(
        f"/admin/schools/edit/{school.pk}/"
    ).content.decode()  # fmt: skip


def test_administration_lets_one_school_teach_in_the_municipal_holidays(caseworker):
    school = SchoolFactory()
    day = local_start(in_days=30).date()
    HolidayFactory(first_day=day, name="Efterårsferie")

    caseworker.post(f"{HOLIDAYS}new/", _typed(day, school=school.pk, is_school_day="on"))

    assert days_off(day, day, school=school) == {}
    assert days_off(day, day) == {day: "Efterårsferie"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"last_day": "2020-01-01"}, "Sidste dag må ikke ligge før første dag."),
        ({"first_day": "01.08.2015", "last_day": "02.08.2015"}, "eller vælg et andet skoleår"),
        ({"is_school_day": "on"}, "Vælg den skole, der underviser de dage."),
        ({"name": ""}, "Skriv, hvad dagene hedder"),
        ({"first_day": ""}, "Skriv den første dag."),
        ({"last_day": "i morgen"}, "Skriv datoen som 24.12.2026."),
        ({"school_year": ""}, "Vælg skoleåret."),
    ],
    ids=["order", "another year", "whose school days", "no name", "no day", "no date", "no year"],
)
def test_days_off_that_cannot_be_right_are_refused_with_what_to_do(caseworker, changes, told):
    day = local_start(in_days=30).date()

    page = caseworker.post(f"{HOLIDAYS}new/", _typed(day, **changes)).content.decode()

    assert told in page
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("link", ["for_school", "host_school"])
def test_a_date_follows_the_calendar_of_its_school(caseworker, link):
    school = SchoolFactory()
    session = SessionFactory(**{link: school}, access=SessionAccess.SCHOOL)
    HolidayFactory(first_day=session.local_date, name="Emneuge", school=school)
    other = SessionFactory(in_days=30)

    assert "Emneuge" in caseworker.get(f"/admin/sessions/inspect/{session.pk}/").content.decode()
    assert "Emneuge" not in caseworker.get(f"/admin/sessions/inspect/{other.pk}/").content.decode()


def test_holidays_list_keeps_one_schools_own(caseworker):
    school, day = SchoolFactory(), local_start(in_days=30).date()
    HolidayFactory(name="Egen dag", school=school, first_day=day)
    HolidayFactory(name="Alles dag", first_day=day + timedelta(days=1))

    page = caseworker.get(HOLIDAYS, {"school": school.pk}).content.decode()

    assert "Egen dag" in page
    assert "Alles dag" not in page
