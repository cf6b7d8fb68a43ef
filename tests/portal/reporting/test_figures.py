"""Booked, held and attended, worked out by hand: each rule of counting alone, then all at two sizes (rule 11)."""

from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.enums import BookingState, ReportSource
from booking.models import BookedSession
from booking.operations import withdraw_booking
from core.audit.log import SYSTEM
from portal.reporting.enums import Dimension
from portal.reporting.figures import (
    Completeness,
    Scope,
    Three,
    add_up,
    by_key,
    mapping_in_force,
    read_figures,
    sessions_of,
)
from portal.reporting.models import SchoolTypeMapping
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.workshops import DistrictFactory, OfferFactory, SessionFactory, a_course, a_package
from workshops.enums import Audience, SchoolType, SessionState
from workshops.models import School, SchoolDomain, Session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Copenhagen"))
YEAR = Scope(date(2026, 1, 1), date(2026, 12, 31))
SPRING, AUTUMN = datetime(2026, 4, 14, 10, tzinfo=NOW.tzinfo), datetime(2026, 10, 6, 10, tzinfo=NOW.tzinfo)

_emails = count(1)


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


def visit(school: School, *classes, ended_at=AUTUMN, offer=None) -> Session:
    """A visit that is over, booked by a school."""
    session = SessionFactory(offer=offer or OfferFactory(), max_groups=len(classes))
    domain = SchoolDomain.objects.get(school=school).domain
    book(session, school=school, contact=a_contact(f"laerer@{domain}"), classes=list(classes))
    return set_back(session, ended_at=ended_at)


def evening(*seats: int, ended_at=AUTUMN, **traits) -> Session:
    session = SessionFactory(offer=OfferFactory(**(traits or {"evening": True})))
    for number in seats:
        book(session, seats=number, contact=a_contact(f"gaest{next(_emails)}@post.example"))
    return set_back(session, ended_at=ended_at)


def facts(scope: Scope = YEAR):
    return read_figures(scope, now=NOW).by_day(mapping_in_force())


def facts_by(dimension: Dimension):
    return read_figures(YEAR, now=NOW, by=dimension).by_value()


def pupils(scope: Scope = YEAR, *, group: str = "", counting: str = "participations") -> Three:
    return add_up(getattr(line, counting) for line in facts(scope).pupil_lines(group=group))


def people(audience: Audience, scope: Scope = YEAR) -> Three:
    return add_up(line.people for line in facts(scope).session_lines(audience=audience))


def test_booked_held_and_attended_are_kept_apart():
    school = known_school()
    held = visit(school, a_class("5.A", pupils=24))
    not_held = visit(school, a_class("5.B", pupils=20))
    visit(school, a_class("5.C", pupils=18))
    coming = SessionFactory()
    book(coming, school=school, classes=[a_class("5.D", pupils=10)])
    report(held, classes=(21,))
    report(not_held, not_held="illness")

    assert pupils() == Three(booked=24 + 20 + 18 + 10, held=24, attended=21)
    assert facts().completeness() == Completeness(due=3, reported=2)
    assert facts().completeness(group="folkeskole") == Completeness(due=3, reported=2)
    assert facts().completeness(group="fri_privatskole") == Completeness()


def test_a_report_of_nobody_is_a_report_and_a_missing_one_is_not_a_zero():
    school = known_school()
    report(visit(school, a_class("5.A", pupils=24)), classes=(0,))
    visit(school, a_class("5.B", pupils=20))

    assert pupils() == Three(booked=44, held=24, attended=0)
    assert facts().completeness() == Completeness(due=2, reported=1)


def test_only_the_report_in_force_counts_however_often_it_was_corrected():
    session = visit(known_school(), a_class("5.A", pupils=24))
    first = report(session, classes=(24,))
    second = report(session, classes=(12,), seen=first.number, source=ReportSource.STAFF)
    report(session, classes=(19,), seen=second.number, source=ReportSource.STAFF)
    talk = evening(10, 10, 10)
    wrong = report(talk, people=300)
    report(talk, people=28, seen=wrong.number, source=ReportSource.STAFF)

    assert pupils() == Three(24, 24, 19)
    assert people(Audience.PARENTS) == Three(30, 30, 28)


