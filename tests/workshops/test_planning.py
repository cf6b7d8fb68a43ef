"""The administration: dates, plans, schools and days off."""

import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from core.audit.models import Entry
from tests.factories.workshops import (
    OfferFactory,
    ScheduleFactory,
    SchoolFactory,
    SessionFactory,
    VenueFactory,
    local_start,
)
from workshops.calendars import LOCAL_ZONE
from workshops.enums import SessionState
from workshops.models import Holiday, Schedule, School, SchoolYear, Session
from workshops.operations import load_public_holidays, load_shipped_register
from workshops.recurrence import weekly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]
SESSIONS, SCHEDULES, SCHOOLS = "/admin/sessions/", "/admin/schedules/", "/admin/schools/"
LIST_QUERIES = {SESSIONS: 12, SCHEDULES: 11, SCHOOLS: 10}
MONTH_QUERIES = 8


@pytest.fixture
def editor(staff_client):
    return staff_client("Redaktør")


def _text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def _season(offer, **changes):
    """What an editor types for every Tuesday in four weeks, far from any day off that is loaded."""
    first = local_start(in_days=30).date()
    return {
        "offer": offer.pk,
        "first_date": f"{first:%d.%m.%Y}",
        "last_date": f"{first + timedelta(days=27):%Y-%m-%d}",
        "weekdays": ["1"],
        "every_weeks": "1",
        "start_time": "09:00",
        "duration_minutes": "",
        "skip_holidays": "on",
        "excluded": "",
        "extra": "",
        "publishes_at_once": "on",
        **changes,
    }


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("url", "factory"),
    [(SESSIONS, SessionFactory), (SCHEDULES, ScheduleFactory), (SCHOOLS, SchoolFactory)],
    ids=["sessions", "schedules", "schools"],
)
def test_list_costs_the_same_queries_whatever_it_shows(
    staff_client, url, factory, rows, django_assert_num_queries
):
    client = staff_client("Sagsbehandler")
    factory.create_batch(rows)
    client.get(url)

    with django_assert_num_queries(LIST_QUERIES[url]):
        response = client.get(url)

    assert response.status_code == 200


def test_sessions_list_says_when_where_and_how_full(editor):
    offer = OfferFactory(title="Falske nyheder", max_groups=3)
    session = SessionFactory(offer=offer, groups_taken=2)

    page = _text(editor.get(SESSIONS))

    assert "Falske nyheder" in page
    assert "2 af 3 klasser" in page
    assert "På skolen" in page
    assert f"{session.starts_at.astimezone(LOCAL_ZONE):%d.%m.%Y} 09:00" in page


def test_sessions_list_shows_what_comes_before_what_is_over(editor):
    SessionFactory(title="Forbi", past=True)
    SessionFactory(title="Om lidt", in_days=5)
    SessionFactory(title="Senere", in_days=50)

    rows = _text(editor.get(SESSIONS)).split("<tbody")[-1]

    assert rows.index("Om lidt") < rows.index("Senere") < rows.index("Forbi")


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({"free": "yes"}, ["Ledig"]),
        ({"free": "no"}, ["Fuld"]),
        ({"state": "cancelled"}, ["Aflyst tid"]),
        ({"place_kind": "at_school"}, ["Ledig", "Fuld", "Aflyst tid"]),
        ({"place_kind": "online"}, []),
        ({"local_date_from": "2100-01-01"}, []),
        ({"q": "ledig"}, ["Ledig"]),
    ],
    ids=["free", "full", "state", "place", "no place", "period", "search"],
)
def test_sessions_list_filters(editor, params, shown):
    SessionFactory(title="Ledig")
    SessionFactory(title="Fuld", full=True)
    SessionFactory(title="Aflyst tid", cancelled=True, full=True)
    if params.get("free") == "no":
        params = {**params, "state": "open"}

    rows = _text(editor.get(SESSIONS, params)).split("<tbody")[-1]

    assert [
        name for name in ("Ledig", "Fuld", "Aflyst tid") if f"{name} </td>" in rows or f">{name}<" in rows
    ] == shown


