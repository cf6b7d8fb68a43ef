"""Rule 1 on running server processes: 200 people want 30 seats at the same moment."""

import pytest
from django.db import connection
from django.db.models import Sum

from booking import links
from booking.enums import BookingState
from booking.models import BookedSession, Booking
from tests.concurrency.crowd import rush, visitors
from tests.concurrency.server import database_url, running_portal
from tests.conftest import PortalSite
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS, SEATS = 200, 30


@pytest.fixture
def evening(portal_site: PortalSite) -> Session:
    """An evening with 30 seats."""
    return SessionFactory(evening=True, offer=OfferFactory(evening=True, max_people=SEATS))


def _seats_given(session: Session) -> int:
    given = BookedSession.objects.filter(
        session=session, state__in=[BookingState.HELD, BookingState.CONFIRMED]
    ).aggregate(Sum("people"))
    return given["people__sum"] or 0


def test_two_hundred_posts_for_thirty_seats_give_thirty_places_that_can_be_confirmed(evening: Session):
    with running_portal(url=database_url(connection)) as portal, visitors(portal.url, CLIENTS) as crowd:
        held = rush(crowd, lambda one: one.post(f"/book/{evening.pk}/", one.seats()))
        winners = held.with_status(302)
        sent = rush(winners, lambda one: one.send_what_is_held(evening.pk))
        paths = {
            booking.contact_email: links.confirm_path(booking)
            for booking in Booking.objects.prefetch_related("booked_sessions__session")
        }
        confirmed = rush(winners, lambda one: one.post(paths[one.email]))

    evening.refresh_from_db()
    assert sorted(answer.status for answer in held.answers) == [302] * SEATS + [409] * (CLIENTS - SEATS)
    assert [answer.status for answer in sent.answers] == [302] * SEATS
    assert [answer.status for answer in confirmed.answers] == [302] * SEATS
    assert evening.people_taken == SEATS
    assert _seats_given(evening) == SEATS
    assert list(Booking.objects.values_list("state", flat=True)) == [BookingState.CONFIRMED] * SEATS


def test_those_who_came_too_late_get_an_answer_in_words(evening: Session):
    Session.objects.filter(pk=evening.pk).update(people_taken=SEATS - 1)

    with running_portal(url=database_url(connection)) as portal, visitors(portal.url, 8) as crowd:
        held = rush(crowd, lambda one: one.post(f"/book/{evening.pk}/", one.seats()))

    late = [answer for answer in held.answers if answer.status == 409]
    assert len(late) == 7
    assert all("<h1" in answer.body and "<form" in answer.body for answer in late)


@pytest.mark.postgresql
def test_without_the_guard_the_same_rush_gives_more_places_than_there_are(evening: Session):
    unguarded = "tests.concurrency.unguarded_wsgi:application"
    with (
        running_portal(url=database_url(connection), wsgi=unguarded) as portal,
        visitors(portal.url, CLIENTS) as crowd,
    ):
        rush(crowd, lambda one: one.post(f"/book/{evening.pk}/", one.seats()))

    assert _seats_given(evening) > SEATS
