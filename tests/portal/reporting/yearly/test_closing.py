"""Closing a year, correcting it, and what is refused (R4, rule 11)."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from pyhanko.pdf_utils.reader import PdfFileReader

from booking.enums import ReportSource
from charter.triggers import names_on
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from portal.reporting.models import AnnualGoal
from portal.reporting.yearly.canonical import canonical, sha256_of
from portal.reporting.yearly.chart import months_chart
from portal.reporting.yearly.comparing import Change, changes_between
from portal.reporting.yearly.content import figures_hash
from portal.reporting.yearly.documents import pdf_of
from portal.reporting.yearly.errors import (
    FiguresChangedError,
    MissingNotAcknowledgedError,
    NamelessError,
    NothingChangedError,
    ReasonMissingError,
    ReportSupersededError,
    YearClosedError,
    YearNotOverError,
)
from portal.reporting.yearly.models import AnnualReport, AnnualReportDocument, DocumentFormat, PeriodKind
from portal.reporting.yearly.operations import Seen, close_year, correct_year, read_year
from portal.reporting.yearly.periods import Period
from portal.reporting.yearly.triggers import TABLES
from tests.charter.test_triggers import replace, row_of, trigger_names, truncate
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, book, known_school
from tests.factories.charter import ProgrammeFactory
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2027, 1, 4, 10, tzinfo=COPENHAGEN)
YEAR = Period(PeriodKind.CALENDAR, 2026)
SPRING = datetime(2026, 4, 14, 11, tzinfo=COPENHAGEN)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session():
    return visited(came=20)


def visited(*, came=None, ended_at=SPRING, pupils=22):
    """A visit of a class in 2026, reported where `came` says how many."""
    made = SessionFactory(offer__provider__municipal=True)
    book(made, school=known_school(), classes=[a_class(pupils=pupils)])
    set_back(made, ended_at=ended_at)
    if came is not None:
        report(made, classes=(came,))
    return made


def seen(*, accepts_missing=False, now=NOW):
    figures = read_year(ProgrammeFactory(), YEAR, now=now)
    return Seen(figures_hash(figures), accepts_missing=accepts_missing)


def close(user, *, period=YEAR, what=None, now=NOW) -> AnnualReport:
    return close_year(
        programme_id=ProgrammeFactory().pk,
        period=period,
        seen=what or seen(now=now),
        actor=Actor.of(user),
        now=now,
    )


def correct(before, user, *, reason="Klassen var større", what=None) -> AnnualReport:
    return correct_year(
        report_id=before.pk, reason=reason, seen=what or seen(), actor=Actor.of(user), now=NOW
    )


def change_the_report(session, came=17):
    report(session, classes=(came,), seen=1, source=ReportSource.STAFF)


def test_close_year_locks_figures_definitions_completeness_and_name(session, administrator):
    AnnualGoal.objects.create(
        programme=ProgrammeFactory(),
        key="folkeskole",
        title="15-25 elever",
        measure=AnnualGoal.Measure.PUPILS,
        school_bucket="folkeskole",
        first_day=YEAR.days[0],
        last_day=YEAR.days[1],
        target_low=15,
        target_high=25,
    )

    closed = close(administrator)

    content = closed.snapshot
    assert closed.content == canonical(content)
    assert closed.sha256 == sha256_of(closed.content)
    assert (closed.label, closed.number, closed.reason, closed.unreported) == ("2026", 1, "", 0)
    assert closed.closed_by == "Anna Andersen"
    assert content["goals"]["rows"] == [["15-25 elever", 20, "15–25", "Nået", "1 af 1"]]
    assert ["Lukket", "4. januar 2027 kl. 10.00 af Anna Andersen"] in content["facts"]
    assert ["Indberettet", "Den ene afholdelse er indberettet"] in content["facts"]
    assert "Deltog" in dict(content["definitions"])
    assert {one.format for one in closed.documents.all()} == set(DocumentFormat)
    entry = Entry.objects.get(action="annual_report.closed")
    assert (entry.actor_id, entry.subject) == (administrator.pk, f"annual_report:{closed.pk}")


def test_a_closed_year_does_not_move_when_a_report_is_corrected(session, administrator):
    closed = close(administrator)

    change_the_report(session)

    closed.refresh_from_db()
    assert closed.is_intact
    assert closed.snapshot["tables"][0]["rows"][0][3] == 20


def test_correct_year_makes_a_revision_that_names_the_one_before(session, administrator):
    first = close(administrator)
    change_the_report(session)

    second = correct(first, UserFactory(first_name="Bo", last_name="Berg", roles=["Administration"]))

    assert (second.number, second.corrects, second.closed_by) == (2, first, "Bo Berg")
    assert second.snapshot["revision"] == {
        "number": 2,
        "reason": "Klassen var større",
        "corrects": {"number": 1, "sha256": first.sha256},
    }
    assert ["Hvorfor tallene er rettet", "Klassen var større"] in second.snapshot["facts"]
    changes = changes_between(first.snapshot, second.snapshot)
    assert Change("Booket, afholdt og fremmødt", "Elever: Folkeskoler", "Deltog", "20", "17") in changes
    assert Change("Afholdelserne en for en", str(session.pk), "Indberetninger", "1", "2") in changes
    assert Entry.objects.filter(action="annual_report.corrected").count() == 1


def test_a_year_with_missing_reports_is_closed_when_that_is_accepted_and_says_so(administrator):
    missing = visited()

    with pytest.raises(MissingNotAcknowledgedError):
        close(administrator)
    closed = close(administrator, what=seen(accepts_missing=True))

    assert closed.unreported == 1
    assert [row[0] for row in closed.snapshot["missing"]["rows"]] == [str(missing.pk)]
    assert "0 af 1 afholdelser er indberettet" in " ".join(closed.snapshot["summary"])


def test_close_year_refuses_a_year_that_runs(session, administrator):
    with pytest.raises(YearNotOverError):
        close(administrator, now=datetime(2026, 12, 31, 23, 59, tzinfo=COPENHAGEN))

    assert close(administrator, now=datetime(2027, 1, 1, 0, 0, tzinfo=COPENHAGEN)).number == 1


def test_close_year_refuses_a_closed_year(session, administrator):
    close(administrator)

    with pytest.raises(YearClosedError):
        close(administrator)


def test_close_year_refuses_figures_that_have_changed_since_they_were_shown(session, administrator):
    shown = seen()
    change_the_report(session)

    with pytest.raises(FiguresChangedError):
        close(administrator, what=shown)
    assert not AnnualReport.objects.exists()


@pytest.mark.parametrize("actor", ["system", "nameless"])
def test_close_year_refuses_whoever_has_no_name(session, actor):
    nameless = SYSTEM if actor == "system" else Actor.of(UserFactory(first_name="", last_name=""))

    with pytest.raises(NamelessError):
        close_year(programme_id=ProgrammeFactory().pk, period=YEAR, seen=seen(), actor=nameless, now=NOW)


def test_correct_year_refuses_without_a_reason_without_a_change_and_an_older_revision(session, administrator):
    first = close(administrator)

    with pytest.raises(NothingChangedError):
        correct(first, administrator)
    change_the_report(session)
    with pytest.raises(ReasonMissingError):
        correct(first, administrator, reason="  ")
    correct(first, administrator)
    with pytest.raises(ReportSupersededError):
        correct(first, administrator)


def test_figures_that_move_between_two_reads_are_refused(session, monkeypatch):
    from portal.reporting.yearly import operations

    rows = operations.session_rows
    monkeypatch.setattr(operations, "session_rows", lambda *args, **more: rows(*args, **more)[1:])

    with pytest.raises(FiguresChangedError):
        read_year(ProgrammeFactory(), YEAR, now=NOW)


def test_the_pdf_draws_who_came_month_by_month_and_says_it_in_words(session, administrator):
    visited(came=12, ended_at=datetime(2026, 9, 8, 11, tzinfo=COPENHAGEN))
    content = close(administrator).snapshot
    table = next(table for table in content["tables"] if table["key"] == "by_month")

    chart = months_chart(table)

    assert (
        chart["alt"] == "Søjlediagram: deltagere, der kom, måned for måned: april 2026 20, september 2026 12."
    )
    assert chart["svg"].count("<rect") == 2
    assert texts_for_figures(pdf_of(content)) == [chart["alt"]]


def test_a_year_in_which_nobody_came_has_no_chart():
    table = {
        "key": "by_month",
        "columns": ["Måned", "Deltog"],
        "rows": [["maj 2026", 0]],
        "title": "",
        "note": "",
    }

    assert months_chart(table) is None


def texts_for_figures(pdf: bytes) -> list[str]:
    """What a screen reader says instead of the pictures of a document."""
    waiting, found = [PdfFileReader(io.BytesIO(pdf)).root["/StructTreeRoot"]], []
    while waiting:
        item = waiting.pop()
        children = item.get("/K", []) if hasattr(item, "get") else []
        if hasattr(item, "get") and "/Alt" in item:
            found.append(str(item["/Alt"]))
        for child in children if isinstance(children, list) else [children]:
            child = child.get_object() if hasattr(child, "get_object") else child
            if hasattr(child, "get"):
                waiting.append(child)
    return found


def test_triggers_stand_after_all_migrations():
    assert names_on(connection.vendor, TABLES) <= trigger_names()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_database_refuses_to_change_a_closed_year(table, act, session, administrator):
    close(administrator)
    column = "sha256"
    statement = f"DELETE FROM {table}" if act == "DELETE" else f"UPDATE {table} SET {column} = 'x'"  # noqa: S608

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AnnualReport.objects.get().is_intact


@pytest.mark.parametrize("table", TABLES)
def test_database_refuses_to_replace_or_empty_closed_years(table, session, administrator):
    close(administrator)
    before = row_of(table)
    act = partial(truncate, table)
    if connection.vendor == "sqlite":
        act = partial(replace, table, {**before, "sha256": "0" * 64})

    with pytest.raises(DatabaseError, match="never edited"):
        act()

    assert row_of(table) == before


def test_database_refuses_a_correction_without_a_reason_a_second_one_and_a_second_first(
    session, administrator
):
    first = close(administrator)

    def another(**more):
        values = {
            "programme": first.programme,
            "kind": first.kind,
            "first_day": first.first_day,
            "last_day": first.last_day,
            "number": 2,
            "corrects": first,
            "reason": "Fordi",
            "content": "{}",
            "sha256": "1" * 64,
            "unreported": 0,
            "closed_at": NOW,
            "closed_by": "Anna Andersen",
        }
        AnnualReport.objects.create(**{**values, **more})

    for wrong in (
        {"reason": ""},
        {"number": 1, "corrects": None, "reason": ""},
        {"corrects": None},
        {"closed_by": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            another(**wrong)
    another()
    with pytest.raises(IntegrityError), transaction.atomic():
        another(number=3, sha256="2" * 64)


def test_canonical_json_is_the_same_whatever_the_order_and_refuses_what_varies():
    assert canonical({"b": [1, "æ"], "a": None}) == '{"a":null,"b":[1,"æ"]}'
    for varying in ({"a": 1.5}, {"a": NOW}, {1: "a"}, {"a": {1, 2}}):
        with pytest.raises(TypeError):
            canonical(varying)


def test_pdf_is_accessible_and_of_its_own_time(session, administrator):
    closed = close(administrator)

    pdf = bytes(AnnualReportDocument.objects.get(report=closed, format=DocumentFormat.PDF).content)

    for mark in (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"/Lang(da-DK)"):
        assert mark in pdf
    assert b"2027-01-04T09:00:00" in pdf


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_harmless(administrator):
    made = visited(came=20)
    type(made).objects.filter(pk=made.pk).update(title="=1+1|cmd")

    closed = close(administrator)

    files = {one.format: bytes(one.content) for one in closed.documents.all()}
    assert b";'=1+1|cmd;" in files[DocumentFormat.SESSIONS]
    assert files[DocumentFormat.SESSIONS].startswith("\ufeff".encode())


def test_read_year_takes_the_same_number_of_queries_whatever_is_booked(
    django_assert_num_queries, administrator
):
    visited(came=20)
    programme = ProgrammeFactory()
    with django_assert_num_queries(12):
        read_year(programme, YEAR, now=NOW)

    for day in (1, 2):
        visited(came=20 + day, ended_at=SPRING + timedelta(days=day))
    with django_assert_num_queries(12):
        read_year(programme, YEAR, now=NOW)


def test_period_of_an_address():
    assert Period.of("2026") == YEAR
    assert Period.of("2025-26") == Period(PeriodKind.SCHOOL, 2025)
    for nonsense in ("", "26", "2025-27", "2025-2026", "0000", "abcd", "２０２６"):
        assert Period.of(nonsense) is None


def test_snapshot_is_json_of_texts_and_whole_numbers(session, administrator):
    closed = close(administrator)

    assert json.loads(closed.content)["closed"]["at"] == NOW.astimezone(UTC).isoformat()
