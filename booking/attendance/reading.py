"""What is read to report a session: what was booked, and what has been reported."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from booking.enums import BookingKind, BookingState
from booking.models import BookedSession, SessionReport
from booking.rules import is_evening_of_package
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES
from workshops.models import Session
from workshops.querysets import SessionQuerySet

REPORTED_OF = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW)
"""Bookings that a report is about: whoever had a place when the session was held."""


@dataclass(frozen=True)
class ClassLine:
    """A class that was to come."""

    booked_id: int
    class_id: int
    school: str
    name: str
    pupils: int
    adults: int

    @property
    def key(self) -> str:
        """Return what its fields are named by."""
        return f"{self.booked_id}_{self.class_id}"


@dataclass(frozen=True)
class Booked:
    """What was booked of a session, as its report asks for it."""

    classes: tuple[ClassLine, ...]
    seats: int
    """Of sign-ups that are not a school's."""

    @property
    def is_by_class(self) -> bool:
        """Whether each class is counted; else there is one number for all."""
        return bool(self.classes)


def booked_rows(session: Session) -> list[BookedSession]:
    """Return the booked sessions that a report of a session is about, with bookings and classes."""
    rows = BookedSession.objects.filter(session=session, state__in=REPORTED_OF)
    return list(rows.select_related("booking").prefetch_related("booking__classes").order_by("pk"))


def what_was_booked(session: Session, rows: Collection[BookedSession] | None = None) -> Booked:
    """Return what was booked of a session: its classes, and the seats of sign-ups."""
    lines, seats = [], 0
    for row in booked_rows(session) if rows is None else rows:
        if row.booking.kind != BookingKind.SCHOOL:
            seats += row.people
        elif not is_evening_of_package(row.booking.kind, session):
            lines += [
                ClassLine(row.pk, item.pk, row.booking.school_name, item.name, item.pupils, item.adults)
                for item in row.booking.classes.all()
            ]
    return Booked(tuple(lines), seats)


def report_in_force(session_id: int) -> SessionReport | None:
    """Return the newest report of a session, or None while there is none (which is not a report of 0)."""
    return SessionReport.objects.filter(session=session_id).order_by("-number").first()


def sessions_without_report(*, now: datetime) -> SessionQuerySet:
    """Return the sessions that are over, had somebody booked, and have not been reported (rule 11)."""
    booked = BookedSession.objects.filter(session=OuterRef("pk"), state__in=REPORTED_OF)
    found: SessionQuerySet = Session.objects.filter(
        Exists(booked), state__in=UPCOMING_STATES, local_date__lte=local_date_of(now), ends_at__lte=now
    )
    return found
