"""Rules 1, 3 and 6 at the same moment: moving, cancelling and resizing sessions while others book or move."""

import os
from datetime import time, timedelta

import pytest
from django.utils import timezone

from booking.affected import affected_by
from booking.enums import BookingState, ForBooked, SessionCancelReason
from booking.models import BookedSession, Booking
from booking.operations import cancel_session, change_session_limits, move_booking, move_session
from booking.operations.changing_sessions import cancel_token, limits_token, move_token
from core.audit.log import LINK, SYSTEM
from core.outbox.models import Message
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.calendars import LOCAL_ZONE
from workshops.enums import SessionState
from workshops.models import Session
from workshops.operations.moving import NewTime
from workshops.rules import Limits

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("PORTAL_TEST_ROUNDS", "20"))


def evening(people=10, **more):
    return SessionFactory(offer=OfferFactory(evening=True, max_people=people), **more)


def person(session, number, *, seats=1):
    return lambda: book(
        session,
        seats=seats,
        contact=a_contact(f"person{number}@example.dk"),
        browser_key=f"browser-{session.pk}-{number}",
    )


def shown(session):
    session = Session.objects.select_related("offer__provider").get(pk=session.pk)
    return affected_by([session], now=timezone.now())


def mover(session, *, days):
    new_time = NewTime(
        day=session.starts_at.astimezone(LOCAL_ZONE).date() + timedelta(days=days),
        start_time=time(18),
        duration_minutes=90,
        venue_id=session.venue_id,
    )
    seen = move_token(shown(session), new_time, ForBooked.TELL)
    return lambda: move_session(
        session_id=session.pk,
        following=False,
        new_time=new_time,
        for_booked=ForBooked.TELL,
        seen=seen,
        actor=SYSTEM,
        now=timezone.now(),
    )


def canceller(session):
    seen = cancel_token(shown(session), SessionCancelReason.ILLNESS, ForBooked.TELL)
    return lambda: cancel_session(
        session_id=session.pk,
        following=False,
        reason=SessionCancelReason.ILLNESS,
        for_booked=ForBooked.TELL,
        seen=seen,
        actor=SYSTEM,
        now=timezone.now(),
    )


def own_move(booking, to):
    booked = booking.booked_sessions.get()
    return lambda: move_booking(
        booking_id=booking.pk,
        booked_session_id=booked.pk,
        to_session_id=to.pk,
        actor=LINK,
        now=timezone.now(),
    )


def counters_are_true():
    for session in Session.objects.all():
        active = BookedSession.objects.filter(session=session, state=BookingState.CONFIRMED)
        assert session.people_taken == sum(item.people for item in active)
        assert session.groups_taken == sum(item.groups for item in active)


def test_nobody_who_books_while_the_session_moves_is_left_untold():
    """Either the booking was seen, and then the move had to be looked at again; or it was made on the new time."""
    for number in range(ROUNDS):
        session = evening()

        moved, booking = at_once(mover(session, days=1), person(session, number))

        session.refresh_from_db()
        assert isinstance(booking, Booking)
        booked = booking.booked_sessions.get()
        told = Message.objects.filter(
            mail_type="sign_up_session_moved", about=f"booking:{booking.pk}"
        ).count()
        assert (booked.sequence, told) == (0, 0)
        assert (type(moved).__name__, session.sequence) in {("Changed", 1), ("ChangedMeanwhileError", 0)}
    counters_are_true()


def test_two_moves_at_once_are_one_move_and_a_fresh_look():
    for number in range(ROUNDS):
        session = evening()
        booking = person(session, number)()

        results = at_once(mover(session, days=1), mover(session, days=2))

        session.refresh_from_db()
        assert names(results) == ["ChangedMeanwhileError", "ok"]
        assert session.sequence == 1
        assert booking.booked_sessions.get().sequence == 1
        assert (
            Message.objects.filter(mail_type="sign_up_session_moved", about=f"booking:{booking.pk}").count()
            == 1
        )


def test_the_same_move_posted_twice_at_once_is_done_once():
    session = evening()
    booking = person(session, 1)()

    results = at_once(*[mover(session, days=1)] * 3)

    assert sorted(result.sessions for result in results) == [0, 0, 1]
    assert booking.booked_sessions.get().sequence == 1
    assert Message.objects.filter(mail_type="sign_up_session_moved").count() == 1


