"""The races of the booking engine, round by round: people at running server processes, staff in a process beside.

Each race prepares a date, lets everybody act at once and says what is wrong afterwards, if anything.
"""

import contextlib
import itertools
import re
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from booking import links
from booking.affected import Affected
from booking.enums import TAKING_STATES, BookingState
from booking.errors import BookingRefusedError
from booking.models import BookedSession, Booking
from booking.operations import book_for_caller, change_session_limits, withdraw_booking
from booking.operations.changing_sessions import limits_token
from booking.party import Party
from charter.operations.withdrawal import withdraw_charter
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.concurrency.visitor import Answer, Visitor
from tests.factories.booking import a_contact, book, known_school, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.errors import WorkshopError
from workshops.models import School, Session
from workshops.rules import Limits

_SEEN = re.compile(r'name="seen" value="([^"]+)"')
HELD, REFUSED = 302, 409


class Race:
    """One kind of race. `offer` is made once; each round has a date of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._numbers = itertools.count(1)
        self.prepare()

    def prepare(self) -> None:
        """Make what all rounds share."""

    def run(self) -> str:
        """Run one round; return what is wrong, "" when nothing is."""
        raise NotImplementedError

    def visitor(self) -> Visitor:
        """Return a visitor nobody has seen before."""
        return Visitor(self.url, next(self._numbers))


class LastPlace(Race):
    """Two people want the last place: one has it, the other gets a polite answer."""

    def prepare(self) -> None:
        self.offer = OfferFactory(evening=True, max_people=1)

    def run(self) -> str:
        session = SessionFactory(offer=self.offer)
        answers = at_once(*[_hold(self.visitor(), session) for _ in range(2)])
        return _unless(statuses(answers) == [HELD, REFUSED] and taken(session) == (0, 1), answers, session)


class TwoClassesOfEighteen(Race):
    """Two classes of 18 want 30 seats: heads are counted, not bookings, and nobody is split (rules 8 and 9)."""

    def prepare(self) -> None:
        self.offer = OfferFactory(at_venue=True, max_groups=2, max_people=30)
        self.schools = [known_school(domain=f"skole{number}.example") for number in range(2)]

    def run(self) -> str:
        session = SessionFactory(offer=self.offer, adults_count=False)
        answers = at_once(*[_hold_class(self.visitor(), session, school) for school in self.schools])
        return _unless(statuses(answers) == [HELD, REFUSED] and taken(session) == (1, 18), answers, session)


class NewcomerAgainstQueueAndStaff(Race):
    """A place is given back; somebody waits, a newcomer posts and staff book for a caller. Who waits has it."""

    def prepare(self) -> None:
        self.offer = OfferFactory(evening=True, max_people=1)

    def run(self) -> str:
        session = SessionFactory(offer=self.offer)
        leaving, newcomer = self.visitor(), self.visitor()
        booked = book(session, contact=a_contact(leaving.email))
        waiting = queue_up(session, contact=a_contact(f"venter{leaving.number}@example.dk"))
        path = f"{links.manage_path(booked)}afmeld/"
        answers = at_once(
            _post(leaving, path, {"reason": "date"}), _hold(newcomer, session), _caller(session)
        )
        waiting.refresh_from_db()
        is_fair = waiting.state == BookingState.OFFERED and answers[0].status == HELD
        is_refused = answers[1].status == REFUSED and isinstance(answers[2], BookingRefusedError)
        return _unless(is_fair and is_refused and taken(session) == (0, 1), answers, session)


class OffersAcceptedAtOnce(Race):
    """Two who were offered places say yes at once, one of them in two tabs: each has one place and one receipt."""

    def prepare(self) -> None:
        self.offer = OfferFactory(evening=True, max_people=2)

    def run(self) -> str:
        session = SessionFactory(offer=self.offer)
        one, other, tab = self.visitor(), self.visitor(), self.visitor()
        gone = book(session, seats=2, contact=a_contact(f"gaar{one.number}@example.dk"))
        waiting = [queue_up(session, contact=a_contact(visitor.email)) for visitor in (one, other)]
        withdraw_booking(booking_id=gone.pk, reason="date", actor=LINK, now=timezone.now())
        paths = [links.answer_path(booking) for booking in waiting]
        answers = at_once(
            _post(one, paths[0], {"answer": "yes"}),
            _post(tab, paths[0], {"answer": "yes"}),
            _post(other, paths[1], {"answer": "yes"}),
        )
        subjects = [f"booking:{booking.pk}" for booking in waiting]
        states = set(
            Booking.objects.filter(pk__in=[one.pk for one in waiting]).values_list("state", flat=True)
        )
        once = (
            Entry.objects.filter(action="offer_accepted", subject__in=subjects).count() == 2
            and Message.objects.filter(mail_type="sign_up_receipt", about__in=subjects).count() == 2
        )
        is_right = once and states == {BookingState.CONFIRMED} and statuses(answers) == [HELD] * 3
        return _unless(is_right and taken(session) == (0, 2), answers, session)


class SamePostTwice(Race):
    """The same form is posted twice by a new browser, then sent twice: one booking, one log entry, one mail."""

    def prepare(self) -> None:
        self.offer = OfferFactory(evening=True, max_people=10)

    def run(self) -> str:
        session = SessionFactory(offer=self.offer)
        one = self.visitor()
        twin = one.twin()
        form = one.seats(seats=2)
        held = at_once(*[_post(tab, f"/book/{session.pk}/", form) for tab in (one, twin)])
        # The browser keeps the cookies of whichever answer came last.
        one.share(twin)
        review = f"/book/{session.pk}/tjek/"
        seen = _SEEN.search(one.get(review).body)
        sent = at_once(*[_post(tab, review, {"seen": seen[1] if seen else ""}) for tab in (one, twin)])
        bookings = Booking.objects.filter(booked_sessions__session=session)
        subjects = [f"booking:{booking.pk}" for booking in bookings]
        once = (
            len(subjects) == 1
            and Entry.objects.filter(action="booking_sent", subject__in=subjects).count() == 1
            and Message.objects.filter(about__in=subjects, to_email=one.email).count() == 1
        )
        is_polite = statuses([*held, *sent]) == [HELD] * 4
        return _unless(once and is_polite and taken(session) == (0, 2), [*held, *sent], session)


class LimitLowered(Race):
    """Staff lower the limit to what is booked while somebody takes the place: one of the two is refused."""

    def prepare(self) -> None:
        self.offer = OfferFactory(evening=True, max_people=2)

    def run(self) -> str:
        session = SessionFactory(offer=self.offer)
        newcomer = self.visitor()
        book(session, contact=a_contact(f"foerst{newcomer.number}@example.dk"))
        session.refresh_from_db()
        limits = Limits(max_groups=None, max_people=1, adults_count=session.adults_count)
        seen = limits_token([Affected(session, ())], limits)

        def lower() -> Any:
            return change_session_limits(
                session_id=session.pk, limits=limits, seen=seen, actor=SYSTEM, now=timezone.now()
            )

        answers = at_once(_hold(newcomer, session), lower)
        session.refresh_from_db()
        is_lowered = not isinstance(answers[1], Exception)
        expected = (REFUSED, 1, 1) if is_lowered else (HELD, 2, 2)
        came = (answers[0].status, session.max_people, session.people_taken)
        return _unless(came == expected and taken(session) == (0, session.max_people), answers, session)


class CharterWithdrawn(Race):
    """The charter is withdrawn while somebody sends a booking: it is refused, or it is a task (rule 3)."""

    def run(self) -> str:
        session = SessionFactory(offer=OfferFactory(evening=True, max_people=5))
        one = self.visitor()
        one.post(f"/book/{session.pk}/", one.seats())
        review = f"/book/{session.pk}/tjek/"
        seen = _SEEN.search(one.get(review).body)

        def withdraw() -> Any:
            now = timezone.now()
            return withdraw_charter(
                provider_id=session.provider_id,
                ends_on=timezone.localdate(now),
                reason="test",
                actor=SYSTEM,
                now=now,
            )

        answers = at_once(_post(one, review, {"seen": seen[1] if seen else ""}), withdraw)
        sent = BookedSession.objects.filter(session=session, booking__submitted_at__isnull=False)
        subjects = {f"booking:{booked.booking_id}" for booked in sent}
        tasks = set(WorkItem.objects.filter(subject__in=subjects).values_list("subject", flat=True))
        is_told = len(subjects) == (answers[0].status == HELD) and answers[0].status in (HELD, REFUSED)
        is_withdrawn = not isinstance(answers[1], Exception)
        return _unless(is_told and is_withdrawn and tasks == subjects, answers, session)


RACES: list[type[Race]] = [
    LastPlace, TwoClassesOfEighteen, NewcomerAgainstQueueAndStaff, OffersAcceptedAtOnce, SamePostTwice,
    LimitLowered, CharterWithdrawn,
]  # fmt: skip


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Let all act at the same moment; return what each got, a refusal of an operation included."""
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait(timeout=60)
        try:
            outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act), daemon=True) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, BookingRefusedError | WorkshopError):
            raise outcome
    return outcomes


