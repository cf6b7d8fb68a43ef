"""The golden school year, counted by hand in tests/portal/reporting/golden_year.py, as its closed reports tell it.

The figures stand here as literals: what the hand counted, not what the code gave.
"""

import csv
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from openpyxl import load_workbook

from booking.models import Booking, SessionReport
from core.accounts.models import User
from core.audit.log import Actor
from core.audit.retention import all_rules
from core.outbox.models import Message
from portal.periodic import jobs
from portal.reporting.yearly.content import figures_hash
from portal.reporting.yearly.documents import documents_of
from portal.reporting.yearly.models import AnnualReport, DocumentFormat, PeriodKind
from portal.reporting.yearly.operations import Seen, close_year, read_year
from portal.reporting.yearly.periods import Period
from tests.portal.reporting.golden_year import NOW

pytestmark = pytest.mark.django_db

SCHOOL_YEAR = Period(PeriodKind.SCHOOL, 2025)
YEAR_2025, YEAR_2026 = (Period(PeriodKind.CALENDAR, year) for year in (2025, 2026))
FOLKESKOLER, FRISKOLER = "Elever: Folkeskoler", "Elever: Fri- og privatskoler"


def close(golden, period, administrator) -> AnnualReport:
    figures = read_year(golden.programme, period, now=NOW)
    return close_year(
        programme_id=golden.programme.pk,
        period=period,
        seen=Seen(figures_hash(figures), accepts_missing=True),
        actor=Actor.of(administrator),
        now=NOW,
    )


def table(content, key) -> dict[str, list]:
    """Return a table of a snapshot: its rows by their first cell."""
    tables = [content["goals"], *content["tables"], content["missing"], content["school_types"]]
    found = next(one for one in [*tables, content["sessions"]] if one["key"] == key)
    return {row[0]: row[1:] for row in found["rows"]}


def test_golden_year_is_told_as_counted_by_hand(golden):
    content = read_year(golden.programme, SCHOOL_YEAR, now=NOW)

    assert content["summary"] == [
        "Der blev holdt 13 workshops, aftener og oplæg. 1 blev aflyst på forhånd, og 1 faldt væk på dagen.",
        "Workshops for klasser nåede 77 elever: 43 fra folkeskoler og 34 fra fri- og privatskoler. "
        "Nogle klasser var med flere gange, så der var i alt 147 deltagelser.",
        "39 forældre deltog i 2 aftener, og 19 fagpersoner deltog i 2 oplæg.",
        "14 af 16 afholdelser er indberettet. 2 afholdelser mangler, og tallene for fremmødet er derfor for lave. "
        "Der var booket 31 pladser på dem.",
    ]
    assert table(content, "three_figures") == {
        # who: booked, at sessions held, came, pupils reached, reported
        FOLKESKOLER: [137, 92, 84, 43, "5 af 6"],
        FRISKOLER: [83, 83, 63, 34, "5 af 5"],
        "Elever i alt": [220, 175, 147, 77, "10 af 11"],
        "Forældre": [42, 42, 39, None, "2 af 2"],
        "Voksne og foreninger": [0, 0, 0, None, "0 af 0"],
        "Fagpersoner": [26, 20, 19, None, "2 af 3"],
    }
    assert table(content, "sessions_by_audience") == {
        # held, not held, without report, cancelled
        "Klasser": [9, 1, 1, 1],
        "Forældre": [2, 0, 0, 0],
        "Voksne og foreninger": [0, 0, 0, 0],
        "Fagpersoner": [2, 0, 1, 0],
        "I alt": [13, 1, 2, 1],
    }
    assert table(content, "by_district") == {
        # booked, at sessions held, came, reached
        "Indre By": [83, 83, 63, 34],
        "Nørrebro": [89, 44, 39, 20],
        "Vesterbro": [48, 48, 45, 23],
    }
    assert table(content, "by_stage") == {
        "Mellemtrin (4.–6. klasse)": [202, 157, 129, 59],
        "Udskoling (7.–10. klasse)": [18, 18, 18, 18],
    }
    assert table(content, "by_offer") == {
        # held, booked, at sessions held, came, reported
        "Dit barns liv online": [2, 42, 42, 39, "2 af 2"],
        "Hvem styrer dit feed?": [4, 106, 81, 60, "4 af 5"],
        "Modstandskraft": [3, 48, 48, 45, "3 af 3"],
        "Se tegnene": [2, 26, 20, 19, "2 af 3"],
        "Ægte, falsk eller midt imellem": [2, 66, 46, 42, "3 af 3"],
    }
    assert table(content, "by_month")["december 2025"] == [1, 12, 12, 14, "1 af 1"]
    assert table(content, "by_month")["januar 2026"] == [4, 56, 56, 53, "4 af 4"]
    # Bøgeskolen closed on 1 January, so three schools could book on 31 July; its visit of 15 April is its own.
    assert table(content, "schools") == {
        "Indre By": [1, 1, 0],
        "Nørrebro": [1, 1, 0],
        "Vesterbro": [1, 0, 1],
        "I alt": [3, 2, 1],
    }

    # The calendar years around it.
    assert read_year(golden.programme, YEAR_2025, now=NOW)["summary"] == [
        "Der blev holdt 5 workshops, aftener og oplæg. 1 blev aflyst på forhånd.",
        "Workshops for klasser nåede 81 elever: 63 fra folkeskoler og 18 fra fri- og privatskoler.",
        "14 forældre deltog i 1 aften.",
        "Alle 5 afholdelser er indberettet.",
    ]
    assert table(read_year(golden.programme, YEAR_2025, now=NOW), "three_figures") == {
        FOLKESKOLER: [67, 67, 63, 63, "3 af 3"],
        FRISKOLER: [18, 18, 18, 18, "1 af 1"],
        "Elever i alt": [85, 85, 81, 81, "4 af 4"],
        "Forældre": [12, 12, 14, None, "1 af 1"],
        "Voksne og foreninger": [0, 0, 0, None, "0 af 0"],
        "Fagpersoner": [0, 0, 0, None, "0 af 0"],
    }
    assert table(read_year(golden.programme, YEAR_2026, now=NOW), "three_figures") == {
        FOLKESKOLER: [114, 69, 65, 65, "4 af 5"],
        FRISKOLER: [65, 65, 45, 16, "4 af 4"],
        "Elever i alt": [179, 134, 110, 81, "8 af 9"],
        "Forældre": [30, 30, 25, None, "1 af 1"],
        "Voksne og foreninger": [0, 0, 0, None, "0 af 0"],
        "Fagpersoner": [26, 20, 19, None, "2 af 3"],
    }

    # Each hard case, told for itself.
    sessions = table(content, "sessions")
    numbers = {nr: str(session.pk) for nr, session in golden.sessions.items()}

    def told(nr):
        """What became of it, classes, booked, came, adults, reports."""
        row = sessions[numbers[nr]]
        return [row[4], *row[7:]]

    assert told(1) == ["Holdt", 1, 22, 19, 1, 3]  # corrected twice: the third report counts
    assert told(4) == ["Aflyst", 0, 0, None, None, 0]  # cancelled after the reminder
    assert told(5) == ["Mangler indberetning", 1, 25, None, None, 0]  # not the same as nobody came
    assert told(6) == ["Holdt", 1, 17, 0, 0, 1]  # reported as 0
    assert told(12) == ["Ikke holdt", 1, 20, 0, 0, 1]
    assert told(13) == ["Holdt", None, 12, 14, 0, 1]  # more came than had signed up
    assert sessions[numbers[8]][5:7] == ["Folkeskoler", "Vesterbro"]  # the merged school's own district
    assert sessions[numbers[13]][0] == "31-12-2025"
    assert sessions[numbers[15]][0] == "01-01-2026"
    assert {numbers[18], numbers[19], numbers[20]}.isdisjoint(sessions)
    assert list(table(content, "missing")) == [numbers[5], numbers[17]]


