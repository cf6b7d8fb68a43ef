"""What other booking systems get wrong, each with the mistake it comes from; those tested elsewhere are named.

- Two schools' 7.A are one class: test_holding, test_two_schools_classes_of_the_same_name_are_not_mixed.
- Picked from the queue over the limit: test_queue, test_picking_from_the_queue_never_passes_the_limit.
- A reminder job that was away for three days and then runs twice reminds twice or never; a late sign-up gets the
  reminder of last week: tests/concurrency/test_reminders.
- A moved date is a new appointment beside the old one: test_calendar_entries, test_moving, and below through both.
"""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking.affected import affected_by
from booking.enums import BookingKind, BookingState, ForBooked, SessionCancelReason
from booking.errors import SessionFullError
from booking.models import Booking
from booking.operations import cancel_session, change_booking, move_booking, move_session
from booking.operations.changing_sessions import cancel_token, move_token
from booking.party import Party
from core.audit.log import LINK, SYSTEM
from tests.factories.booking import a_class, a_contact, book, hold, known_school, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.calendars import at_local_time
from workshops.models import Course
from workshops.operations.moving import NewTime

pytestmark = pytest.mark.django_db


def evening(people):
    return SessionFactory(offer=OfferFactory(evening=True, max_people=people))


def counters(session):
    session.refresh_from_db()
    return session.groups_taken, session.people_taken, session.waiting


def test_heads_are_counted_not_bookings():
    """The mistake: "30 places" sold as 30 bookings, or a second class let in because one booking was left."""
    session = SessionFactory(
        offer=OfferFactory(at_venue=True, max_groups=2, max_people=30), adults_count=False
    )
    schools = [known_school(domain=f"skole{number}.example") for number in range(2)]
    book(session, school=schools[0], classes=[a_class(pupils=18)], contact=a_contact("a@skole0.example"))

    with pytest.raises(SessionFullError) as refusal:
        hold(session, school=schools[1], classes=[a_class(pupils=18)], contact=a_contact("b@skole1.example"))

    assert (refusal.value.facts["groups_left"], refusal.value.facts["people_left"]) == (1, 12)
    assert counters(session) == (1, 18, 0)


def test_posting_the_same_form_again_does_not_lose_its_places_to_a_larger_entry_in_the_queue():
    """The mistake: a double click gives the own hold away first, and who waits for more seats takes it."""
    session, key = evening(3), uuid.uuid4()
    first = hold(
        session, seats=2, contact=a_contact("a@example.dk"), submission_key=key, browser_key="browser"
    )
    waits = queue_up(session, seats=3, contact=a_contact("b@example.dk"))

    again = hold(
        session, seats=2, contact=a_contact("a@example.dk"), submission_key=key, browser_key="browser"
    )

    waits.refresh_from_db()
    assert (again.pk, waits.state) == (first.pk, BookingState.WAITING)
    assert counters(session) == (0, 2, 1)


def test_a_form_changed_to_fewer_offers_what_it_frees():
    session, key = evening(3), uuid.uuid4()
    hold(session, seats=3, contact=a_contact("a@example.dk"), submission_key=key)
    waits = queue_up(session, seats=2, contact=a_contact("b@example.dk"))

    hold(session, seats=1, contact=a_contact("a@example.dk"), submission_key=key)

    waits.refresh_from_db()
    assert waits.state == BookingState.OFFERED
    assert counters(session) == (0, 3, 0)


def test_a_double_click_in_a_new_browser_goes_on_with_the_one_booking(portal_site):
    """The mistake: each of the two answers brings a cookie, the last one wins and knows no booking."""
    session = evening(5)
    form = {
        "submission_key": str(uuid.uuid4()),
        "kind": "person",
        "seats": "2",
        "contact_name": "Fatima",
        "contact_email": "fatima@example.dk",
    }
    Client().post(f"/book/{session.pk}/", form)
    browser = Client()  # what the second click brought: no cookie of the first answer

    held = browser.post(f"/book/{session.pk}/", form)
    review = browser.get(held.url).content.decode()
    sent = browser.post(held.url, {"seen": re.search(r'name="seen" value="([^"]+)"', review).group(1)})

    assert (sent.status_code, sent.url) == (302, f"/book/{session.pk}/kvittering/")
    assert Booking.objects.get().submitted_at is not None


def test_an_appointment_keeps_its_uid_when_its_date_moves_and_when_it_moves_to_another_date():
    """The mistake: the teacher's calendar shows both, or a cancellation for an appointment it never had."""
    offer = OfferFactory()
    session, other = (SessionFactory(offer=offer, in_days=days) for days in (30, 40))
    booked = book(session).booked_sessions.get()
    new_time = NewTime(
        day=session.local_date + timedelta(days=2),
        start_time=session.starts_at.time(),
        duration_minutes=90,
        venue_id=None,
    )
    now = timezone.now()

    move_session(
        session_id=session.pk,
        following=False,
        new_time=new_time,
        for_booked=ForBooked.TELL,
        seen=move_token(affected_by([session], now=now), new_time, ForBooked.TELL),
        actor=SYSTEM,
        now=now,
    )
    move_booking(
        booking_id=booked.booking_id,
        booked_session_id=booked.pk,
        to_session_id=other.pk,
        actor=LINK,
        now=now,
    )

    moved = booked.booking.booked_sessions.get()
    session.refresh_from_db()
    assert session.starts_at == at_local_time(new_time.day, new_time.start_time)
    assert (moved.pk, moved.uid, moved.sequence, moved.session) == (booked.pk, booked.uid, 2, other)


def test_a_course_that_loses_one_date_keeps_the_rest():
    """The mistake: one date cancelled ends the whole booking, or the whole booking goes on in the figures."""
    offer = OfferFactory(at_venue=True, max_groups=2)
    course = Course.objects.create(offer=offer, name="Forløb")
    first, second = (SessionFactory(offer=offer, course=course, in_days=days) for days in (20, 27))
    booking = book(first)
    uid = booking.booked_sessions.get(session=second).uid
    now, choice = timezone.now(), (SessionCancelReason(SessionCancelReason.values[0]), ForBooked.TELL)

    cancel_session(
        session_id=first.pk,
        following=False,
        reason=choice[0],
        for_booked=choice[1],
        seen=cancel_token(affected_by([first], now=now), *choice),
        actor=SYSTEM,
        now=now,
    )

    booking.refresh_from_db()
    rest = booking.booked_sessions.get(session=second)
    assert booking.state == rest.state == BookingState.CONFIRMED
    assert (rest.uid, rest.sequence) == (uid, 0)
    assert (counters(first)[0], counters(second)[0]) == (0, 1)


def test_an_entry_made_smaller_twice_is_offered_its_place_once():
    """The mistake: a double click on "save" ends on an error, because the first click has already worked."""
    session = evening(3)
    book(session, seats=2, contact=a_contact("a@example.dk"))
    waits = queue_up(session, seats=2, contact=a_contact("b@example.dk"))
    change = {
        "booking_id": waits.pk,
        "party": Party(kind=BookingKind.PERSON, seats=1),
        "contact": a_contact("b@example.dk"),
        "actor": LINK,
        "now": timezone.now(),
    }

    assert [change_booking(**change).state for _ in range(2)] == [BookingState.OFFERED] * 2
    assert counters(session) == (0, 3, 0)
