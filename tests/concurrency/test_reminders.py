"""Reminders go once, however the job runs: skipped for days, then twice at once (rule 5, N2, N3)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from booking.enums import CancelReason, WithdrawalReason
from booking.operations import cancel_booking, withdraw_booking
from booking.reminders import queue_reminders
from core.audit.log import LINK, SYSTEM
from core.outbox.models import Message, MessageState
from core.outbox.operations import send_due
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory

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
    assert "booking_reminder_week" not in [message.subject for message in mail.outbox]


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