def test_what_was_withdrawn_or_cancelled_is_in_no_figure():
    school = known_school()
    left, cancelled = SessionFactory(in_days=30), SessionFactory(in_days=31)
    booking = book(left, school=school, classes=[a_class("5.A")])
    book(cancelled, school=school, classes=[a_class("5.B")])
    withdraw_booking(booking_id=booking.pk, reason="date", actor=SYSTEM, now=NOW)
    Session.objects.filter(pk=cancelled.pk).update(state=SessionState.CANCELLED)

    assert pupils() == Three()
    assert facts().completeness() == Completeness()
    assert list(sessions_of(YEAR)) == [left]  # it is still to take place, with nobody booked


def test_a_school_counts_as_what_it_was_when_it_booked_and_the_mapping_says_what_that_counts_as():
    school, other = known_school(), known_school(independent=True, domain="fri.example")
    report(visit(school, a_class("5.A", pupils=24)), classes=(24,))
    report(visit(other, a_class("5.A", pupils=15)), classes=(15,))
    School.objects.update(school_type=SchoolType.SPECIAL)

    assert pupils(group="folkeskole").attended == 24
    assert pupils(group="fri_privatskole").attended == 15

    SchoolTypeMapping.objects.create(
        number=2, groups={SchoolType.FRI_PRIVAT.value: "folkeskole"}, reason="Prøve", made_at=NOW
    )

    assert pupils(group="folkeskole").attended == 15
    assert pupils(group="fri_privatskole").attended == 0
    assert pupils().attended == 39


def test_a_session_of_two_schools_is_complete_in_both_groups_and_once_in_all():
    session = SessionFactory(offer=OfferFactory(at_venue=True, max_groups=3))
    for number, traits in enumerate(({}, {}, {"independent": True})):
        school = known_school(domain=f"skole{number}.example", **traits)
        contact = a_contact(f"laerer@skole{number}.example")
        book(session, school=school, contact=contact, classes=[a_class("5.A", pupils=10)])
    set_back(session, ended_at=AUTUMN)

    found = facts()

    assert found.completeness() == Completeness(1, 0)
    assert found.completeness(group="folkeskole") == Completeness(1, 0)
    assert found.completeness(group="fri_privatskole") == Completeness(1, 0)


def test_a_class_in_a_course_is_reached_once_and_participates_each_time():
    dates = a_course(30, 37, 44)
    school = known_school()
    book(dates[0], school=school, classes=[a_class("5.A", pupils=24)])
    for session, ended_at, came in zip(
        dates, (AUTUMN, AUTUMN + timedelta(days=7), AUTUMN + timedelta(days=14)), (20, 23, 22), strict=True
    ):
        report(set_back(session, ended_at=ended_at), classes=(came,))
    assert pupils(counting="participations") == Three(72, 72, 20 + 23 + 22)
    assert pupils(counting="reached") == Three(24, 24, 23)
    assert pupils(counting="classes") == Three(3, 3, 3)
    by_day = by_key(facts().pupil_lines(), lambda line: line.reached.attended, 0)
    assert by_day == {date(2026, 10, 6): 0, date(2026, 10, 13): 23, date(2026, 10, 20): 0}


def test_a_class_in_two_workshops_is_reached_once_and_two_schools_5_a_never_meet():
    school, other = known_school(), known_school(domain="to.example")
    report(visit(school, a_class("5.A", pupils=24), ended_at=SPRING), classes=(21,))
    report(visit(school, a_class("5. a", pupils=22)), classes=(22,))
    report(visit(other, a_class("5.A", pupils=20)), classes=(19,))

    assert pupils(counting="participations") == Three(66, 66, 62)
    assert pupils(counting="reached") == Three(24 + 20, 24 + 20, 22 + 19)


