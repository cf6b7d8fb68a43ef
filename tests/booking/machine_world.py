"""What the machine works on: dates, schools, what people ask for, and every row the engine writes."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from django.db import connection

from booking.enums import BookingKind, BookingState
from booking.models import BookedClass, BookedSession, Booking, ClassPlace, DateRequest, ProposedTime
from booking.operations import withdraw_booking
from booking.party import ClassSize, Contact, Party
from booking.requesting.rules import Time, Wish
from core.audit.log import LINK
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.booking import a_contact, book, known_school, queue_up
from tests.factories.charter import ProviderFactory
from tests.factories.requests import answer, ask
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.calendars import at_local_time, local_date_of
from workshops.enums import Approval, Audience, PlaceKind, SessionAccess
from workshops.models import Course, Offer, School, Session

VISIT, EVENING = 7, 8
"""The dates of the package."""

FIRST_NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)

Row = dict[str, Any]
Rows = dict[int, Row]


class Asked(NamedTuple):
    """Who asks for what."""

    session: int
    seats: int
    school: int
    classes: tuple[str, ...]
    pupils: int
    is_known: bool
    person: int


DATES = [0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, EVENING, EVENING]
"""The first evening most: a small date that many want has a queue. The last is a package's, for one school's parents."""

Choose = Callable[[Random], Any]


def one_of(*values: Any) -> Choose:
    """Choose one of some values; what is named twice comes twice as often."""
    return lambda dice: dice.choice(values)


def ASKED(dice: Random) -> Asked:  # noqa: N802 - a constant like the other choices
    """Choose who asks for what."""
    return Asked(
        session=dice.choice(DATES),
        seats=dice.randint(1, 4),
        school=dice.randint(0, 1),
        classes=tuple(dice.sample(["5.A", "5. b", "6A", "6.C"], dice.randint(1, 2))),
        pupils=dice.randint(10, 28),
        is_known=dice.random() < 0.7,
        person=dice.randint(1, 8),
    )


PICK = one_of(*range(100))
"""Which of the bookings a step could be about; ten of a hundred take any booking, to be refused."""

YES_OR_NO = one_of(True, False)


def _asked(session: int, *, seats: int = 0, school: int = 0, classes: tuple[str, ...] = ()) -> Asked:
    return Asked(session, seats, school, classes, pupils=20, is_known=True, person=0)


CAME_BEFORE = [
    *(_asked(0, seats=seats) for seats in (2, 2, 1, 1, 3, 2, 1)),
    _asked(1, classes=("7.A",)),
    _asked(1, classes=("7.B",)),
    _asked(1, school=1, classes=("7.A",)),
    _asked(1, classes=("7.C", "7.D")),
    _asked(1, classes=("7.E",)),
    _asked(4, classes=("8.A",)),
    _asked(2, classes=("7.A",)),
    *(_asked(3, seats=seats) for seats in (6, 3, 2)),
]
"""In this order: an evening and a visit are full, and of three who wait for each, not the first is the smallest.

