"""Reminders go once, however the job runs: skipped for days, then twice at once (rule 5, N2, N3)."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from booking.enums import BookingState, CancelReason, WithdrawalReason
from booking.models import BookedSession
from booking.operations import cancel_booking, withdraw_booking
from booking.reminders import queue_reminders
from core.audit.log import LINK, SYSTEM
from core.outbox.models import Message, MessageState
from core.outbox.operations import send_due
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

BOOKED = timedelta(days=20)


def reminders():
    """What is queued, by type and state."""
    return sorted(Message.objects.filter(mail_type__contains="reminder").values_list("mail_type", "state"))


def booked_session(in_days, *, before=BOOKED, **more):
    """A confirmed booking of a session so many days ahead, made some time ago; and the session's start."""
    now = timezone.now()
    booking = book(SessionFactory(in_days=in_days, **more), now=now - before)
    return booking, booking.booked_sessions.get().session.starts_at


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_after_three_missed_days_two_jobs_at_once_queue_each_reminder_once():
    offer = OfferFactory()
    starts = []
    for number in range(6):
        session = SessionFactory(offer=offer, in_days=30 + number)
        book(session, contact=a_contact(f"laerer{number}@skole.example"))
        starts.append(session.starts_at)
    # The job last ran eight days before the first start; it wakes five days before: three days were missed.
    now = starts[0] - timedelta(days=5)

    results = at_once(*[lambda: queue_reminders(now)] * 2)

    assert names(results) == ["ok", "ok"]
    due = sum(1 for start in starts if start - timedelta(days=7) <= now)
    assert due == 3
    assert reminders() == [("booking_reminder_week", MessageState.QUEUED)] * due


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_reminder_once():
    _booking, starts_at = booked_session(30)
    now = starts_at - timedelta(days=6)
    queue_reminders(now)
    Message.objects.exclude(mail_type__contains="reminder").delete()

    at_once(*[lambda: send_due(now=now)] * 2)

    assert reminders() == [("booking_reminder_week", MessageState.SENT)]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_after_days_missed_past_the_weeks_reminder_only_the_days_one_goes():
    _booking, starts_at = booked_session(30)

    queue_reminders(starts_at - timedelta(hours=20))

    assert reminders() == [("booking_reminder_day", MessageState.QUEUED)]


@pytest.mark.django_db
def test_each_reminder_goes_once_through_a_whole_season():
    _booking, starts_at = booked_session(30)

    for hours in range(24 * 9, -24, -1):
        queue_reminders(starts_at - timedelta(hours=hours))

    assert reminders() == [
        ("booking_reminder_day", MessageState.QUEUED),
        ("booking_reminder_week", MessageState.QUEUED),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("booked_before_start", "expected"),
    [
        (timedelta(days=9), ["booking_reminder_day", "booking_reminder_week"]),
        (timedelta(days=7, hours=2), ["booking_reminder_day"]),
        (timedelta(days=4), ["booking_reminder_day"]),
        (timedelta(days=1, hours=2), []),
    ],
    ids=["early", "just before the week's", "in the last week", "the day before"],
)
def test_a_late_booking_gets_the_right_reminder_or_none(booked_before_start, expected):
    session = SessionFactory(offer=OfferFactory(booking_closes_days=0), in_days=30)
    book(session, now=session.starts_at - booked_before_start)

    for hours in range(24 * 8, 0, -1):
        moment = session.starts_at - timedelta(hours=hours)
        if moment > session.starts_at - booked_before_start:
            queue_reminders(moment)

    assert [name for name, _state in reminders()] == expected


@pytest.mark.django_db
def test_a_person_is_reminded_the_day_before_only():
    _booking, starts_at = booked_session(30, evening=True)

    queue_reminders(starts_at - timedelta(days=5))
    queue_reminders(starts_at - timedelta(hours=24))

    assert reminders() == [("sign_up_reminder_day", MessageState.QUEUED)]


