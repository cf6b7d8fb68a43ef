"""Planning courses: made, changed and dissolved by operations; proposals from a plan's dates; nothing booked is touched (rule 3)."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.factories.booking import book
from tests.factories.workshops import OfferFactory, SessionFactory, a_course
from workshops.courses import propose_courses
from workshops.enums import SessionAccess, SessionState
from workshops.errors import (
    CourseDatesError,
    CourseDatesOverlapError,
    CourseHasBookingsError,
    CourseSizeError,
)
from workshops.models import Course, Session
from workshops.operations import change_course, create_course, dissolve_course

pytestmark = pytest.mark.django_db
LIST_QUERIES = 10


def make(sessions, **more):
    return create_course(
        offer_id=more.pop("offer_id", sessions[0].offer_id),
        name=more.pop("name", ""),
        session_ids=[session.pk for session in sessions],
        now=timezone.now(),
        actor=SYSTEM,
    )


def change(course, sessions, name="Forløb"):
    return change_course(
        course_id=course.pk,
        name=name,
        session_ids=[session.pk for session in sessions],
        now=timezone.now(),
        actor=SYSTEM,
    )


@pytest.fixture
def dates():
    offer = OfferFactory()
    return [SessionFactory(offer=offer, in_days=days) for days in (30, 37, 44, 51)]


def test_a_course_is_made_of_two_or_three_dates_and_named_by_them(dates):
    course = make(dates[:3])

    assert set(course.sessions.all()) == set(dates[:3])
    assert course.name == f"{dates[0].local_date:%d.%m.}–{dates[2].local_date:%d.%m.%Y}"
    assert Entry.objects.filter(action="course.created").count() == 1


@pytest.mark.parametrize("number", [1, 4])
def test_a_course_of_another_size_is_refused(dates, number):
    with pytest.raises(CourseSizeError):
        make(dates[:number])


def test_dates_of_another_offer_course_or_past_or_for_others_are_refused(dates):
    in_a_course = a_course(30, 37, offer=dates[0].offer)[0]
    of_another_offer = SessionFactory()
    past = SessionFactory(offer=dates[0].offer, in_days=-1)
    cancelled = SessionFactory(offer=dates[0].offer, cancelled=True)
    invited = SessionFactory(offer=dates[0].offer, access=SessionAccess.INVITATION)

    for wrong in (in_a_course, of_another_offer, past, cancelled, invited):
        with pytest.raises(CourseDatesError):
            make([dates[0], wrong])

    assert Course.objects.count() == 1


def test_dates_at_the_same_time_are_no_course_and_dates_that_only_touch_are(dates):
    at_ten = SessionFactory(offer=dates[0].offer, in_days=30, at=time(10))  # the first runs until 10:30
    at_half_past_ten = SessionFactory(offer=dates[0].offer, in_days=30, at=time(10, 30))

    with pytest.raises(CourseDatesOverlapError) as refused:
        make([dates[1], at_ten, dates[0]])
    course = make([dates[0], at_half_past_ten])
    with pytest.raises(CourseDatesOverlapError):
        change(course, [dates[0], at_ten])

    assert f"{dates[0].local_date:%d.%m.%Y} 09:00" in str(refused.value)
    assert set(course.sessions.all()) == {dates[0], at_half_past_ten}


def test_what_is_booked_neither_joins_nor_leaves_a_course(dates):
    book(dates[0])
    with pytest.raises(CourseHasBookingsError) as refused:
        make(dates[:2])
    assert f"{dates[0].local_date:%d.%m.%Y}" in str(refused.value)

    course = make(dates[1:3])
    book(dates[1])
    for act in (
        lambda: change(course, dates[2:4]),
        lambda: dissolve_course(course_id=course.pk, now=timezone.now(), actor=SYSTEM),
    ):
        with pytest.raises(CourseHasBookingsError):
            act()
    assert set(course.sessions.all()) == set(dates[1:3])
    assert change(course, dates[1:3], name="Et andet navn").name == "Et andet navn"


def test_a_date_taken_out_can_be_booked_by_itself_again(dates):
    course = make(dates[:3])

    change(course, dates[:2])

    assert book(dates[2]).booked_sessions.count() == 1
    assert book(dates[0]).booked_sessions.count() == 2


def test_a_cancelled_date_stays_with_its_course_when_the_rest_changes(dates):
    course = make(dates[:3])
    Session.objects.filter(pk=dates[1].pk).update(state=SessionState.CANCELLED)

    change(course, [dates[0], dates[3]])

    assert set(course.sessions.all()) == {dates[0], dates[1], dates[3]}


def test_a_dissolved_course_lets_its_dates_go(dates):
    course = make(dates[:2])

    dissolve_course(course_id=course.pk, now=timezone.now(), actor=SYSTEM)
    dissolve_course(course_id=course.pk, now=timezone.now(), actor=SYSTEM)

    assert not course.sessions.exists()
    assert book(dates[0]).booked_sessions.count() == 1


def test_proposals_take_each_date_once_and_leave_out_what_has_no_follower():
    offer = OfferFactory()
    sessions = {days: SessionFactory(offer=offer, in_days=days) for days in (30, 37, 44, 51, 58, 72, 31)}

    found = propose_courses(sessions.values(), dates=2, weeks_between=1)

    assert [proposal.sessions for proposal in found] == [
        (sessions[30], sessions[37]),
        (sessions[44], sessions[51]),
    ]


@pytest.mark.parametrize(
    "first", ["2026-10-20T09:00:00", "2027-03-23T09:00:00"], ids=["to-winter-time", "to-summer-time"]
)
def test_proposals_keep_the_wall_time_across_a_change_of_clocks(first):
    from datetime import datetime

    from workshops.calendars import LOCAL_ZONE

    offer = OfferFactory()
    start = datetime.fromisoformat(first).replace(tzinfo=LOCAL_ZONE)
    sessions = [SessionFactory(offer=offer, starts_at=start + timedelta(weeks=weeks)) for weeks in (0, 1)]

    found = propose_courses(sessions, dates=2, weeks_between=1)

    assert [proposal.sessions for proposal in found] == [tuple(sessions)]


def test_an_editor_makes_edits_and_dissolves_a_course(portal_site, staff_client, dates):
    client = staff_client("Redaktør")
    path = f"/admin/courses/new/?offer={dates[0].offer_id}"
    assert str(dates[0].offer) in client.get("/admin/courses/new/").content.decode()

    refused = client.post(path, {"name": "", "sessions": [dates[0].pk]})
    made = client.post(path, {"name": "Efterår", "sessions": [dates[0].pk, dates[1].pk]})

    assert refused.status_code == 422
    assert "to eller tre" in refused.content.decode()
    course = Course.objects.get()
    assert (made.status_code, made.url) == (302, f"/admin/courses/inspect/{course.pk}/")
    assert f"{dates[1].local_date:%d.%m.%Y}" in client.get(made.url).content.decode()
    edited = client.post(
        f"/admin/courses/edit/{course.pk}/", {"name": "Efterår", "sessions": [dates[0].pk, dates[2].pk]}
    )
    assert edited.status_code == 302
    assert set(course.sessions.all()) == {dates[0], dates[2]}
    book(dates[0])
    held = client.post(
        f"/admin/courses/edit/{course.pk}/", {"name": "Efterår", "sessions": [dates[0].pk, dates[1].pk]}
    )
    assert held.status_code == 422
    assert "Nogen har booket" in held.content.decode()


def test_an_editor_makes_many_courses_from_proposals(portal_site, staff_client, dates):
    client = staff_client("Redaktør")
    path = f"/admin/courses/new/?offer={dates[0].offer_id}"

    shown = client.get(f"{path}&dates=2&weeks=1").content.decode()
    made = client.post(
        path, {"propose": "1", "course": [f"{dates[0].pk}-{dates[1].pk}", f"{dates[2].pk}-{dates[3].pk}"]}
    )

    assert f'value="{dates[0].pk}-{dates[1].pk}"' in shown
    assert made.status_code == 302
    assert Course.objects.count() == 2
    nothing = client.get(f"{path}&dates=2&weeks=1").content.decode()
    assert "Ingen ledige tider" in nothing


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_courses_costs_the_same_whatever_its_length(
    portal_site, staff_client, django_assert_num_queries, number
):
    client = staff_client("Redaktør")
    for place in range(number):
        a_course(30 + place, 37 + place)
    client.get("/admin/courses/")

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/courses/")
