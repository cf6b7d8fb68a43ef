"""What a booking costs in statements, whatever the data behind it (DESIGN.md 8: at most 60 for the whole)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import visitor
from booking.models import Booking
from core.outbox.operations import send_due
from tests.booking.test_several_classes import several
from tests.factories.booking import TEACHER, a_class, book, known_school
from tests.factories.workshops import SessionFactory
from workshops.models import OfferIndexPage, OfferPage

pytestmark = pytest.mark.django_db

STEPS = {"form": 7, "hold": 15, "review": 4, "send": 17, "receipt": 5, "mail": 8}
"""Statements of each step, transaction control included; a proven address at a known school."""

SEVERAL = STEPS | {"hold": STEPS["hold"] + 1}
"""One more asks which of several classes is booked already; the same for two and for six."""


@pytest.mark.parametrize(
    ("others", "classes", "steps"),
    [
        pytest.param(0, 1, STEPS, id="nobody-else"),
        pytest.param(12, 1, STEPS, id="twelve-others"),
        pytest.param(0, 3, SEVERAL, id="three-classes"),
        pytest.param(12, 6, SEVERAL, id="six-classes"),
    ],
)
def test_a_booking_costs_the_same_statements_whatever_is_behind_it(
    portal_site, settings, others, classes, steps
):
    settings.PORTAL_FRAME_CACHE_SECONDS = 60
    session, school = SessionFactory(at_venue=True, max_groups=30), known_school()
    catalogue = portal_site.home.add_child(instance=OfferIndexPage(title="Tilbud", slug="tilbud"))
    catalogue.add_child(
        instance=OfferPage(
            title="Et tilbud", slug="et-tilbud", offer=session.offer, teaser="Kort", intro="Om"
        )
    )
    for number in range(others):
        book(session, school=school, classes=[a_class(f"4.{number}")])
    send_due(now=timezone.now())
    client = Client()
    browser = client.session
    browser["proven_addresses"] = [TEACHER]
    browser.save()
    client.cookies["sessionid"] = browser.session_key
    client.get(f"/book/{session.pk}/")
    data = several(school, *((f"5.{number}", "20") for number in range(classes)))
    cost = {}

    def count(step, act):
        with CaptureQueriesContext(connection) as queries:
            result = act()
        cost[step] = len(queries)
        return result

    count("form", lambda: client.get(f"/book/{session.pk}/"))
    held = count("hold", lambda: client.post(f"/book/{session.pk}/", data))
    page = count("review", lambda: client.get(held.url)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    sent = count("send", lambda: client.post(held.url, {"seen": seen}))
    count("receipt", lambda: client.get(sent.url))
    count("mail", lambda: send_due(now=timezone.now()))

    assert Booking.objects.latest("pk").confirmed_at is not None
    assert visitor.COOKIE in client.cookies
    assert cost == steps
    assert sum(cost.values()) <= 60
