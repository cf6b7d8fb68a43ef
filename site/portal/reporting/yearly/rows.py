"""The sessions of a period one by one, with what was booked and who came: what every table of a report adds up.

A fixed number of queries, whatever the period holds. No person is read.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet

from booking.attendance.reading import REPORTED_OF
from booking.enums import BookingKind
from booking.models import Attendance, BookedClass, BookedSession, ClassPlace, SessionReport
from charter.models import Programme
from workshops.enums import STAGES, Audience, SessionState
from workshops.models import Session


class Fate(StrEnum):
    """What became of a session."""

    HELD = "held"
    NOT_HELD = "not_held"
    MISSING = "missing"
    """Over, somebody had booked, nobody has reported: not the same as nobody came."""

    CANCELLED = "cancelled"
    COMING = "coming"


DUE = (Fate.HELD, Fate.NOT_HELD, Fate.MISSING)
"""Sessions that are to be reported."""


@dataclass(frozen=True)
class ClassRow:
    """One class at one session."""

    school_id: int | None
    class_key: str
    """School, school year and name: the same class, whatever it is booked for."""

    school_type: str
    """The register's raw type when it booked (rule 11)."""

    district: str
    grade: int
    pupils: int
    came: int
    """0 where the session was not held or not reported: ask the session which."""

    @property
    def stage(self) -> str:
        """Return the stage of its grade."""
        return next((name for name, (low, high) in STAGES.items() if low <= self.grade <= high), "")


@dataclass(frozen=True)
class SessionRow:
    """One session."""

    pk: int
    day: date
    title: str
    provider: str
    audience: str
    fate: Fate
    reports: int
    """How many reports there are: the newest counts, those before it were corrected."""

    seats: int
    total: int
    """Who came by the report in force."""

    adults: int
    classes: tuple[ClassRow, ...] = field(default=())

    @property
    def is_by_class(self) -> bool:
        """Whether pupils are counted, by class."""
        return self.audience == Audience.SCHOOL

    @property
    def booked(self) -> int:
        """Return the pupils or seats that were booked."""
        return sum(item.pupils for item in self.classes) if self.is_by_class else self.seats

    @property
    def came(self) -> int:
        """Return the pupils or participants who came."""
        return sum(item.came for item in self.classes) if self.is_by_class else self.total


def session_rows(programme: Programme, first_day: date, last_day: date, *, now: datetime) -> list[SessionRow]:
    """Return the sessions of a programme and a period that were cancelled or booked, by date.

    A session belongs to the local day on which it starts. Sessions that nobody booked are not among them.
    """
    sessions = Session.objects.filter(programme=programme, local_date__range=(first_day, last_day)).exclude(
        state=SessionState.DRAFT
    )
    booked = BookedSession.objects.filter(session__in=sessions.values("pk"), state__in=REPORTED_OF)
    reports = _reports(sessions)
    counts = _attendance(booked)
    classes = _classes(booked)
    seats: dict[int, int] = defaultdict(int)
    lines: dict[int, list[ClassRow]] = defaultdict(list)
    is_booked = set()
    for row in booked.select_related("booking__district").order_by("pk"):
        is_booked.add(row.session_id)
        if row.booking.kind != BookingKind.SCHOOL:
            seats[row.session_id] += row.people
            continue
        lines[row.session_id] += [
            ClassRow(
                school_id=row.booking.school_id,
                class_key=class_key,
                school_type=row.booking.school_type,
                district=row.booking.district.name if row.booking.district else "",
                grade=item.grade,
                pupils=item.pupils,
                came=counts.get((row.pk, item.pk), 0),
            )
            for item, class_key in classes[row.pk]
        ]
    found = []
    for session in sessions.select_related("provider").order_by("starts_at", "pk"):
        report = reports.get(session.pk)
        fate = _fate(session, now=now)
        if fate not in (Fate.HELD, Fate.NOT_HELD, Fate.CANCELLED) and session.pk not in is_booked:
            continue
        found.append(
            SessionRow(
                pk=session.pk,
                day=session.local_date,
                title=session.title,
                provider=session.provider.name,
                audience=session.audience,
                fate=fate,
                reports=report.number if report else 0,
                seats=seats[session.pk],
                total=report.people if report else 0,
                adults=report.adults if report else 0,
                classes=tuple(lines[session.pk]),
            )
        )
    return found


def kept_classes(rows: Iterable[SessionRow]) -> list[tuple[SessionRow, ClassRow]]:
    """Return the classes that were to come to sessions which were not called off beforehand."""
    return [(row, item) for row in rows if row.fate in DUE and row.is_by_class for item in row.classes]


def reached(classes: Iterable[ClassRow]) -> int:
    """Return the pupils reached: each class once, on the day with most of it, whatever it came for (ADR 10)."""
    most: dict[str, int] = defaultdict(int)
    for item in classes:
        most[item.class_key] = max(most[item.class_key], item.came)
    return sum(most.values())


def _fate(session: Session, *, now: datetime) -> Fate:
    if session.state in (SessionState.HELD, SessionState.NOT_HELD, SessionState.CANCELLED):
        return Fate(session.state)
    return Fate.MISSING if session.ends_at <= now else Fate.COMING


def _reports(sessions: QuerySet[Session]) -> dict[int, SessionReport]:
    """Return the report in force of each session: the newest."""
    rows = SessionReport.objects.filter(session__in=sessions.values("pk")).order_by("session", "number")
    return {row.session_id: row for row in rows.defer("note", "counts")}


def _attendance(booked: QuerySet[BookedSession]) -> dict[tuple[int, int], int]:
    rows = Attendance.objects.filter(
        booked_class__isnull=False, booked_session__in=booked.values("pk")
    ).values_list("booked_session", "booked_class", "people")
    return {(booked_id, class_id): people for booked_id, class_id, people in rows}


def _classes(booked: QuerySet[BookedSession]) -> dict[int, list[tuple[BookedClass, str]]]:
    """Return the classes that kept their place, by booked session, each with its key."""
    found: dict[int, list[tuple[BookedClass, str]]] = defaultdict(list)
    places = ClassPlace.objects.filter(
        booked_session__in=booked.values("pk"), session__audience=Audience.SCHOOL, is_active=True
    )
    for place in places.select_related("booked_class").order_by("booked_class"):
        found[place.booked_session_id].append((place.booked_class, place.class_key))
    return found