def statuses(answers: Sequence[Any]) -> list[int]:
    """Return the status codes, sorted."""
    return sorted(answer.status for answer in answers if isinstance(answer, Answer))


def taken(session: Session) -> tuple[int, int] | None:
    """Return the groups and people taken; None where the counters are not the sum of the rows."""
    session.refresh_from_db()
    rows = BookedSession.objects.filter(session=session, state__in=TAKING_STATES).aggregate(
        groups=Sum("groups", default=0), people=Sum("people", default=0)
    )
    counters = (session.groups_taken, session.people_taken)
    return counters if counters == (rows["groups"], rows["people"]) else None


def _unless(is_right: bool, answers: Sequence[Any], session: Session) -> str:
    if is_right:
        return ""
    got = [answer.status if isinstance(answer, Answer) else repr(answer) for answer in answers]
    return f"{got}, taken {taken(session)}"


def _post(visitor: Visitor, path: str, data: dict[str, str]) -> Callable[[], Answer]:
    def post() -> Answer:
        with contextlib.closing(visitor):
            return visitor.post(path, data)

    return post


def _hold(visitor: Visitor, session: Session) -> Callable[[], Answer]:
    return _post(visitor, f"/book/{session.pk}/", visitor.seats())


def _hold_class(visitor: Visitor, session: Session, school: School) -> Callable[[], Answer]:
    form = {
        "submission_key": str(uuid.uuid4()),
        "school_query": school.name,
        "school": str(school.pk),
        "class_name": "5.A",
        "grade": "5",
        "pupils": "18",
        "adults": "1",
        "room": "2.14",
        "contact_name": "Lea Lærer",
        "contact_email": visitor.email,
        "phone_on_day": "12 34 56 78",
    }
    return _post(visitor, f"/book/{session.pk}/", form)


def _caller(session: Session) -> Callable[[], Any]:
    def call() -> Any:
        return book_for_caller(
            session_id=session.pk,
            party=Party(kind="person", seats=1),
            contact=a_contact(""),
            submission_key=uuid.uuid4(),
            actor=SYSTEM,
            now=timezone.now(),
        )

    return call