def test_nobody_books_into_a_session_as_it_is_cancelled_without_being_told():
    for number in range(ROUNDS):
        session = evening()

        cancelled, booking = at_once(canceller(session), person(session, number))

        session.refresh_from_db()
        if session.state == SessionState.CANCELLED:
            assert names([booking]) == ["SessionClosedError"] or names([booking]) == ["HoldExpiredError"]
            assert session.people_taken == 0
        else:
            assert names([cancelled, booking]) == ["ChangedMeanwhileError", "ok"]
            assert session.people_taken == 1


def test_a_limit_lowered_while_people_book_is_never_passed():
    for _round in range(ROUNDS):
        session = evening(people=4)
        limits = Limits(None, 2, 0, True)
        seen = limits_token(shown(session), limits)

        def lower(session=session, limits=limits, seen=seen):
            return change_session_limits(
                session_id=session.pk, limits=limits, seen=seen, actor=SYSTEM, now=timezone.now()
            )

        results = at_once(lower, *[person(session, number) for number in range(4)])

        session.refresh_from_db()
        lowered = not isinstance(results[0], Exception)
        assert names(results[:1]) in (["ok"], ["LimitBelowTakenError"])
        assert session.max_people == (2 if lowered else 4)
        assert session.people_taken == sum(not isinstance(result, Exception) for result in results[1:])
        assert session.people_taken <= session.max_people
        assert session.people_taken == (2 if lowered else 4)
    counters_are_true()


def test_two_bookings_that_swap_dates_never_wait_for_each_other():
    """Both sessions are locked in one order, so the two moves come one after the other."""
    offer = OfferFactory(evening=True, max_people=2)
    for number in range(ROUNDS):
        first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
        one, two = person(first, f"{number}a")(), person(second, f"{number}b")()

        results = at_once(own_move(one, second), own_move(two, first))

        assert names(results) == ["ok", "ok"]
        assert one.booked_sessions.get().session_id == second.pk
        assert two.booked_sessions.get().session_id == first.pk
    counters_are_true()


def test_two_bookings_that_move_to_the_last_place_leave_one_where_it_was():
    offer = OfferFactory(evening=True, max_people=1)
    for number in range(ROUNDS):
        first, second, third = (SessionFactory(offer=offer, in_days=30 + day) for day in (0, 1, 2))
        one, two = person(first, f"{number}a")(), person(second, f"{number}b")()

        results = at_once(own_move(one, third), own_move(two, third))

        third.refresh_from_db()
        assert names(results) == ["SessionFullError", "ok"]
        assert third.people_taken == 1
    counters_are_true()


def test_a_booking_that_moves_away_while_its_session_is_cancelled_has_one_end():
    offer = OfferFactory(evening=True, max_people=5)
    for number in range(ROUNDS):
        first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
        booking = person(first, number)()

        cancelled, moved = at_once(canceller(first), own_move(booking, second))

        booking.refresh_from_db()
        booked = booking.booked_sessions.get()
        if isinstance(moved, Exception):
            assert (names([cancelled, moved]), booking.state) == (
                ["WrongStateError", "ok"],
                BookingState.CANCELLED,
            )
        else:
            assert (booked.session_id, booking.state) == (second.pk, BookingState.CONFIRMED)
            assert names([cancelled]) == ["ChangedMeanwhileError"]
    counters_are_true()


# The negative control: the same race without the lock, in the test only.


@pytest.mark.postgresql
def test_without_the_lock_both_moves_are_done(monkeypatch):
    """SQLite lets one writer in at a time, so only PostgreSQL can show it."""
    import threading

    from booking.operations import changing_sessions

    session = evening()
    booking = person(session, 1)()
    movers = mover(session, days=1), mover(session, days=2)
    both_have_looked = threading.Barrier(2)

    def look(affected, *args, **kwargs):
        both_have_looked.wait(timeout=30)

    monkeypatch.setattr(changing_sessions, "lock_sessions", lambda ids: {})
    monkeypatch.setattr(changing_sessions, "_refuse_clashes", look)

    results = at_once(*movers)

    assert names(results) == ["ok", "ok"]
    assert booking.booked_sessions.get().sequence == 2
