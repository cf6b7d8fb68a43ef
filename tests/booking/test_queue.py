"""The waiting list: first that fits, nobody split, ranks kept, timed offers (rule 8, S12-S14)."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.utils import timezone

from booking import links
from booking.enums import BookingState
from booking.errors import (
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    NeverFitsError,
    NoQueueError,
    OfferExpiredError,
    SessionClosedError,
    SessionFullError,
    WrongStateError,
)
from booking.models import BookedSession, Booking
from booking.operations import (
    accept_offer,
    cancel_booking,
    decline_offer,
    expire_overdue,
    pick_from_queue,
    prove_address,
    submit_booking,
    withdraw_booking,
)
from booking.rules import offer_deadline
from booking.standing import standings
from booking.wording import position_text
from charter.enums import ProviderState
from charter.models import Provider
from core.audit.log import LINK, SYSTEM, VISITOR
from core.audit.models import Entry
from core.outbox.models import Message
from tests.factories.booking import a_class, a_contact, book, hold, known_school, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval
from workshops.models import Session
from workshops.operations.sessions import close_session

pytestmark = pytest.mark.django_db


def evening(people=10, **more):
    return SessionFactory(offer=OfferFactory(evening=True, max_people=people, **more))


def person(name):
    return a_contact(f"{name}@example.dk")


def state_of(booking):
    booking.refresh_from_db()
    return BookingState(booking.state)


def withdraw(booking):
    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())


def mails_to(booking):
    mails = Message.objects.filter(about=f"booking:{booking.pk}", to_email=booking.contact_email)
    return list(mails.order_by("pk").values_list("mail_type", flat=True))


def counters(session):
    session.refresh_from_db()
    return session.groups_taken, session.people_taken, session.waiting


def test_waiting_takes_no_place_and_gets_a_rank():
    session = evening(10)
    book(session, seats=10, contact=person("a"))

    waits = queue_up(session, seats=2, contact=person("b"))

    entry = waits.booked_sessions.get()
    assert (waits.state, entry.state) == (BookingState.WAITING, BookingState.WAITING)
    assert entry.queued_at is not None
    assert counters(session) == (0, 10, 1)
    assert mails_to(waits) == ["sign_up_waiting"]
    assert position_text(entry) == "Du er nummer 1 i køen."


def test_an_unproven_address_has_no_rank_until_it_is_proven():
    session = evening(1)
    first = book(session, contact=person("a"))
    early = queue_up(session, contact=person("b"), is_proven=False)
    late = queue_up(session, contact=person("c"))

    assert counters(session) == (0, 1, 1)
    withdraw(first)

    assert state_of(late) == BookingState.OFFERED
    prove_address(booking_id=early.pk, now=timezone.now(), actor=LINK)
    assert state_of(early) == BookingState.WAITING
    assert mails_to(early) == ["sign_up_confirm_queue", "sign_up_waiting"]
    assert counters(session) == (0, 1, 1)


def test_proving_twice_keeps_the_rank():
    session = evening(1)
    book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"), is_proven=False)
    now = timezone.now()
    prove_address(booking_id=waits.pk, now=now, actor=LINK)
    prove_address(booking_id=waits.pk, now=now + timedelta(hours=1), actor=LINK)

    assert waits.booked_sessions.get().queued_at == now
    assert counters(session) == (0, 1, 1)


def test_a_freed_place_is_offered_to_the_first_in_line_in_the_same_transaction():
    session = evening(1)
    first = book(session, contact=person("a"))
    second, third = (queue_up(session, contact=person(name)) for name in "bc")

    withdraw(first)

    assert (state_of(second), state_of(third)) == (BookingState.OFFERED, BookingState.WAITING)
    assert counters(session) == (0, 1, 1)
    assert mails_to(second) == ["sign_up_waiting", "sign_up_offered"]


def test_the_first_that_fits_gets_the_offer_and_those_passed_over_keep_their_rank():
    session = evening(10)
    small = book(session, seats=3, contact=person("a"))
    large = book(session, seats=7, contact=person("b"))
    family = queue_up(session, seats=5, contact=person("c"))
    pair = queue_up(session, seats=2, contact=person("d"))
    single = queue_up(session, seats=1, contact=person("e"))

    withdraw(small)

    assert [state_of(one) for one in (family, pair, single)] == [
        BookingState.WAITING,
        BookingState.OFFERED,
        BookingState.OFFERED,
    ]
    entry = family.booked_sessions.get()
    assert entry.passed_over_at is not None
    assert "ikke var plads til jer alle" in position_text(entry)
    assert position_text(entry).startswith("Du er nummer 1 i køen.")

    withdraw(large)
    assert state_of(family) == BookingState.OFFERED


def test_a_class_is_never_split_and_two_classes_wait_as_one():
    session = SessionFactory(max_groups=2)
    school = known_school()
    first = book(session, school=school, classes=[a_class("5.A")])
    second = book(session, school=school, classes=[a_class("5.B")])
    both = queue_up(session, school=school, classes=[a_class("6.A"), a_class("6.B")])

    cancel_booking(booking_id=first.pk, reason="other", actor=SYSTEM, now=timezone.now())
    assert state_of(both) == BookingState.WAITING
    cancel_booking(booking_id=second.pk, reason="other", actor=SYSTEM, now=timezone.now())

    assert state_of(both) == BookingState.OFFERED
    assert counters(session) == (2, 44, 0)


def test_another_school_waits_until_the_host_leaves():
    session = SessionFactory(max_groups=2)
    host = book(session, school=known_school())
    other = queue_up(
        session, school=known_school(domain="anden.example"), contact=a_contact("l@anden.example")
    )
    assert state_of(other) == BookingState.WAITING

    withdraw(host)

    assert state_of(other) == BookingState.OFFERED
    session.refresh_from_db()
    assert session.host_school == other.school


def test_a_newcomer_takes_directly_only_what_no_entry_fits():
    session = evening(10)
    book(session, seats=8, contact=person("a"))
    queue_up(session, seats=5, contact=person("b"))

    newcomer = book(session, seats=2, contact=person("c"))

    assert newcomer.state == BookingState.CONFIRMED
    assert counters(session) == (0, 10, 1)


def test_a_place_whose_hold_ran_out_goes_to_the_queue_before_a_newcomer():
    session = evening(1)
    now = timezone.now()
    hold(session, contact=person("a"), now=now)
    waits = queue_up(session, contact=person("b"), now=now)

    with pytest.raises(SessionFullError):
        hold(session, contact=person("c"), now=now + timedelta(minutes=16))
    # The refusal rolls back as a whole; the job, or the next operation that succeeds, gives the place on.
    expire_overdue(now + timedelta(minutes=16))

    assert state_of(waits) == BookingState.OFFERED


def test_accepting_confirms_and_declining_moves_on():
    session = evening(2)
    gone = [book(session, contact=person(name)) for name in "ab"]
    yes, no, next_one = (queue_up(session, contact=person(name)) for name in "cde")
    for booking in gone:
        withdraw(booking)

    accept_offer(booking_id=yes.pk, actor=LINK, now=timezone.now())
    accept_offer(booking_id=yes.pk, actor=LINK, now=timezone.now())
    decline_offer(booking_id=no.pk, actor=LINK, now=timezone.now())
    decline_offer(booking_id=no.pk, actor=LINK, now=timezone.now())

    assert [state_of(one) for one in (yes, no, next_one)] == [
        BookingState.CONFIRMED,
        BookingState.DECLINED,
        BookingState.OFFERED,
    ]
    assert counters(session) == (0, 2, 0)
    assert mails_to(yes)[-1] == "sign_up_receipt"
    assert mails_to(no)[-1] == "sign_up_left_queue"
    assert Entry.objects.filter(action="offer_accepted").count() == 1
    assert Entry.objects.filter(action="offer_declined").count() == 1
    with pytest.raises(WrongStateError):
        accept_offer(booking_id=no.pk, actor=LINK, now=timezone.now())


def test_an_offer_that_runs_out_moves_on_and_cannot_be_accepted():
    session = evening(1)
    first = book(session, contact=person("a"))
    late, next_one = (queue_up(session, contact=person(name)) for name in "bc")
    withdraw(first)
    after = Booking.objects.get(pk=late.pk).held_until + timedelta(seconds=1)

    with pytest.raises(OfferExpiredError):
        accept_offer(booking_id=late.pk, actor=LINK, now=after)
    expire_overdue(after)
    expire_overdue(after)

    assert (state_of(late), state_of(next_one)) == (BookingState.EXPIRED, BookingState.OFFERED)
    assert mails_to(late)[-1] == "sign_up_offer_expired"
    assert counters(session) == (0, 1, 0)
    with pytest.raises(OfferExpiredError):
        accept_offer(booking_id=late.pk, actor=LINK, now=after)


def test_accepting_asks_for_approval_unless_staff_picked():
    session = evening(2, approval=Approval.ADMINISTRATION)
    gone = [Booking.objects.get(pk=book(session, contact=person(name)).pk) for name in "ab"]
    by_queue, by_hand = (queue_up(session, contact=person(name)) for name in "cd")
    withdraw_booking(booking_id=gone[0].pk, reason="date", actor=LINK, now=timezone.now())
    Session.objects.filter(pk=session.pk).update(max_people=3)
    pick_from_queue(
        booked_session_id=by_hand.booked_sessions.get().pk,
        reason="Har ventet længe",
        actor=SYSTEM,
        now=timezone.now(),
    )

    accept_offer(booking_id=by_queue.pk, actor=LINK, now=timezone.now())
    accept_offer(booking_id=by_hand.pk, actor=LINK, now=timezone.now())

    assert state_of(by_queue) == BookingState.AWAITING_APPROVAL
    assert state_of(by_hand) == BookingState.CONFIRMED
    assert Entry.objects.get(action="place_offered", subject=f"booking:{by_hand.pk}").data["reason"]


def test_picking_from_the_queue_never_passes_the_limit():
    session = evening(10)
    book(session, seats=9, contact=person("a"))
    waits = queue_up(session, seats=2, contact=person("b"))

    with pytest.raises(SessionFullError):
        pick_from_queue(
            booked_session_id=waits.booked_sessions.get().pk, reason="x", actor=SYSTEM, now=timezone.now()
        )

    assert state_of(waits) == BookingState.WAITING
    assert counters(session) == (0, 9, 1)


def test_gate_and_closed_session_stop_offers_but_keep_the_queue():
    session = evening(1)
    first = book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    Provider.objects.filter(pk=session.provider_id).update(state=ProviderState.SUSPENDED)

    withdraw(first)

    assert state_of(waits) == BookingState.WAITING
    Provider.objects.filter(pk=session.provider_id).update(state=ProviderState.ACTIVE)
    close_session(session_id=session.pk, now=timezone.now(), actor=SYSTEM)
    expire_overdue(timezone.now())
    assert state_of(waits) == BookingState.WAITING
    assert counters(session) == (0, 0, 1)


def test_accepting_asks_the_gate():
    session = evening(1)
    first = book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    withdraw(first)
    Provider.objects.filter(pk=session.provider_id).update(state=ProviderState.SUSPENDED)

    with pytest.raises(CharterNotCoveredError):
        accept_offer(booking_id=waits.pk, actor=LINK, now=timezone.now())

    assert state_of(waits) == BookingState.OFFERED


def test_leaving_the_queue_by_link_has_no_deadline():
    session = evening(1)
    book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    Session.objects.filter(pk=session.pk).update(withdrawal_closes_at=timezone.now() - timedelta(days=1))

    withdraw(waits)

    assert state_of(waits) == BookingState.WITHDRAWN
    assert counters(session) == (0, 1, 0)
    assert mails_to(waits) == ["sign_up_waiting", "sign_up_left_queue"]


def test_a_class_cannot_wait_and_have_a_place():
    session = SessionFactory(offer=OfferFactory(max_groups=1))
    school = known_school()
    book(session, school=school, classes=[a_class("7.A")])

    with pytest.raises(ClassAlreadyBookedError):
        queue_up(session, school=school, classes=[a_class("7 a")])

    queue_up(session, school=school, classes=[a_class("7.B")])
    with pytest.raises(ClassAlreadyBookedError):
        queue_up(session, school=school, classes=[a_class("7b")])


def test_no_queue_where_the_offer_has_none_or_it_would_never_fit():
    without = evening(1, has_waiting_list=False)
    book(without, contact=person("a"))
    with pytest.raises(NoQueueError):
        queue_up(without, contact=person("b"))

    small = evening(5)
    book(small, seats=5, contact=person("a"))
    with pytest.raises(NeverFitsError):
        queue_up(small, seats=6, contact=person("b"))


def test_asking_for_the_queue_where_there_is_room_books():
    session = evening(5)

    assert queue_up(session, seats=2, contact=person("a")).state == BookingState.CONFIRMED


def test_the_same_entry_sent_twice_waits_once():
    session = evening(1)
    book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))

    submit_booking(booking_id=waits.pk, is_proven=True, now=timezone.now(), actor=VISITOR)

    assert counters(session) == (0, 1, 1)
    assert mails_to(waits) == ["sign_up_waiting"]


def test_the_queue_closes_before_the_start_and_says_so():
    session = evening(1)
    book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    unproven = queue_up(session, contact=person("c"), is_proven=False)
    now = timezone.now()

    assert expire_overdue(now + timedelta(hours=25)) == 1
    assert state_of(unproven) == BookingState.EXPIRED
    expire_overdue(session.starts_at - timedelta(hours=11))
    expire_overdue(session.starts_at - timedelta(hours=10))

    assert state_of(waits) == BookingState.EXPIRED
    assert mails_to(waits) == ["sign_up_waiting", "sign_up_queue_closed"]
    assert counters(session) == (0, 1, 0)
    with pytest.raises(WrongStateError):
        prove_address(booking_id=unproven.pk, now=now + timedelta(hours=26), actor=LINK)


@pytest.mark.parametrize(
    ("now", "starts_at", "expected"),
    [
        # A Tuesday 10:00 in Copenhagen (summer time), weeks ahead: two whole days.
        (datetime(2027, 6, 1, 8, tzinfo=UTC), datetime(2027, 6, 22, 7, tzinfo=UTC), datetime(2027, 6, 3, 8, tzinfo=UTC)),
        # Seven days ahead: one.
        (datetime(2027, 6, 1, 8, tzinfo=UTC), datetime(2027, 6, 8, 7, tzinfo=UTC), datetime(2027, 6, 2, 8, tzinfo=UTC)),
        # Three days ahead: six hours.
        (datetime(2027, 6, 1, 8, tzinfo=UTC), datetime(2027, 6, 4, 7, tzinfo=UTC), datetime(2027, 6, 1, 14, tzinfo=UTC)),
        # Freed in the evening: not lost asleep, but at ten next morning.
        (datetime(2027, 6, 1, 17, tzinfo=UTC), datetime(2027, 6, 4, 7, tzinfo=UTC), datetime(2027, 6, 2, 8, tzinfo=UTC)),
        # Never later than two hours before the start.
        (datetime(2027, 6, 1, 17, tzinfo=UTC), datetime(2027, 6, 2, 7, tzinfo=UTC), datetime(2027, 6, 2, 5, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_time_to_answer_is_shorter_near_the_date(now, starts_at, expected):
    assert offer_deadline(now=now, starts_at=starts_at) == expected


def test_answer_page_changes_nothing_on_get_and_confirms_on_post(client):
    session = evening(1)
    first = book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    withdraw(first)
    waits.refresh_from_db()
    path = links.answer_path(waits)

    page = client.get(path)

    assert page.status_code == 200
    assert "Ja tak" in page.content.decode()
    assert state_of(waits) == BookingState.OFFERED
    assert client.post(path, {"answer": "yes"}).status_code == 302
    assert state_of(waits) == BookingState.CONFIRMED
    assert client.post(path, {"answer": "no"}).status_code == 409


def test_every_operation_writes_one_audit_entry():
    session = evening(1)
    first = book(session, contact=person("a"))
    waits = queue_up(session, contact=person("b"))
    withdraw(first)
    accept_offer(booking_id=waits.pk, actor=LINK, now=timezone.now())

    actions = (
        Entry.objects.filter(subject=f"booking:{waits.pk}").order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == ["booking_sent", "place_offered", "offer_accepted"]


def test_the_job_leaves_queues_alone_that_cannot_be_served(django_assert_num_queries):
    """Each queue it serves takes the session's lock: not once a minute for every full date."""
    for _number in range(2):
        session = evening(1)
        book(session, contact=person("a"))
        queue_up(session, contact=person("b"))

    with django_assert_num_queries(4):
        assert expire_overdue(timezone.now()) == 0