def test_a_class_of_two_programmes_is_reached_by_each():
    school = known_school()
    first, second = (
        visit(school, a_class("5.A", pupils=20), offer=OfferFactory(programme__slug=slug))
        for slug in ("en", "to")
    )
    report(first, classes=(18,))
    report(second, classes=(20,))

    lines = facts().pupil_lines(programme_id=first.programme_id)

    assert first.programme_id != second.programme_id
    assert add_up(line.reached for line in lines) == Three(20, 20, 18)


def test_a_course_over_new_year_reaches_its_class_in_both_years():
    dates = a_course(30, 37)
    book(dates[0], school=known_school(), classes=[a_class("5.A", pupils=24)])
    before, after = datetime(2025, 12, 18, 10, tzinfo=NOW.tzinfo), datetime(2026, 1, 8, 10, tzinfo=NOW.tzinfo)
    report(set_back(dates[0], ended_at=before), classes=(20,))
    report(set_back(dates[1], ended_at=after), classes=(22,))

    assert pupils(counting="reached") == Three(24, 24, 22)
    assert pupils(Scope(date(2025, 1, 1), date(2025, 12, 31)), counting="reached") == Three(24, 24, 20)
    assert pupils(Scope(date(2025, 8, 1), date(2026, 7, 31)), counting="reached") == Three(24, 24, 22)


def test_a_session_over_midnight_of_new_year_lies_on_its_local_date():
    late = evening(10, ended_at=datetime(2026, 1, 1, 1, tzinfo=NOW.tzinfo))
    report(late, people=9)

    assert people(Audience.PARENTS) == Three()
    assert people(Audience.PARENTS, Scope(date(2025, 1, 1), date(2025, 12, 31))) == Three(10, 10, 9)


def test_an_evening_counts_everybody_the_report_counted_also_those_without_a_sign_up():
    report(evening(2, 3), people=9)
    report(evening(4), not_held="nobody_came")
    evening(6)

    assert people(Audience.PARENTS) == Three(booked=15, held=5, attended=9)
    assert facts().completeness(audience=Audience.PARENTS) == Completeness(3, 2)


def test_an_evening_that_nobody_signed_up_for_counts_once_it_is_reported():
    report(evening(), people=7)
    evening()

    assert people(Audience.PARENTS) == Three(0, 0, 7)
    assert facts().completeness(audience=Audience.PARENTS) == Completeness(1, 1)


def test_the_evening_of_a_package_counts_parents_and_no_pupils():
    visit_, evening_ = a_package()
    booking = book(visit_, school=known_school(), classes=[a_class("5.A", pupils=24)], evening_id=evening_.pk)
    assert booking.booked_sessions.count() == 2
    report(set_back(visit_, ended_at=AUTUMN), classes=(22,))
    report(set_back(evening_, ended_at=AUTUMN), people=31)

    assert pupils() == Three(24, 24, 22)
    assert people(Audience.PARENTS) == Three(0, 0, 31)


def test_talks_count_as_sessions_booked_held_and_with_somebody_there():
    report(evening(10, professionals=True), people=12)
    report(evening(10, professionals=True), people=0)
    report(evening(10, professionals=True), not_held="illness")
    evening(10, professionals=True)
    report(evening(), people=5)

    talks = facts().session_lines(audience=Audience.PROFESSIONALS)

    assert add_up(line.held_sessions for line in talks) == Three(booked=4, held=2, attended=1)
    assert add_up(line.people for line in talks) == Three(booked=40, held=20, attended=12)


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (Dimension.DISTRICT, {3: (21, 1), 5: (18, 1)}),
        (Dimension.STAGE, {"mellemtrin": (34, 2), "udskoling": (5, 1)}),
        (Dimension.SCHOOL_TYPE, {"folkeskole": (21, 1), "fri_privatskole": (18, 1)}),
    ],
)
def test_pupils_are_broken_down_by_what_was_true_when_booked(dimension, expected):
    offer = OfferFactory(grade_to=9)
    here = known_school()
    there = known_school(
        independent=True, domain="fri.example", district=DistrictFactory(number=5, name="Valby")
    )
    report(visit(here, a_class("4.A", grade=4), a_class("8.B", grade=8), offer=offer), classes=(16, 5))
    report(visit(there, a_class("6.A", grade=6), offer=offer), classes=(18,))
    School.objects.update(district=DistrictFactory(number=7, name="Brønshøj"))

    found = facts_by(dimension)

    assert by_key(found.pupil_lines(), lambda line: line.participations.attended, 0) == {
        value: attended for value, (attended, _sessions) in expected.items()
    }
    for value, (attended, sessions) in expected.items():
        narrowed = Scope(
            YEAR.first_day, YEAR.last_day, dimension=dimension, value=value, audience=Audience.SCHOOL
        )
        assert pupils(narrowed).attended == attended
        assert sessions_of(narrowed).count() == sessions
    if dimension == Dimension.DISTRICT:
        assert [found.labels[number] for number in expected] == ["Nørrebro", "Valby"]


