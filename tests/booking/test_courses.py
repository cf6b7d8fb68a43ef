"""A course is booked as one: all its dates or none, one reference, an entry for each date (S20, rules 1, 2, 6, 8)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingState
from booking.errors import (
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    NoQueueError,
    OtherSchoolHostsError,
    SessionClosedError,
    SessionFullError,
)
from booking.models import BookedSession, Booking, ClassPlace
from booking.operations import (
    delete_abandoned_forms,
    expire_overdue,
    release_hold,
    submit_booking,
    withdraw_booking,
)
from core.audit.log import LINK
from tests.factories.booking import a_class, book, hold, known_school
from tests.factories.charter import ProviderFactory, SignatureFactory
from tests.factories.workshops import OfferFactory, SessionFactory, a_course
from workshops.calendars import local_date_of
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


def taken(sessions):
    return list(
        Session.objects.filter(pk__in=[session.pk for session in sessions])
        .order_by("starts_at")
        .values_list("groups_taken", flat=True)
    )


def test_a_course_is_held_with_all_its_dates_whichever_is_asked_for():
    sessions = a_course(30, 37, 44)

    booking = hold(sessions[1], classes=[a_class("5.A", pupils=22)])

    booked = list(booking.booked_sessions.order_by("session__starts_at"))
    assert [place.session for place in booked] == sessions
    assert {place.state for place in booked} == {BookingState.HELD}
    assert len({place.uid for place in booked}) == 3
    assert booking.course_id == sessions[0].course_id
    assert booking.classes.count() == 1
    assert ClassPlace.objects.filter(is_active=True).count() == 3
    assert taken(sessions) == [1, 1, 1]
    assert set(Session.objects.values_list("host_school", flat=True)) == {booking.school_id}


def test_a_booking_of_an_ordinary_date_has_no_course():
    booking = hold(SessionFactory())

    assert booking.course_id is None
    assert booking.booked_sessions.count() == 1


def fill(session):
    Session.objects.filter(pk=session.pk).update(groups_taken=1)


def close(session):
    Session.objects.filter(pk=session.pk).update(state=SessionState.CLOSED)


def hide(session):
    Session.objects.filter(pk=session.pk).update(state=SessionState.DRAFT)


def give_to_another_school(session):
    Session.objects.filter(pk=session.pk).update(max_groups=2, groups_taken=1, host_school=known_school())


def take_from_the_charter(session):
    Session.objects.filter(pk=session.pk).update(provider=ProviderFactory())


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        pytest.param(fill, SessionFullError, id="full"),
        pytest.param(close, SessionClosedError, id="closed"),
        pytest.param(hide, SessionClosedError, id="draft"),
        pytest.param(give_to_another_school, OtherSchoolHostsError, id="another-school"),
        pytest.param(take_from_the_charter, CharterNotCoveredError, id="not-covered"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_date_that_cannot_be_had_refuses_the_whole_course_and_is_named(spoil, refusal, place):
    sessions = a_course(30, 37, 44)
    spoil(sessions[place])
    before = taken(sessions)

    with pytest.raises(refusal) as refused:
        hold(sessions[0])

    assert refused.value.session == sessions[place]
    assert taken(sessions) == before
    assert not BookedSession.objects.exists()


def test_a_class_that_has_one_of_the_dates_already_is_refused_the_course():
    school = known_school()
    sessions = a_course(30, 37, max_groups=3)
    book(sessions[0], school=school, classes=[a_class("5.A")])

    with pytest.raises(ClassAlreadyBookedError):
        hold(sessions[0], school=school, classes=[a_class("5 a")])

    assert taken(sessions) == [1, 1]


def test_a_course_does_not_wait():
    sessions = a_course(30, 37)
    fill(sessions[1])

    with pytest.raises(NoQueueError):
        hold(sessions[0], wants_queue=True)

    assert taken(sessions) == [0, 1]


def test_a_cancelled_date_of_a_course_does_not_keep_the_rest_from_being_booked():
    sessions = a_course(30, 37, 44)
    Session.objects.filter(pk=sessions[1].pk).update(state=SessionState.CANCELLED)

    booking = hold(sessions[0])

    assert taken(sessions) == [1, 0, 1]
    assert booking.booked_sessions.count() == 2


def test_a_course_that_has_begun_is_closed():
    sessions = a_course(-2, 5)

    with pytest.raises(SessionClosedError):
        hold(sessions[1])


def test_posting_the_form_again_changes_the_hold_of_all_dates():
    sessions = a_course(30, 37, max_groups=3)
    school, browser = known_school(), uuid.uuid4().hex
    hold(sessions[0], school=school, browser_key=browser, classes=[a_class("5.A"), a_class("5.B")])

    booking = hold(sessions[1], school=school, browser_key=browser, classes=[a_class("5.C")])

    assert Booking.objects.get() == booking
    assert taken(sessions) == [1, 1]
    assert booking.booked_sessions.filter(state=BookingState.HELD).count() == 2


def test_a_date_that_left_the_course_is_given_back_when_its_form_is_posted_again():
    sessions = a_course(30, 37)
    school, browser = known_school(), uuid.uuid4().hex
    hold(sessions[0], school=school, browser_key=browser)
    Session.objects.filter(pk=sessions[0].pk).update(course=None)

    booking = hold(sessions[0], school=school, browser_key=browser)

    assert taken(sessions) == [1, 0]
    assert booking.course_id is None


def test_a_hold_that_is_given_up_or_runs_out_gives_all_dates_back():
    sessions = a_course(30, 37)
    given_up = hold(sessions[0])
    release_hold(booking_id=given_up.pk, now=timezone.now())
    assert taken(sessions) == [0, 0]
    hold(sessions[0])

    expire_overdue(timezone.now() + timedelta(minutes=16))

    assert taken(sessions) == [0, 0]


def test_a_form_whose_dates_are_not_all_given_back_is_not_deleted():
    sessions = a_course(30, 37)
    hold(sessions[0], now=timezone.now() - timedelta(days=2))
    # Somebody's claim on another course with the first date lets that one go, and no job has run yet.
    BookedSession.objects.filter(session=sessions[0]).update(state=BookingState.EXPIRED)
    Booking.objects.update(state=BookingState.EXPIRED)

    assert delete_abandoned_forms(timezone.now()) == 0

    expire_overdue(timezone.now())
    assert delete_abandoned_forms(timezone.now()) == 1


def test_a_course_is_confirmed_as_one_and_taken_again_after_its_hold_ran_out():
    sessions = a_course(30, 37, 44)
    early = timezone.now() - timedelta(hours=1)
    booking = hold(sessions[0], now=early)

    booking = submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())

    assert booking.state == BookingState.CONFIRMED
    assert set(booking.booked_sessions.values_list("state", flat=True)) == {BookingState.CONFIRMED}
    assert taken(sessions) == [1, 1, 1]


def test_withdrawing_gives_back_the_whole_course():
    sessions = a_course(30, 37, 44)
    booking = book(sessions[0])

    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())

    assert taken(sessions) == [0, 0, 0]
    assert list(booking.booked_sessions.values_list("state", "sequence")) == [("withdrawn", 1)] * 3
    assert book(sessions[2]).booked_sessions.count() == 3


def test_a_course_whose_last_date_lies_beyond_the_charter_is_refused():
    """The gate is asked for each date: next year's are not open before next year's charter is signed (rule 2)."""
    provider = ProviderFactory()
    until = local_date_of(timezone.now()) + timedelta(days=33)
    SignatureFactory(provider=provider, covers_from=until - timedelta(days=90), covers_until=until)
    sessions = a_course(30, 37, offer=OfferFactory(provider=provider))

    with pytest.raises(CharterNotCoveredError) as refused:
        hold(sessions[0])

    assert refused.value.session == sessions[1]
    assert taken(sessions) == [0, 0]