def test_new_session_by_hand(editor):
    offer, start = OfferFactory(title="Falske nyheder"), local_start(in_days=30)

    response = editor.post(
        f"{SESSIONS}new/",
        {
            "offer": offer.pk,
            "day": f"{start:%d.%m.%Y}",
            "start_time": "09.00",
            "access": "open",
            "is_open": "on",
        },
        follow=True,
    )

    session = Session.objects.get()
    assert (session.starts_at, session.state, session.max_groups) == (start, SessionState.OPEN, 1)
    assert "Tiden er gemt" in _text(response)
    assert Entry.objects.get(action="session.created").actor_kind == "user"


def test_new_session_on_a_day_off_is_made_with_a_warning(editor):
    load_public_holidays(year=timezone.now().year)
    year = timezone.now().year + 1

    response = editor.post(
        f"{SESSIONS}new/",
        {"offer": OfferFactory().pk, "day": f"25.12.{year}", "start_time": "09:00", "access": "open"},
        follow=True,
    )

    assert Session.objects.get().local_date == date(year, 12, 25)
    assert "fridag for skolerne (Juledag)" in _text(response)


def test_wrong_session_form_keeps_what_was_typed_and_says_what_to_do(editor):
    offer = OfferFactory(at_venue=True)

    response = editor.post(
        f"{SESSIONS}new/", {"offer": offer.pk, "day": "32.13.2026", "start_time": "ni", "access": "school"}
    )

    page = _text(response)
    assert response.status_code == 422
    for said in (
        "32.13.2026",
        "Skriv datoen som 24.12.2026",
        "Skriv klokkeslættet som 09:00",
        "Vælg den skole",
    ):
        assert said in page
    assert not Session.objects.exists()


def test_refusal_of_the_operation_is_shown_at_its_field(editor):
    response = editor.post(
        f"{SESSIONS}new/",
        {
            "offer": OfferFactory(at_venue=True).pk,
            "day": f"{local_start(in_days=30):%Y-%m-%d}",
            "start_time": "09:00",
            "access": "open",
        },
    )

    assert response.status_code == 422
    assert "Vælg det sted, hvor det foregår" in _text(response)


def test_edit_session_moves_an_empty_one_and_refuses_a_booked_one(editor):
    session = SessionFactory()
    day = f"{local_start(in_days=31):%Y-%m-%d}"
    data = {"day": day, "start_time": "10:00", "access": "open", "max_groups": "1"}
    page = _text(editor.get(f"{SESSIONS}edit/{session.pk}/"))
    assert f'value="{session.local_date:%Y-%m-%d}"' in page

    assert editor.post(f"{SESSIONS}edit/{session.pk}/", data).status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, session.max_people) == (local_start(in_days=31, at=time(10)), None)

    Session.objects.update(groups_taken=1)
    response = editor.post(f"{SESSIONS}edit/{session.pk}/", {**data, "start_time": "11:00"})
    assert response.status_code == 422
    assert "Nogen har booket den tid" in _text(response)


def test_session_page_tells_local_time(editor):
    session = SessionFactory(at=time(14, 15))

    page = _text(editor.get(f"{SESSIONS}inspect/{session.pk}/"))

    assert "14:15" in page
    assert ">False<" not in page


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("open", "draft", "open"),
        ("close", "open", "closed"),
        ("draft", "open", "draft"),
    ],
)
def test_state_changes_by_buttons(editor, name, before, after):
    session = SessionFactory(state=before)

    response = editor.post(f"{SESSIONS}{name}/{session.pk}/", follow=True)

    session.refresh_from_db()
    assert (response.status_code, session.state) == (200, after)


def test_cancelling_a_booked_session_is_refused_with_what_to_do(editor):
    session = SessionFactory(groups_taken=1)

    page = _text(editor.post(f"{SESSIONS}cancel/{session.pk}/", {"reason": "illness"}, follow=True))

    session.refresh_from_db()
    assert session.state == SessionState.OPEN
    assert "Brug «Flyt tiden» eller «Aflys tiden»" in page
    assert "Aflys den tomme tid" not in page


def test_cancelling_an_empty_session_asks_why_and_its_page_says_so(editor, client):
    session = SessionFactory()
    address = f"{SESSIONS}cancel/{session.pk}/"
    assert f'href="{address}"' in _text(editor.get(f"{SESSIONS}inspect/{session.pk}/"))

    unsaid = _text(editor.post(address, {"note": "Vi finder en ny dag."}))
    session.refresh_from_db()
    assert (session.state, "Vælg den grund, der passer bedst." in unsaid) == (SessionState.OPEN, True)
    editor.post(address, {"reason": "place", "note": "Vi finder en ny dag."})

    session.refresh_from_db()
    assert session.state == SessionState.CANCELLED
    assert "Vi finder en ny dag." in session.state_reason
    assert session.state_reason in _text(client.get(f"/book/{session.pk}/"))


