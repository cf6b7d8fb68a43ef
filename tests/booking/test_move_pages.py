"""Moving a booking to another date by its own link, and by staff (S10, S20, rule 3)."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking import links
from booking.enums import BookingState
from booking.models import BookedSession, Booking
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from tests.factories.booking import a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def caseworker(staff_client, portal_site):
    return staff_client("Sagsbehandler")


@pytest.fixture
def dates(portal_site):
    """Three dates of one offer."""
    offer = OfferFactory()
    return [SessionFactory(offer=offer, in_days=30 + 7 * number) for number in range(3)]


def own_page(booking):
    return reverse("booking_move", args=[links.manage_token(booking)])


def staff_page(booking):
    return reverse("booking_admin_move", args=[booking.pk])


def where(booking):
    return booking.booked_sessions.get().session_id


def test_the_teacher_moves_the_booking_by_link(client, dates):
    first, second, third = dates
    booking = book(first)
    book(second, contact=a_contact("b@skole.example"))

    url = own_page(booking)
    page = client.get(url).content.decode()
    detail = client.get(links.manage_path(booking)).content.decode()
    done = client.post(url, {"to": third.pk}, follow=True)

    assert url in detail
    assert f'value="{third.pk}"' in page
    assert f'value="{second.pk}"' not in page, "full"
    assert f'value="{first.pk}"' not in page, "where it is"
    assert "Bookingen er flyttet." in done.content.decode()
    assert where(booking) == third.pk


def test_the_same_post_twice_moves_once(client, dates):
    first, second, _third = dates
    booking = book(first)
    url = own_page(booking)

    client.post(url, {"to": second.pk})
    again = client.post(url, {"to": second.pk}, follow=True)

    assert again.status_code == 200
    assert booking.booked_sessions.get().sequence == 1


def test_without_a_choice_nothing_moves(client, dates):
    booking = book(dates[0])

    answer = client.post(own_page(booking), {})

    assert answer.status_code == 422
    assert "Vælg den nye dato." in answer.content.decode()


def test_a_date_that_filled_up_meanwhile_is_not_taken(client, dates):
    first, second, _third = dates
    booking = book(first)
    book(second, contact=a_contact("b@skole.example"))

    answer = client.post(own_page(booking), {"to": second.pk})

    assert answer.status_code == 422
    assert "Der er ikke længere plads" in answer.content.decode()
    assert where(booking) == first.pk


def test_after_the_deadline_the_page_says_whom_to_call(client, dates):
    first, second, _third = dates
    booking = book(first)
    Session.objects.filter(pk=first.pk).update(withdrawal_closes_at=timezone.now())

    page = client.get(own_page(booking)).content.decode()
    client.post(own_page(booking), {"to": second.pk})

    assert "Det er for sent at flytte den her" in page
    assert booking.reference in page
    assert where(booking) == first.pk


def test_who_was_moved_by_the_organiser_moves_on_after_the_deadline(client, dates):
    first, second, _third = dates
    booking = book(first)
    Session.objects.filter(pk=first.pk).update(withdrawal_closes_at=timezone.now())
    BookedSession.objects.update(was_moved_by_organiser=True)

    client.post(own_page(booking), {"to": second.pk})

    assert where(booking) == second.pk


def test_without_another_date_the_page_says_so(client, portal_site):
    booking = book(SessionFactory())

    assert "Der er ikke nogen anden dato" in client.get(own_page(booking)).content.decode()


def test_an_ended_booking_leads_to_its_page(client, dates):
    booking = book(dates[0])
    Booking.objects.update(state=BookingState.WITHDRAWN)
    BookedSession.objects.update(state=BookingState.WITHDRAWN)

    answer = client.get(own_page(booking))

    assert (answer.status_code, answer["Location"]) == (302, links.manage_path(booking))


def test_one_day_of_a_course_is_chosen(client, dates):
    first, second, third = dates
    booking = book(first)
    other = BookedSession.objects.create(
        booking=booking, session=second, groups=1, people=22, state=BookingState.CONFIRMED, uid="second"
    )
    Session.objects.filter(pk=second.pk).update(groups_taken=1, people_taken=22)

    page = client.get(own_page(booking)).content.decode()
    client.post(f"{own_page(booking)}?dag={other.pk}", {"to": third.pk})

    assert f"?dag={other.pk}" in page
    assert set(booking.booked_sessions.values_list("session_id", flat=True)) == {first.pk, third.pk}


def test_staff_move_an_affected_booking(caseworker, dates):
    first, second, _third = dates
    booking = book(first)
    Session.objects.filter(pk=first.pk).update(withdrawal_closes_at=timezone.now())
    Session.objects.filter(pk=second.pk).update(state="closed")
    open_item(
        key="x",
        kind="affected_booking",
        subject=f"booking:{booking.pk}",
        data={"cause": "session_cancelled"},
        now=timezone.now(),
    )

    detail = caseworker.get(reverse("booking_admin_detail", args=[booking.pk]))
    page = caseworker.get(staff_page(booking)).content.decode()
    done = caseworker.post(staff_page(booking), {"to": second.pk}, follow=True)
    caseworker.post(staff_page(booking), {"to": second.pk})

    assert {"keep", "move", "cancel"} <= {action.name for action in detail.context["actions"]}
    assert staff_page(booking) in detail.content.decode()
    assert f'value="{second.pk}"' in page
    assert "Bookingen er flyttet, og kontakten har fået besked." in done.content.decode()
    assert "Flyttet til en anden dato" in done.content.decode()
    assert where(booking) == second.pk
    assert WorkItem.objects.get().resolution == "moved"
    assert booking.booked_sessions.get().sequence == 1


def test_what_has_ended_is_not_moved_by_staff(caseworker, dates):
    booking = book(dates[0])
    BookedSession.objects.update(state=BookingState.CANCELLED)
    Booking.objects.update(state=BookingState.CANCELLED)

    page = caseworker.get(staff_page(booking), follow=True)

    assert "Bookingen kan ikke flyttes mere." in page.content.decode()


def test_staff_without_the_right_do_not_move(staff_client, portal_site, dates):
    booking = book(dates[0])

    answer = staff_client("Revisor").post(staff_page(booking), {"to": dates[1].pk})

    assert answer.status_code == 302
    assert where(booking) == dates[0].pk


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries(count, portal_site, django_assert_num_queries):
    offer = OfferFactory()
    booking = book(SessionFactory(offer=offer))
    for number in range(count):
        SessionFactory(offer=offer, in_days=40 + number)
    client, url = Client(), own_page(booking)
    client.get(url)

    with django_assert_num_queries(7):
        client.get(url)
