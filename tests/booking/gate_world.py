"""The world of the gate matrix: a provider in each state, dates around the nights that matter, bookings in each step.

The oracle is written here a second time, from plain intervals of days, and asks nothing of the product.
Bookings are made while every provider is still a municipal team; only then does each get its own state.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.models import BookedSession, Booking, DateNotice, DateRequest
from booking.party import Contact
from booking.queue import run_queue
from charter.enums import ProviderKind, ProviderState
from charter.models import CharterVersion, Provider, Signature
from tests.factories.booking import a_class, a_contact, book, hold, known_school, queue_up
from tests.factories.charter import CharterVersionFactory, ProviderFactory, SignatureFactory
from tests.factories.requests import answer, ask
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import OfferFactory, SessionFactory, VenueFactory
from workshops.enums import Approval, Audience, PlaceKind, SessionAccess
from workshops.models import Course, Offer, School, Session, Venue

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DAY = timedelta(days=1)
LATE = time(23, 30)
"""Local, so that the UTC date is the same; the early dates lie on the UTC day before."""

EARLY = time(0, 30)
LENGTH = timedelta(minutes=20)
"""Over before midnight: a feed names what is under way."""

Span = tuple[date, date]
THIS_YEAR: Span = (date(2026, 1, 1), date(2026, 12, 31))
NEXT_YEAR: Span = (date(2027, 1, 1), date(2027, 12, 31))


def local(day: date, hour: int = 0, minute: int = 0, second: int = 0, *, fold: int = 0) -> datetime:
    """Return a moment by Copenhagen's clocks, in UTC as the portal's own; `fold=1` is the night's second 02:30."""
    wall = datetime.combine(day, time(hour, minute, second, fold=fold), tzinfo=COPENHAGEN)
    return wall.astimezone(UTC)


@dataclass(frozen=True)
class Case:
    """A provider's state: what was signed, as data for the database, and what that means, as days for the oracle."""

    name: str
    covered: Sequence[Span] = ()
    """Days that are covered, both included: the oracle's own knowledge."""

    signed: Sequence[dict[str, Any]] = ()
    is_active: bool = True
    is_municipal: bool = False
    state: str = ProviderState.ACTIVE

    def is_open(self, moment: datetime, day: date) -> bool:
        """Rule 2, in one sentence: active, and municipal or covered today and on the date."""
        today = moment.astimezone(COPENHAGEN).date()
        is_covered = all(any(first <= each <= last for first, last in self.covered) for each in (today, day))
        return self.is_active and (self.is_municipal or is_covered)


def signed(span: Span, **more: Any) -> dict[str, Any]:
    """Return what a signature is made of."""
    return {"covers_from": span[0], "covers_until": span[1], **more}


CASES = (
    Case("never signed"),
    Case("covered this year", [THIS_YEAR], [signed(THIS_YEAR)]),
    Case("covered both years", [THIS_YEAR, NEXT_YEAR], [signed(THIS_YEAR), signed(NEXT_YEAR)]),
    Case("covered later", [NEXT_YEAR], [signed(NEXT_YEAR)]),
    Case(
        "covered from the night the clocks go forward",
        [(date(2027, 3, 28), date(2027, 12, 31))],
        [signed((date(2027, 3, 28), date(2027, 12, 31)))],
    ),
    Case(
        "lapsed on the night the clocks go back",
        [(date(2026, 1, 1), date(2026, 10, 24))],
        [signed((date(2026, 1, 1), date(2026, 10, 24)))],
    ),
    Case(
        "withdrawn long ago",
        [(date(2026, 1, 1), date(2026, 1, 31))],
        [signed(THIS_YEAR, withdrawn_from=date(2026, 2, 1))],
    ),
    Case(
        "withdrawn from the night the clocks go back, next year kept",
        [(date(2026, 1, 1), date(2026, 10, 24)), NEXT_YEAR],
        [signed(THIS_YEAR, withdrawn_from=date(2026, 10, 25)), signed(NEXT_YEAR)],
    ),
    Case(
        "early renewal refused",
        [THIS_YEAR],
        [signed(THIS_YEAR), signed(NEXT_YEAR, withdrawn_from=date(2027, 1, 1))],
    ),
    Case(
        "withdrawn from the night the clocks go forward",
        [THIS_YEAR, (date(2027, 1, 1), date(2027, 3, 27))],
        [signed(THIS_YEAR), signed(NEXT_YEAR, withdrawn_from=date(2027, 3, 28))],
    ),
    Case("cut by the new version", [(date(2026, 1, 1), date(2026, 6, 30))], [signed(THIS_YEAR, version=1)]),
    Case(
        "new version signed before its day",
        [THIS_YEAR],
        [signed(THIS_YEAR, version=1), signed((date(2026, 5, 10), date(2026, 12, 31)))],
    ),
    Case(
        "new version signed for next year only",
        [(date(2026, 1, 1), date(2026, 6, 30)), NEXT_YEAR],
        [signed(THIS_YEAR, version=1), signed(NEXT_YEAR)],
    ),
    Case(
        "suspended",
        [THIS_YEAR, NEXT_YEAR],
        [signed(THIS_YEAR), signed(NEXT_YEAR)],
        is_active=False,
        state=ProviderState.SUSPENDED,
    ),
    Case("ended", [THIS_YEAR], [signed(THIS_YEAR)], is_active=False, state=ProviderState.ENDED),
    Case(
        "signed, not activated yet",
        [THIS_YEAR, NEXT_YEAR],
        [signed(THIS_YEAR), signed(NEXT_YEAR)],
        is_active=False,
        state=ProviderState.APPROVED,
    ),
    Case("municipal team", is_municipal=True),
    Case("municipal team, suspended", is_municipal=True, is_active=False, state=ProviderState.SUSPENDED),
)


