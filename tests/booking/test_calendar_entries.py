"""The appointments that go with mails and lie on the receipt: true from booking to cancellation (rule 6, K1, K3)."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.utils import timezone

from booking.enums import BookingState, CancelReason, DeclineReason, WithdrawalReason
from booking.links import manage_token
from booking.models import BookedSession
from booking.operations import approve_booking, cancel_booking, decline_booking, withdraw_booking
from booking.operations.administering import send_receipt_again
from core.audit.log import LINK, SYSTEM
from core.outbox.operations import send_due
from tests.booking import test_changing, test_changing_sessions, test_moving
from tests.booking.ical_checks import (
    check_calendar,
    check_follows,
    mail_entries,
)
from tests.factories.booking import TEACHER, a_class, a_contact, book
from tests.factories.charter import ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.ical import calendar, event

pytestmark = pytest.mark.django_db
AWKWARD = (
    "Æblegrød; «Ret & pligt», del 1: sandt\\falsk? – på Nørrebro, Østerbro og Amager øst for søerne i år"
)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def mailed(address, *, now):
    """Send what is due, and return the last mail's entries to an address."""
    mail.outbox.clear()
    send_due(now=now)
    return mail_entries([message for message in mail.outbox if message.to == [address]][-1])


def withdraw(booking, now):
    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.DATE, actor=LINK, now=now)


def cancel(booking, now):
    cancel_booking(booking_id=booking.pk, reason=CancelReason.PROVIDER, actor=SYSTEM, now=now)


def second_session(booking, **more):
    """Give a confirmed booking a second session, as a course has."""
    offer = booking.booked_sessions.get().session.offer
    session = SessionFactory(offer=offer, groups_taken=1, **more)
    return BookedSession.objects.create(
        booking=booking,
        session=session,
        groups=1,
        state=BookingState.CONFIRMED,
        uid=f"{uuid.uuid4()}@dannelsesportalen",
    )


def test_the_receipts_appointment_holds_for_awkward_danish_texts(now):
    session = SessionFactory(offer=OfferFactory(title=AWKWARD), title=AWKWARD)
    booking = book(
        session, classes=[a_class("5.Å")], contact=a_contact(entrance="Port 3; ring på «Ø»"), now=now
    )

    (entry,) = mailed(booking.contact_email, now=now)

    assert (entry.method, entry.status, entry.summary) == ("REQUEST", "CONFIRMED", AWKWARD)
    assert (entry.starts_at, entry.ends_at) == (session.starts_at, session.ends_at)
    assert entry.attendees == (booking.contact_email,)
    assert "Port 3; ring på «Ø»" in entry.description


@pytest.mark.parametrize("end", [withdraw, cancel])
def test_ending_cancels_the_same_appointment_for_teacher_and_provider(now, end):
    session = SessionFactory()
    coordinator = ProviderMemberFactory(provider=session.provider, role="coordinator").user.email
    booking = book(session, now=now)
    send_due(now=now)
    first = {message.to[0]: mail_entries(message)[0] for message in mail.outbox}

    end(booking, now)
    mail.outbox.clear()
    send_due(now=now)
    last = {message.to[0]: mail_entries(message)[0] for message in mail.outbox}

    assert set(first) == set(last) == {booking.contact_email, coordinator}
    for address, entry in last.items():
        check_follows(first[address], entry)
        assert (entry.method, entry.status) == ("CANCEL", "CANCELLED")
        assert entry.starts_at == session.starts_at


def test_a_receipt_sent_again_is_the_same_appointment(now, client):
    booking = book(SessionFactory(), now=now)
    (first,) = mailed(booking.contact_email, now=now)

    response = client.get(f"/booking/{manage_token(booking)}/aftale.ics")
    (file,) = check_calendar(response.content)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert (file.method, file.attendees) == ("PUBLISH", ())
    assert (file.uid, file.sequence, file.starts_at) == (first.uid, first.sequence, first.starts_at)


def test_a_course_is_mailed_as_one_object_a_session(now):
    booking = book(SessionFactory(in_days=30), now=now)
    second = second_session(booking, in_days=37)

    entries = mailed(booking.contact_email, now=now)

    assert [entry.method for entry in entries] == ["REQUEST", "REQUEST"]
    assert [entry.uid for entry in entries] == [
        booking.booked_sessions.order_by("pk")[0].uid,
        second.uid,
    ]
    names = [part.get_filename() for part in mail.outbox[-1].attachments]
    assert len(set(names)) == 2


def test_when_one_session_of_a_course_ends_only_its_appointment_is_cancelled(now):
    booking = book(SessionFactory(in_days=30), now=now)
    second = second_session(booking, in_days=37)
    first_entry, second_entry = mailed(booking.contact_email, now=now)

    test_changing_sessions.cancel(second.session)
    (gone,) = mailed(booking.contact_email, now=timezone.now())
    send_receipt_again(booking_id=booking.pk, actor=SYSTEM, now=now)
    (kept,) = mailed(booking.contact_email, now=timezone.now())

    assert gone.method == "CANCEL"
    check_follows(second_entry, gone)
    assert (kept.method, kept.uid, kept.sequence) == ("REQUEST", first_entry.uid, first_entry.sequence)


def test_what_never_was_an_appointment_is_not_cancelled(now):
    booking = book(SessionFactory(), is_proven=False, now=now)

    withdraw(booking, now)
    assert mailed(booking.contact_email, now=now) == []


