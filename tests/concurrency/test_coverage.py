"""Rule 3 under load: cover that ends while bookings are made leaves none without cover and without a task."""

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingState
from booking.models import BookedSession, Booking
from booking.operations import approve_booking, cancel_booking, keep_affected_booking, submit_booking
from charter.enums import Transition
from charter.models import Signature
from charter.operations.providers import change_provider_state
from charter.operations.withdrawal import withdraw_signature
from core.audit.log import SYSTEM
from core.worklist.models import WorkItem
from tests.concurrency.threads import at_once, names
from tests.factories.booking import a_contact, book, hold
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def withdraw_today(signature_id, *, after=0.0):
    """Withdraw a signature from today on, a moment after the bookers have begun."""

    def run():
        time.sleep(after)
        now = timezone.now()
        return withdraw_signature(
            signature_id=signature_id, ends_on=timezone.localdate(now), reason="Prøve", actor=SYSTEM, now=now
        )

    return run


def uncovered_without_task():
    """Active sent bookings of sessions the gate does not let through, for which nobody has a task."""
    open_sessions = Session.objects.gate_open(today=timezone.localdate()).values("pk")
    tasks = set(WorkItem.objects.filter(kind="affected_booking").values_list("subject", flat=True))
    active = BookedSession.objects.filter(
        state__in=[BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.HELD],
        booking__submitted_at__isnull=False,
    ).exclude(session__in=open_sessions)
    return [booked for booked in active if f"booking:{booked.booking_id}" not in tasks]


@pytest.mark.parametrize("after", [0.0, 0.05, 0.2], ids=["before", "among", "late"])
def test_signature_withdrawn_while_twenty_book_leaves_no_booking_without_cover_and_task(after):
    offer = OfferFactory(evening=True, max_people=50)
    sessions = [SessionFactory(offer=offer, in_days=20 + number) for number in range(2)]
    signature = Signature.objects.get()

    def booker(number):
        return lambda: book(sessions[number % 2], contact=a_contact(f"person{number}@example.dk"))

    results = at_once(*[booker(number) for number in range(20)], withdraw_today(signature.pk, after=after))

    assert set(names(results)) <= {"ok", "CharterNotCoveredError"}
    assert not isinstance(results[-1], Exception)
    confirmed = Booking.objects.filter(state=BookingState.CONFIRMED).count()
    assert uncovered_without_task() == []
    assert WorkItem.objects.filter(kind="affected_booking").count() == confirmed
    # Who was refused when sending still has the hold of the form, until it runs out.
    taken = BookedSession.objects.filter(state__in=[BookingState.CONFIRMED, BookingState.HELD]).count()
    assert sum(session.people_taken for session in Session.objects.all()) == taken


def test_provider_suspended_while_a_booking_is_approved_leaves_a_task_or_no_booking():
    from workshops.enums import Approval

    session = SessionFactory(offer=OfferFactory(approval=Approval.ADMINISTRATION))
    booking = book(session)
    assert booking.state == BookingState.AWAITING_APPROVAL

    def suspend():
        return change_provider_state(
            provider_id=session.provider_id,
            transition=Transition.SUSPEND,
            reason="Prøve",
            actor=SYSTEM,
            now=timezone.now(),
        )

    results = at_once(
        lambda: approve_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now()), suspend
    )

    assert set(names(results)) <= {"ok", "CharterNotCoveredError"}
    assert not isinstance(results[1], Exception)
    assert uncovered_without_task() == []
    assert WorkItem.objects.open().filter(kind="affected_booking").count() == 1


@pytest.mark.postgresql
def test_without_the_lock_a_booking_slips_through(monkeypatch):
    """The negative control: the end of cover does not lock the sessions, and a claim under way is not seen."""
    from booking.operations import submitting
    from booking.operations.coverage import BookingCoverageObserver

    session = SessionFactory(evening=True)
    booking = hold(session)
    signature = Signature.objects.get()
    gate_asked, withdrawn = threading.Event(), threading.Event()
    real_gate = submitting.require_gate

    def slow_gate(sessions, *, now):
        real_gate(sessions, now=now)
        gate_asked.set()
        withdrawn.wait(timeout=30)

    monkeypatch.setattr(submitting, "require_gate", slow_gate)
    monkeypatch.setattr(BookingCoverageObserver, "lock_sessions", lambda self, provider_ids, now: None)

    def submit():
        return submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())

    def withdraw():
        gate_asked.wait(timeout=30)
        result = withdraw_today(signature.pk)()
        withdrawn.set()
        return result

    assert names(at_once(submit, withdraw)) == ["ok", "ok"]
    assert len(uncovered_without_task()) == 1


def test_keep_and_cancel_at_once_leave_one_decision():
    booking = book(SessionFactory())
    withdraw_today(Signature.objects.get().pk)()

    results = at_once(
        lambda: keep_affected_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now()),
        lambda: cancel_booking(booking_id=booking.pk, reason="charter", actor=SYSTEM, now=timezone.now()),
    )

    assert set(names(results)) <= {"ok", "WrongStateError"}
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED
    assert not WorkItem.objects.open().exists()
    assert WorkItem.objects.closed().count() == 1


# One at a time: what becomes of the bookings.


def test_nothing_is_cancelled_when_a_provider_is_suspended():
    bookings = [book(SessionFactory(), contact=a_contact(f"laerer{n}@skole.example")) for n in range(2)]
    for booking in bookings:
        change_provider_state(
            provider_id=booking.booked_sessions.get().session.provider_id,
            transition=Transition.SUSPEND,
            reason="Prøve",
            actor=SYSTEM,
            now=timezone.now(),
        )

    states = set(Booking.objects.values_list("state", flat=True))
    assert states == {BookingState.CONFIRMED}
    assert set(WorkItem.objects.open().values_list("subject", "data__cause")) == {
        (f"booking:{booking.pk}", "suspended") for booking in bookings
    }


def test_a_withdrawal_from_a_later_day_touches_the_sessions_on_and_after_it_only():
    offer = OfferFactory()
    bookings = [
        book(SessionFactory(offer=offer, in_days=days), contact=a_contact(f"laerer{days}@skole.example"))
        for days in (20, 30, 31)
    ]
    from_day = timezone.localdate() + timedelta(days=30)

    withdraw_signature(
        signature_id=Signature.objects.get().pk,
        ends_on=from_day,
        reason="Prøve",
        actor=SYSTEM,
        now=timezone.now(),
    )

    affected = set(WorkItem.objects.open().values_list("subject", flat=True))
    assert affected == {f"booking:{booking.pk}" for booking in bookings[1:]}
    assert set(Booking.objects.values_list("state", flat=True)) == {BookingState.CONFIRMED}