@dataclass
class Stock:
    """One provider with everything a path needs."""

    case: Case
    provider: Provider
    offer: Offer
    """Its page is published; its sessions are read by the lists."""

    url: str
    sessions: list[Session]
    steps: Session
    """An evening with a booking in each step towards approval."""

    held: Booking
    unproven: Booking
    awaiting: Booking
    queue: Session
    """An evening with an offered place, one who waits, and free places."""

    offered: Booking
    waiting: BookedSession
    roomy: Session
    """An evening with one booking and many places."""

    confirmed: Booking
    course: list[Session]
    visit: Session
    evening: Session
    asked: DateRequest
    answered: DateRequest


@dataclass
class World:
    """All of it."""

    stocks: list[Stock]
    school: School
    by_session: dict[int, Stock] = field(default_factory=dict)

    def expected(self, moment: datetime, *, sessions: Callable[[Stock], list[Session]]) -> set[int]:
        """Return the sessions that the oracle says can be booked at a moment."""
        return {
            session.pk
            for stock in self.stocks
            for session in sessions(stock)
            if session.starts_at > moment and stock.case.is_open(moment, day_of(session))
        }


def day_of(session: Session) -> date:
    """Return a session's local date by plain arithmetic, not from its column."""
    return session.starts_at.astimezone(COPENHAGEN).date()


def retime(session: Session, day: date, at: time = LATE) -> Session:
    """Return a copy of a session put on a day as if it had always been there: past every rule of moving."""
    session = copy(session)
    starts_at = datetime.combine(day, at, tzinfo=COPENHAGEN)
    session.starts_at, session.ends_at, session.local_date = starts_at, starts_at + LENGTH, day
    session.booking_closes_at = session.withdrawal_closes_at = starts_at
    session.save(
        update_fields=["starts_at", "ends_at", "local_date", "booking_closes_at", "withdrawal_closes_at"]
    )
    return session


def person(name: str) -> Contact:
    """Return who signs up for an evening."""
    return a_contact(f"{name}@example.dk", name="Fatima")


def a_session(offer: Offer, day: date, *, venue: Venue | None, at: time = LATE, **more: Any) -> Session:
    """Return an open session that can be booked until it starts."""
    starts_at = datetime.combine(day, at, tzinfo=COPENHAGEN)
    made: Session = SessionFactory(
        offer=offer,
        venue=venue,
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        booking_closes_at=starts_at,
        withdrawal_closes_at=starts_at,
        **more,
    )
    return made


def build(days: Sequence[date], *, now: datetime) -> World:
    """Make the world at a moment: each provider's public dates lie on `days`."""
    CharterVersionFactory(number=1, accepted_until=date(2026, 6, 30))
    CharterVersionFactory(number=2, required_from=date(2026, 7, 1))
    venue, school = VenueFactory(), known_school()
    world = World([], school)
    for number, case in enumerate(CASES):
        stock = _stock(case, number, days, venue=venue, school=school, now=now)
        world.stocks.append(stock)
        world.by_session |= {session.pk: stock for session in stock.sessions}
    for stock in world.stocks:
        become(stock)
    return world


