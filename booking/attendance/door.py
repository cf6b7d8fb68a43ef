"""The door list of an evening or a talk: who is on it, how many are there, and ticking (F5)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from booking.attendance.errors import DoorClosedError, WrongTickError
from booking.attendance.reading import REPORTED_OF, booked_rows
from booking.attendance.rules import first_name, ticks_are_taken
from booking.enums import BookingKind
from booking.models import BookedSession, DoorTick
from core.audit.log import Actor
from workshops.enums import NOT_TAKING_PLACE, Audience, SessionState
from workshops.models import Session


@dataclass(frozen=True)
class Arrivals:
    """What the door has counted."""

    by_booked: dict[int, int]
    """How many are there, by pk of BookedSession; who was never ticked is not in it."""

    without_sign_up: int

    @property
    def total(self) -> int:
        """How many are there in all."""
        return sum(self.by_booked.values()) + self.without_sign_up

    @property
    def is_used(self) -> bool:
        """Whether anybody ticked at all."""
        return bool(self.by_booked) or self.without_sign_up > 0


@dataclass(frozen=True)
class DoorRow:
    """A sign-up on the list: first name, reference and seats, nothing else (rule 10)."""

    booked_id: int
    name: str
    reference: str
    seats: int
    arrived: int

    @property
    def toggled(self) -> int:
        """How many are there after the big button: all, or none again."""
        return 0 if self.arrived else self.seats

    @property
    def one_more(self) -> int:
        """How many are there after plus."""
        return min(self.seats, self.arrived + 1)

    @property
    def one_less(self) -> int:
        """How many are there after minus."""
        return max(0, self.arrived - 1)


@dataclass(frozen=True)
class DoorList:
    """The whole list."""

    rows: tuple[DoorRow, ...]
    without_sign_up: int

    @property
    def seats(self) -> int:
        """How many seats are booked."""
        return sum(row.seats for row in self.rows)

    @property
    def total(self) -> int:
        """How many are there."""
        return sum(row.arrived for row in self.rows) + self.without_sign_up


def has_door(session: Session) -> bool:
    """Say whether a session has a door: a class is counted in its classroom, and a draft has nobody."""
    return session.audience != Audience.SCHOOL and session.state not in (
        SessionState.DRAFT,
        *NOT_TAKING_PLACE,
    )


def arrivals_of(session_id: int) -> Arrivals:
    """Return what the door has counted of a session."""
    return _counted(DoorTick.objects.filter(session=session_id))


def arrived(booked_ids: Collection[int]) -> dict[int, int]:
    """Return how many of some sign-ups are there, by pk of BookedSession; who was never ticked is not in it."""
    return _counted(DoorTick.objects.filter(booked_session__in=booked_ids)).by_booked


def _counted(ticks: QuerySet[DoorTick]) -> Arrivals:
    """Add ticks up: of two of one sign-up the later counts."""
    by_booked: dict[int, int] = {}
    without = 0
    for booked_id, people in ticks.order_by("made_at", "pk").values_list("booked_session", "people"):
        if booked_id is None:
            without = max(0, without + people)
        else:
            by_booked[booked_id] = people
    return Arrivals(by_booked, without)


def door_list(session: Session, rows: Collection[BookedSession] | None = None) -> DoorList:
    """Return the list by first name; a sign-up whose contact is deleted stands by its reference."""
    arrivals = arrivals_of(session.pk)
    found = [
        DoorRow(
            booked_id=row.pk,
            name=first_name(row.booking.contact_name) or row.booking.organisation,
            reference=row.booking.reference,
            seats=row.people,
            arrived=arrivals.by_booked.get(row.pk, 0),
        )
        for row in (booked_rows(session) if rows is None else rows)
        if row.booking.kind != BookingKind.SCHOOL
    ]
    found.sort(key=lambda row: (row.name.casefold(), row.reference))
    return DoorList(tuple(found), arrivals.without_sign_up)


@transaction.atomic
def tick(
    *,
    session_id: int,
    booked_id: int | None,
    people: int,
    client_id: uuid.UUID,
    made_at: datetime,
    actor: Actor,
    now: datetime,
) -> Arrivals:
    """Count at the door, and return what is counted then. The same tick sent again counts once.

    Args:
        booked_id: how many of this sign-up are there; None for somebody without one.
        people: the number there; without a sign-up one more (1) or one less (-1).
        made_at: when it was made on the phone; of two of one sign-up the later counts, whichever comes first.
    Raises:
        DoorClosedError: too early or too late, or the session has no door.
        WrongTickError: not on the list, or more than are signed up.
    """
    session = Session.objects.get(pk=session_id)
    if not has_door(session) or not ticks_are_taken(session.starts_at, session.ends_at, now=now):
        raise DoorClosedError
    if booked_id is None:
        if people not in (1, -1):
            raise WrongTickError
    else:
        row = BookedSession.objects.filter(pk=booked_id, session=session_id, state__in=REPORTED_OF).first()
        if row is None or not 0 <= people <= row.people:
            raise WrongTickError
    DoorTick.objects.bulk_create(
        [
            DoorTick(
                session_id=session_id,
                booked_session_id=booked_id,
                people=people,
                client_id=client_id,
                made_at=min(made_at, now),
                made_by_id=actor.user_id,
            )
        ],
        ignore_conflicts=True,
    )
    return arrivals_of(session_id)