def test_counters_equal_the_rows():
    session = evening(4)
    first = book(session, seats=4, contact=person("a"))
    for name in "bcd":
        queue_up(session, seats=2, contact=person(name))
    withdraw(first)

    session.refresh_from_db()
    waiting = BookedSession.objects.filter(session=session).in_queue().count()
    assert session.waiting == waiting == 1


def test_nobody_queues_for_a_closed_session():
    session = evening(1)
    book(session, contact=person("a"))
    close_session(session_id=session.pk, now=timezone.now(), actor=SYSTEM)

    with pytest.raises(SessionClosedError):
        queue_up(session, contact=person("b"))


def answers_of(email, seats="2", **more):
    return {
        "submission_key": str(uuid.uuid4()),
        "kind": "person",
        "seats": seats,
        "contact_name": "Pia Forælder",
        "contact_email": email,
        **more,
    }


def test_the_offer_page_tells_each_visitor_how_they_stand(client, rf):
    session = evening(1)
    book(session, contact=person("a"))
    queue_up(session, contact=person("b"))
    waits = queue_up(session, contact=person("c"))

    def seen_by(email):
        request = rf.get("/")
        request.user = AnonymousUser()
        request.session = SessionStore()
        request.session["proven_addresses"] = [email]
        request.COOKIES["sessionid"] = "x"
        found = standings(request, [session.pk], now=timezone.now()).get(session.pk)
        return found.text if found else None

    assert seen_by("a@example.dk") == "Du er tilmeldt denne dato"
    assert seen_by("c@example.dk") == "Du er nummer 2 i køen"
    assert seen_by("d@example.dk") is None
    first = Booking.objects.get(contact_email="a@example.dk")
    withdraw(first)
    assert seen_by("b@example.dk").startswith("En plads til dig indtil")
    assert seen_by("c@example.dk") == "Du er nummer 1 i køen"
    assert state_of(waits) == BookingState.WAITING