def test_two_classes_of_one_stage_are_one_session_of_it():
    visit(known_school(), a_class("4.A", grade=4), a_class("5.A", grade=5))

    lines = facts_by(Dimension.STAGE).reports

    assert [(line.key, line.completeness) for line in lines] == [("mellemtrin", Completeness(1, 0))]


def test_people_are_broken_down_by_where_offer_and_provider():
    first, second = evening(4), evening(6)
    report(first, people=3)
    report(second, people=6)

    found = facts_by(Dimension.OFFER)
    places = facts_by(Dimension.DISTRICT)
    providers = facts_by(Dimension.PROVIDER)

    attended = by_key(found.session_lines(), lambda line: line.people.attended, 0)
    assert attended == {first.offer_id: 3, second.offer_id: 6}
    assert found.labels == {first.offer_id: first.offer.title, second.offer_id: second.offer.title}
    assert by_key(places.session_lines(), lambda line: line.people.attended, 0) == {3: 9}
    assert providers.labels[first.provider_id] == first.provider.name


def test_lines_of_single_sessions_add_up_to_the_scope():
    school = known_school()
    sessions = [visit(school, a_class(name, pupils=20)) for name in ("5.A", "5.B", "5.C")]
    report(sessions[0], classes=(18,))

    found = read_figures(YEAR, now=NOW).by_session({sessions[0].pk, sessions[1].pk})

    each = by_key(found.pupil_lines(), lambda line: line.participations, Three())
    assert each == {sessions[0].pk: Three(20, 20, 18), sessions[1].pk: Three(20)}


def test_programmes_are_kept_apart():
    mine = visit(known_school(), a_class("5.A", pupils=20))
    other = visit(
        known_school(domain="to.example"),
        a_class("5.A", pupils=9),
        offer=OfferFactory(programme__slug="anden"),
    )
    report(mine, classes=(20,))
    report(other, classes=(9,))

    found = facts()

    of_mine = found.pupil_lines(programme_id=mine.programme_id)
    assert add_up(line.participations for line in of_mine) == Three(20, 20, 20)
    assert pupils(Scope(YEAR.first_day, YEAR.last_day, programme_id=other.programme_id)) == Three(9, 9, 9)


@pytest.mark.parametrize("size", [1, 3])
def test_figures_cost_two_statements_whatever_the_data(size):
    school = known_school()
    for number in range(size):
        report(visit(school, a_class(f"5.{number}", pupils=20)), classes=(18,))
        report(evening(4), people=3)
        book(a_course(30, 37)[0], school=school, classes=[a_class(f"6.{number}", grade=6)])
    mapping = mapping_in_force()

    with CaptureQueriesContext(connection) as queries:
        found = read_figures(YEAR, now=NOW, by=Dimension.DISTRICT)
        found.by_day(mapping), found.by_value(), found.by_session(())

    assert len(queries) == 2


def test_every_state_that_had_a_place_is_booked():
    session = visit(known_school(), a_class("5.A", pupils=24))
    report(session, classes=(0,))

    assert BookedSession.objects.get().state == BookingState.NO_SHOW
    assert pupils() == Three(24, 24, 0)
