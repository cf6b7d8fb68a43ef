"""Schools: the shipped register, importing a newer one, and finding a school."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.workshops import SchoolFactory
from workshops.models import District, Holiday, PublicHoliday, School, SchoolDomain, SchoolYear
from workshops.operations import Difference, import_schools, load_shipped_register
from workshops.register import RegisterUnreadableError, read_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "register_sample.json"


@pytest.fixture
def _register():
    load_shipped_register(now=NOW)


def _sample(**changes: object) -> bytes:
    """The sample with fields of its first school changed."""
    rows = json.loads(SAMPLE.read_text())
    rows[0].update(changes)
    return json.dumps(rows).encode()


@pytest.mark.usefixtures("_register")
def test_load_register_brings_120_schools_of_which_118_can_book():
    cannot = School.objects.exclude(pk__in=School.objects.bookable(on=NOW.date()))

    assert School.objects.count() == 120
    assert list(cannot.values_list("name", flat=True)) == ["Distrikt Ørestad", "Fensmarkskolen"]
    assert District.objects.count() == 10
    assert list(School.objects.filter(parent__name="Distrikt Ørestad").values_list("name", flat=True)) == [
        "Arena Skole og Fritid",
        "Fælledby Skole",
        "Kalvebod Fælled Skole",
        "Ørestad Skole",
    ]


@pytest.mark.usefixtures("_register")
def test_load_register_twice_changes_nothing():
    Holiday.objects.filter(name="Efterårsferie", school_year=2026).update(last_day=date(2026, 10, 18))

    report = load_shipped_register(now=NOW)

    assert (report.created, report.changed, report.unchanged, report.errors) == ([], [], 120, [])
    assert Holiday.objects.get(name="Efterårsferie", school_year=2026).last_day == date(2026, 10, 18)
    assert (SchoolYear.objects.count(), Holiday.objects.count(), SchoolDomain.objects.count()) == (2, 20, 54)


@pytest.mark.usefixtures("_register")
def test_load_register_knows_the_schools_domains():
    assert set(SchoolDomain.objects.filter(school=None).values_list("domain", flat=True)) == {
        "kk.dk",
        "buf.kk.dk",
    }
    assert SchoolDomain.objects.get(domain="carolineskolen.dk").school.name == "Carolineskolen"


@pytest.mark.usefixtures("_register")
def test_load_register_writes_public_holidays_around_the_year():
    days = dict(PublicHoliday.objects.filter(day__year=2027).values_list("name", "day"))

    assert days["Langfredag"] == date(2027, 3, 26)
    assert days["Kristi himmelfartsdag"] == date(2027, 5, 6)
    assert PublicHoliday.objects.dates("day", "year")[0].year == 2024


def test_load_register_command_says_what_it_did():
    out = StringIO()

    call_command("load_register", stdout=out)

    assert "120" in out.getvalue()


def test_import_of_the_registers_json_makes_schools_with_their_umbrella():
    report = import_schools(content=SAMPLE.read_bytes(), now=NOW)

    assert len(report.created) == 10
    assert report.errors == []
    umbrella = School.objects.get(institution_number="281474")
    unit = School.objects.get(institution_number="280047")
    assert (umbrella.is_bookable, unit.is_bookable, unit.parent) == (False, True, umbrella)
    assert School.objects.get(institution_number="101078").school_type == "fri_privatskole"


@pytest.mark.usefixtures("_register")
def test_import_of_the_same_facts_changes_nothing_and_lists_what_vanished():
    report = import_schools(content=SAMPLE.read_bytes(), now=NOW)

    assert (report.created, report.changed, report.unchanged) == ([], [], 10)
    assert len(report.vanished) == 110
    assert School.objects.count() == 120


@pytest.mark.usefixtures("_register")
def test_import_reports_each_changed_field_and_finds_the_school_by_its_new_name():
    content = _sample(name="Vartov Skole", address="Farvergade 27")

    report = import_schools(content=content, now=NOW)

    assert report.changed == [
        (
            "101001 Den Classenske Legatskole",
            [
                Difference("name", "Den Classenske Legatskole", "Vartov Skole"),
                Difference("address", "Vester Voldgade 98", "Farvergade 27"),
            ],
        )
    ]
    assert School.objects.search("vartov").get().institution_number == "101001"


@pytest.mark.usefixtures("_register")
def test_import_as_dry_run_reports_the_same_and_writes_nothing():
    content = _sample(name="Vartov Skole")

    report = import_schools(content=content, now=NOW, is_dry_run=True)

    assert len(report.changed) == 1
    assert not School.objects.filter(name="Vartov Skole").exists()


@pytest.mark.usefixtures("_register")
def test_import_blanks_nothing_and_leaves_what_people_decided():
    heir = School.objects.get(institution_number="101003")
    School.objects.filter(institution_number="101001").update(
        is_bookable=False, closed_on=date(2026, 8, 1), merged_into=heir
    )

    import_schools(content=_sample(website=None, lat=None, lng=None, name="Vartov Skole"), now=NOW)

    school = School.objects.get(institution_number="101001")
    assert (school.is_bookable, school.closed_on, school.merged_into) == (False, date(2026, 8, 1), heir)
    assert (school.website, school.district_id, school.latitude) == ("dcl.aula.dk", 1, 55.67291655)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "navn"),
        ({"id": "12345"}, "seks cifre"),
        ({"postalCode": "22000"}, "fire cifre"),
        ({"cvr": "12345678"}, "CVR"),
        ({"institutionType": "Musikskoler"}, "Musikskoler"),
        ({"id": "101003"}, "allerede"),
        ({"lat": "nord"}, "nord"),
    ],
    ids=["name", "number", "postal code", "cvr", "type", "twice", "coordinates"],
)
def test_import_leaves_a_bad_row_out_and_says_why(changes, reason):
    report = import_schools(content=_sample(**changes), now=NOW)

    assert len(report.created) == 9
    assert [reason in error.reason for error in report.errors] == [True]


def test_import_leaves_a_row_with_an_unknown_district_out():
    rows = "institution_no,name,school_type,bydel_no\n101001,Prøveskolen,folkeskole,17\n"

    report = import_schools(content=rows.encode(), now=NOW)

    assert [(error.line, "17" in error.reason) for error in report.errors] == [(2, True)]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"[{", b'{"a": 1}', b"navn;nummer\nSkole;1\n"],
    ids=["bytes", "broken", "no list", "no columns"],
)
def test_unreadable_file_is_refused_whole(content):
    with pytest.raises(RegisterUnreadableError):
        read_register(content)


def test_import_command_reports_and_refuses(tmp_path):
    out, bad = StringIO(), tmp_path / "bad.json"
    bad.write_text("[{")

    call_command("import_schools", str(SAMPLE), "--dry-run", stdout=out)

    assert "101001 Den Classenske Legatskole" in out.getvalue()
    assert not School.objects.exists()
    with pytest.raises(CommandError):
        call_command("import_schools", str(bad))
    with pytest.raises(CommandError):
        call_command("import_schools", str(tmp_path / "none.json"))


@pytest.mark.usefixtures("_register")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("nørrebro park", "Nørrebro Park Skole"),
        ("norrebro p", "Nørrebro Park Skole"),
        ("Noerrebro Park", "Nørrebro Park Skole"),
        ("nps", "Nørrebro Park Skole"),
        ("101007", "Nørrebro Park Skole"),
        ("jagtvej 34", "Nørrebro Park Skole"),
        ("dybbøl", "Skolen ved Dybbølsbro"),
        ("park skole", "Nørrebro Park Skole"),
        ("krebs", "Krebs' Skole"),
        ("børne uni", "Børne U.N.I."),
        ("al hikma", "Al Hikma Skolen"),
        ("legatskole", "Den Classenske Legatskole"),
    ],
)
def test_school_search_finds_what_people_type(typed, first, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = list(School.objects.search(typed))

    assert found[0].name == first


@pytest.mark.usefixtures("_register")
def test_school_search_is_limited_and_empty_for_nothing():
    assert len(School.objects.search("skole")) == 20
    assert list(School.objects.search("  ")) == []
    assert list(School.objects.search("zzzz")) == []


def test_closed_school_can_book_until_the_day_it_closes():
    school = SchoolFactory(closed_on=date(2026, 8, 1))

    assert School.objects.bookable(on=date(2026, 7, 31)).get() == school
    assert not School.objects.bookable(on=date(2026, 8, 1)).exists()


def test_umbrella_cannot_book():
    SchoolFactory(umbrella=True)

    assert not School.objects.bookable(on=NOW.date()).exists()


@pytest.mark.parametrize("is_bookable", [True, False], ids=["a school", "an umbrella"])
@pytest.mark.parametrize("merges", [False, True], ids=["by itself", "merged"])
@pytest.mark.parametrize("closes_in", [None, -1, 0, 1], ids=["open", "yesterday", "today", "tomorrow"])
def test_a_school_and_the_list_of_schools_agree_on_who_can_book(is_bookable, merges, closes_in):
    closed_on = None if closes_in is None else NOW.date() + timedelta(days=closes_in)
    heir = SchoolFactory() if merges else None
    school = SchoolFactory(is_bookable=is_bookable, closed_on=closed_on, merged_into=heir)

    in_list = School.objects.bookable(on=NOW.date()).filter(pk=school.pk).exists()

    assert school.can_book(on=NOW.date()) == in_list
    assert in_list == (is_bookable and closes_in in (None, 1))