A class awaits approval. Of the other evening all seats are given back at the end: two have an offer.
"""


@dataclass
class World:
    """Dates with different limits, of two providers: two are a course, two a package; two schools with known domains."""

    sessions: list[Session]
    schools: list[School]

    @classmethod
    def make(cls) -> "World":
        """Write the rows; some have booked the first dates full, and others wait for them."""
        one, other = ProviderFactory(covered=True), ProviderFactory(covered=True)
        evening = OfferFactory(evening=True, provider=one, max_people=6)
        visit = OfferFactory(provider=one, max_groups=2)
        at_venue = OfferFactory(
            at_venue=True, provider=other, max_groups=3, max_people=60, approval=Approval.ADMINISTRATION
        )
        lessons = OfferFactory(at_venue=True, provider=other, max_groups=2)
        course = Course.objects.create(offer=lessons, name="Forløb")
        whole = OfferFactory(
            provider=other,
            audience=Audience.PARENTS,
            place_kind=PlaceKind.AT_SCHOOL,
            max_groups=1,
            max_people=6,
        )
        packaged = OfferFactory(provider=one, max_groups=2, evening_offer=whole)
        days: list[tuple[Offer, int, dict[str, Any]]] = [
            (evening, 6, {}),
            (visit, 20, {}),
            (at_venue, 40, {}),
            (evening, 25, {}),
            (lessons, 15, {"course": course}),
            (lessons, 22, {"course": course}),
            (lessons, 29, {}),
            (packaged, 18, {}),
            (whole, 17, {"access": SessionAccess.SCHOOL}),
        ]
        sessions = [
            SessionFactory(
                offer=offer,
                starts_at=at_local_time(local_date_of(FIRST_NOW) + timedelta(days=day), time(17)),
                **more,
            )
            for offer, day, more in days
        ]
        schools = [known_school(domain=f"skole{number}.example") for number in range(2)]
        world = cls(sessions=sessions, schools=schools)
        assert sessions[EVENING].audience == Audience.PARENTS
        came = [
            queue_up(
                sessions[asked.session],
                now=FIRST_NOW,
                contact=world.contact(asked._replace(person=100 + number)),
                **world.wishes(asked),
            )
            for number, asked in enumerate(CAME_BEFORE)
        ]
        withdraw_booking(booking_id=came[-3].pk, reason="date", actor=LINK, now=FIRST_NOW)
        world.take_the_package()
        world.ask_for_dates()
        return world

    def take_the_package(self) -> None:
        """A school has the visit with the evening, and its parents have filled it: one waits."""
        asked = _asked(VISIT, classes=("9.A",))
        book(
            self.sessions[VISIT],
            now=FIRST_NOW,
            contact=self.contact(asked._replace(person=130)),
            evening_id=self.sessions[EVENING].pk,
            **self.wishes(asked),
        )
        for number, seats in enumerate((4, 2, 2)):
            parent = _asked(EVENING, seats=seats)._replace(person=140 + number)
            queue_up(self.sessions[EVENING], now=FIRST_NOW, contact=self.contact(parent), seats=seats)

    def ask_for_dates(self) -> None:
        """Two requests have been answered with two times each, a third awaits its answer."""
        offer = self.sessions[1].offer
        for number in range(3):
            request = ask(
                offer,
                now=FIRST_NOW,
                school=self.schools[number % 2],
                contact=self.contact(_asked(1, school=number % 2)._replace(person=150 + number)),
                wishes=[Wish(local_date_of(FIRST_NOW) + timedelta(days=30))],
            )
            days = (30 + number, 40 + number)
            times = [
                Time(at_local_time(local_date_of(FIRST_NOW) + timedelta(days=day), time(10)), 90)
                for day in days
            ]
            if number < 2:
                answer(request, *times, now=FIRST_NOW)

    def wishes(self, asked: Asked) -> dict[str, Any]:
        """Return what is asked for as the factories take it."""
        party = self.party(asked)
        if party.kind == BookingKind.PERSON:
            return {"seats": party.seats}
        return {"school": self.schools[asked.school], "classes": party.classes}

    def party(self, asked: Asked) -> Party:
        """Return what is asked for, as the date takes it."""
        if self.sessions[asked.session].audience != Audience.SCHOOL:
            return Party(kind=BookingKind.PERSON, seats=asked.seats)
        classes = tuple(ClassSize(name, 5, asked.pupils) for name in asked.classes)
        return Party(kind=BookingKind.SCHOOL, school_id=self.schools[asked.school].pk, classes=classes)

    def contact(self, asked: Asked) -> Contact:
        """Return who asks: from the school's own domain, or from one nobody knows."""
        domain = f"skole{asked.school}.example" if asked.is_known else "fremmed.example"
        return a_contact(f"person{asked.person}@{domain}")


class Form(NamedTuple):
    """A form in a browser."""

    submission_key: uuid.UUID
    browser_key: str


_READ = {
    Session: "state starts_at local_date provider_id offer_id course_id place_kind host_school_id adults_count max_groups"
    " max_people reserved groups_taken people_taken waiting audience access for_school_id",
    BookedSession: "booking_id session_id state held_until groups people queued_at is_picked sequence uid",
    Booking: "kind state held_until submitted_at proven_at confirmed_at school_id contact_email end_reason changes pending_email",
    ClassPlace: "booked_session_id booked_class_id session_id class_key is_active",
    BookedClass: "booking_id pupils adults",
    WorkItem: "kind subject closed_at",
    DateRequest: "state booking_id",
    ProposedTime: "request_id session_id starts_at accepted_at withdrawn_at",
}


@dataclass
class Snapshot:
    """Every row the engine writes, at one moment."""

    sessions: Rows
    booked: Rows
    bookings: Rows
    places: Rows
    classes: Rows
    tasks: Rows
    requests: Rows
    times: Rows
    mails: Counter[tuple[str, str, str]]
    entries: Counter[tuple[str, str]]
    every_column: list[list[tuple[Any, ...]]]
    """For comparing; as the database gives them."""

    @classmethod
    def take(cls) -> "Snapshot":
        """Read them."""
        rows = [
            {row["id"]: row for row in model.objects.order_by("pk").values("id", *columns.split())}
            for model, columns in _READ.items()
        ]
        return cls(
            *rows,
            mails=Counter(Message.objects.values_list("mail_type", "about", "to_email")),
            entries=Counter(Entry.objects.values_list("action", "subject")),
            every_column=every_column(),
        )

    def of_session(self, session_id: int, states: Collection[str]) -> list[Row]:
        """Return the booked sessions of a session in these states."""
        return [
            row for row in self.booked.values() if row["session_id"] == session_id and row["state"] in states
        ]

    def queue(self, session_id: int) -> list[Row]:
        """Return the entries with a rank, the first in line first."""
        return sorted(
            (row for row in self.of_session(session_id, [BookingState.WAITING]) if row["queued_at"]), key=rank
        )


def every_column() -> list[list[tuple[Any, ...]]]:
    """Return all columns of all rows, unconverted: quick to read, good for nothing but comparing."""
    found = []
    with connection.cursor() as cursor:
        for model in (*_READ, Message, Entry):
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")  # noqa: S608 - a model's own
            found.append(cursor.fetchall())
    return found


def rank(row: Row) -> tuple[datetime, int]:
    """Return the place in line; who never waited comes after all who did."""
    return (row["queued_at"] or LAST, row["id"])
