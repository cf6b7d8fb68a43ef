"""The waiting list in the administration: seen, picked from with a reason, answered and joined for a caller."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.enums import BookingState
from booking.models import Booking
from booking.operations import expire_overdue, withdraw_booking
from core.accounts.roles import ADMINISTRATION, CASEWORKER
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.worklist.models import WorkItem
from tests.factories.booking import a_contact, book, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session
from workshops.operations.sessions import change_limits
from workshops.rules import Limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def full():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=2))
    book(session, seats=2, contact=a_contact("a@example.dk"))
    return session


def person(name):
    return a_contact(f"{name}@example.dk")


@pytest.fixture
def staff(staff_client):
    return staff_client(CASEWORKER)


def admin_url(name, booking):
    return reverse("booking_admin_action", args=[booking.pk, name])


def test_staff_pick_out_of_turn_with_a_reason_that_is_logged(staff, full):
    queue_up(full, seats=2, contact=person("b"))
    later = queue_up(full, seats=1, contact=person("c"))
    Session.objects.filter(pk=full.pk).update(max_people=3)

    assert staff.post(admin_url("offer", later), {}).status_code == 422
    staff.post(admin_url("offer", later), {"reason": "urgent"})

    later.refresh_from_db()
    assert later.state == BookingState.OFFERED
    entry = Entry.objects.get(action="place_offered", subject=f"booking:{later.pk}")
    assert entry.data["reason"] == "urgent"
    staff.post(admin_url("accept-offer", later))
    later.refresh_from_db()
    assert later.state == BookingState.CONFIRMED


def test_picking_what_does_not_fit_is_refused_in_words(staff, full):
    waits = queue_up(full, contact=person("b"))

    shown = staff.post(admin_url("offer", waits), {"reason": "urgent"}, follow=True)

    assert "ikke plads" in shown.content.decode()
    waits.refresh_from_db()
    assert waits.state == BookingState.WAITING


def test_a_caller_without_email_is_put_on_the_list_and_called(staff, full):
    url = reverse("booking_admin_caller_form", args=[full.pk])
    page = staff.get(url).content.decode()
    assert "Skriv på ventelisten" in page
    staff.post(
        url,
        {
            "submission_key": str(uuid.uuid4()),
            "kind": "person",
            "seats": "1",
            "contact_name": "Pia Forælder",
            "contact_phone": "00 00 00 00",
            "queue": "1",
        },
    )
    waits = Booking.objects.get(contact_name="Pia Forælder")
    assert (waits.state, waits.contact_email) == (BookingState.WAITING, "")

    first = Booking.objects.get(contact_email="a@example.dk")
    withdraw_booking(booking_id=first.pk, reason="date", actor=LINK, now=timezone.now())

    task = WorkItem.objects.get(kind="call_about_offer", subject=f"booking:{waits.pk}")
    assert task.closed_at is None
    staff.post(admin_url("decline-offer", waits))
    task.refresh_from_db()
    assert task.closed_at is not None


def test_the_session_page_lists_the_queue_without_names_of_persons(staff_client, full):
    queue_up(full, seats=1, contact=a_contact("b@example.dk", name="Hemmelig Person"))
    client = staff_client(ADMINISTRATION)

    page = client.get(f"/admin/sessions/edit/{full.pk}/").content.decode()

    assert "Venteliste" in page
    assert "1 person" in page
    assert "Hemmelig" not in page


def test_places_freed_by_planning_are_offered_by_the_job(full):
    waits = queue_up(full, seats=2, contact=person("b"))
    change_limits(
        session_id=full.pk,
        limits=Limits(max_groups=None, max_people=4, adults_count=full.adults_count),
        now=timezone.now(),
        actor=SYSTEM,
    )

    expire_overdue(timezone.now())
    expire_overdue(timezone.now())

    waits.refresh_from_db()
    assert waits.state == BookingState.OFFERED
    assert Session.objects.get(pk=full.pk).people_taken == 4
