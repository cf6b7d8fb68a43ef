"""Free places, and why a session cannot be booked."""

from datetime import timedelta

import pytest
from django.db.models import Value
from django.utils import timezone

from charter.enums import ProviderState
from tests.factories.workshops import SessionFactory
from workshops import availability
from workshops.enums import SessionState, WhyNotBookable
from workshops.models import Session
from workshops.rules import why_not_bookable

pytestmark = pytest.mark.django_db


def _free(**kwargs: object) -> tuple[int | None, int | None]:
    session = SessionFactory(**kwargs)
    row = Session.objects.with_free_places(now=timezone.now()).get(pk=session.pk)
    return row.free_groups, row.free_people


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"max_groups": 3, "groups_taken": 1}, (2, None)),
        ({"max_groups": 3, "groups_taken": 1, "reserved": 1}, (1, None)),
        ({"max_groups": 3, "groups_taken": 2, "reserved": 2}, (0, None)),
        ({"max_groups": None, "max_people": 30, "people_taken": 10, "reserved": 5}, (None, 15)),
        ({"max_groups": 2, "max_people": 50, "people_taken": 24, "groups_taken": 1, "reserved": 1}, (0, 26)),
    ],
    ids=["classes", "reserved class", "never below nothing", "people", "both"],
)
def test_free_places_are_limit_less_reserved_less_taken(facts, expected):
    assert _free(**facts) == expected


def test_free_places_add_expired_holds_back():
    availability.set_source(lambda now: availability.ExpiredPlaces(groups=Value(1), people=Value(24)))

    assert _free(max_groups=2, max_people=50, groups_taken=2, people_taken=48) == (1, 26)


CASES = {
    "free": ({}, None),
    "draft": ({"draft": True}, WhyNotBookable.DRAFT),
    "cancelled": ({"cancelled": True}, WhyNotBookable.CANCELLED),
    "held": ({"held": True}, WhyNotBookable.HELD),
    "not held": ({"state": SessionState.NOT_HELD}, WhyNotBookable.HELD),
    "closed": ({"closed": True}, WhyNotBookable.CLOSED),
    "too late": ({"in_days": 2}, WhyNotBookable.CLOSED),
    "offer closed": ({"offer__is_open": False}, WhyNotBookable.CLOSED),
    "full": ({"full": True}, WhyNotBookable.FULL),
    "people full": ({"max_groups": 5, "max_people": 30, "people_taken": 30}, WhyNotBookable.FULL),
    "suspended": ({"offer__provider__state": ProviderState.SUSPENDED}, WhyNotBookable.PROVIDER_NOT_COVERED),
}


@pytest.mark.parametrize(("facts", "reason"), CASES.values(), ids=CASES.keys())
def test_why_not_bookable_and_the_bookable_queryset_agree(facts, reason):
    now = timezone.now()
    session = SessionFactory(**facts)

    row = Session.objects.with_booking_facts(now=now).get(pk=session.pk)

    assert why_not_bookable(row.booking_facts, now) == reason
    assert Session.objects.bookable(now=now).exists() is (reason is None)


def test_why_not_bookable_before_booking_opens():
    now = timezone.now()
    session = SessionFactory(booking_opens_at=now + timedelta(days=1))

    row = Session.objects.with_booking_facts(now=now).get(pk=session.pk)

    assert why_not_bookable(row.booking_facts, now) == WhyNotBookable.NOT_OPEN_YET
    assert not Session.objects.bookable(now=now).exists()


def test_booking_facts_of_many_sessions_cost_one_query(django_assert_num_queries):
    SessionFactory.create_batch(3)

    with django_assert_num_queries(1):
        facts = [row.booking_facts for row in Session.objects.with_booking_facts(now=timezone.now())]

    assert len(facts) == 3
