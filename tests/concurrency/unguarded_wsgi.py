"""The portal without its guard against overbooking: reads, thinks, writes. Shows that the race is real (S5).

Patched here and nowhere else: the product has no switch for it.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from portal.wsgi import application

# isort: split
from booking import places
from booking.errors import SessionFullError
from booking.models import Booking
from booking.operations import holding, queueing, submitting
from workshops.models import Session

__all__ = ["application"]


def _claim(
    session_id: int, *, groups: int, people: int, school_id: int | None, now: datetime, **_other: Any
) -> Session:
    session = Session.objects.select_related("offer").get(pk=session_id)
    assert session.max_people is not None
    if session.people_taken + people > session.max_people:
        raise SessionFullError(people_left=session.max_people - session.people_taken)
    time.sleep(0.05)
    session.people_taken += people
    session.save(update_fields=["people_taken"])
    return session


def _no_lock(session_id: int, *, others: Iterable[int] = ()) -> dict[int, Session]:
    ids = [session_id, *others]
    return {session.pk: session for session in Session.objects.filter(pk__in=ids)}


def _no_lock_of(booking_id: int) -> dict[int, Session]:
    return {session.pk: session for session in Session.objects.filter(booked_sessions__booking_id=booking_id)}


def _ask_then_think(session_ids: Iterable[int], *, now: datetime) -> None:
    places.require_gate(session_ids, now=now)
    time.sleep(0.05)


holding.claim_places = _claim
holding.lock_bookable = _no_lock
# Sending and answering: neither sessions nor the booking are locked while the gate is asked.
for module in (submitting, queueing):
    module.lock_sessions_of = _no_lock_of
    module.require_gate = _ask_then_think
submitting._locked = lambda *, booking_id: list(Booking.objects.filter(pk=booking_id))
queueing.Booking = SimpleNamespace(objects=SimpleNamespace(select_for_update=Booking.objects.all))
