"""Goals with a period of their own in a yearly report: the golden year, counted by hand (golden_year.py)."""

import csv
import io
import zipfile
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from openpyxl import load_workbook

from portal.reporting.models import AnnualGoal
from portal.reporting.yearly.comparing import changes_between
from portal.reporting.yearly.content import closed, figures_hash
from portal.reporting.yearly.documents import documents_of, printed
from portal.reporting.yearly.models import DocumentFormat
from portal.reporting.yearly.operations import read_year
from tests.factories.charter import AgreementFactory
from tests.factories.reporting import AnnualGoalFactory
from tests.portal.reporting.golden_year import NOW
from tests.portal.reporting.yearly.test_golden_year import SCHOOL_YEAR, YEAR_2025, YEAR_2026, close, table

pytestmark = pytest.mark.django_db

OTHER = "Mål med deres egen periode"
THIS_SCHOOL_YEAR = "Elever i folkeskolen (skoleåret 2025/26)"
NEXT_SCHOOL_YEAR = "Elever i folkeskolen (skoleåret 2026/27)"


def goal(golden, title, first_day, last_day, low, **values) -> AnnualGoal:
    return AnnualGoalFactory(
        programme=golden.programme,
        title=title,
        first_day=first_day,
        last_day=last_day,
        target_low=low,
        **{"school_bucket": "folkeskole", **values},
    )


def school_year_goal(golden, start, low) -> AnnualGoal:
    return goal(golden, "Elever i folkeskolen", date(start, 8, 1), date(start + 1, 7, 31), low)


def others(golden, period, *, now=NOW):
    return table(read_year(golden.programme, period, now=now), "other_goals")


def test_a_goal_that_ended_in_the_year_has_its_figure_and_its_final_status(golden):
    school_year_goal(golden, 2025, 43)

    # Reached 65 in 2026, and 43 in its own school year, where five of six have reported.
    assert others(golden, YEAR_2026) == {THIS_SCHOOL_YEAR: [65, 43, "43", "Nået", "5 af 6"]}

    AnnualGoal.objects.update(target_low=44)

    assert others(golden, YEAR_2026)[THIS_SCHOOL_YEAR][3] == "Ikke nået"


@pytest.mark.parametrize(("low", "status"), [(23, "Nået"), (50, "På vej"), (60, "Bagud")])
def test_a_goal_that_runs_on_is_judged_by_the_pace_on_the_years_last_day(golden, low, status):
    school_year_goal(golden, 2026, low)

    # 5.E, 23 pupils, until 31 December: 109 of the school year's 260 weekdays, so some 55 in all.
    assert others(golden, YEAR_2026) == {NEXT_SCHOOL_YEAR: [65, 23, str(low), status, "1 af 1"]}


def test_both_goals_of_a_key_stand_in_the_year_that_their_periods_share(golden):
    own = goal(golden, "Elever i folkeskolen", date(2026, 1, 1), date(2026, 12, 31), 65)
    school_year_goal(golden, 2025, 40)
    school_year_goal(golden, 2026, 50)

    content = read_year(golden.programme, YEAR_2026, now=NOW)

    assert table(content, "goals") == {own.title: [65, "65", "Nået", "4 af 5"]}
    assert list(table(content, "other_goals")) == [THIS_SCHOOL_YEAR, NEXT_SCHOOL_YEAR]


def test_a_goal_of_several_years_counts_from_its_first_day_to_the_years_last(golden):
    goal(golden, "Elever", date(2025, 1, 1), date(2026, 12, 31), 100)
    title = "Elever (1. januar 2025 – 31. december 2026)"

    # 2025: 5.A 19, 6.B 23, 5.D 21, one more class than the school year has. 2026: 5.A 20, 6.B 22 and 5.E 23.
    assert others(golden, YEAR_2025)[title][:2] == [63, 63]
    assert others(golden, YEAR_2026)[title] == [65, 20 + 23 + 21 + 23, "100", "Ikke nået", "7 af 8"]


