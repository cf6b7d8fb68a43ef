"""What the booking mails say when they are sent, and when they say nothing (rules 5, 6, 10, 12)."""

from datetime import time, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from booking import links
from booking.enums import BookingState, WithdrawalReason
from booking.models import Booking
from booking.operations import withdraw_booking
from booking.reminders import queue_reminders
from charter.enums import MemberRole
from core.audit.log import LINK
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.booking.ical_checks import mail_entries
from tests.factories.booking import a_class, book
from tests.factories.charter import ProviderMemberFactory
from tests.factories.workshops import SessionFactory
from workshops.calendars import at_local_time
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def sent_to(address: str) -> list:
    return [message for message in mail.outbox if message.to == [address]]


def entries(message) -> list:
    """Return the entries of every calendar that goes with a mail."""
    mail_entries(message)  # checks each by RFC and by two parsers
    return [
        entry
        for part in message.attachments
        if part.get_content_type() == "text/calendar"
        for entry in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]


def test_the_receipt_says_what_was_booked_and_carries_the_appointment(now):
    booking = book(SessionFactory(), classes=[a_class("5.A", pupils=24, adults=2)], now=now)

    send_due(now=now)

    (receipt,) = sent_to(booking.contact_email)
    assert receipt.subject == f"Kvittering for booking {booking.reference}"
    assert "5.A (5. klasse): 24 elever og 2 voksne" in receipt.body
    (entry,) = entries(receipt)
    assert entry["UID"] == booking.booked_sessions.get().uid
    assert entry["SEQUENCE"] == booking.booked_sessions.get().sequence


def test_the_receipt_says_nothing_when_the_booking_was_withdrawn_before_it_went(now):
    booking = book(SessionFactory(), now=now)
    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.ILLNESS, actor=LINK, now=now)

    send_due(now=now)

    (only,) = sent_to(booking.contact_email)
    assert only.subject == f"Booking {booking.reference} er afmeldt"
    assert Message.objects.get(mail_type="booking_receipt").state == "skipped"


def test_a_withdrawal_cancels_the_same_appointment(now):
    booking = book(SessionFactory(), now=now)
    send_due(now=now)
    mail.outbox.clear()

    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.ILLNESS, actor=LINK, now=now)
    send_due(now=now)

    (message,) = sent_to(booking.contact_email)
    (part,) = message.attachments
    (entry,) = entries(message)
    booked = booking.booked_sessions.get()
    assert part.get_param("method") == "CANCEL"
    assert (entry["UID"], entry["SEQUENCE"], entry["STATUS"]) == (booked.uid, booked.sequence, "CANCELLED")
    assert booked.sequence > 0


@pytest.mark.parametrize(("in_days", "is_in_receipt"), [(1, True), (20, False)])
def test_the_link_of_an_online_session_comes_with_the_receipt_only_without_a_reminder(
    now, in_days, is_in_receipt
):
    session = SessionFactory(online=True, in_days=in_days)
    Session.objects.filter(pk=session.pk).update(booking_closes_at=session.starts_at)
    session.refresh_from_db()
    booking = book(session, now=now)

    send_due(now=now)
    queue_reminders(now)

    (receipt,) = sent_to(booking.contact_email)
    assert ("https://video.example.dk/rum" in receipt.body) is is_in_receipt
    assert not Message.objects.filter(mail_type__contains="reminder").exists()


def test_the_reminder_carries_the_link_of_an_online_session(now):
    session = SessionFactory(online=True)
    booking = book(session, now=now)
    send_due(now=now)
    mail.outbox.clear()
    day_before = session.starts_at - timedelta(hours=24)

    queue_reminders(day_before)
    send_due(now=day_before)

    (reminder,) = sent_to(booking.contact_email)
    assert "https://video.example.dk/rum" in reminder.body


def test_no_other_mail_carries_the_link_of_an_online_session(now):
    """F4: not the receipt long before, not the provider's or the cancellation."""
    session = SessionFactory(online=True)
    ProviderMemberFactory(provider=session.provider, role=MemberRole.COORDINATOR)
    booking = book(session, now=now)
    send_due(now=now)
    queue_reminders(session.starts_at - timedelta(days=6))
    send_due(now=session.starts_at - timedelta(days=6))
    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.DATE, actor=LINK, now=now, by_staff=True)
    send_due(now=session.starts_at - timedelta(days=1))

    assert len(mail.outbox) == 5
    assert not any("video.example.dk" in str(message.message()) for message in mail.outbox)
    assert not any("video.example.dk" in message.body for message in mail.outbox)


@pytest.mark.parametrize(
    ("state", "hours_before", "is_shown"),
    [
        (BookingState.CONFIRMED, 25, False),
        (BookingState.CONFIRMED, 23, True),
        (BookingState.CONFIRMED, -3, False),
        (BookingState.AWAITING_APPROVAL, 23, False),
        (BookingState.OFFERED, 23, False),
        (BookingState.WITHDRAWN, 23, False),
    ],
)
def test_the_page_shows_the_link_of_an_online_session_to_the_confirmed_from_the_day_before(
    client, now, state, hours_before, is_shown
):
    booking = book(SessionFactory(online=True, in_days=30), now=now)
    booking.booked_sessions.update(state=state)
    Booking.objects.update(state=state)
    starts_at = now + timedelta(hours=hours_before)
    Session.objects.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))

    page = client.get(links.manage_path(booking)).content.decode()

    assert ("https://video.example.dk/rum" in page) is is_shown


@pytest.mark.parametrize(
    ("at", "moment", "is_sent"),
    [
        # A morning's reminder is due from 3 in the night.
        (time(9), time(3, 30), False),
        (time(9), time(7, 59), False),
        (time(9), time(8), True),
        (time(9), time(19, 59), True),
        (time(9), time(20), False),
        (time(19), time(23, 30), False),
    ],
)
def test_the_reminder_of_the_day_before_wakes_nobody(now, at, moment, is_sent):
    session = SessionFactory(at=at)
    book(session, now=now)
    day_before = at_local_time(session.local_date - timedelta(days=1), moment)

    queued = queue_reminders(day_before)

    assert queued == (1 if is_sent else 0)


def test_a_reminder_that_came_due_in_the_night_goes_in_the_morning(now):
    session = SessionFactory(at=time(8, 30))
    book(session, now=now)
    day_before = session.local_date - timedelta(days=1)

    assert [queue_reminders(at_local_time(day_before, time(hour))) for hour in (4, 7, 8, 9)] == [0, 0, 1, 0]


def test_nobody_is_reminded_after_the_start(now):
    session = SessionFactory()
    book(session, now=now)
    queue_reminders(session.starts_at - timedelta(hours=24))

    send_due(now=session.starts_at)

    assert Message.objects.get(mail_type="booking_reminder_day").state == "skipped"


def test_the_provider_gets_no_personal_link_and_reads_of_the_school(now):
    session = SessionFactory()
    session.offer.school_provides = ["screen"]
    session.offer.save()
    coordinator = ProviderMemberFactory(provider=session.provider, role=MemberRole.COORDINATOR).user
    booking = book(session, now=now)

    send_due(now=now)

    (notice,) = sent_to(coordinator.email)
    assert "/booking/" not in notice.body
    assert "Skolen gør klar: en skærm eller projektor med lyd" in notice.body
    (entry,) = entries(notice)
    assert b"/booking/" not in entry.to_ical()
    (receipt,) = sent_to(booking.contact_email)
    assert "I gør klar: en skærm eller projektor med lyd" in receipt.body
