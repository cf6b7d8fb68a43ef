"""How many places are free, and which sessions somebody has booked.

Only booking knows about holds and bookings, and booking stands above: it fills in the three sources here
when it starts. Until then the session's own counters answer.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from core.prepared import forget_prepared
from workshops.enums import Audience, SessionAccess

if TYPE_CHECKING:
    from workshops.querysets import SessionQuerySet


@dataclass(frozen=True)
class ExpiredPlaces:
    """Expressions over a session row: places its counters still hold for holds that have run out."""

    groups: Combinable
    people: Combinable


def _nothing_expired(now: datetime) -> ExpiredPlaces:
    return ExpiredPlaces(groups=Value(0), people=Value(0))


def _ids_with_taken_places(session_ids: Collection[int]) -> set[int]:
    from workshops.models import Session

    taken = Q(groups_taken__gt=0) | Q(people_taken__gt=0)
    return set(Session.objects.filter(taken, pk__in=session_ids).values_list("pk", flat=True))


ExpiredPlacesSource = Callable[[datetime], ExpiredPlaces]
SessionIdsSource = Callable[[Collection[int]], set[int]]

_expired_places: ExpiredPlacesSource = _nothing_expired
_booked_ids: SessionIdsSource = _ids_with_taken_places
_active_ids: SessionIdsSource = _ids_with_taken_places


def set_source(expired_places: ExpiredPlacesSource) -> None:
    """Say where expired holds are found: `expired_places(now)` gives expressions over a session row."""
    global _expired_places
    _expired_places = expired_places
    forget_prepared()


def set_booked_ids_source(booked_ids: SessionIdsSource) -> None:
    """Say which of some sessions somebody has, or ever had, booked: held, waiting and withdrawn included."""
    global _booked_ids
    _booked_ids = booked_ids


def set_active_ids_source(active_ids: SessionIdsSource) -> None:
    """Say which of some sessions somebody holds, has booked or waits for now."""
    global _active_ids
    _active_ids = active_ids


def booked_ids(session_ids: Collection[int]) -> set[int]:
    """Return those sessions that somebody has, or ever had, booked (DESIGN.md 5, Session)."""
    return _booked_ids(session_ids)


def active_ids(session_ids: Collection[int]) -> set[int]:
    """Return those sessions that somebody holds, has booked or waits for now."""
    return _active_ids(session_ids)


def _free(limit: str, taken: str, kept_back: Combinable, expired: Combinable) -> Case:
    # GREATEST ignores NULL on PostgreSQL and not on SQLite, so "no such limit" needs its own branch.
    left = F(limit) - kept_back - F(taken) + expired
    return Case(
        When(**{f"{limit}__isnull": True}, then=Value(None)),
        default=Greatest(left, Value(0), output_field=IntegerField()),
        output_field=IntegerField(),
    )


_TAKEN_WHOLE = Q(access=SessionAccess.SCHOOL, audience=Audience.PARENTS, for_school__isnull=False)


def with_free_places(sessions: "SessionQuerySet", *, now: datetime) -> "SessionQuerySet":
    """Annotate `free_groups` and `free_people`: limit - reserved - taken + expired; None where no such limit.

    `reserved` is kept back in classes where the session limits classes, else in people.
    Source: DESIGN.md 5, Booking ("every read computes free by the same annotation").
    """
    expired = _expired_places(now)
    reserved_people = Case(When(max_groups=None, then=F("reserved")), default=Value(0))
    free_groups = Case(
        # The evening that a school has taken whole is full of groups: who signs up then are its parents.
        When(_TAKEN_WHOLE, then=Value(None)),
        default=_free("max_groups", "groups_taken", F("reserved"), expired.groups),
        output_field=IntegerField(),
    )
    return sessions.annotate(
        free_groups=free_groups,
        free_people=_free("max_people", "people_taken", reserved_people, expired.people),
    )
