"""Handing a booking over: the new address is proven first, the old one told, old links end (S26)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking import links
from booking.enums import BookingState
from booking.errors import (
    AddressNotAllowedError,
    HandoverEndedError,
    SameAddressError,
    WrongStateError,
)
from booking.models import Booking
from booking.operations import (
    accept_handover,
    approve_booking,
    drop_ended_handovers,
    offer_handover,
    renew_link,
    take_back_handover,
    withdraw_booking,
)
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.limits.limits import LIMITS
from core.outbox.models import Message, MessageState
from core.outbox.operations import record_delivery, send_due
from core.worklist.models import WorkItem
from tests.factories.booking import a_contact, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db

OLD, NEW = "laerer@skole.example", "kollega@skole.example"


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def offer_to(booking, email=NEW, *, name="Karin Kollega", now=None):
    return offer_handover(
        booking_id=booking.pk, name=name, email=email, actor=LINK, now=now or timezone.now()
    )


def accept(booking, *, now=None):
    return accept_handover(
        booking_id=booking.pk, phone_on_day="11 22 33 44", actor=LINK, now=now or timezone.now()
    )


def sent_to(mailoutbox, address):
    send_due(now=timezone.now())
    return [mail for mail in mailoutbox if mail.to == [address]]


def calendars(mail):
    return [
        part.get_payload(decode=True).decode().replace("\r\n ", "")
        for part in mail.message().walk()
        if part.get_content_type() == "text/calendar"
    ]


def test_nothing_changes_until_the_new_address_says_yes(client):
    booking = book(SessionFactory())

    offer_to(booking)
    page = client.get(links.handover_path(Booking.objects.get()))

    booking.refresh_from_db()
    assert page.status_code == 200
    assert OLD not in page.content.decode()
    assert (booking.contact_email, booking.pending_email) == (OLD, NEW)
    assert client.get(links.manage_path(booking)).status_code == 200


def test_taking_over_moves_contact_links_receipt_and_calendar(client, mailoutbox):
    session = SessionFactory(offer__provider__contact_email="udbyder@example.dk")
    booking = book(session)
    sent_to(mailoutbox, OLD)
    old_link = links.manage_path(booking)
    offer_to(booking)
    [asked] = sent_to(mailoutbox, NEW)
    path = re.search(r"http://testserver(/booking/overtag/\S+?/)", asked.body)[1]

    response = Client().post(path, {"phone_on_day": "11 22 33 44"}, follow=True)

    booking.refresh_from_db()
    assert (booking.contact_name, booking.contact_email) == ("Karin Kollega", NEW)
    assert (booking.phone_on_day, booking.pending_email) == ("11 22 33 44", "")
    assert booking.reference in response.content.decode()
    assert client.get(old_link).status_code == 404
    assert "Linket virker ikke" in client.get(old_link).content.decode()
    uid = booking.booked_sessions.get().uid
    receipt = sent_to(mailoutbox, NEW)[-1]
    assert "Kvittering" in receipt.subject
    assert links.manage_path(booking) in receipt.body
    [entry] = calendars(receipt)
    assert "METHOD:REQUEST" in entry
    assert f"UID:{uid}" in entry
    assert "SEQUENCE:1" in entry
    told = sent_to(mailoutbox, OLD)[-1]
    [gone] = calendars(told)
    assert "METHOD:CANCEL" in gone
    assert f"UID:{uid}" in gone
    assert "SEQUENCE:1" in gone
    for text in (told.body, gone):
        assert links.manage_path(booking) not in text, "the new link is the new contact's alone"
        assert NEW not in text
        assert "Karin" not in text
    assert Message.objects.filter(mail_type="provider_booking_changed").count() == 1


def test_the_mail_to_the_unproven_address_says_nothing_typed(mailoutbox):
    booking = book(SessionFactory(), contact=a_contact(room="Klip mig", name="Lea Skriver"))

    offer_to(booking, name="Køb nu på reklame.example")

    [mail] = sent_to(mailoutbox, NEW)
    whole = mail.body + mail.subject
    assert booking.reference in whole, "there is something it could say"
    for typed in ("Klip mig", "Lea", "reklame", "5.A", OLD):
        assert typed not in whole


def test_mails_queued_for_the_old_contact_do_not_carry_the_new_link(mailoutbox):
    booking = book(SessionFactory())
    offer_to(booking)
    accept(booking)

    sent_to(mailoutbox, OLD)

    receipt = Message.objects.get(mail_type="booking_receipt", to_email=OLD)
    assert receipt.state == MessageState.SKIPPED
    assert Message.objects.get(mail_type="booking_receipt", to_email=NEW).state == MessageState.SENT


def test_the_old_contacts_browser_shows_it_no_more(client):
    booking = book(SessionFactory(), browser_key="k" * 32)
    offer_to(booking)

    accept(booking)

    booking.refresh_from_db()
    assert booking.browser_key == ""


def test_pressing_the_button_twice_takes_over_once():
    booking = book(SessionFactory())
    offer_to(booking)
    path, browser = links.handover_path(Booking.objects.get()), Client()
    browser.post(path, {"phone_on_day": "11 22 33 44"})

    again = browser.post(path, {"phone_on_day": "11 22 33 44"})

    booking.refresh_from_db()
    assert again.url == links.manage_path(booking)
    assert Entry.objects.filter(action="booking_handed_over").count() == 1
    assert Client().get(path).status_code == 404, "in another browser the link is spent"


def test_taken_back_replaced_and_run_out_links_are_dead(client):
    booking = book(SessionFactory(in_days=40))
    offer_to(booking)
    first = links.handover_path(Booking.objects.get())
    offer_to(booking, "anden@skole.example")
    second = links.handover_path(Booking.objects.get())
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200

    take_back_handover(booking_id=booking.pk, actor=LINK, now=timezone.now())
    take_back_handover(booking_id=booking.pk, actor=LINK, now=timezone.now())

    assert client.post(second, {"phone_on_day": "11 22 33 44"}).status_code == 404
    assert Entry.objects.filter(action="booking_handover_taken_back").count() == 1
    offer_to(booking)
    with pytest.raises(HandoverEndedError):
        accept(booking, now=timezone.now() + timedelta(days=7, minutes=1))
    booking.refresh_from_db()
    assert booking.contact_email == OLD


def test_an_address_that_never_answers_is_forgotten():
    kept, old = book(SessionFactory()), book(SessionFactory())
    offer_to(old, now=timezone.now() - timedelta(days=8))
    offer_to(kept)

    assert drop_ended_handovers(timezone.now()) == 1
    assert drop_ended_handovers(timezone.now()) == 0

    assert set(Booking.objects.values_list("pending_email", flat=True)) == {NEW, ""}


def test_a_new_link_from_the_administration_ends_the_offer_too(client):
    booking = book(SessionFactory())
    offer_to(booking)
    path = links.handover_path(Booking.objects.get())

    renew_link(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())

    assert client.get(path).status_code == 404


def test_an_unknown_domain_needs_a_yes_and_the_page_says_so(client, mailoutbox):
    booking = book(SessionFactory(), school=known_school())
    offer_to(booking, "karin@privat.example")
    path = links.handover_path(Booking.objects.get())

    page = client.get(path).content.decode()
    client.post(path, {"phone_on_day": "11 22 33 44"})

    booking.refresh_from_db()
    assert "Vi kender ikke din adresse som en af skolens" in page
    assert (booking.state, booking.approval_reasons) == (BookingState.AWAITING_APPROVAL, ["unknown_domain"])
    assert WorkItem.objects.open().filter(kind="booking_approval").count() == 1
    assert booking.booked_sessions.get().session.groups_taken == 1, "the place is kept"
    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())
    told = sent_to(mailoutbox, "karin@privat.example")
    assert "METHOD:REQUEST" in calendars(told[-1])[0]


def test_the_page_of_a_known_address_does_not_speak_of_approval(client):
    booking = book(SessionFactory())
    offer_to(booking)

    page = client.get(links.handover_path(Booking.objects.get())).content.decode()

    assert "Vi kender ikke din adresse" not in page


def test_what_cannot_be_handed_over():
    booking, ended, unproven = (
        book(SessionFactory()),
        book(SessionFactory()),
        book(SessionFactory(), is_proven=False),
    )
    withdraw_booking(booking_id=ended.pk, reason="date", actor=LINK, now=timezone.now())

    with pytest.raises(SameAddressError):
        offer_to(booking, OLD.upper())
    for other in (ended, unproven):
        with pytest.raises(WrongStateError):
            offer_to(other)
    with pytest.raises(WrongStateError):
        offer_to(booking, now=booking.booked_sessions.get().session.starts_at)
    offer_to(booking)
    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())
    with pytest.raises(WrongStateError):
        accept(booking)


def test_an_offer_for_some_domains_is_handed_over_within_them():
    offer = OfferFactory(evening=True, allowed_domains=["kk.dk"])
    booking = book(SessionFactory(offer=offer), contact=a_contact("anna@kk.dk"))

    with pytest.raises(AddressNotAllowedError):
        offer_to(booking, "anna@privat.example")
    offer_to(booking, "bo@buf.kk.dk")

    booking.refresh_from_db()
    assert booking.pending_email == "bo@buf.kk.dk"


class TestByLink:
    """The page behind «Giv videre»."""

    def url(self, booking):
        return links.manage_path(booking) + "giv-videre/"

    def test_name_address_send_and_take_back(self, client):
        booking = book(SessionFactory())
        own_page = client.get(links.manage_path(booking)).content.decode()

        page = client.post(
            self.url(booking), {"name": "Karin", "email": NEW.upper()}, follow=True
        ).content.decode()
        own_page_after = client.get(links.manage_path(booking)).content.decode()
        client.post(self.url(booking), {"take_back": "1"})

        assert self.url(booking) in own_page
        assert f"Vi har sendt et link til {NEW}" in page
        assert f"give den videre til {NEW}" in own_page_after
        booking.refresh_from_db()
        assert booking.pending_email == ""

    def test_the_same_post_twice_asks_once(self, client):
        booking = book(SessionFactory())

        for _attempt in range(2):
            client.post(self.url(booking), {"name": "Karin", "email": NEW})

        assert Message.objects.filter(mail_type="booking_handover").count() == 1

    def test_errors_say_what_to_do(self, client):
        booking = book(SessionFactory())

        empty = client.post(self.url(booking), {})
        same = client.post(self.url(booking), {"name": "Lea", "email": OLD})

        assert empty.status_code == 422
        assert "Indtast navnet på den, der skal overtage." in empty.content.decode()
        assert same.status_code == 409
        assert "Bookingen har allerede den adresse." in same.content.decode()

    def test_one_address_is_not_flooded(self, client):
        limit = LIMITS["sign_up_email"].count
        bookings = [book(SessionFactory()) for _number in range(2)]

        codes = []
        for number in range(limit + 1):
            booking = bookings[number % 2]
            codes.append(client.post(self.url(booking), {"name": f"K {number}", "email": NEW}).status_code)

        assert codes == [302] * limit + [429]

    def test_the_new_contact_must_be_reachable_on_the_day(self, client):
        booking = book(SessionFactory())
        offer_to(booking)

        response = client.post(links.handover_path(Booking.objects.get()), {"phone_on_day": ""})

        assert response.status_code == 422
        booking.refresh_from_db()
        assert booking.contact_email == OLD

    def test_seats_are_handed_over_without_a_phone(self, client):
        booking = book(SessionFactory(evening=True), contact=a_contact("fatima@example.dk", phone_on_day=""))
        offer_to(booking, "yusuf@example.dk")

        client.post(links.handover_path(Booking.objects.get()))

        booking.refresh_from_db()
        assert (booking.contact_email, booking.state) == ("yusuf@example.dk", BookingState.CONFIRMED)


def test_a_sign_up_is_called_a_sign_up_in_mails_and_on_pages(client, mailoutbox):
    booking = book(SessionFactory(evening=True), contact=a_contact("mor@hjem.example"))
    hand_over_page = client.get(f"{links.manage_path(booking)}giv-videre/").content.decode()
    offer_to(booking, "far@hjem.example")
    take_over_page = client.get(links.handover_path(Booking.objects.get())).content.decode()
    [asked] = sent_to(mailoutbox, "far@hjem.example")
    accept(booking)
    told = sent_to(mailoutbox, "mor@hjem.example")[-1]

    assert asked.subject == "Vil du overtage en tilmelding?"
    assert told.subject == f"Tilmelding {booking.reference} er givet videre"
    for text in (asked.body, told.body, hand_over_page, take_over_page):
        assert "tilmelding" in text.lower()
        assert not re.search(r"\bbooking(en)?\b", re.sub(r"<[^>]*>|http\S+", "", text))


def test_staff_start_a_hand_over_for_someone_who_phones(staff_client, mailoutbox):
    booking = book(SessionFactory())
    client = staff_client("Sagsbehandler")
    page = client.get(f"/admin/bookinger/{booking.pk}/").content.decode()
    path = f"/admin/bookinger/{booking.pk}/giv-videre/"

    wrong = client.post(path, {"name": "Lea", "email": OLD})
    sent = client.post(path, {"name": "Karin Kollega", "email": NEW})

    assert path in page
    assert wrong.status_code == 409
    assert (sent.status_code, sent.url) == (302, f"/admin/bookinger/{booking.pk}/")
    booking.refresh_from_db()
    assert (booking.contact_email, booking.pending_email) == (OLD, NEW), "the new address must say yes itself"
    [asked] = sent_to(mailoutbox, NEW)
    assert links.handover_path(booking) in asked.body
    assert Entry.objects.get(action="booking_handover_offered").actor_id is not None
    assert NEW in client.get(path).content.decode()
    client.post(path, {"take_back": "1"})
    booking.refresh_from_db()
    assert booking.pending_email == ""


def test_what_has_ended_is_not_handed_over_by_staff(staff_client):
    booking = book(SessionFactory())
    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())
    client = staff_client("Sagsbehandler")
    path = f"/admin/bookinger/{booking.pk}/giv-videre/"

    assert path not in client.get(f"/admin/bookinger/{booking.pk}/").content.decode()
    assert client.get(path).status_code == 302
    assert client.post(path, {"name": "Karin", "email": NEW}).status_code == 302
    booking.refresh_from_db()
    assert booking.pending_email == ""


def test_the_task_of_a_mail_that_did_not_arrive_closes_with_the_right_address():
    booking = book(SessionFactory())
    receipt = Message.objects.get(mail_type="booking_receipt")
    record_delivery(
        message_id=receipt.message_id, event="bounced", happened_at=None, description="", now=timezone.now()
    )
    assert WorkItem.objects.open().filter(kind="mail_bounced").exists()

    offer_to(booking)
    accept(booking)

    assert not WorkItem.objects.open().filter(kind="mail_bounced").exists()