def test_joining_by_the_pages_loses_nothing_typed(client):
    session = evening(2)
    book(session, seats=1, contact=person("a"))
    path = f"/book/{session.pk}/"

    refused = client.post(path, answers_of("b@example.dk"))

    assert refused.status_code == 409
    page = refused.content.decode()
    assert 'name="queue" value="1"' in page
    assert 'value="Pia Forælder"' in page
    held = client.post(path, answers_of("b@example.dk", queue="1"))
    assert held.status_code == 302
    review = client.get(held.url).content.decode()
    assert "står du på ventelisten" in review
    seen = re.search(r'name="seen" value="([^"]+)"', review).group(1)
    sent = client.post(held.url, {"seen": seen})
    receipt = client.get(sent.url).content.decode()
    assert "for at få dit nummer i køen" in receipt
    waits = Booking.objects.get(contact_email="b@example.dk")
    assert (waits.state, waits.proven_at) == (BookingState.WAITING, None)
    shown = client.post(links.confirm_path(waits), follow=True).content.decode()
    assert "Du er nummer 1 i køen." in shown
    left = client.post(links.manage_path(waits) + "afmeld/", follow=True).content.decode()
    assert "Afmeldt" in left
    assert state_of(waits) == BookingState.WITHDRAWN
    assert counters(session) == (0, 1, 0)


def test_the_form_of_a_full_date_is_the_waiting_lists(client):
    session = evening(1)
    book(session, contact=person("a"))

    page = client.get(f"/book/{session.pk}/").content.decode()

    assert "Skriv dig på ventelisten" in page
    assert '<input type="hidden" name="queue" value="1">' in page


def test_a_full_date_without_waiting_list_says_so(client):
    session = evening(1, has_waiting_list=False)
    book(session, contact=person("a"))

    page = client.get(f"/book/{session.pk}/").content.decode()

    assert "venteliste" not in page
    assert "Alle pladser er taget" in page
