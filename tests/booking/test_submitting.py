"""Sending, proving, approving, withdrawing: states, mails, tasks (DESIGN.md 5, S9 S11 S15 S24 S27 F7)."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from booking.enums import BookingKind, BookingState, Channel
from booking.errors import (
    CharterNotCoveredError,
    HoldExpiredError,
    TooManyUnprovenError,
    WithdrawalClosedError,
    WrongStateError,
)
from booking.models import Booking
from booking.operations import (
    approve_booking,
    book_for_caller,
    cancel_booking,
    decline_booking,
    expire_overdue,
    prove_address,
    submit_booking,
    withdraw_booking,
)
from booking.party import Party
from booking.presentation import change_refusal_text, refusal_text
from booking.retention import contact_deleted_after
from charter.models import Provider
from core.audit.log import LINK, VISITOR, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory
from tests.factories.booking import a_class, a_contact, book, hold, known_school
from tests.factories.workshops import SchoolFactory, SessionFactory
from workshops.enums import Approval
from workshops.models import Session

pytestmark = pytest.mark.django_db


def mails(booking):
    return sorted(Message.objects.filter(about=f"booking:{booking.pk}").values_list("mail_type", flat=True))


def taken(session):
    session = Session.objects.get(pk=session.pk)
    return session.groups_taken, session.people_taken


def test_a_proven_address_at_a_known_domain_is_confirmed_at_once():
    session = SessionFactory(offer__provider__contact_email="hold@udbyder.example")

    booking = book(session)

    assert booking.state == BookingState.CONFIRMED
    assert booking.booked_sessions.get().state == BookingState.CONFIRMED
    assert mails(booking) == ["booking_receipt", "provider_booking_new"]
    assert Entry.objects.filter(subject=f"booking:{booking.pk}").count() == 1


def test_an_unproven_address_holds_the_place_for_a_day_and_is_asked_to_confirm():
    now = timezone.now()
    session = SessionFactory()

    booking = book(session, is_proven=False, now=now)

    assert booking.state == BookingState.HELD
    assert booking.held_until == now + timedelta(hours=24)
    assert booking.booked_sessions.get().held_until == booking.held_until
    assert mails(booking) == ["booking_confirm_address"]


def test_an_unproven_address_has_two_hours_when_the_start_is_near():
    now = timezone.now()
    session = SessionFactory(in_days=1, offer__booking_closes_days=0)

    booking = book(session, is_proven=False, now=now)

    assert booking.held_until == min(now + timedelta(hours=2), session.starts_at)


def test_proving_the_address_confirms_once_however_often_the_link_is_used():
    session = SessionFactory()
    booking = book(session, is_proven=False)

    first = prove_address(booking_id=booking.pk, now=timezone.now(), actor=LINK)
    again = prove_address(booking_id=booking.pk, now=timezone.now(), actor=LINK)

    assert first.state == again.state == BookingState.CONFIRMED
    assert mails(booking).count("booking_receipt") == 1
    assert taken(session) == (1, 22)


def test_proving_too_late_takes_the_place_again_only_if_it_is_free():
    now = timezone.now()
    session, full = SessionFactory(max_groups=1), SessionFactory(max_groups=1)
    lucky = book(session, is_proven=False, now=now - timedelta(hours=25))
    late = book(full, is_proven=False, now=now - timedelta(hours=25))
    book(full, school=late.school, classes=[a_class("6.B")], contact=a_contact("b@skole.example"))

    proven = prove_address(booking_id=lucky.pk, now=now, actor=LINK)
    with pytest.raises(HoldExpiredError):
        prove_address(booking_id=late.pk, now=now, actor=LINK)

    assert proven.state == BookingState.CONFIRMED
    assert taken(full) == (1, 22)


def test_one_address_holds_at_most_three_unconfirmed_bookings():
    for _number in range(3):
        book(SessionFactory(), is_proven=False)
    fourth = hold(SessionFactory())

    with pytest.raises(TooManyUnprovenError):
        submit_booking(booking_id=fourth.pk, is_proven=False, now=timezone.now())


def test_sending_twice_gives_one_booking_and_one_set_of_mails():
    booking = book(SessionFactory())

    again = submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())

    assert again.state == BookingState.CONFIRMED
    assert mails(booking) == ["booking_receipt"]


def test_sending_asks_the_gate_again():
    session = SessionFactory()
    booking = hold(session)
    Provider.objects.filter(pk=session.provider_id).update(state="suspended")

    with pytest.raises(CharterNotCoveredError) as refused:
        submit_booking(booking_id=booking.pk, is_proven=True, now=timezone.now())

    assert Booking.objects.get(pk=booking.pk).submitted_at is None
    with translation.override("da"):
        assert refusal_text(refused.value) == (
            "Tiden kan ikke bookes lige nu. Vælg en anden tid, eller ring til os."
        ), "in public nobody is named as not having signed"
        assert "charter" in refusal_text(refused.value, to_insider=True)
        assert "charter" not in change_refusal_text(refused.value)


@pytest.mark.parametrize(
    ("session_traits", "school", "grade", "reasons"),
    [
        ({"offer__approval": Approval.PROVIDER}, {}, 5, ["offer"]),
        ({}, {"domain": "andet.example"}, 5, ["unknown_domain"]),
        ({}, {}, 8, ["grade"]),
    ],
    ids=["the-offer-asks", "unknown-domain", "grade-outside"],
)
def test_what_needs_a_yes_waits_for_it_with_the_place_held(session_traits, school, grade, reasons):
    session = SessionFactory(**session_traits)

    booking = book(session, school=known_school(**school), classes=[a_class(grade=grade)])

    assert booking.state == BookingState.AWAITING_APPROVAL
    assert booking.approval_reasons == reasons
    assert taken(session) == (1, 22)
    assert mails(booking) == ["booking_received"]
    assert WorkItem.objects.get(kind="booking_approval").subject == f"booking:{booking.pk}"


def test_a_district_the_offer_does_not_serve_goes_to_approval():
    session = SessionFactory()
    school = known_school()
    session.offer.districts.add(SchoolFactory(district__number=9).district)

    assert book(session, school=school).approval_reasons == ["district"]


def test_a_municipal_domain_is_known_for_every_municipal_school_and_no_other():
    from workshops.models import SchoolDomain

    SchoolDomain.objects.create(domain="kk.example", school=None)
    contact = a_contact("laerer@kk.example")

    municipal = book(SessionFactory(), school=SchoolFactory(), contact=contact)
    independent = book(SessionFactory(), school=SchoolFactory(independent=True), contact=contact)

    assert municipal.state == BookingState.CONFIRMED
    assert independent.approval_reasons == ["unknown_domain"]


def test_an_address_approved_once_is_known_for_its_school():
    school = SchoolFactory()
    contact = a_contact("ny@ukendt.example")
    first = book(SessionFactory(), school=school, contact=contact)
    approve_booking(booking_id=first.pk, actor=Actor("user"), now=timezone.now())

    second = book(SessionFactory(), school=school, contact=contact)

    assert second.state == BookingState.CONFIRMED


def test_approval_confirms_tells_and_closes_the_task_and_twice_changes_nothing():
    session = SessionFactory(offer__approval=Approval.ADMINISTRATION)
    booking = book(session)

    approve_booking(booking_id=booking.pk, actor=Actor("user"), now=timezone.now())
    approved = approve_booking(booking_id=booking.pk, actor=Actor("user"), now=timezone.now())

    assert approved.state == BookingState.CONFIRMED
    assert mails(booking) == ["booking_receipt", "booking_received"]
    assert WorkItem.objects.get(kind="booking_approval").resolution == "approved"


def test_approval_asks_the_gate_again():
    session = SessionFactory(offer__approval=Approval.ADMINISTRATION)
    booking = book(session)
    Provider.objects.filter(pk=session.provider_id).update(state="suspended")

    with pytest.raises(CharterNotCoveredError):
        approve_booking(booking_id=booking.pk, actor=Actor("user"), now=timezone.now())


def test_declining_gives_the_place_back_and_cannot_be_undone():
    session = SessionFactory(offer__approval=Approval.ADMINISTRATION)
    booking = book(session)

    decline_booking(booking_id=booking.pk, reason="target", actor=Actor("user"), now=timezone.now())
    with pytest.raises(WrongStateError):
        approve_booking(booking_id=booking.pk, actor=Actor("user"), now=timezone.now())

    assert taken(session) == (0, 0)
    assert mails(booking) == ["booking_declined", "booking_received"]


def test_withdrawing_releases_the_place_at_once_and_sends_a_cancellation():
    session = SessionFactory(offer__provider__contact_email="hold@udbyder.example")
    booking = book(session)

    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())
    again = withdraw_booking(booking_id=booking.pk, reason="illness", actor=LINK, now=timezone.now())

    booked = again.booked_sessions.get()
    assert taken(session) == (0, 0)
    assert (booked.state, booked.sequence) == (BookingState.WITHDRAWN, 1)
    assert again.end_reason == "date"
    assert mails(booking) == [
        "booking_receipt",
        "booking_withdrawn",
        "provider_booking_ended",
        "provider_booking_new",
    ]
    assert book(session, school=booking.school).state == BookingState.CONFIRMED


def test_withdrawing_after_the_deadline_is_refused_to_the_participant_and_left_to_staff():
    session = SessionFactory(in_days=5)
    booking = book(session)

    with pytest.raises(WithdrawalClosedError):
        withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())

    assert taken(session) == (1, 22)
    withdraw_booking(
        booking_id=booking.pk, reason="date", actor=Actor("user"), now=timezone.now(), by_staff=True
    )
    assert taken(session) == (0, 0)


def test_cancelling_tells_the_contact_and_closes_open_tasks():
    session = SessionFactory(offer__approval=Approval.ADMINISTRATION)
    booking = book(session)

    cancel_booking(booking_id=booking.pk, reason="provider", actor=Actor("user"), now=timezone.now())

    assert taken(session) == (0, 0)
    assert mails(booking) == ["booking_cancelled", "booking_received"]
    assert not WorkItem.objects.filter(closed_at=None).exists()


def test_overdue_confirmations_end_and_are_told_once_however_often_the_job_runs():
    now = timezone.now()
    session = SessionFactory()
    booking = book(session, is_proven=False, now=now - timedelta(hours=25))

    first, second = expire_overdue(now), expire_overdue(now)

    assert (first, second) == (1, 0)
    assert taken(session) == (0, 0)
    assert mails(booking) == ["booking_confirm_address", "booking_expired"]


def test_a_caller_is_booked_by_staff_without_proof_and_marked_so():
    session = SessionFactory(in_days=2)
    staff = UserFactory()

    booking = book_for_caller(
        session_id=session.pk,
        party=Party(kind=BookingKind.SCHOOL, school_id=SchoolFactory().pk, classes=(a_class(),)),
        contact=a_contact("ringer@ukendt.example"),
        submission_key=uuid.uuid4(),
        actor=Actor("user", staff.pk),
        now=timezone.now(),
    )

    assert booking.state == BookingState.CONFIRMED
    assert booking.channel == Channel.PHONE
    assert booking.registered_by == staff
    assert mails(booking) == ["booking_receipt"]


def test_a_caller_without_an_address_is_booked_without_mail():
    session = SessionFactory()

    booking = book_for_caller(
        session_id=session.pk,
        party=Party(kind=BookingKind.SCHOOL, school_id=SchoolFactory().pk, classes=(a_class(),)),
        contact=a_contact(""),
        submission_key=uuid.uuid4(),
        actor=Actor("user", UserFactory().pk),
        now=timezone.now(),
    )

    assert booking.state == BookingState.CONFIRMED
    assert mails(booking) == []


def test_a_parent_signs_up_for_several_seats():
    evening = SessionFactory(evening=True, max_people=10)

    booking = book(evening, seats=2, contact=a_contact("forælder@example.dk"))

    assert booking.state == BookingState.CONFIRMED
    assert taken(evening) == (0, 2)
    assert mails(booking) == ["sign_up_receipt"]


def test_an_offer_may_ask_for_no_proof_from_persons_but_schools_always_prove():
    evening = SessionFactory(evening=True, offer__asks_for_proof=False)
    visit = SessionFactory(offer__asks_for_proof=False)

    person = book(evening, is_proven=False)
    school = book(visit, is_proven=False)

    assert person.state == BookingState.CONFIRMED
    assert school.state == BookingState.HELD


def test_an_organisation_counts_as_one_group_and_its_seats():
    talk = SessionFactory(evening=True, max_groups=2, max_people=60)

    book(talk, kind=BookingKind.ORGANISATION, seats=20, contact=a_contact(organisation="Boligforeningen"))

    assert taken(talk) == (1, 20)


@pytest.mark.parametrize(
    ("kind", "last_date", "expected"),
    [
        (BookingKind.SCHOOL, date(2026, 12, 1), date(2028, 7, 31)),
        (BookingKind.SCHOOL, date(2027, 6, 1), date(2028, 7, 31)),
        (BookingKind.PERSON, date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_contacts_are_deleted_by_rule(kind, last_date, expected):
    assert contact_deleted_after(kind, last_date=last_date) == expected


def test_the_snapshot_of_the_school_stays_when_the_register_changes():
    school = known_school(name="Gamle Skole")
    booking = book(SessionFactory(), school=school)

    school.name, school.school_type = "Ny Skole", "specialskole"
    school.save()

    booking.refresh_from_db()
    assert (booking.school_name, booking.school_type) == ("Gamle Skole", "folkeskole")


@pytest.mark.parametrize("moment", ["2026-12-31T22:30:00Z", "2026-12-31T23:30:00Z"], ids=["2026", "2027"])
def test_the_gate_reads_the_day_in_copenhagen(moment):
    """23:30 UTC on 31 December is 1 January in Copenhagen: coverage that ends with the year is over."""
    from tests.factories.charter import ProviderFactory, SignatureFactory

    with time_machine.travel(moment, tick=False):
        provider = ProviderFactory()
        SignatureFactory(provider=provider, covers_from=date(2026, 1, 1), covers_until=date(2026, 12, 31))
        session = SessionFactory(offer__provider=provider, offer__booking_closes_days=0)
        Session.objects.filter(pk=session.pk).update(local_date=date(2026, 12, 31))

        if moment.startswith("2026-12-31T22"):
            assert hold(session).pk
        else:
            with pytest.raises(CharterNotCoveredError):
                hold(session)


def test_the_actor_of_a_visitors_booking_is_a_visitor():
    booking = book(SessionFactory())

    assert (
        Entry.objects.get(subject=f"booking:{booking.pk}", action="booking_sent").actor_kind == VISITOR.kind
    )