def test_editor_publishes_a_schedule_after_seeing_its_dates(editor):
    offer = OfferFactory(title="Falske nyheder", duration_minutes=90)
    data = _season(offer)

    preview = editor.post(f"{SCHEDULES}new/", {**data, "step": "preview"})
    page = _text(preview)

    assert "Opret 4 tider" in page
    assert "09.00–10.30" in page
    assert "Ferieplan mangler" in page
    assert not Session.objects.exists()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hidden["weekdays"] == "1"
    response = editor.post(f"{SCHEDULES}new/", {**hidden, "step": "save"}, follow=True)
    assert "4 tider oprettet" in _text(response)
    sessions = Session.objects.filter(offer=offer)
    assert {session.starts_at.astimezone(LOCAL_ZONE).weekday() for session in sessions} == {1}
    assert {session.state for session in sessions} == {SessionState.OPEN}


def test_preview_marks_what_is_skipped(editor):
    year = timezone.now().year + 1
    load_shipped_register(now=timezone.now())
    school_year, _made = SchoolYear.objects.get_or_create(start_year=year)
    Holiday.objects.create(
        school_year=school_year, name="Egen ferie", first_day=date(year, 9, 1), last_day=date(year, 9, 7)
    )
    data = _season(
        OfferFactory(),
        first_date=f"01.09.{year}",
        last_date=f"21.09.{year}",
        weekdays=["0", "1", "2", "3", "4", "5", "6"],
    )

    page = _text(editor.post(f"{SCHEDULES}new/", {**data, "step": "preview"}))

    assert page.count("Egen ferie") == 7
    assert page.count("Springes over: fridag") == 7
    assert "Opret 14 tider" in page
    assert "Ferieplan mangler" not in page


def test_preview_leads_back_to_the_form_with_everything_in_it(editor):
    data = _season(OfferFactory(), excluded="24.12.2026", facilitator="Aya")

    page = _text(editor.post(f"{SCHEDULES}new/", {**data, "step": "edit"}))

    assert "24.12.2026" in page
    assert 'value="Aya"' in page
    assert re.search(r'value="1"[^>]*checked', page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"offer": ""}, "Vælg det tilbud"),
        ({"first_date": ""}, "Skriv den første dato"),
        ({"last_date": "01.01.2020"}, "Sidste dato skal ligge efter første dato"),
        ({"last_date": "01.01.2199"}, "halvandet år"),
        ({"weekdays": []}, "Vælg mindst én ugedag"),
        ({"every_weeks": "0"}, "helt tal fra 1 til 26"),
        ({"start_time": "25:00"}, "Skriv klokkeslættet"),
        ({"excluded": "24.12.2026\n31.02.2027\nnytår"}, "Linje 2: »31.02.2027« er ikke en dato"),
        ({"excluded": "24.12.2026\n31.02.2027\nnytår"}, "Linje 3: »nytår« er ikke en dato"),
        ({"online_url": "video"}, "Skriv en hel adresse"),
        ({"max_people": "-3"}, "helt tal fra 1 til 2000"),
    ],
)
def test_wrong_schedule_form_says_what_to_do_and_keeps_what_was_typed(editor, changes, said):
    data = {**_season(OfferFactory()), "facilitator": "Aya", **changes}

    response = editor.post(f"{SCHEDULES}new/", {**data, "step": "preview"})

    page = _text(response)
    assert response.status_code == 422
    assert said in page
    assert 'value="Aya"' in page
    if "excluded" in changes:
        assert "31.02.2027" in response.content.decode().split("<textarea")[1]


def test_schedule_of_a_venue_offer_asks_for_the_place(editor):
    offer = OfferFactory(at_venue=True)

    response = editor.post(f"{SCHEDULES}new/", {**_season(offer), "step": "preview"})
    assert "Vælg det sted, hvor det foregår" in _text(response)

    again = editor.post(f"{SCHEDULES}new/", {**_season(offer, venue=VenueFactory().pk), "step": "preview"})
    assert "Opret 4 tider" in _text(again)