def become(stock: Stock) -> None:
    """Give a provider its own state."""
    case = stock.case
    kind = ProviderKind.MUNICIPAL_TEAM if case.is_municipal else ProviderKind.SUPPLIER
    Provider.objects.filter(pk=stock.provider.pk).update(kind=kind, state=case.state)
    for values in case.signed:
        version = CharterVersion.objects.get(number=values.get("version", 2))
        SignatureFactory(provider=stock.provider, **{**values, "version": version})
    assert Signature.objects.filter(provider=stock.provider).count() == len(case.signed)


def _stock(
    case: Case, number: int, days: Sequence[date], *, venue: Venue, school: School, now: datetime
) -> Stock:
    provider = ProviderFactory(municipal=True, name=f"Udbyder {number:02}: {case.name}")
    far = date(2027, 12, 20)
    evenings: dict[str, Any] = {"provider": provider, "evening": True, "max_people": 40}
    offer = OfferFactory(title=f"Matrixaften {number:02}", asks_for_proof=False, **evenings)
    page = offer_page(offer)
    sessions = [
        a_session(offer, day, venue=venue, at=EARLY if index % 2 else LATE) for index, day in enumerate(days)
    ]
    asking = OfferFactory(approval=Approval.ADMINISTRATION, **evenings)
    plain = OfferFactory(asks_for_proof=False, **evenings)
    steps = a_session(asking, far, venue=venue)
    held = hold(steps, now=now, contact=person(f"held{number}"))
    unproven = book(steps, is_proven=False, now=now, contact=person(f"unproven{number}"))
    awaiting = book(steps, now=now, contact=person(f"awaiting{number}"))
    queue = a_session(plain, far, venue=venue, max_people=4)
    book(queue, now=now, seats=4, contact=person(f"first{number}"))
    offered = queue_up(queue, now=now, seats=2, contact=person(f"offered{number}"))
    waiting = queue_up(queue, now=now, seats=2, contact=person(f"waiting{number}"))
    Session.objects.filter(pk=queue.pk).update(max_people=6)
    run_queue([queue.pk], now=now)
    Session.objects.filter(pk=queue.pk).update(max_people=10)
    roomy = a_session(plain, far, venue=venue)
    confirmed = book(roomy, now=now, seats=2, contact=person(f"confirmed{number}"))
    course = Course.objects.create(offer=plain, name="Forløb")
    lessons = [a_session(plain, far + DAY * each, venue=venue, course=course) for each in (0, 1)]
    whole = OfferFactory(
        provider=provider,
        audience=Audience.PARENTS,
        place_kind=PlaceKind.AT_SCHOOL,
        grade_from=None,
        grade_to=None,
        max_groups=1,
        max_people=40,
    )
    visits = OfferFactory(provider=provider, evening_offer=whole)
    visit = a_session(visits, far, venue=None)
    evening = a_session(whole, far - DAY, venue=None, access=SessionAccess.SCHOOL)
    asked, answered = (
        ask(visits, now=now, school=school, classes=[a_class(f"5.{letter}")]) for letter in ("A", "B")
    )
    answer(answered, now=now)
    DateNotice.objects.create(
        offer=offer, email="venter@example.dk", created_at=now, proven_at=now, delete_after=date(2030, 1, 1)
    )
    # Nothing that ran out may stand in the way of what is asked here.
    Booking.objects.filter(held_until__isnull=False).update(held_until=now + timedelta(days=400))
    Booking.objects.filter(approval_due_at__isnull=False).update(approval_due_at=now + timedelta(days=400))
    BookedSession.objects.filter(held_until__isnull=False).update(held_until=now + timedelta(days=400))
    offered.refresh_from_db()
    assert offered.state == "offered"
    return Stock(
        case=case,
        provider=provider,
        offer=offer,
        url=page.url,
        sessions=sessions,
        steps=steps,
        held=held,
        unproven=unproven,
        awaiting=awaiting,
        queue=queue,
        offered=offered,
        waiting=waiting.booked_sessions.get(),
        roomy=roomy,
        confirmed=confirmed,
        course=lessons,
        visit=visit,
        evening=evening,
        asked=asked,
        answered=answered,
    )
