"""The pages of goals and figures: what they say, what leads where, what is exported, and what they cost."""

import io
import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from booking.operations.forming import GoalText
from booking.operations.piloting import add_class, start_pilot
from core.audit.log import SYSTEM
from core.audit.models import Entry
from portal.reporting.models import AnnualGoal, SchoolTypeMapping
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.charter import AgreementFactory, ProgrammeFactory
from tests.factories.reporting import AnnualGoalFactory
from tests.factories.workshops import DistrictFactory, OfferFactory, SchoolFactory, SessionFactory
from workshops.enums import SchoolType

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Copenhagen"))
AUTUMN = datetime(2026, 10, 6, 10, tzinfo=NOW.tzinfo)


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff_client):
    return staff_client("Administration")


def visit(name: str, came: int | None, *, school=None, pupils: int = 24, **offer):
    """A visit that is over; reported where somebody is said to have come."""
    session = SessionFactory(offer=OfferFactory(**offer))
    book(session, school=school or known_school(), classes=[a_class(name, pupils=pupils)])
    set_back(session, ended_at=AUTUMN)
    if came is not None:
        report(session, classes=(came,))
    return session


def goal_on(client, **query):
    """The goal as the page shows it."""
    return client.get(reverse("goals"), query).context["goals"][0]


def test_a_goal_shows_figure_status_completeness_and_forecast_with_its_method(client):
    AnnualGoalFactory(target_low=40, school_bucket="folkeskole")
    visit("5.A", 22)
    visit("5.B", None)

    response = client.get(reverse("goals"))
    page = " ".join(response.content.decode().split())

    assert "<strong>22</strong> af 40 elever nået" in page
    assert "1 af 2 afholdelser er indberettet" in page
    assert "Se den, der mangler" in page
    assert "Bagud" in page or "På vej" in page
    assert "Prognose:" in page
    assert "pr. skoledag" in page
    assert 'role="img"' in page


def test_the_list_behind_a_figure_adds_up_to_it_and_the_missing_are_one_click_away(client):
    AnnualGoalFactory(school_bucket="folkeskole")
    reported, missing = visit("5.A", 22), visit("5.B", None)

    shown = goal_on(client)
    behind = client.get(shown["sessions_url"]).context
    lacking = client.get(shown["missing_url"]).context

    assert [line["session"] for line in behind["lines"]] == [reported, missing]
    assert sum(line["three"].attended for line in behind["lines"]) == shown["figure"].three.attended == 22
    assert behind["total"].completeness == shown["figure"].completeness
    assert [line["session"] for line in lacking["lines"]] == [missing]


def test_a_goal_of_another_period_gets_a_figure_and_no_status(client):
    AnnualGoalFactory(target_low=10)
    visit("5.A", 22)

    own = goal_on(client)
    school_year = goal_on(client, period="2026-08-01_2027-07-31")

    assert own["figure"].status == "reached"
    assert school_year["figure"].figure == 22
    assert school_year["figure"].status == "not_measured"


def test_pupils_are_counted_as_the_goal_says(client):
    goal = AnnualGoalFactory(target_low=100)
    school = known_school()
    visit("5.A", 22, school=school)
    visit("5.A", 20, school=school)

    assert goal_on(client)["figure"].figure == 22

    AnnualGoal.objects.filter(pk=goal.pk).update(counting="participations")

    assert goal_on(client)["figure"].figure == 42


def test_agreements_and_milestones_stand_beside_the_counted_goals(client):
    programme = ProgrammeFactory()
    AnnualGoalFactory(key="aftaler", measure="agreements_signed", target_low=1, target_high=2)
    AnnualGoalFactory(
        key="materiale",
        measure="milestone",
        target_low=None,
        stated_status="on_track",
        stated_note="To klasser",
    )
    AgreementFactory(
        programme=programme,
        provider__kind="civil_society",
        signed_on=date(2026, 1, 2),
        first_day=date(2026, 1, 2),
        last_day=None,
    )

    goals = client.get(reverse("goals")).context["goals"]

    assert [(item["figure"].figure, item["figure"].status) for item in goals] == [
        (1, "reached"),
        (None, "on_track"),
    ]