def test_edited_schedule_shows_its_values_and_updates_its_dates(editor):
    offer = OfferFactory()
    editor.post(f"{SCHEDULES}new/", {**_season(offer), "step": "save"})
    schedule = Schedule.objects.get()

    page = _text(editor.get(f"{SCHEDULES}edit/{schedule.pk}/"))
    assert f'value="{schedule.first_date:%Y-%m-%d}"' in page
    editor.post(f"{SCHEDULES}edit/{schedule.pk}/", {**_season(offer, start_time="13:00"), "step": "save"})

    starts = Session.objects.filter(schedule=schedule).values_list("starts_at", flat=True)
    assert [moment.astimezone(LOCAL_ZONE).hour for moment in starts] == [13, 13, 13, 13]


def test_missing_dates_are_made_by_a_button(editor):
    schedule = ScheduleFactory()

    editor.post(f"{SCHEDULES}materialise/{schedule.pk}/")

    assert Session.objects.filter(schedule=schedule).exists()


def test_month_shows_dates_and_days_off_at_a_fixed_cost(editor, django_assert_num_queries):
    load_public_holidays(year=timezone.now().year)
    year = timezone.now().year + 1
    session = SessionFactory(starts_at=local_start(in_days=0).replace(year=year, month=12, day=16))
    url = f"{SESSIONS}month/?maaned={year}-12"

    page = _text(editor.get(url))

    assert f"December {year}: 1 tid" in page
    assert f'<a href="/admin/sessions/inspect/{session.pk}/">09.00 {session.title}</a>' in page
    assert "Juledag" in page
    for _more in range(2):
        with django_assert_num_queries(MONTH_QUERIES):
            editor.get(url)
        SessionFactory.create_batch(3, starts_at=session.starts_at, offer=session.offer)


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0000-01", "9999-12", "2026-11-01", "٢٠٢٦-١١"])
def test_month_of_anything_else_is_this_month(editor, month):
    response = editor.get(f"{SESSIONS}month/", {"maaned": month})

    assert response.status_code == 200


def test_schools_are_found_as_people_type_them(staff_client):
    load_shipped_register(now=timezone.now())

    page = _text(staff_client("Sagsbehandler").get(SCHOOLS, {"q": "nps"}))

    assert "Nørrebro Park Skole" in page
    assert "Nyboder Skole" not in page


def test_renamed_school_is_found_by_its_new_name(staff_client):
    school = SchoolFactory(name="Gamle Skole")
    client = staff_client("Sagsbehandler")

    response = client.post(
        f"{SCHOOLS}edit/{school.pk}/",
        {
            "name": "Nye Skole",
            "institution_number": school.institution_number,
            "school_type": school.school_type,
            "municipality": "København",
            "is_bookable": "on",
        },
    )

    assert response.status_code == 302
    assert School.objects.search("nye skole").get() == school


def test_two_schools_may_lack_a_number(staff_client):
    client = staff_client("Sagsbehandler")

    for name in ("Første", "Anden"):
        client.post(
            f"{SCHOOLS}new/",
            {
                "name": name,
                "institution_number": "",
                "school_type": "specialskole",
                "municipality": "København",
            },
        )

    assert School.objects.filter(institution_number=None).count() == 2


def test_schools_and_places_are_never_deleted(staff_client):
    client = staff_client("Administration")

    assert client.post(f"{SCHOOLS}delete/{SchoolFactory().pk}/").status_code == 404
    assert client.post(f"/admin/venues/delete/{VenueFactory().pk}/").status_code == 404


def test_schedule_page_says_it_in_words_and_leads_to_its_dates(editor):
    schedule = ScheduleFactory(
        recurrence=weekly(
            weekdays=[1, 3], every_weeks=2, excluded=[date(2027, 1, 5)], extra=[date(2027, 1, 6)]
        )
    )
    SessionFactory(offer=schedule.offer, schedule=schedule, title="Af planen")
    SessionFactory(title="En anden")

    page = _text(editor.get(f"{SCHEDULES}inspect/{schedule.pk}/"))

    assert "tirsdag, torsdag (hver 2. uge)" in page
    assert "05.01.2027" in page
    assert "06.01.2027" in page
    assert f'<a href="/admin/sessions/?schedule={schedule.pk}">1 tid</a>' in page
    assert ">True<" not in page
    assert ">None<" not in page
    dates = _text(editor.get(SESSIONS, {"schedule": schedule.pk}))
    assert "Af planen" in dates
    assert "En anden" not in dates.split("<tbody")[-1]
