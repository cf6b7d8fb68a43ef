"""Rule 1 while bookings change: growing races with booking, a change made twice, a booking taken over twice (S10, S26)."""

import threading

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from booking.enums import BookingKind
from booking.errors import SessionFullError
from booking.models import BookedSession, Booking
from booking.operations import accept_handover, change_booking, changing, offer_handover
from booking.party import Party
from core.audit.log import LINK
from core.audit.models import Entry
from core.outbox.models import Message
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def evening(people):
    return SessionFactory(offer=OfferFactory(evening=True, max_people=people))


def person(name):
    return a_contact(f"{name}@example.dk")


def grow(booking, seats):
    """Change a booking to so many seats."""
    return change_booking(
        booking_id=booking.pk,
        party=Party(kind=BookingKind.PERSON, seats=seats),
        contact=a_contact(booking.contact_email),
        actor=LINK,
        now=timezone.now(),
    )


def assert_counters_are_true(session):
    session.refresh_from_db()
    rows = BookedSession.objects.filter(session=session, state="confirmed").values_list("people", flat=True)
    assert session.people_taken == sum(rows) <= session.max_people


def test_growing_into_the_last_place_and_booking_it_go_to_one():
    session = evening(3)
    booking = book(session, seats=2, contact=person("first"))

    results = at_once(
        lambda: grow(booking, 3), lambda: book(session, contact=person("second"), browser_key="second")
    )

    assert names(results) == ["SessionFullError", "ok"]
    assert_counters_are_true(session)


def test_two_bookings_growing_into_the_last_place_leave_one_as_it_was():
    session = evening(5)
    bookings = [book(session, seats=2, contact=person(name)) for name in ("first", "second")]

    results = at_once(*[lambda booking=booking: grow(booking, 3) for booking in bookings])

    assert names(results) == ["SessionFullError", "ok"]
    assert sorted(BookedSession.objects.values_list("people", flat=True)) == [2, 3]
    assert_counters_are_true(session)


def test_shrinking_growing_and_booking_at_once_keep_the_counters_true():
    session = evening(12)
    bookings = [book(session, seats=3, contact=person(f"p{number}")) for number in range(4)]

    at_once(
        lambda: grow(bookings[0], 1),
        lambda: grow(bookings[1], 5),
        lambda: grow(bookings[2], 2),
        lambda: grow(bookings[3], 4),
        lambda: book(session, seats=2, contact=person("new"), browser_key="new"),
    )

    assert_counters_are_true(session)


def test_the_same_change_made_by_four_at_once_is_made_once():
    session = evening(10)
    booking = book(session, seats=4, contact=person("first"))

    results = at_once(*[lambda: grow(booking, 7)] * 4)

    assert names(results) == ["ok"] * 4
    assert Booking.objects.get().changes == 1
    assert Message.objects.filter(mail_type="sign_up_changed").count() == 1
    assert Entry.objects.filter(action="booking_changed").count() == 1
    assert_counters_are_true(session)


def test_a_booking_is_taken_over_once_however_often_the_button_is_pressed():
    booking = book(evening(10), contact=person("first"))
    now = timezone.now()
    offer_handover(booking_id=booking.pk, name="Ny", email="ny@example.dk", actor=LINK, now=now)

    results = at_once(
        *[lambda: accept_handover(booking_id=booking.pk, phone_on_day="", actor=LINK, now=timezone.now())] * 3
    )

    assert names(results) == ["HandoverEndedError", "HandoverEndedError", "ok"]
    assert Booking.objects.get().link_generation == booking.link_generation + 1
    assert Message.objects.filter(mail_type="sign_up_handed_over").count() == 1


@pytest.mark.postgresql
def test_without_the_guard_two_grow_into_one_place_and_the_database_refuses(monkeypatch):
    """SQLite lets one writer in at a time, so only PostgreSQL can show it."""
    session = evening(5)
    bookings = [book(session, seats=2, contact=person(name)) for name in ("first", "second")]
    both_have_looked = threading.Barrier(2)

    def without_lock(booking_id):
        return Session.objects.in_bulk([session.pk])

    def look_then_write(session_id, *, groups, people, school_id, now, claimant):
        found = Session.objects.get(pk=session_id)
        both_have_looked.wait(timeout=30)
        if found.people_taken + people > found.max_people:
            raise SessionFullError(groups_left=None, people_left=0)
        Session.objects.filter(pk=session_id).update(people_taken=F("people_taken") + people)

    monkeypatch.setattr(changing, "change_places", look_then_write)
    monkeypatch.setattr(changing, "lock_sessions_of", without_lock)

    results = at_once(*[lambda booking=booking: grow(booking, 3) for booking in bookings])

    assert names(results) == ["IntegrityError", "ok"]
    error = next(result for result in results if isinstance(result, IntegrityError))
    assert "check constraint" in str(error)