def test_a_range_is_reached_from_its_lower_end_and_above_it_is_not_a_failure(client):
    AnnualGoalFactory(measure="parents_attended", target_low=5, target_high=6, school_bucket="")
    session = SessionFactory(offer=OfferFactory(evening=True))
    book(session, seats=4, contact=a_contact("mor@post.example"))
    report(set_back(session, ended_at=AUTUMN), people=9)

    assert goal_on(client)["figure"].status == "above"


def test_the_breakdown_has_each_district_with_its_completeness_and_leads_to_its_sessions(client):
    AnnualGoalFactory()
    there = known_school(domain="to.example", district=DistrictFactory(number=5, name="Valby"))
    visit("5.A", 22)
    session = SessionFactory()
    book(session, school=there, contact=a_contact("laerer@to.example"), classes=[a_class("5.A", pupils=18)])
    set_back(session, ended_at=AUTUMN)

    context = client.get(reverse("goals"), {"by": "district"}).context
    rows = {item["row"].label: item for item in context["rows"]}

    assert {name: item["row"].three.attended for name, item in rows.items()} == {"Nørrebro": 22, "Valby": 0}
    assert (rows["Valby"]["row"].completeness.reported, rows["Valby"]["row"].completeness.due) == (0, 1)
    behind = client.get(rows["Valby"]["url"]).context
    assert [line["session"] for line in behind["lines"]] == [session]
    assert behind["value_label"] == "Valby"


