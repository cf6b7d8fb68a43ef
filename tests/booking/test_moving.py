"""Moving one's booking to another date: same reference, same UID, next SEQUENCE (S10, rules 1, 2, 3, 6, 8)."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from booking.enums import BookingState
from booking.errors import (
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    MoveClosedError,
    OtherOfferError,
    OtherSchoolHostsError,
    SchoolCapError,
    SessionClosedError,
    SessionFullError,
    WrongStateError,
)
from booking.free_dates import dates_for
from booking.models import BookedSession, Booking, ClassPlace
from booking.operations import cancel_booking, move_booking, withdraw_booking
from booking.retention import contact_deleted_after
from charter.enums import MemberRole
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from tests.booking.ical_checks import mail_entries
from tests.factories.booking import a_class, a_contact, book, known_school, queue_up
from tests.factories.charter import ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory, a_course
from workshops.calendars import at_local_time
from workshops.models import Course, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def dates():
    """Two dates of one offer."""
    offer = OfferFactory()
    return SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)


def move(booking, to, *, now=None, by_staff=False, which=0):
    booked = booking.booked_sessions.order_by("pk")[which]
    return move_booking(
        booking_id=booking.pk,
        booked_session_id=booked.pk,
        to_session_id=to.pk,
        actor=SYSTEM if by_staff else LINK,
        now=now or timezone.now(),
        by_staff=by_staff,
    )


def counters(session):
    session.refresh_from_db()
    return session.groups_taken, session.people_taken


def entries_of(message):
    mail_entries(message)  # checks each by RFC and by two parsers
    return [
        (part.get_param("method"), entry)
        for part in message.attachments
        if part.get_content_type() == "text/calendar"
        for entry in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]


def test_a_moved_booking_keeps_its_reference_and_uid_and_takes_the_places_along(dates):
    first, second = dates
    booking = book(first)
    before = booking.booked_sessions.get()

    moved = move(booking, second)

    after = moved.booked_sessions.get()
    assert (moved.reference, moved.state) == (booking.reference, BookingState.CONFIRMED)
    assert (after.pk, after.uid, after.session_id) == (before.pk, before.uid, second.pk)
    assert after.sequence == before.sequence + 1
    assert (counters(first), counters(second)) == ((0, 0), (1, 22))
    assert first.host_school_id is None
    assert second.host_school_id == booking.school_id
    assert list(ClassPlace.objects.filter(is_active=True).values_list("session", flat=True)) == [second.pk]


def test_moving_there_twice_changes_nothing(dates):
    first, second = dates
    booking = book(first)

    move(booking, second)
    move(booking, second)

    assert booking.booked_sessions.get().sequence == 1
    assert counters(second) == (1, 22)
    assert Entry.objects.filter(action="booking_moved").count() == 1
    assert Message.objects.filter(mail_type="booking_moved").count() == 1


def test_the_mail_moves_the_appointment(dates, now):
    first, second = dates
    coordinator = ProviderMemberFactory(provider=first.provider, role=MemberRole.COORDINATOR).user
    booking = book(first, now=now)
    send_due(now=now)
    uid = booking.booked_sessions.get().uid
    mail.outbox.clear()

    move(booking, second, now=now)
    send_due(now=now)

    mails = {message.to[0]: message for message in mail.outbox}
    assert mails.keys() == {booking.contact_email, coordinator.email}
    message = mails[booking.contact_email]
    assert message.subject == f"Booking {booking.reference} er flyttet"
    for message in mails.values():
        ((method, entry),) = entries_of(message)
        assert (method, entry["UID"], entry["SEQUENCE"]) == ("REQUEST", uid, 1)
        assert entry["DTSTART"].dt == second.starts_at
    assert "/booking/" not in mails[coordinator.email].body


def test_who_waits_for_the_old_date_gets_its_place(dates):
    first, second = dates
    booking = book(first)
    waiting = queue_up(first, contact=a_contact("b@skole.example"), classes=[a_class("6.B")])

    move(booking, second)

    waiting.refresh_from_db()
    assert waiting.state == BookingState.OFFERED
    assert counters(first) == (1, 22)


def test_who_waits_for_the_new_date_comes_first():
    """The place on the new date has just become free by an offer that ran out; the next in line has it."""
    offer = OfferFactory()
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    mover = book(first)
    holder = book(second, contact=a_contact("a@skole.example"))
    queue_up(second, contact=a_contact("b@skole.example"), classes=[a_class("6.B")])
    later = queue_up(second, contact=a_contact("c@skole.example"), classes=[a_class("6.C")])
    cancel_booking(booking_id=holder.pk, reason="other", actor=SYSTEM, now=timezone.now())
    offered = BookedSession.objects.get(state=BookingState.OFFERED)

    with pytest.raises((SessionFullError, OtherSchoolHostsError)):
        move(mover, second, now=offered.held_until)

    # The refusal rolled back; the next claim or the job does the same again.
    later.refresh_from_db()
    assert later.state == BookingState.WAITING
    assert mover.booked_sessions.get().session_id == first.pk


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("full", SessionFullError),
        ("other_host", OtherSchoolHostsError),
        ("closed", SessionClosedError),
        ("cancelled", SessionClosedError),
        ("other_offer", OtherOfferError),
        ("in_course", OtherOfferError),
        ("by_invitation", OtherOfferError),
        ("nowhere", OtherOfferError),
    ],
)
def test_a_move_that_cannot_be_leaves_everything_as_it_was(target, error):
    offer = OfferFactory(max_groups=2 if target == "other_host" else 1)
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    booking = book(first)
    if target == "full":
        book(second, school=booking.school, contact=a_contact("b@skole.example"), classes=[a_class("6.B")])
    elif target == "other_host":
        book(second, school=known_school(domain="b.example"), contact=a_contact("b@b.example"))
    elif target in {"closed", "cancelled"}:
        Session.objects.filter(pk=second.pk).update(state=target)
    elif target == "other_offer":
        second = SessionFactory()
    elif target == "in_course":
        Session.objects.filter(pk=second.pk).update(course=Course.objects.create(offer=offer, name="Forløb"))
    elif target == "by_invitation":
        Session.objects.filter(pk=second.pk).update(access="invitation")
    elif target == "nowhere":
        second.pk = 10**6
    messages = Message.objects.count()

    with pytest.raises(error):
        move(booking, second)

    booked = booking.booked_sessions.get()
    assert (booked.session_id, booked.sequence, booked.state) == (first.pk, 0, BookingState.CONFIRMED)
    assert counters(first) == (1, 22)
    assert Message.objects.count() == messages


def test_a_move_to_a_date_the_charter_does_not_cover_is_refused():
    offer = OfferFactory()
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    booking = book(first)
    Session.objects.filter(pk=second.pk).update(local_date="2039-05-05")

    with pytest.raises(CharterNotCoveredError):
        move(booking, second, by_staff=True)

    assert booking.booked_sessions.get().session_id == first.pk


def test_a_class_that_is_there_already_is_not_there_twice():
    offer = OfferFactory(max_groups=3)
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    school = known_school()
    booking = book(first, school=school)
    book(second, school=school)

    with pytest.raises(ClassAlreadyBookedError):
        move(booking, second)


def test_the_participant_moves_until_the_deadline_and_staff_until_the_start(dates):
    first, second = dates
    booking = book(first)
    too_late = first.withdrawal_closes_at

    with pytest.raises(MoveClosedError):
        move(booking, second, now=too_late)
    with pytest.raises(WrongStateError):
        move(booking, second, now=first.starts_at, by_staff=True)
    move(booking, second, now=too_late, by_staff=True)

    assert booking.booked_sessions.get().session_id == second.pk


def test_staff_move_to_a_date_that_is_closed_on_the_website(dates):
    first, second = dates
    booking = book(first)
    Session.objects.filter(pk=second.pk).update(state="closed")

    move(booking, second, by_staff=True)

    assert counters(second) == (1, 22)


def test_a_move_into_another_term_counts_against_the_schools_share_there():
    offer = OfferFactory(max_classes_per_term=1)
    first, same_term, next_term, other = (
        SessionFactory(offer=offer, starts_at=at_local_time(day, time(9)))
        for day in (date(2027, 3, 2), date(2027, 3, 9), date(2027, 10, 5), date(2027, 10, 12))
    )
    school = known_school()
    booking = book(first, school=school)
    book(other, school=school, classes=[a_class("6.B")])

    move(booking, same_term)
    with pytest.raises(SchoolCapError):
        move(booking, next_term)
    move(booking, next_term, by_staff=True)

    assert booking.booked_sessions.get().session_id == next_term.pk


def test_only_what_is_booked_is_moved(dates):
    first, second = dates
    booking = book(first)
    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())

    with pytest.raises(WrongStateError):
        move(booking, second)
    with pytest.raises(WrongStateError):
        move_booking(
            booking_id=booking.pk,
            booked_session_id=10**6,
            to_session_id=second.pk,
            actor=LINK,
            now=timezone.now(),
        )


def test_accompanying_adults_count_where_the_new_date_counts_them():
    offer = OfferFactory(max_groups=None, max_people=60)
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37, adults_count=True)
    booking = book(first, classes=[a_class(pupils=20, adults=2)])

    move(booking, second)

    assert (counters(first), counters(second)) == ((0, 0), (1, 22))
    move(booking, first)
    assert (counters(first), counters(second)) == ((1, 20), (0, 0))


def test_one_lesson_of_a_course_moves_and_the_rest_stays():
    offer = OfferFactory()
    course = Course.objects.create(offer=offer, name="Forløb")
    first, second = (SessionFactory(offer=offer, in_days=30 + day, course=course) for day in (0, 7))
    extra = SessionFactory(offer=offer, in_days=50)
    booking = book(SessionFactory(offer=offer, in_days=29))
    # A course's booking is made elsewhere: here only its shape counts.
    Booking.objects.filter(pk=booking.pk).update(course=course)
    only = booking.booked_sessions.get()
    Session.objects.filter(pk=only.session_id).update(course=course)
    BookedSession.objects.create(
        booking=booking, session=second, groups=1, people=22, state=BookingState.CONFIRMED, uid="rest"
    )
    Session.objects.filter(pk=second.pk).update(groups_taken=1, people_taken=22)

    move(booking, extra)

    places = dict(booking.booked_sessions.values_list("session_id", "sequence"))
    assert places == {extra.pk: 1, second.pk: 0}
    assert first.pk not in places


def test_a_lesson_of_a_course_does_not_move_to_the_time_of_another():
    first, second = a_course(30, 37)
    at_the_same_time = SessionFactory(offer=first.offer, in_days=37, at=time(10))
    after_it = SessionFactory(offer=first.offer, in_days=37, at=time(10, 30))
    booking = book(first)
    booked = booking.booked_sessions.select_related("session").get(session=first)
    detailed = Booking.objects.with_details().get(pk=booking.pk)

    with pytest.raises(OtherOfferError):
        move(booking, at_the_same_time)
    offered = list(dates_for(booked, detailed, now=timezone.now()))

    assert offered == [after_it]
    move(booking, after_it)
    assert set(booking.booked_sessions.values_list("session_id", flat=True)) == {after_it.pk, second.pk}


def test_the_contact_is_kept_as_long_as_the_new_date_asks(dates):
    first, _second = dates
    far = SessionFactory(offer=first.offer, in_days=300)
    booking = book(first)

    moved = move(booking, far)

    moved.refresh_from_db()
    assert moved.delete_after == contact_deleted_after("school", last_date=far.local_date)
    assert moved.delete_after >= booking.delete_after


def test_moving_settles_the_task_of_an_affected_booking(dates):
    first, second = dates
    booking = book(first)
    open_item(key="x", kind="affected_booking", subject=f"booking:{booking.pk}", now=timezone.now())

    move(booking, second, by_staff=True)

    assert WorkItem.objects.get().resolution == "moved"


def test_the_reminder_of_the_new_date_goes(dates):
    from booking.reminders import queue_reminders

    first, second = dates
    booking = book(first)
    move(booking, second)

    queue_reminders(second.starts_at - timedelta(hours=24))

    reminder = Message.objects.get(mail_type="booking_reminder_day")
    assert f"{second.starts_at:%Y%m%d}" in reminder.key