def withdraw(booking, now):
    withdraw_booking(
        booking_id=booking.pk, reason=WithdrawalReason.ILLNESS, actor=LINK, now=now, by_staff=True
    )


def cancel(booking, now):
    cancel_booking(booking_id=booking.pk, reason=CancelReason.OTHER, actor=SYSTEM, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("end", [withdraw, cancel])
def test_what_ends_after_the_reminder_was_queued_is_not_reminded_of(end):
    booking, starts_at = booked_session(30)
    now = starts_at - timedelta(days=6)
    queue_reminders(now)
    end(booking, now)

    send_due(now=now + timedelta(minutes=1))

    assert reminders() == [("booking_reminder_week", MessageState.SKIPPED)]
    assert [message.subject for message in mail.outbox if message.subject.startswith("Det skal I")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("end", [withdraw, cancel])
def test_what_has_ended_is_not_queued(end):
    booking, starts_at = booked_session(30)
    end(booking, starts_at - timedelta(days=8))

    queue_reminders(starts_at - timedelta(days=6))

    assert reminders() == []


@pytest.mark.django_db
def test_nobody_is_reminded_after_the_start():
    _booking, starts_at = booked_session(30)
    queue_reminders(starts_at - timedelta(hours=20))

    send_due(now=starts_at + timedelta(minutes=1))

    assert reminders() == [("booking_reminder_day", MessageState.SKIPPED)]


def a_course(in_days=30, second_in_days=33):
    """A booking of two sessions of one offer."""
    booking, _starts_at = booked_session(in_days)
    first = booking.booked_sessions.get()
    second = BookedSession.objects.create(
        booking=booking,
        session=SessionFactory(offer=first.session.offer, in_days=second_in_days),
        groups=1,
        state=BookingState.CONFIRMED,
        uid=f"{uuid.uuid4()}@dannelsesportalen",
    )
    return first, second


def move(booked, *, by):
    """Move a session as the operation does: the row keeps its pk."""
    session = booked.session
    Session.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + by, ends_at=session.ends_at + by
    )


@pytest.mark.django_db
def test_each_session_of_a_course_is_reminded_of_by_itself():
    first, second = a_course()

    for hours in range(24 * 12, -24, -1):
        queue_reminders(first.session.starts_at - timedelta(hours=hours))
    for hours in range(48, 0, -1):
        queue_reminders(second.session.starts_at - timedelta(hours=hours))

    assert [name for name, _state in reminders()] == ["booking_reminder_day"] * 2 + [
        "booking_reminder_week"
    ] * 2


@pytest.mark.django_db
def test_a_course_mail_speaks_of_its_own_session_only():
    first, second = a_course()
    Message.objects.all().delete()
    now = second.session.starts_at - timedelta(hours=20)
    queue_reminders(now)

    send_due(now=now)

    (mail_of_second,) = mail.outbox
    days = [timezone.localtime(one.session.starts_at).day for one in (first, second)]
    assert f" {days[1]}. " in mail_of_second.body
    assert f" {days[0]}. " not in mail_of_second.body.partition("* * *")[0]


@pytest.mark.django_db
def test_the_reminder_of_a_courses_first_session_is_not_sent_late_for_its_second():
    first, _second = a_course(second_in_days=45)
    queue_reminders(first.session.starts_at - timedelta(hours=20))

    send_due(now=first.session.starts_at + timedelta(hours=1))

    assert reminders() == [("booking_reminder_day", MessageState.SKIPPED)]


@pytest.mark.django_db
def test_when_one_session_of_a_course_has_ended_only_the_other_is_reminded_of():
    first, second = a_course()
    BookedSession.objects.filter(pk=first.pk).update(state=BookingState.CANCELLED)

    queue_reminders(first.session.starts_at - timedelta(hours=20))

    assert list(
        Message.objects.filter(mail_type__contains="reminder").values_list("ids__booked", flat=True)
    ) == [second.pk]


@pytest.mark.django_db
def test_a_moved_session_is_reminded_of_anew_and_not_at_its_old_time():
    booking, starts_at = booked_session(30)
    queue_reminders(starts_at - timedelta(hours=20))
    move(booking.booked_sessions.get(), by=timedelta(days=3))

    send_due(now=starts_at - timedelta(hours=19))
    queue_reminders(starts_at + timedelta(days=2, hours=4))
    send_due(now=starts_at + timedelta(days=2, hours=5))

    assert reminders() == [
        ("booking_reminder_day", MessageState.SENT),
        ("booking_reminder_day", MessageState.SKIPPED),
    ]
    new_day = timezone.localtime(starts_at + timedelta(days=3)).day
    assert f" {new_day}. " in [message for message in mail.outbox if "Påmindelse" in message.subject][-1].body


@pytest.mark.django_db
def test_a_booking_moved_to_another_session_is_reminded_of_that_one_only():
    booking, starts_at = booked_session(30)
    queue_reminders(starts_at - timedelta(hours=20))
    booked = booking.booked_sessions.get()
    other = SessionFactory(offer=booked.session.offer, in_days=33)
    BookedSession.objects.filter(pk=booked.pk).update(session=other)

    send_due(now=starts_at - timedelta(hours=19))
    queue_reminders(starts_at - timedelta(hours=19))

    assert reminders() == [
        ("booking_reminder_day", MessageState.SKIPPED),
        ("booking_reminder_week", MessageState.QUEUED),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [BookingState.WAITING, BookingState.OFFERED, BookingState.AWAITING_APPROVAL, BookingState.HELD]
)
def test_who_has_no_confirmed_place_is_not_reminded(state):
    booking, starts_at = booked_session(30)
    booking.booked_sessions.update(state=state)

    queue_reminders(starts_at - timedelta(days=5))
    queue_reminders(starts_at - timedelta(hours=20))

    assert reminders() == []


@pytest.mark.django_db
def test_a_contact_who_handed_over_is_not_reminded_and_the_new_one_is():
    booking, starts_at = booked_session(30)
    now = starts_at - timedelta(hours=20)
    queue_reminders(now)
    booking.contact_email = "afloeser@skole.example"
    booking.save()

    send_due(now=now)
    queue_reminders(now)
    send_due(now=now)

    told = Message.objects.filter(mail_type="booking_reminder_day").order_by("pk")
    assert list(told.values_list("to_email", "state")) == [
        ("laerer@skole.example", MessageState.SKIPPED),
        ("afloeser@skole.example", MessageState.SENT),
    ]


@pytest.mark.django_db
def test_a_weeks_reminder_held_up_until_the_day_before_leaves_the_word_to_the_days():
    _booking, starts_at = booked_session(30)
    queue_reminders(starts_at - timedelta(days=5))
    now = starts_at - timedelta(hours=20)
    queue_reminders(now)

    send_due(now=now)

    assert reminders() == [
        ("booking_reminder_day", MessageState.SENT),
        ("booking_reminder_week", MessageState.SKIPPED),
    ]


@pytest.mark.django_db
def test_a_cancelled_session_is_not_reminded_of_though_its_bookings_stand():
    _booking, starts_at = booked_session(30)
    queue_reminders(starts_at - timedelta(hours=20))
    Session.objects.update(state="cancelled")

    send_due(now=starts_at - timedelta(hours=19))
    queue_reminders(starts_at - timedelta(hours=19))

    assert reminders() == [("booking_reminder_day", MessageState.SKIPPED)]


@pytest.mark.django_db
@pytest.mark.parametrize("bookings", [1, 3])
def test_the_job_costs_the_same_queries_whatever_is_due(django_assert_num_queries, bookings):
    offer = OfferFactory()
    for number in range(bookings):
        session = SessionFactory(offer=offer, in_days=30 + number % 2)
        book(session, contact=a_contact(f"laerer{number}@skole.example"))
    now = session.starts_at - timedelta(days=5)

    with django_assert_num_queries(3):
        assert queue_reminders(now) == bookings
    with django_assert_num_queries(2):
        assert queue_reminders(now) == 0