@pytest.mark.parametrize("table", ["goals", "months", "breakdown"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_table_is_exported(client, table, kind):
    AnnualGoalFactory(title="=1+1")
    visit("5.A", 22)

    response = client.get(reverse("goals"), {"export": kind, "table": table})
    content = b"".join(response.streaming_content)

    if kind == "csv":
        text = content.decode("utf-8-sig")
        assert ";22" in text
        assert "\r\n=1+1" not in text
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        assert any(cell.value == 22 for row in sheet.iter_rows() for cell in row)


def test_the_sessions_are_exported_with_their_figures(client):
    AnnualGoalFactory()
    session = visit("5.A", 22)

    response = client.get(reverse("goal_sessions"), {"export": "csv"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert lines[1].startswith(f"{session.pk};06-10-2026;")
    assert lines[1].endswith(";24;24;22")
    assert len(lines) == 2


def test_coverage_tells_who_took_part_who_only_booked_and_who_never_did(client):
    came, booked = known_school(), known_school(domain="to.example")
    never = SchoolFactory(independent=True, district=DistrictFactory(number=5, name="Valby"))
    SchoolFactory(umbrella=True)
    visit("5.A", 22, school=came)
    session = SessionFactory()
    book(session, school=booked, contact=a_contact("laerer@to.example"), classes=[a_class("5.A")])

    context = client.get(reverse("coverage"), {"reach": "all"}).context

    assert {row.school: row.reach for row in context["schools"]} == {
        came: "took_part",
        booked: "booked",
        never: "never",
    }
    districts = {row["label"]: row["group"] for row in context["groups"][0]["rows"]}
    assert (districts["Nørrebro"].took_part, districts["Nørrebro"].booked, districts["Nørrebro"].never) == (
        1,
        1,
        0,
    )
    assert (districts["Valby"].schools, districts["Valby"].never) == (1, 1)
    stages = {row["group"].key: row["group"].took_part for row in context["groups"][2]["rows"]}
    assert stages == {"indskoling": 0, "mellemtrin": 1, "udskoling": 0}
    only = client.get(reverse("coverage")).context["schools"]
    assert [row.school for row in only] == [never]


def test_a_merged_school_has_its_heir_covered(client):
    old, heir = known_school(), SchoolFactory()
    visit("5.A", 22, school=old)
    old.merged_into, old.closed_on = heir, date(2026, 11, 1)
    old.save()

    rows = client.get(reverse("coverage"), {"reach": "all"}).context["schools"]

    assert [(row.school, row.reach) for row in rows] == [(heir, "took_part")]


def test_the_map_places_schools_and_says_which_have_no_place(client):
    AnnualGoalFactory()
    SchoolFactory(latitude=55.69, longitude=12.55)
    SchoolFactory()

    context = client.get(reverse("coverage")).context

    assert len(context["map"].spots) == 1
    assert context["map"].unplaced == 1
    assert len(context["map"].areas) == 10


def test_what_school_types_count_as_is_changed_by_a_new_version_with_a_reason(client):
    groups = SchoolTypeMapping.objects.get().groups
    data = {f"type_{raw}": group for raw, group in groups.items()} | {
        "seen": 1,
        "reason": "Udvalget, 3. november",
    }
    refused = client.post(reverse("school_counting"), data)
    changed = client.post(reverse("school_counting"), data | {f"type_{SchoolType.SPECIAL}": ""})
    late = client.post(reverse("school_counting"), data | {f"type_{SchoolType.SPECIAL}": "fri_privatskole"})

    assert (refused.status_code, changed.status_code, late.status_code) == (409, 302, 409)
    newest = SchoolTypeMapping.objects.get(number=2)
    assert newest.groups == groups | {SchoolType.SPECIAL: ""}
    assert Entry.objects.get(action="school_counting.changed").data["before"] == groups


def test_every_version_of_a_goal_is_in_the_log(client):
    goal = AnnualGoalFactory(target_low=4000)
    url = reverse("annual_goal:edit", args=[goal.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}

    response = client.post(url, data | {"target_low": 4200})

    assert response.status_code == 302
    entry = Entry.objects.get(action="goal.changed")
    assert (entry.data["before"]["target_low"], entry.data["after"]["target_low"]) == (4000, 4200)


def a_pilot_on(grade: int) -> None:
    """Material that a class is trying."""
    pilot = start_pilot(
        material_key=uuid.uuid4(),
        title="Feedet og mig",
        version="0.4",
        question="Forstår de, hvad et feed er?",
        goals=[GoalText("Eleverne kan forklare et feed.", "Jeg kan forklare et feed.")],
        actor=SYSTEM,
        now=NOW,
    )
    add_class(
        pilot_id=pilot.pk,
        school_id=SchoolFactory().pk,
        name=f"{grade}.A",
        grade=grade,
        pupils=20,
        actor=SYSTEM,
        now=NOW,
    )


WAGTAILS_FRAME = 6
"""Statements of any page of the administration: session, user, permissions, and the menu around it."""


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("name", "own", "asked"),
    [
        ("goals", 8, {"by": "district", "of": "pupils"}),
        ("goals", 8, {"by": "month", "of": "parents"}),
        ("goal_sessions", 6, {"by": "district", "of": "pupils"}),
        ("goal_sessions", 7, {"by": "district", "of": "goal", "value": "3"}),
        ("coverage", 5, {}),
    ],
    ids=["goals", "goals of parents", "sessions", "sessions of a goal in a district", "coverage"],
)
def test_a_page_costs_the_same_whatever_there_is(client, name, own, asked, size, django_assert_num_queries):
    for number in range(size):
        goal = AnnualGoalFactory(key=f"maal-{number}", school_bucket="folkeskole")
        AnnualGoalFactory(key=f"aftaler-{number}", measure="agreements_signed")
        AnnualGoalFactory(key=f"materiale-{number}", measure="milestone", milestone_source="pilots")
        a_pilot_on(5 + number)
        visit(f"5.{number}", 20)
        visit(f"6.{number}", None)
    asked = {key: f"goal-{goal.pk}" if value == "goal" else value for key, value in asked.items()}
    client.get(reverse(name))

    with django_assert_num_queries(WAGTAILS_FRAME + own):
        client.get(reverse(name), asked)


def test_a_portal_without_programmes_says_what_to_do(client):
    page = client.get(reverse("goals")).content.decode()

    assert "Der er ingen indsats endnu" in page