def test_talks_agreements_and_milestones_have_their_own_period_too(golden):
    spring = {"first_day": date(2026, 2, 1), "last_day": date(2026, 5, 31), "low": 1, "school_bucket": ""}
    goal(golden, "Oplæg", key="o", measure="sessions_held", audience="professionals", **spring)
    goal(golden, "Aftaler", key="a", measure="agreements_signed", **spring)
    goal(
        golden, "Materiale", key="m", measure="milestone", stated_status="on_track",
        stated_note="To klasser er i gang", **{**spring, "low": None},
    )  # fmt: skip
    AgreementFactory(
        programme=golden.programme,
        provider__kind="civil_society",
        signed_on=date(2026, 9, 1),
        first_day=date(2026, 9, 1),
        last_day=None,
    )

    content = read_year(golden.programme, YEAR_2026, now=NOW)

    assert (content["goals"]["rows"], content["goals"]["note"]) == (
        [],
        "De mål, der rækker ind i perioden, står i næste tabel.",
    )
    span = "(1. februar 2026 – 31. maj 2026)"
    assert table(content, "other_goals") == {
        f"Oplæg {span}": [2, 1, "1", "Nået", "1 af 1"],
        f"Aftaler {span}": [1, 0, "1", "Ikke nået", "–"],
        f"Materiale {span}": [None, None, "–", "På vej", "–"],
    }
    note = content["tables"][0]["note"]
    assert "til og med 31. december 2026" in note
    assert note.endswith("Materiale: To klasser er i gang.")


def test_a_year_without_such_goals_has_no_such_table(golden):
    goal(golden, "Elever", date(2026, 1, 1), date(2026, 12, 31), 65)

    content = read_year(golden.programme, YEAR_2026, now=NOW)

    assert OTHER not in [one["title"] for one in content["tables"]]
    assert content["goals"]["note"] == ""


def test_how_a_goal_stood_is_the_same_whenever_it_is_asked(golden):
    school_year_goal(golden, 2026, 50)
    before = read_year(golden.programme, YEAR_2026, now=NOW)

    later = NOW + timedelta(days=200)
    with time_machine.travel(later, tick=False):
        assert figures_hash(read_year(golden.programme, YEAR_2026, now=later)) == figures_hash(before)


def test_every_document_tells_them(golden, administrator):
    school_year_goal(golden, 2025, 43)
    school_year_goal(golden, 2026, 50)

    report = close(golden, YEAR_2026, administrator)
    files = {one.format: bytes(one.content) for one in report.documents.all()}

    sheet = load_workbook(io.BytesIO(files[DocumentFormat.XLSX]))[OTHER]
    assert [row[0] for row in sheet.values][1:3] == [THIS_SCHOOL_YEAR, NEXT_SCHOOL_YEAR]
    lines = list(csv.reader(io.StringIO(files[DocumentFormat.CSV].decode("utf-8-sig")), delimiter=";"))
    assert ["2026", "1", OTHER, NEXT_SCHOOL_YEAR, "Status", "På vej"] in lines
    document = zipfile.ZipFile(io.BytesIO(files[DocumentFormat.DOCX])).read("word/document.xml")
    word = "".join(ElementTree.fromstring(document).itertext())  # noqa: S314 - our own bytes
    assert OTHER in word
    assert NEXT_SCHOOL_YEAR in word
    # The PDF is drawn from this, and the same bytes again.
    assert [one["title"] for one in printed(report.snapshot)["tables"]][:2] == ["Målene", OTHER]
    assert documents_of(report.snapshot) == files


def test_a_snapshot_from_before_is_drawn_as_it_was_and_a_revision_would_add_them(golden):
    school_year_goal(golden, 2026, 50)
    now = read_year(golden.programme, YEAR_2026, now=NOW)
    assert now["tables"][0]["title"] == OTHER

    before = closed(
        {**now, "tables": now["tables"][1:]}, by="Anna Andersen", corrects=None, reason="", now=NOW
    )

    assert OTHER not in [one["title"] for one in printed(before)["tables"]]
    assert OTHER not in documents_of(before)[DocumentFormat.CSV].decode()
    assert {(change.table, change.row) for change in changes_between(before, now)} == {
        (OTHER, NEXT_SCHOOL_YEAR)
    }


@pytest.mark.parametrize("number", [1, 3])
def test_goals_with_their_own_period_cost_the_same_whatever_their_number(
    golden, number, django_assert_num_queries
):
    for start in range(number):
        goal(
            golden, f"Elever {start}", date(2025, 8 + start, 1), date(2026, 7, 31), 43, key=f"elever-{start}"
        )

    with django_assert_num_queries(12):
        read_year(golden.programme, YEAR_2026, now=NOW)


def test_a_school_year_tells_how_the_goals_of_its_two_calendar_years_stood(golden):
    for year in (2025, 2026):
        goal(golden, "Elever", date(year, 1, 1), date(year, 12, 31), 60)

    # The goal of 2025 ended in it, with 63. That of 2026 had 42 on 31 July: 151 of its 261 weekdays, some 73 in all.
    assert others(golden, SCHOOL_YEAR) == {
        "Elever (kalenderåret 2025)": [43, 63, "60", "Nået", "3 af 3"],
        "Elever (kalenderåret 2026)": [43, 42, "60", "På vej", "3 af 4"],
    }
