"""Courses and packages raced for: one winner takes all dates, nobody a part, and nobody is locked out for good (S20)."""

import pytest

from booking.enums import BookingState
from booking.models import BookedSession, Booking
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_class, a_contact, book, hold, known_school
from tests.factories.workshops import OfferFactory, SessionFactory, a_course, a_package
from workshops.models import Course, Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def schools(how_many):
    return [known_school(domain=f"skole{number}.example") for number in range(how_many)]


def booker(session, school, number, **more):
    return lambda: book(session, school=school, contact=a_contact(f"laerer@skole{number}.example"), **more)


def taken(sessions):
    ids = [session.pk for session in sessions]
    return list(Session.objects.filter(pk__in=ids).order_by("pk").values_list("groups_taken", flat=True))


def test_two_schools_racing_for_a_course_from_both_its_ends_leave_one_with_all_of_it():
    sessions = a_course(30, 37, 44)
    first, second, third, fourth = schools(4)

    results = at_once(
        booker(sessions[0], first, 0),
        booker(sessions[2], second, 1),
        booker(sessions[1], third, 2),
        booker(sessions[2], fourth, 3),
    )

    assert names(results).count("ok") == 1
    assert set(names(results)) <= {"ok", "SessionFullError", "OtherSchoolHostsError"}
    assert taken(sessions) == [1, 1, 1]
    assert BookedSession.objects.filter(state=BookingState.CONFIRMED).count() == 3


def test_a_course_whose_dates_lie_in_another_order_than_their_numbers_does_not_deadlock():
    """Locked in pk order, not by date: two courses and single dates of one offer, asked for crosswise."""
    offer = OfferFactory(max_groups=None, max_people=400)
    late, early, middle = (SessionFactory(offer=offer, in_days=days) for days in (44, 30, 37))
    course = Course.objects.create(offer=offer, name="På tværs")
    Session.objects.filter(pk__in=[late.pk, early.pk]).update(course=course)
    everybody = schools(6)

    results = at_once(
        *[
            booker(session, everybody[number], number, classes=[a_class(f"5.{number}")])
            for number, session in enumerate((early, late, middle, late, early, middle))
        ]
    )

    # A visit belongs to one school, so of each date one wins; nobody fails otherwise.
    assert set(names(results)) <= {"ok", "OtherSchoolHostsError"}
    assert names(results).count("ok") == 2
    assert taken([late, early, middle]) == [1, 1, 1]


def test_the_same_class_racing_for_its_own_course_twice_has_it_once():
    sessions = a_course(30, 37, max_groups=5)
    school = known_school()

    results = at_once(
        *[lambda session=session: book(session, school=school) for session in sessions for _again in range(2)]
    )

    assert names(results) == ["ClassAlreadyBookedError"] * 3 + ["ok"]
    assert taken(sessions) == [1, 1]


def test_one_browser_posting_its_course_and_its_single_date_at_once_holds_what_it_asked_for():
    """The date leaves the course meanwhile: the second post locks what the first still holds."""
    sessions = a_course(30, 37)
    school = known_school()

    def post():
        return hold(sessions[0], school=school, browser_key="one-browser").pk

    def leave():
        Session.objects.filter(pk=sessions[0].pk).update(course=None)

    results = at_once(post, leave, post)

    assert names(results) == ["ok", "ok", "ok"]
    booking = Booking.objects.get()
    held = set(booking.booked_sessions.filter(state=BookingState.HELD).values_list("session_id", flat=True))
    assert taken(sessions) == [int(session.pk in held) for session in sessions]


def test_two_schools_racing_for_one_evening_with_visits_of_their_own_leave_one_with_both():
    visit, evening = a_package()
    other_visit = SessionFactory(offer=visit.offer, in_days=33)
    first, second = schools(2)

    results = at_once(
        booker(visit, first, 0, evening_id=evening.pk),
        booker(other_visit, second, 1, evening_id=evening.pk),
    )

    assert names(results) == ["EveningNotFreeError", "ok"]
    winner = next(result for result in results if isinstance(result, Booking))
    evening.refresh_from_db()
    assert (evening.groups_taken, evening.for_school_id) == (1, winner.school_id)
    assert sum(taken([visit, other_visit])) == 1


def test_parents_racing_for_the_last_seats_of_a_schools_evening_never_pass_its_limit():
    visit, evening = a_package(people=4)
    book(visit, evening_id=evening.pk)

    results = at_once(
        *[
            lambda number=number: book(
                evening, seats=2, contact=a_contact(f"p{number}@example.dk"), browser_key=f"b{number}"
            )
            for number in range(4)
        ]
    )

    assert names(results) == ["SessionFullError", "SessionFullError", "ok", "ok"]
    evening.refresh_from_db()
    assert (evening.groups_taken, evening.people_taken) == (1, 4)