def test_a_moved_session_keeps_its_uid_and_shows_when_it_changed(now):
    """The row as a move leaves it: same UID, next SEQUENCE, the session's new time."""
    booking = book(SessionFactory(), now=now)
    (before,) = mailed(booking.contact_email, now=now)
    booked = booking.booked_sessions.get()
    session = booked.session
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.sequence, session.changed_at = 1, now + timedelta(hours=1)
    session.save()
    BookedSession.objects.filter(pk=booked.pk).update(sequence=1)

    send_receipt_again(booking_id=booking.pk, actor=SYSTEM, now=now)
    (after,) = mailed(booking.contact_email, now=now)

    check_follows(before, after)
    assert after.starts_at - before.starts_at == timedelta(days=1)
    assert after.stamp > before.stamp


def test_one_appointment_through_change_move_and_cancellation(now):
    """Rule 6 end to end: each mail replaces the entry of the one before, for teacher and provider alike."""
    offer = OfferFactory()
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    coordinator = ProviderMemberFactory(provider=offer.provider, role="coordinator").user.email
    booking = book(first, now=now)
    second_start = second.starts_at
    life = {TEACHER: [], coordinator: []}

    def collect():
        mail.outbox.clear()
        send_due(now=timezone.now())
        for message in mail.outbox:
            life[message.to[0]] += mail_entries(message)

    collect()
    test_changing.change(booking, a_class("5.A", pupils=20))
    collect()
    test_moving.move(booking, second)
    collect()
    test_changing_sessions.move(second)
    collect()
    test_changing_sessions.cancel(second)
    collect()

    for entries in life.values():
        assert [entry.method for entry in entries] == ["REQUEST"] * 4 + ["CANCEL"]
        for before, after in pairwise(entries):
            check_follows(before, after)
            assert after.stamp >= before.stamp
        assert entries[0].starts_at == first.starts_at
        assert entries[2].starts_at == second_start
        second.refresh_from_db()
        assert {entries[3].starts_at, entries[4].starts_at} == {second.starts_at}


def a_change_that_needs_approval(now):
    """A confirmed booking whose class became one that the offer is not for."""
    session = SessionFactory(offer__provider__contact_email="leverandoer@example.dk")
    booking = book(session, now=now)
    (first,) = mailed(booking.contact_email, now=now)
    test_changing.change(booking, a_class("7.A", grade=7), accepts_approval=True, now=now)
    (tentative,) = mailed(booking.contact_email, now=now)
    assert (tentative.method, tentative.status) == ("REQUEST", "TENTATIVE")
    check_follows(first, tentative)
    return booking, tentative


def test_a_change_that_is_approved_makes_the_appointment_firm_again(now):
    booking, tentative = a_change_that_needs_approval(now)

    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=now)
    (after,) = mailed(booking.contact_email, now=now)

    assert (after.method, after.status) == ("REQUEST", "CONFIRMED")
    check_follows(tentative, after)


def test_a_change_that_is_declined_takes_the_appointment_out_of_both_calendars(now):
    booking, tentative = a_change_that_needs_approval(now)

    decline_booking(booking_id=booking.pk, reason=DeclineReason.TARGET, actor=SYSTEM, now=now)
    (after,) = mailed(booking.contact_email, now=now)
    (providers,) = mail_entries(next(one for one in mail.outbox if one.to == ["leverandoer@example.dk"]))

    assert after.method == providers.method == "CANCEL"
    check_follows(tentative, after)
    check_follows(tentative, providers)


def an_entry(**more):
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    return event(
        "a@example.dk",
        more.pop("sequence", 0),
        start,
        start + timedelta(hours=1),
        more.pop("summary", "Workshop"),
        stamp=start,
        **more,
    )


GOOD = calendar([an_entry(summary="Ret, pligt og øl på Nørrebro, " * 5)], name="Prøve")


@pytest.mark.parametrize(
    "broken",
    [
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n ", b""),
        GOOD.replace(b"\\,", b","),
        GOOD.replace(b"DTSTAMP:20261201T080000Z", b"DTSTAMP:20261201T080000"),
        GOOD.replace(b"UID:a@example.dk", b"UID:a"),
        GOOD.replace(b"TZID:Europe", b"TZID:Africa", 1),
        GOOD.replace(b"UID:a@example.dk\r\n", b""),
        GOOD.replace(b"VERSION:2.0\r\n", b""),
        GOOD.replace(b"STATUS:CONFIRMED", b"STATUS:MAYBE"),
        calendar([an_entry()], name="P", method="PUBLISH"),
        calendar([an_entry(organizer=("P", "p@example.dk"))], name="P", method="REQUEST"),
        calendar([an_entry(organizer=("P", "p@example.dk"), attendee="a@b.dk")], name="P", method="PUBLISH"),
        calendar([an_entry(organizer=("P", "p@example.dk"), is_cancelled=True)], name="P", method="CANCEL"),
        calendar([an_entry(), an_entry()], name="P"),
    ],
    ids=[
        "LF only",
        "not folded",
        "not escaped",
        "local DTSTAMP",
        "UID of here only",
        "unknown zone",
        "no UID",
        "no VERSION",
        "no such status",
        "PUBLISH without organizer",
        "REQUEST without attendee",
        "PUBLISH with attendee",
        "CANCEL of nothing",
        "the same UID twice",
    ],
)
def test_the_check_finds_what_is_wrong(broken):
    assert broken != GOOD
    check_calendar(GOOD)

    with pytest.raises((AssertionError, KeyError, ValueError)):
        check_calendar(broken)


def test_the_check_finds_a_fold_inside_a_letter():
    place = GOOD.index("ø".encode()) + 1

    with pytest.raises(UnicodeDecodeError):
        check_calendar(GOOD[:place] + b"\r\n " + GOOD[place:])
