"""Schedules against each other and against bookings: nothing doubled, nothing booked taken away."""

from datetime import time

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM
from tests.concurrency.threads import at_once, names
from tests.factories.booking import book
from tests.factories.workshops import OfferFactory, local_start
from workshops.models import Schedule, Session
from workshops.operations import ScheduleValues, materialise_schedule, save_schedule

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _values(offer, **changes):
    first = local_start(in_days=30).date()
    return ScheduleValues(
        **{
            "offer_id": offer.pk,
            "first_date": first,
            "last_date": local_start(in_days=57).date(),
            "start_time": time(9),
            "duration_minutes": 90,
            "weekdays": [first.weekday()],
            "skip_holidays": False,
            **changes,
        }
    )


def test_two_at_once_make_each_date_once():
    schedule, made = save_schedule(values=_values(OfferFactory()), now=timezone.now(), actor=SYSTEM)
    Session.objects.all().delete()

    results = at_once(
        *[lambda: materialise_schedule(schedule_id=schedule.pk, now=timezone.now()) for _ in range(3)]
    )

    assert names(results) == ["ok"] * 3
    assert sorted(result.created for result in results) == [0, 0, made.created]
    assert Session.objects.count() == made.created == 4


def test_date_is_either_booked_and_kept_or_removed_and_not_booked():
    offer = OfferFactory()
    values = _values(offer)
    schedule, _made = save_schedule(values=values, now=timezone.now(), actor=SYSTEM)
    session = Session.objects.earliest("starts_at")

    results = at_once(
        lambda: book(session),
        lambda: save_schedule(
            values=_values(offer, excluded=[session.local_date]),
            schedule_id=schedule.pk,
            now=timezone.now(),
            actor=SYSTEM,
        ),
    )

    is_booked = not isinstance(results[0], Exception)
    assert not isinstance(results[1], Exception), results[1]
    assert Session.objects.filter(pk=session.pk).exists() is is_booked
    assert Schedule.objects.count() == 1