def test_documents_say_what_the_snapshot_says(golden, administrator):
    report = close(golden, SCHOOL_YEAR, administrator)
    content = report.snapshot
    files = {one.format: bytes(one.content) for one in report.documents.all()}

    # The spreadsheet has every table of the snapshot, cell for cell.
    book = load_workbook(io.BytesIO(files[DocumentFormat.XLSX]))
    told = [
        content["goals"],
        *content["tables"],
        content["missing"],
        content["school_types"],
        content["sessions"],
    ]
    sheets = {sheet.title: list(sheet.values) for sheet in book}
    for one in told:
        rows = sheets[one["sheet"][:31]]
        assert list(rows[0]) == one["columns"]
        wanted = [[None if cell == "" else cell for cell in row] for row in one["rows"]]
        assert [list(row) for row in rows[1 : len(wanted) + 1]] == wanted, one["key"]

    # The CSV has every figure on a line of its own.
    text = files[DocumentFormat.CSV].decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert ["2025/26", "1", "Booket, afholdt og fremmødt", FOLKESKOLER, "Deltog", "84"] in lines
    assert len(lines) == 1 + sum(
        len(one["rows"]) * (len(one["columns"]) - 1) for one in told if one["key"] != "sessions"
    )
    sessions = list(
        csv.reader(io.StringIO(files[DocumentFormat.SESSIONS].decode("utf-8-sig")), delimiter=";")
    )
    assert sum(row[5:6] == ["Holdt"] for row in sessions) == 13

    # Word has the same tables as text.
    document = zipfile.ZipFile(io.BytesIO(files[DocumentFormat.DOCX])).read("word/document.xml")
    word = "".join(ElementTree.fromstring(document).itertext())  # noqa: S314 - our own bytes
    for said in ("Årsopgørelse for skoleåret 2025/26", *content["summary"], "Lukket", "Anna Andersen"):
        assert said in word


def test_same_bytes_and_figures_after_persons_are_deleted(golden, administrator):
    report = close(golden, SCHOOL_YEAR, administrator)
    before = (report.content, {one.format: bytes(one.content) for one in report.documents.all()})
    figures = read_year(golden.programme, SCHOOL_YEAR, now=NOW)
    emails = set(Booking.objects.exclude(contact_email="").values_list("contact_email", flat=True))
    notes = set(SessionReport.objects.exclude(note="").values_list("note", flat=True))
    assert emails
    assert notes
    assert Message.objects.exists()

    # The snapshot holds no person but the one who closed it.
    assert report.snapshot["closed"] == {"at": "2027-01-04T09:00:00+00:00", "by": "Anna Andersen"}
    for secret in (*emails, *notes, "Lea Lærer", administrator.email):
        assert secret not in report.content

    later = datetime(2032, 1, 5, 3, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        for rule in all_rules():
            jobs.get(rule.deleted_by).run(later)
        User.objects.filter(pk=administrator.pk).delete()

        assert not Booking.objects.exclude(contact_email="", contact_name="").exists()
        assert not SessionReport.objects.exclude(note="").exists()
        assert not Message.objects.exists()
        report = AnnualReport.objects.get()
        after = (report.content, {one.format: bytes(one.content) for one in report.documents.all()})
        assert after == before
        assert documents_of(report.snapshot) == after[1]  # drawn again, years later
        assert figures_hash(read_year(golden.programme, SCHOOL_YEAR, now=later)) == figures_hash(figures)
