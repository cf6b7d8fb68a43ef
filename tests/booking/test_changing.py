"""Changing a booking by link: claimed as a difference, given back at once, all or nothing (S10)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import links
from booking.enums import BookingKind, BookingState
from booking.errors import (
    BookingChangedError,
    ChangeNeedsApprovalError,
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    ClassRemovalClosedError,
    ClassTwiceError,
    GroupTooLargeError,
    SchoolCapError,
    SessionClosedError,
    SessionFullError,
    WrongPartyError,
    WrongStateError,
)
from booking.models import BookedClass, Booking
from booking.operations import approve_booking, change_booking, withdraw_booking
from booking.party import Party
from booking.presentation import change_refusal_text
from charter.enums import ProviderState
from charter.models import Provider
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from tests.booking.test_several_classes import value_of
from tests.factories.booking import a_class, a_contact, book, known_school, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory, a_course, a_package
from workshops.enums import Approval
from workshops.models import Session

pytestmark = pytest.mark.django_db


def change(booking, *classes, seats=None, contact=None, now=None, **more):
    """Change a booking to these classes, or to so many seats."""
    if seats is None:
        party = Party(kind=BookingKind.SCHOOL, school_id=booking.school_id, classes=classes)
    else:
        party = Party(kind=BookingKind(booking.kind), seats=seats)
    return change_booking(
        booking_id=booking.pk,
        party=party,
        contact=contact or a_contact(),
        actor=LINK,
        now=now or timezone.now(),
        **more,
    )


def taken(session):
    session.refresh_from_db()
    return session.groups_taken, session.people_taken


def state_of(booking):
    booking.refresh_from_db()
    return BookingState(booking.state)


def mails(booking):
    found = Message.objects.filter(about=f"booking:{booking.pk}").order_by("pk")
    return list(found.values_list("mail_type", flat=True))


def test_fewer_pupils_are_given_back_at_once_and_everybody_is_told_once():
    session = SessionFactory(max_people=30, offer__provider__contact_email="leverandoer@example.dk")
    booking = book(session, classes=[a_class("5.A", pupils=24)])
    before = booking.booked_sessions.get()

    change(booking, a_class("5.A", pupils=21))
    change(booking, a_class("5.A", pupils=21))

    booking.refresh_from_db()
    after = booking.booked_sessions.get()
    assert taken(session) == (1, 21)
    assert (after.people, after.uid, after.sequence) == (21, before.uid, before.sequence + 1)
    assert mails(booking).count("booking_changed") == 1
    assert mails(booking).count("provider_booking_changed") == 1
    entry = Entry.objects.get(action="booking_changed")
    assert entry.data["sizes"] == {str(session.pk): [0, -3]}


def test_the_mails_carry_the_entry_as_it_is_now(mailoutbox, portal_site):
    booking = book(SessionFactory(), classes=[a_class("5.A", pupils=24)])
    change(booking, a_class("5.A", pupils=21), contact=a_contact(room="2.14"))

    send_due(now=timezone.now())

    mail = next(mail for mail in mailoutbox if "er ændret" in mail.subject)
    [calendar] = [
        part.get_payload(decode=True).decode().replace("\r\n ", "")
        for part in mail.message().walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert "METHOD:REQUEST" in calendar
    assert "SEQUENCE:1" in calendar
    assert "lokale 2.14" in calendar
    assert "21 elever" in mail.body


def test_of_two_quick_changes_only_the_last_is_told(mailoutbox, portal_site):
    booking = book(SessionFactory(), classes=[a_class("5.A", pupils=24)])
    change(booking, a_class("5.A", pupils=21))
    change(booking, a_class("5.A", pupils=22))

    send_due(now=timezone.now())

    told = [mail for mail in mailoutbox if "er ændret" in mail.subject and mail.to == [booking.contact_email]]
    assert ["22 elever" in mail.body for mail in told] == [True]


def test_growing_takes_what_is_left_or_changes_nothing():
    session = SessionFactory(max_groups=2, max_people=50)
    booking = book(session, classes=[a_class("5.A", pupils=24)])
    book(
        session,
        school=booking.school,
        classes=[a_class("5.B", pupils=22)],
        contact=a_contact("b@skole.example"),
    )

    change(booking, a_class("5.A", pupils=28))
    with pytest.raises(SessionFullError) as refusal:
        change(booking, a_class("5.A", pupils=29), contact=a_contact(room="9"))

    booking.refresh_from_db()
    assert refusal.value.facts["people_left"] == 0
    assert taken(session) == (2, 50)
    assert (booking.room, booking.changes) == ("", 1)


def test_classes_are_added_and_taken_off():
    session = SessionFactory(max_groups=2, max_people=60)
    booking = book(session, classes=[a_class("5.A", pupils=24)])

    change(booking, a_class("5.A", pupils=20), a_class("5.B", pupils=22))
    assert taken(session) == (2, 42)
    change(booking, a_class("5. b", pupils=23))

    assert taken(session) == (1, 23)
    assert list(BookedClass.objects.values_list("name", "pupils")) == [("5. b", 23)]


def test_a_class_added_that_does_not_fit_changes_nothing():
    session = SessionFactory(max_groups=1)
    booking = book(session, classes=[a_class("5.A", pupils=24)])

    with pytest.raises(SessionFullError):
        change(booking, a_class("5.A", pupils=20), a_class("5.B"))

    assert BookedClass.objects.get().pupils == 24


def test_the_rules_of_a_new_booking_hold_for_a_change():
    session = SessionFactory(max_groups=3, offer__max_group_size=28)
    school = known_school()
    booking = book(session, school=school, classes=[a_class("5.A")])
    book(session, school=school, classes=[a_class("5.B")], contact=a_contact("b@skole.example"))

    with pytest.raises(GroupTooLargeError) as large:
        change(booking, a_class("5.A", pupils=29))
    with pytest.raises(ClassTwiceError):
        change(booking, a_class("5.A"), a_class("5a"))
    with pytest.raises(ClassAlreadyBookedError):
        change(booking, a_class("5.A"), a_class("5.b"))
    with pytest.raises(WrongPartyError):
        change_booking(
            booking_id=booking.pk,
            party=Party(kind=BookingKind.SCHOOL, school_id=known_school().pk, classes=(a_class("5.A"),)),
            contact=a_contact(),
            actor=LINK,
            now=timezone.now(),
        )

    assert large.value.facts["class_name"] == "5.A"
    assert taken(session)[0] == 2


def test_a_class_over_a_limit_that_came_later_may_shrink_or_change_its_room():
    session = SessionFactory(offer__max_group_size=28)
    booking = book(session, classes=[a_class("5.A", pupils=27)])
    session.offer.max_group_size = 20
    session.offer.save()

    change(booking, a_class("5.A", pupils=27), contact=a_contact(room="2.14"))

    booking.refresh_from_db()
    assert booking.room == "2.14"


def test_a_school_gets_no_more_classes_of_an_offer_by_adding_them_later():
    session = SessionFactory(max_groups=3, offer__max_classes_per_term=2)
    booking = book(session, classes=[a_class("5.A")])

    change(booking, a_class("5.A"), a_class("5.B"))
    with pytest.raises(SchoolCapError):
        change(booking, a_class("5.A"), a_class("5.B"), a_class("5.C"))

    assert taken(session)[0] == 2


def test_after_booking_closed_numbers_shrink_until_the_start_and_staff_may_grow_them():
    session = SessionFactory(max_people=60)
    booking = book(session, classes=[a_class("5.A", pupils=20)])
    late = session.booking_closes_at + timedelta(minutes=1)

    with pytest.raises(SessionClosedError):
        change(booking, a_class("5.A", pupils=21), now=late)
    change(booking, a_class("5.A", pupils=19), now=late)
    change(booking, a_class("5.A", pupils=25), now=late, by_staff=True)
    with pytest.raises(WrongStateError):
        change(booking, a_class("5.A", pupils=18), now=session.starts_at, by_staff=True)

    assert taken(session) == (1, 25)


def test_a_class_is_taken_off_until_the_deadline_for_withdrawing():
    session = SessionFactory(max_groups=2)
    booking = book(session, classes=[a_class("5.A"), a_class("5.B")])
    late = session.withdrawal_closes_at + timedelta(minutes=1)

    with pytest.raises(ClassRemovalClosedError):
        change(booking, a_class("5.A"), now=late)
    change(booking, a_class("5.A"), now=late, by_staff=True)

    assert taken(session)[0] == 1


def test_the_gate_is_asked_when_growing_and_never_when_shrinking():
    session = SessionFactory(max_people=60)
    booking = book(session, classes=[a_class("5.A", pupils=20)])
    Provider.objects.filter(pk=session.provider_id).update(state=ProviderState.SUSPENDED)

    with pytest.raises(CharterNotCoveredError):
        change(booking, a_class("5.A", pupils=21))
    change(booking, a_class("5.A", pupils=18))

    assert taken(session) == (1, 18)


def test_what_shrinking_frees_goes_to_the_queue_in_the_same_moment():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))
    booking = book(session, seats=10, contact=a_contact("a@example.dk"))
    waits = queue_up(session, seats=3, contact=a_contact("b@example.dk"))

    change(booking, seats=7, contact=a_contact("a@example.dk"))

    assert state_of(waits) == BookingState.OFFERED
    assert taken(session) == (0, 10)


def test_growing_does_not_pass_those_who_wait():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))
    booking = book(session, seats=2, contact=a_contact("a@example.dk"))
    other = book(session, seats=8, contact=a_contact("b@example.dk"))
    waits = queue_up(session, seats=4, contact=a_contact("c@example.dk"))
    withdraw_booking(booking_id=other.pk, reason="date", actor=LINK, now=timezone.now())

    with pytest.raises(SessionFullError):
        change(booking, seats=7, contact=a_contact("a@example.dk"))
    change(booking, seats=6, contact=a_contact("a@example.dk"))

    assert state_of(waits) == BookingState.OFFERED
    assert taken(session) == (0, 10)


def test_while_waiting_more_goes_to_the_back_and_less_keeps_its_rank():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))
    book(session, seats=10, contact=a_contact("a@example.dk"))
    first = queue_up(session, seats=4, contact=a_contact("b@example.dk"))
    second = queue_up(session, seats=4, contact=a_contact("c@example.dk"))
    ranks = [item.booked_sessions.get().queued_at for item in (first, second)]

    change(second, seats=3, contact=a_contact("c@example.dk"))
    change(first, seats=5, contact=a_contact("b@example.dk"))

    assert second.booked_sessions.get().queued_at == ranks[1]
    assert first.booked_sessions.get().queued_at > ranks[1]
    session.refresh_from_db()
    assert (session.people_taken, session.waiting) == (10, 2)


def test_a_smaller_entry_that_fits_now_gets_the_place_at_once():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))
    book(session, seats=8, contact=a_contact("a@example.dk"))
    waits = queue_up(session, seats=4, contact=a_contact("b@example.dk"))

    change(waits, seats=2, contact=a_contact("b@example.dk"))

    assert state_of(waits) == BookingState.OFFERED
    assert taken(session) == (0, 10)


def test_a_grade_outside_the_offer_needs_a_yes_that_is_asked_for_first():
    session = SessionFactory(max_groups=2, offer=OfferFactory(grade_from=4, grade_to=6, max_groups=2))
    booking = book(session, classes=[a_class("5.A", grade=5)])
    wanted = [a_class("5.A", grade=5), a_class("8.A", grade=8)]

    with pytest.raises(ChangeNeedsApprovalError) as refusal:
        change(booking, *wanted)
    assert (refusal.value.facts["reasons"], taken(session)[0]) == (["grade"], 1)
    change(booking, *wanted, accepts_approval=True)

    assert state_of(booking) == BookingState.AWAITING_APPROVAL
    assert (booking.approval_reasons, taken(session)[0]) == (["grade"], 2)
    assert WorkItem.objects.open().filter(kind="booking_approval").count() == 1
    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())
    assert state_of(booking) == BookingState.CONFIRMED
    assert mails(booking).count("booking_receipt") == 1
    assert mails(booking).count("booking_changed") == 2


def test_a_new_class_asks_for_the_offers_approval_again_and_a_number_does_not():
    offer = OfferFactory(approval=Approval.ADMINISTRATION, max_groups=2)
    session = SessionFactory(offer=offer, max_people=100)
    booking = book(session, classes=[a_class("5.A", pupils=20)])
    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())

    change(booking, a_class("5.A", pupils=24))
    with pytest.raises(ChangeNeedsApprovalError):
        change(booking, a_class("5.A", pupils=24), a_class("5.B"))

    assert state_of(booking) == BookingState.CONFIRMED


def test_more_seats_ask_for_the_offers_approval_again_and_fewer_do_not():
    offer = OfferFactory(evening=True, approval=Approval.ADMINISTRATION)
    booking = book(SessionFactory(offer=offer), seats=4)
    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())

    change(booking, seats=3)
    with pytest.raises(ChangeNeedsApprovalError) as refusal:
        change(booking, seats=5)
    assert state_of(booking) == BookingState.CONFIRMED
    change(booking, seats=5, accepts_approval=True)

    assert refusal.value.facts["reasons"] == ["offer"]
    assert state_of(booking) == BookingState.AWAITING_APPROVAL
    assert taken(booking.booked_sessions.get().session) == (0, 5)


def test_a_form_shown_before_the_last_change_is_not_taken():
    session = SessionFactory(max_people=60)
    booking = book(session, classes=[a_class("5.A", pupils=20)])
    change(booking, a_class("5.A", pupils=22), seen=0)

    with pytest.raises(BookingChangedError):
        change(booking, a_class("5.A", pupils=23), seen=0)
    change(booking, a_class("5.A", pupils=22), seen=0)

    assert taken(session) == (1, 22)


def test_an_ended_or_unproven_booking_is_not_changed():
    ended, unproven = book(SessionFactory()), book(SessionFactory(), is_proven=False)
    withdraw_booking(booking_id=ended.pk, reason="date", actor=LINK, now=timezone.now())

    for booking in (ended, unproven):
        with pytest.raises(WrongStateError):
            change(booking, a_class("5.A", pupils=10))


def test_a_course_changes_on_all_its_dates_or_on_none():
    first, second = a_course(30, 37, max_people=30)
    booking = book(first, classes=[a_class("5.A", pupils=24)])

    change(booking, a_class("5.A", pupils=28))
    Session.objects.filter(pk=second.pk).update(max_people=28)
    with pytest.raises(SessionFullError) as refusal:
        change(booking, a_class("5.A", pupils=29))

    assert (taken(first), taken(second)) == ((1, 28), (1, 28))
    assert set(booking.booked_sessions.values_list("people", "sequence")) == {(28, 1)}
    assert str(second.local_date.day) in change_refusal_text(refusal.value)
    assert mails(booking).count("booking_changed") == 1


def test_the_evening_of_a_package_stays_whole_when_the_class_changes():
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk, classes=[a_class("7.A", pupils=24)])

    change(booking, a_class("7.A", pupils=20), accepts_approval=True)

    assert (taken(visit), taken(evening)) == ((1, 20), (1, 0))


class TestByLink:
    """The page: link, number, save."""

    @pytest.fixture(autouse=True)
    def _site(self, portal_site):
        return portal_site

    def url(self, booking: Booking) -> str:
        return links.manage_path(booking) + "ret/"

    def filled(self, client, booking, **more):
        page = client.get(self.url(booking)).content.decode()
        names = (
            "seen",
            "class_count",
            "class_name",
            "pupils",
            "adults",
            "room",
            "contact_name",
            "phone_on_day",
        )
        return {"grade": "5"} | {name: value_of(page, name) or "" for name in names} | more

    def test_number_and_save(self, client):
        session = SessionFactory(max_people=30)
        booking = book(session, classes=[a_class("5.A", pupils=24)])
        own_page = client.get(links.manage_path(booking)).content.decode()

        response = client.post(self.url(booking), self.filled(client, booking, pupils="21"), follow=True)

        assert self.url(booking) in own_page
        assert taken(session) == (1, 21)
        page = response.content.decode()
        assert "Ændringen er gemt." in page
        assert "21 elever" in page
        booking.refresh_from_db()
        assert (booking.contact_name, booking.phone_on_day) == ("Lea Lærer", "00 00 00 00")

    def test_opening_changes_nothing_and_saving_unchanged_tells_nobody(self, client):
        session = SessionFactory()
        booking = book(session)

        response = client.post(self.url(booking), self.filled(client, booking), follow=True)

        assert "Ændringen er gemt." not in response.content.decode()
        assert "booking_changed" not in mails(booking)
        assert not Entry.objects.filter(action="booking_changed").exists()

    def test_a_refusal_shows_what_is_booked_and_what_was_asked(self, client):
        session = SessionFactory(max_people=25)
        booking = book(session, classes=[a_class("5.A", pupils=24)])

        response = client.post(self.url(booking), self.filled(client, booking, pupils="28"))

        page = response.content.decode()
        assert response.status_code == 409
        assert "Ud over det, du har, er der ledigt: 0 klasser, 1 plads." in page
        assert "Din booking, uændret" in page
        assert "24 elever" in page
        assert "28 elever" in page
        assert taken(session) == (1, 24)

    def test_a_class_is_added_without_javascript_and_an_odd_grade_asked_about(self, client):
        session = SessionFactory(offer=OfferFactory(grade_from=4, grade_to=6, max_groups=2))
        booking = book(session, classes=[a_class("5.A", pupils=24)])
        data = self.filled(client, booking)

        added = client.post(self.url(booking), data | {"add_class": "1"}).content.decode()
        data |= {"class_count": "2", "class_name_2": "8.A", "grade_2": "8", "pupils_2": "20", "adults_2": "1"}
        asked = client.post(self.url(booking), data)
        assert state_of(booking) == BookingState.CONFIRMED
        client.post(self.url(booking), data | {"accept": "1"})

        assert 'name="class_name_2"' in added
        assert asked.status_code == 409
        assert "Ændringen skal godkendes, før den gælder." in asked.content.decode()
        assert "Gem, og vent på svar" in asked.content.decode()
        assert state_of(booking) == BookingState.AWAITING_APPROVAL
        assert Session.objects.get().groups_taken == 2

    def test_seats_and_needs(self, client):
        session = SessionFactory(evening=True, max_people=20)
        booking = book(session, seats=2, contact=a_contact("fatima@example.dk"))
        page = client.get(self.url(booking)).content.decode()

        client.post(
            self.url(booking),
            {
                "seen": value_of(page, "seen"),
                "seats": "4",
                "contact_name": "Fatima",
                "needs": ["interpreter"],
                "interpreter_language": "ar",
            },
        )

        booking.refresh_from_db()
        assert taken(session)[1] == 4
        assert (booking.needs, booking.interpreter_language) == (["interpreter"], "ar")
        assert 'name="contact_email"' not in page

    def test_a_phone_number_staff_noted_is_kept(self, client):
        booking = book(SessionFactory(), contact=a_contact(phone="87 65 43 21"))

        client.post(self.url(booking), self.filled(client, booking, pupils="20"))

        booking.refresh_from_db()
        assert (booking.contact_phone, booking.changes) == ("87 65 43 21", 1)

    def test_an_ended_booking_leads_to_its_page(self, client):
        booking = book(SessionFactory())
        withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())

        response = client.get(self.url(booking))

        assert response.url.endswith(links.manage_path(booking))
