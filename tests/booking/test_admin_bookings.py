"""«Bookinger» in the administration: list, filters, a booking's page, its buttons, the receipt on paper."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.menu import admin_menu

from booking.enums import BookingState, CancelReason, DeclineReason, WithdrawalReason
from booking.history import audit_actions
from booking.models import Booking
from booking.operations import book_for_caller, decline_booking
from booking.party import ClassSize, Party
from charter.enums import Transition
from charter.operations.providers import change_provider_state
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import a_contact, book, known_school
from tests.factories.outbox import MessageFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval, Audience
from workshops.models import Session

pytestmark = pytest.mark.django_db

LIST = "bookings:index"


def detail_url(booking):
    return reverse("booking_admin_detail", args=[booking.pk])


def action_url(booking, action):
    return reverse("booking_admin_action", args=[booking.pk, action])


def awaiting(approval=Approval.ADMINISTRATION, **more):
    """A booking that waits for a yes."""
    return book(SessionFactory(offer=OfferFactory(approval=approval)), **more)


def suspend(booking):
    provider = booking.booked_sessions.get().session.provider
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.SUSPEND,
        reason="Sagen undersøges",
        actor=SYSTEM,
        now=timezone.now(),
    )


@pytest.fixture
def caseworker(staff_client):
    return staff_client("Sagsbehandler")


@pytest.fixture
def auditor(staff_client):
    return staff_client("Revisor")


def listed(response):
    return [booking.reference for booking in response.context["object_list"]]


# The list


def test_list_shows_what_was_sent_newest_first_and_names_no_person(caseworker):
    now = timezone.now()
    school = known_school(name="Prøveskolen på Nørrebro")
    first = book(SessionFactory(), school=school, now=now - timedelta(hours=2))
    second = book(SessionFactory(evening=True), seats=2, contact=a_contact("p@example.dk", name="Pia Privat"))
    unsent = Booking.objects.create(reference="DP-FORM22", kind="person", started_at=now)

    response = caseworker.get(reverse(LIST))

    assert listed(response) == [second.reference, first.reference]
    page = response.content.decode()
    assert unsent.reference not in page
    assert "Prøveskolen på Nørrebro" in page
    assert "1 klasse, 22 elever" in page
    assert "2 pladser" in page
    assert second.contact_name == "Pia Privat"
    assert "Pia" not in page


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_takes_the_same_number_of_queries_whatever_is_booked(
    count, caseworker, django_assert_num_queries
):
    offer = OfferFactory()
    for number in range(count):
        book(
            SessionFactory(offer=offer, in_days=20 + number),
            contact=a_contact(f"laerer{number}@skole.example"),
        )
    caseworker.get(reverse(LIST))

    with django_assert_num_queries(14):
        response = caseworker.get(reverse(LIST))

    assert len(response.context["object_list"]) == count


def test_list_filters(caseworker):
    school = known_school(name="Skolen ved Søen")
    ours = awaiting(school=school)
    session = ours.booked_sessions.get().session
    other = book(SessionFactory(evening=True), seats=2)
    filters = [
        {"state": "awaiting_approval"},
        {"kind": "school"},
        {"provider": session.provider_id},
        {"school": school.pk},
        {"audience": Audience.SCHOOL},
        {"date_from": session.local_date, "date_to": session.local_date, "offer": session.offer_id},
        {"needs_approval": "waits"},
        {"needs_approval": "asked"},
        {"offer": session.offer_id},
        {"q": ours.reference},
        {"q": "ved søen"},
        {"q": ours.contact_email, "kind": "school"},
    ]

    assert set(listed(caseworker.get(reverse(LIST)))) == {ours.reference, other.reference}
    assert {str(f): listed(caseworker.get(reverse(LIST), f)) for f in filters} == {
        str(f): [ours.reference] for f in filters
    }
    assert listed(caseworker.get(reverse(LIST), {"channel": "phone"})) == []


def test_list_filters_by_the_days_of_the_session(caseworker):
    soon = book(SessionFactory(in_days=20))
    late = book(SessionFactory(in_days=60))
    day = late.booked_sessions.get().session.local_date

    assert listed(caseworker.get(reverse(LIST), {"date_from": day})) == [late.reference]
    assert listed(caseworker.get(reverse(LIST), {"date_to": day - timedelta(days=1)})) == [soon.reference]


# A booking's page


def test_page_shows_booking_mails_tasks_and_history(caseworker):
    booking = awaiting()

    page = caseworker.get(detail_url(booking)).content.decode()

    for text in (
        booking.reference,
        "Afventer godkendelse",
        "tilbuddet kræver godkendelse",
        booking.school_name,
        booking.contact_email,
        "Modtaget, afventer godkendelse",
        "I kø",
        "Booking afventer godkendelse",
        "Historik",
    ):
        assert text in page, text


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_number_of_queries(count, caseworker, django_assert_num_queries):
    school = known_school()
    classes = [ClassSize(name=f"5.{letter}", grade=5, pupils=20) for letter in "ABC"[:count]]
    booking = book(SessionFactory(offer=OfferFactory(max_groups=5)), school=school, classes=classes)
    for number in range(count):
        Entry.objects.create(
            at=timezone.now(), action="booking_sent", subject=f"booking:{booking.pk}", data={"n": number}
        )
    caseworker.get(detail_url(booking))

    with django_assert_num_queries(18):
        caseworker.get(detail_url(booking))


def test_reading_is_noted_once_an_hour_and_person(caseworker, auditor):
    booking = book(SessionFactory())

    for client in (caseworker, caseworker, auditor):
        client.get(detail_url(booking))
    caseworker.get(reverse("booking_admin_receipt", args=[booking.pk]))

    reads = Entry.objects.filter(action="booking_read", subject=f"booking:{booking.pk}")
    assert reads.count() == 2
    reads.update(at=timezone.now() - timedelta(minutes=61))
    caseworker.get(detail_url(booking))
    assert reads.count() == 3


def test_auditor_sees_no_button_and_can_do_nothing(auditor):
    booking = awaiting()

    response = auditor.get(detail_url(booking))
    answers = [auditor.post(action_url(booking, action)).status_code for action in ("approve", "new-link")]

    assert response.status_code == 200
    assert response.context["actions"] == []
    assert answers == [302, 302]
    booking.refresh_from_db()
    assert (booking.state, booking.link_generation) == (BookingState.AWAITING_APPROVAL, 1)


def test_editor_sees_nothing(staff_client):
    editor, booking = staff_client("Redaktør"), book(SessionFactory())

    for url in (reverse(LIST), detail_url(booking), reverse("booking_admin_caller")):
        response = editor.get(url)
        assert response.status_code == 302
        assert response["Location"] == reverse("wagtailadmin_home")


# What staff do


def test_approve_confirms_and_tells(caseworker):
    booking = awaiting()

    response = caseworker.post(action_url(booking, "approve"), follow=True)

    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert "Bookingen er godkendt" in response.content.decode()
    assert Message.objects.filter(mail_type="booking_receipt", about=f"booking:{booking.pk}").count() == 1
    assert not WorkItem.objects.open().exists()


def test_decline_asks_why_and_gives_the_place_back(caseworker):
    booking = awaiting()

    asked = caseworker.get(action_url(booking, "decline"))
    refused = caseworker.post(action_url(booking, "decline"), {})
    booking.refresh_from_db()

    assert (asked.status_code, refused.status_code) == (200, 422)
    assert "Vælg den grund, der passer bedst." in refused.content.decode()
    assert booking.state == BookingState.AWAITING_APPROVAL
    caseworker.post(action_url(booking, "decline"), {"reason": DeclineReason.CAPACITY})
    booking.refresh_from_db()
    assert booking.state == BookingState.DECLINED
    assert Session.objects.get().groups_taken == 0


def test_nobody_approves_what_they_registered_themselves(client):
    user = UserFactory(roles=["Administration"])
    own = log_in(client, user)
    school = known_school()
    booking = book_for_caller(
        session_id=SessionFactory(offer=OfferFactory(approval=Approval.ADMINISTRATION)).pk,
        party=Party(kind="school", school_id=school.pk, classes=(ClassSize("5.A", 5, 20),)),
        contact=a_contact(),
        submission_key="5b0e8f4e-0b7d-4f0b-9a3c-1f6f5f0f7a11",
        actor=Actor.of(user),
        now=timezone.now(),
    )
    assert booking.state == BookingState.AWAITING_APPROVAL

    page = own.get(detail_url(booking))
    response = own.post(action_url(booking, "approve"), follow=True)

    assert {action.name for action in page.context["actions"]} & {"approve", "decline"} == set()
    assert "Lad en kollega afgøre den" in response.content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL
    colleague = log_in(type(client)(), UserFactory(roles=["Sagsbehandler"]))
    colleague.post(action_url(booking, "approve"))
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_nobody_approves_a_booking_made_with_their_own_address(client):
    user = UserFactory(roles=["Sagsbehandler"], email="lea@skole.example")
    booking = awaiting(contact=a_contact("lea@skole.example"))

    log_in(client, user).post(action_url(booking, "approve"))

    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL


def test_withdraw_for_a_caller_works_after_the_deadline(caseworker):
    booking = book(SessionFactory(in_days=5))

    caseworker.post(action_url(booking, "withdraw"), {"reason": WithdrawalReason.ILLNESS})

    booking.refresh_from_db()
    assert (booking.state, booking.end_reason) == (BookingState.WITHDRAWN, "illness")


def test_cancel_tells_why_in_the_history(caseworker):
    booking = book(SessionFactory())

    caseworker.post(action_url(booking, "cancel"), {"reason": CancelReason.PROVIDER})

    page = caseworker.get(detail_url(booking)).content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED
    assert "Udbyderen kan ikke holde det" in page
    assert Message.objects.filter(mail_type="booking_cancelled").count() == 1


def test_an_action_that_came_too_late_says_so_in_danish(caseworker):
    booking = awaiting()
    decline_booking(booking_id=booking.pk, reason=DeclineReason.TARGET, actor=SYSTEM, now=timezone.now())

    response = caseworker.post(action_url(booking, "approve"), follow=True)

    assert "Bookingen er ændret i mellemtiden" in response.content.decode()


def test_approval_asks_the_gate_again(caseworker):
    booking = awaiting()
    suspend(booking)

    response = caseworker.post(action_url(booking, "approve"), follow=True)

    assert "udbyderens charter ikke gælder" in response.content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL


def test_receipt_sent_again_is_queued_once_for_a_double_click(caseworker):
    booking = book(SessionFactory())

    for _press in range(2):
        caseworker.post(action_url(booking, "resend"))

    receipts = Message.objects.filter(mail_type="booking_receipt")
    assert receipts.count() in (2, 3), "the first, and one or (over the turn of a minute) two more"
    assert Entry.objects.filter(action="booking_receipt_sent_again").count() == 2


def test_new_link_ends_the_old_one(caseworker, client, portal_site):
    from booking.links import manage_path

    booking = book(SessionFactory())
    old = manage_path(booking)
    assert client.get(old).status_code == 200

    caseworker.post(action_url(booking, "new-link"))

    booking.refresh_from_db()
    assert client.get(old).status_code == 404
    assert client.get(manage_path(booking)).status_code == 200
    assert Entry.objects.filter(action="booking_link_renewed").count() == 1
    assert Message.objects.filter(mail_type="booking_receipt").count() == 2


def test_buttons_change_nothing_by_get(caseworker):
    booking = awaiting()

    for action in ("approve", "decline", "cancel", "withdraw", "resend", "new-link", "keep"):
        assert caseworker.get(action_url(booking, action)).status_code in (200, 302)

    after = Booking.objects.get(pk=booking.pk)
    assert (after.state, after.link_generation) == (BookingState.AWAITING_APPROVAL, 1)
    assert caseworker.get(action_url(booking, "explode")).status_code == 404


def test_every_step_has_words_in_the_history(caseworker):
    booking = awaiting()
    caseworker.post(action_url(booking, "approve"))
    caseworker.post(action_url(booking, "resend"))
    caseworker.post(action_url(booking, "new-link"))
    suspend(booking)
    caseworker.post(action_url(booking, "keep"))
    caseworker.get(detail_url(booking))
    caseworker.post(action_url(booking, "cancel"), {"reason": CancelReason.OTHER})

    written = set(Entry.objects.filter(subject=f"booking:{booking.pk}").values_list("action", flat=True))

    assert len(written) == 7
    assert written - set(audit_actions()) == set()


# Bookings that lost their cover (rule 3)


def test_affected_booking_offers_keep_and_cancel_and_keeps(caseworker):
    booking = book(SessionFactory())
    suspend(booking)

    page = caseworker.get(detail_url(booking))
    caseworker.post(action_url(booking, "keep"))

    assert {"keep", "cancel"} <= {action.name for action in page.context["actions"]}
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert [item.resolution for item in WorkItem.objects.closed()] == ["kept"]
    after = caseworker.get(detail_url(booking))
    assert "keep" not in {action.name for action in after.context["actions"]}


def test_cancelling_an_affected_booking_closes_its_task(caseworker):
    booking = book(SessionFactory())
    suspend(booking)

    caseworker.post(action_url(booking, "cancel"), {"reason": CancelReason.CHARTER})

    assert [item.resolution for item in WorkItem.objects.closed()] == ["cancelled"]


def test_front_page_counts_bookings_to_decide_and_leads_to_them(caseworker):
    approval, affected = awaiting(), book(SessionFactory())
    suspend(affected)

    front = caseworker.get(reverse("wagtailadmin_home")).content.decode()
    tasks = caseworker.get(reverse("tasks:index")).content.decode()

    assert "Booking afventer godkendelse" in front
    assert "Booking ramt af en ændring" in front
    assert "kind=booking_approval" in front
    assert "kind=affected_booking" in front
    for booking in (approval, affected):
        item = WorkItem.objects.get(subject=f"booking:{booking.pk}")
        assert item.url == detail_url(booking)
        assert booking.reference in tasks


# On paper


def test_receipt_on_paper_says_all_one_needs_without_email(caseworker, portal_site):
    booking = book(SessionFactory())

    page = caseworker.get(reverse("booking_admin_receipt", args=[booking.pk])).content.decode()

    for text in (booking.reference, booking.school_name, "Kvittering", "Ring til os på "):
        assert text in page, text


def test_bookings_are_in_the_menu():
    assert reverse("bookings:index") in [item.url for item in admin_menu.registered_menu_items]


def test_a_mail_that_did_not_arrive_is_said_with_phone_and_a_way_to_mend_it(caseworker):
    booking = book(SessionFactory(), contact=a_contact("gammel@skole.example"))
    message = MessageFactory(bounced=True, about=f"booking:{booking.pk}", to_email=booking.contact_email)
    message.deliveries.create(event="bounced", happened_at=message.queued_at)

    page = caseworker.get(f"/admin/bookinger/{booking.pk}/").content.decode()

    assert "En mail kom ikke frem" in page
    assert f"Ring til {booking.phone_on_day}" in page
    assert f"/admin/bookinger/{booking.pk}/giv-videre/" in page
    assert "Kom retur 20. november 2026 13.00" in page

    MessageFactory(
        state="delivered",
        about=f"booking:{booking.pk}",
        to_email=booking.contact_email,
        queued_at=message.queued_at + timedelta(hours=1),
    )
    assert "En mail kom ikke frem" not in caseworker.get(f"/admin/bookinger/{booking.pk}/").content.decode()
