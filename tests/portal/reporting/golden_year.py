"""A golden school year: small enough to be counted by hand, with everything in it that makes counting hard.

Three schools book, a fourth never does. Bøgeskolen is merged into Ahornskolen on 1 January 2026, in the middle of the
year. Hvem styrer dit feed? (W1), Ægte, falsk eller midt imellem (W2), and a course of three dates, Modstandskraft (K).

  nr  date              what            school  class  booked  what became of it                        came
   1  2025-09-10        W1              A       5.A    22      reported 20, corrected to 21, then 19    19
   2  2025-10-08        W1              B       6.B    24      reported                                 23
   3  2025-11-05        W1              C       8.C    18      reported                                 18
   4  2025-12-03        W1              A       4.B    20      cancelled the day before, after the reminder
   5  2026-02-04        W1              A       6.A    25      over, and nobody has reported
   6  2026-03-04        W1              C       6.C    17      reported as 0: held, nobody there         0
   7  2026-03-18        W2              A       5.A    22      reported                                 20
   8  2026-04-15        W2              B       6.B    24      reported; booked before the merger       22
   9  2026-01-14        K               C       4.C    16      reported                                 16
  10  2026-01-21        K               C       4.C    16      reported                                 15
  11  2026-01-28        K               C       4.C    16      reported                                 14
  12  2026-05-06        W2              A       4.B    20      not held: illness
  13  2025-12-31 22:30  evening         parents        12      over midnight; reported                  14
  14  2026-05-12        evening         parents        30      reported                                 25
  15  2026-01-01 00:30  talk            profess.        8      31 December in UTC; reported              8
  16  2026-05-20        talk            profess.       12      reported                                 11
  17  2026-06-03        talk            profess.        6      over, and nobody has reported
  18  2025-07-31        W1              A       5.D    21      reported; the school year before         21
  19  2026-08-12        W1              A       5.E    23      reported; the school year after          23
  20  2026-03-05        another programme's   C  8.C   10      reported; not of this programme          10

A = Ahornskolen, folkeskole, Nørrebro. B = Bøgeskolen, folkeskole, Vesterbro. C = Cedergårdens Friskole, fri- og
privatskole, Indre By. D = Dueskolen, folkeskole, Vesterbro, never books.

School year 2025/26, 1 August to 31 July (numbers 1-17)
-------------------------------------------------------
Sessions: 17, of which 1 cancelled (4). 16 are over: 14 reported (13 held, 1 not held), 2 missing (5, 17).
Of these with classes 1-3 and 5-12: 11 over, 10 reported, 9 held.

Pupils booked, where the session was not cancelled (a participation is one pupil at one session):
  folkeskole        22 + 24 + 25 + 22 + 24 + 20            = 137   (1 2 5 7 8 12)
  fri- og privat    18 + 17 + 16 + 16 + 16                 =  83   (3 6 9 10 11)
of which at sessions that were held:
  folkeskole        22 + 24 + 22 + 24                      =  92   (1 2 7 8)
  fri- og privat    18 + 17 + 48                           =  83   (3 6 9 10 11)
Participations, who came:
  folkeskole        19 + 23 + 20 + 22                      =  84
  fri- og privat    18 + 0 + 16 + 15 + 14                  =  63
Pupils reached, a class once with the most of it that came at one time, in a course as in two workshops
(each time is a participation):
  folkeskole        5.A 20 (19, 20) + 6.B 23 (23, 22)      =  43
  fri- og privat    8.C 18 + 6.C 0 + 4.C 16 (16, 15, 14)   =  34

Parents: booked 12 + 30 = 42, came 14 + 25 = 39, 2 of 2 reported.
Talks for professionals: 3 over, 2 held, 2 of 3 reported; booked 8 + 12 + 6 = 26, came 8 + 11 = 19.

By district, who came: Nørrebro 19 + 20 = 39, Vesterbro 23 + 22 = 45 (the merged school keeps its own district for
what it booked), Indre By 18 + 0 + 45 = 63. Together 147 = 84 + 63. Reached: 20, 23 and 34, together 77 = 43 + 34.
By stage, who came: mellemtrin 84 + 0 + 45 = 129, udskoling 18. Reached: 20 + 23 + 0 + 16 = 59, and 18.
By offer, booked and came: W1 22 + 24 + 18 + 25 + 17 = 106 and 19 + 23 + 18 + 0 = 60; W2 22 + 24 + 20 = 66 and
20 + 22 = 42; K 48 and 45. Together 220 = 137 + 83, and 147.

Calendar year 2025 (numbers 1-4, 13, 18): the evening of 31 December is counted whole.
  folkeskole booked 22 + 24 + 21 = 67, came 19 + 23 + 21 = 63; fri- og privat booked 18, came 18; parents booked 12,
  came 14; no talks. 5 over, 5 reported, 1 cancelled.
  Reached: folkeskole 5.A 19 + 6.B 23 + 5.D 21 = 63; fri- og privat 18.

Calendar year 2026 (numbers 5-12, 14-17, 19): the talk at half past midnight on 1 January is in it.
  folkeskole booked 25 + 22 + 24 + 20 + 23 = 114, came 20 + 22 + 23 = 65; fri- og privat booked 17 + 48 = 65, came
  0 + 45 = 45; parents booked 30, came 25; talks 3 over, 2 held, came 19. 13 over, 11 reported, 2 missing.
  Reached: folkeskole 5.A 20 + 6.B 22 + 5.E 23 = 65; fri- og privat 6.C 0 + 4.C 16 = 16.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine

from booking.affected import affected_by
from booking.enums import BookingKind, ForBooked, ReportSource
from booking.operations.changing_sessions import cancel_session, cancel_token, sessions_to_change
from booking.reminders import queue_reminders
from charter.models import Programme
from core.audit.log import SYSTEM
from core.outbox.models import Message
from tests.factories.attendance import report
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.charter import ProgrammeFactory, ProviderFactory
from tests.factories.workshops import DistrictFactory, OfferFactory, SessionFactory
from workshops.calendars import at_local_time, minutes_after
from workshops.enums import SessionCancelReason
from workshops.models import Course, School, Session
from workshops.operations.school_changes import merge_school

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
"""When the golden year is looked at: both its calendar years are over."""


@dataclass
class GoldenYear:
    """The year as it stands in January 2027; sessions by the numbers of the table above."""

    programme: Programme
    schools: dict[str, School] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)


def make_golden_year() -> GoldenYear:
    """Book, hold, cancel and report it in the order in which it happened, through the operations."""
    return _Maker().make()


class _Maker:
    def __init__(self) -> None:
        self.year = GoldenYear(programme=ProgrammeFactory())
        self.provider = ProviderFactory(municipal=True, name="Forebyggelsesteamet")
        districts = {
            "A": DistrictFactory(number=3),
            "B": DistrictFactory(number=4, name="Vesterbro"),
            "C": DistrictFactory(number=1, name="Indre By"),
        }
        self.year.schools = {
            "A": known_school(name="Ahornskolen", district=districts["A"]),
            "B": known_school(name="Bøgeskolen", district=districts["B"]),
            "C": known_school(name="Cedergårdens Friskole", district=districts["C"], independent=True),
            "D": known_school(name="Dueskolen", district=districts["B"]),
        }
        both = {"provider": self.provider, "programme": self.year.programme}
        school = {**both, "grade_from": 4, "grade_to": 9}
        other = ProgrammeFactory(slug="anden", name="En anden indsats")
        self.offers = {
            "W1": OfferFactory(title="Hvem styrer dit feed?", **school),
            "W2": OfferFactory(title="Ægte, falsk eller midt imellem", **school),
            "K": OfferFactory(title="Modstandskraft", **school),
            "evening": OfferFactory(title="Dit barns liv online", evening=True, **both),
            "talk": OfferFactory(title="Se tegnene", professionals=True, **both),
            "other": OfferFactory(title="Fri af kontrol", **{**school, "programme": other}),
        }
        self.course = Course.objects.create(offer=self.offers["K"], name="Modstandskraft, vinter")

    def make(self) -> GoldenYear:
        with time_machine.travel(datetime(2025, 6, 2, 8, tzinfo=UTC), tick=False):
            self._plan()
        self._visit(18, "A", a_class("5.D", pupils=21), came=21)
        self._visit(1, "A", a_class("5.A", pupils=22), came=20)
        self._correct(1, came=21, seen=1, days=2)
        self._correct(1, came=19, seen=2, days=40)
        self._visit(2, "B", a_class("6.B", grade=6, pupils=24), came=23)
        self._visit(3, "C", a_class("8.C", grade=8, pupils=18), came=18)
        self._book(8, "B", a_class("6.B", grade=6, pupils=24), on=date(2025, 11, 15))
        self._book(4, "A", a_class("4.B", grade=4, pupils=20))
        self._cancel_after_the_reminder(4)
        self._merge(date(2026, 1, 1), on=date(2025, 12, 15))
        self._evening(13, {"hanne@example.dk": 5, "ole@example.dk": 7}, came=14)
        self._evening(15, {"leder@example.dk": 8}, came=8)
        self._book(9, "C", a_class("4.C", grade=4, pupils=16))  # its course: 9, 10 and 11
        for nr, came in ((9, 16), (10, 15), (11, 14)):
            self._report(nr, classes=(came,))
        self._book(5, "A", a_class("6.A", grade=6, pupils=25))
        self._visit(6, "C", a_class("6.C", grade=6, pupils=17), came=0)
        self._visit(20, "C", a_class("8.C", grade=8, pupils=10), came=10)
        self._visit(7, "A", a_class("5.A", pupils=22), came=20)
        self._report(8, classes=(22,))
        self._book(12, "A", a_class("4.B", grade=4, pupils=20))
        self._report(12, not_held="illness")
        self._evening(14, {"lis@example.dk": 10, "per@example.dk": 10, "ida@example.dk": 10}, came=25)
        self._evening(16, {"ssp@example.dk": 8, "gadeplan@example.dk": 4}, came=11)
        self._evening(17, {"skole@example.dk": 6}, came=None)
        self._visit(19, "A", a_class("5.E", pupils=23), came=23)
        for session in self.year.sessions.values():
            session.refresh_from_db()
        return self.year

    def _plan(self) -> None:
        nine, half_past_ten, midnight = time(9), time(22, 30), time(0, 30)
        plan: list[tuple[int, date, time, str]] = [
            (1, date(2025, 9, 10), nine, "W1"),
            (2, date(2025, 10, 8), nine, "W1"),
            (3, date(2025, 11, 5), nine, "W1"),
            (4, date(2025, 12, 3), nine, "W1"),
            (5, date(2026, 2, 4), nine, "W1"),
            (6, date(2026, 3, 4), nine, "W1"),
            (7, date(2026, 3, 18), nine, "W2"),
            (8, date(2026, 4, 15), nine, "W2"),
            (9, date(2026, 1, 14), nine, "K"),
            (10, date(2026, 1, 21), nine, "K"),
            (11, date(2026, 1, 28), nine, "K"),
            (12, date(2026, 5, 6), nine, "W2"),
            (13, date(2025, 12, 31), half_past_ten, "evening"),
            (14, date(2026, 5, 12), time(19), "evening"),
            (15, date(2026, 1, 1), midnight, "talk"),
            (16, date(2026, 5, 20), nine, "talk"),
            (17, date(2026, 6, 3), nine, "talk"),
            (18, date(2025, 7, 31), nine, "W1"),
            (19, date(2026, 8, 12), nine, "W1"),
            (20, date(2026, 3, 5), nine, "other"),
        ]
        for nr, day, at, offer in plan:
            starts_at = at_local_time(day, at)
            self.year.sessions[nr] = SessionFactory(
                offer=self.offers[offer],
                starts_at=starts_at,
                ends_at=minutes_after(starts_at, self.offers[offer].duration_minutes),
                course=self.course if offer == "K" else None,
            )

    def _visit(self, nr: int, school: str, one: Any, *, came: int) -> None:
        self._book(nr, school, one)
        self._report(nr, classes=(came,))

    def _book(self, nr: int, school: str, one: Any, *, on: date | None = None) -> None:
        session = self.year.sessions[nr]
        moment = at_local_time(on, time(10)) if on else session.starts_at - timedelta(days=30)
        with time_machine.travel(moment, tick=False):
            book(session, school=School.objects.get(pk=self.year.schools[school].pk), classes=[one])

    def _evening(self, nr: int, seats: dict[str, int], *, came: int | None) -> None:
        session = self.year.sessions[nr]
        kind = BookingKind.PERSON if nr in (13, 14) else BookingKind.ORGANISATION
        with time_machine.travel(session.starts_at - timedelta(days=30), tick=False):
            for email, number in seats.items():
                contact = a_contact(email, organisation="" if nr in (13, 14) else "Klub Nord")
                book(session, seats=number, contact=contact, kind=kind)
        if came is not None:
            self._report(nr, people=came)

    def _report(self, nr: int, **figures: Any) -> None:
        session = self.year.sessions[nr]
        with time_machine.travel(session.ends_at + timedelta(hours=2), tick=False):
            report(session, note="Klassen var godt forberedt.", **figures)

    def _correct(self, nr: int, *, came: int, seen: int, days: int) -> None:
        session = self.year.sessions[nr]
        with time_machine.travel(session.ends_at + timedelta(days=days), tick=False):
            report(session, classes=(came,), seen=seen, source=ReportSource.STAFF)

    def _cancel_after_the_reminder(self, nr: int) -> None:
        session = self.year.sessions[nr]
        with time_machine.travel(session.starts_at - timedelta(hours=20), tick=False):
            now = datetime.now(UTC)
            queue_reminders(now)
            assert Message.objects.filter(mail_type__contains="reminder").exists(), "no reminder went before"
            session = Session.objects.select_related("offer__provider").get(pk=session.pk)
            affected = affected_by(sessions_to_change(session, following=False), now=now)
            reason = SessionCancelReason.ILLNESS
            cancel_session(
                session_id=session.pk,
                following=False,
                reason=reason,
                for_booked=ForBooked.TELL,
                seen=cancel_token(affected, reason, ForBooked.TELL),
                actor=SYSTEM,
                now=now,
            )

    def _merge(self, merged_on: date, *, on: date) -> None:
        moment = at_local_time(on, time(10))
        with time_machine.travel(moment, tick=False):
            merge_school(
                school_id=self.year.schools["B"].pk,
                heir_id=self.year.schools["A"].pk,
                merged_on=merged_on,
                actor=SYSTEM,
                now=moment,
            )
