"""Rule 2 everywhere: every path that shows or gives a place agrees with one oracle, in every state, at every instant.

Path x state x instant, with a frozen clock: both sides of midnight in Copenhagen, New Year, a new version's day, a
withdrawal that takes effect, and both nights of the clocks. No periodic job runs in any of it.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from icalendar import Calendar

from booking.affected import affected_by
from booking.enums import BookingKind, ForBooked
from booking.errors import CharterNotCoveredError, EveningNotFreeError
from booking.free_dates import dates_for
from booking.models import BookedSession, DateNotice, ProposedTime
from booking.operations import (
    accept_offer,
    answer_overdue_approvals,
    approve_booking,
    book_for_caller,
    change_booking,
    move_booking,
    move_session,
    pick_from_queue,
    prove_address,
    submit_booking,
)
from booking.operations.answering import accept_time, propose_times
from booking.operations.changing_sessions import move_token, sessions_to_change
from booking.operations.noticing import tell_of_dates
from booking.packages import whole_evenings
from booking.party import Party
from booking.places import bookable_by_staff
from booking.presentation import next_free_dates
from booking.queue import run_queue
from booking.requesting.errors import TimeNotCoveredError
from booking.requesting.rules import Time
from charter import stakes
from core.audit.log import LINK, SYSTEM
from portal.home.front import DATES_SHOWN, next_dates
from tests.booking.gate_world import (
    CASES,
    COPENHAGEN,
    LATE,
    Stock,
    World,
    build,
    day_of,
    local,
    person,
    retime,
)
from tests.factories.booking import a_class, a_contact, hold
from tests.factories.charter import ProviderFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Offer, Session
from workshops.operations.moving import NewTime

pytestmark = pytest.mark.django_db

NEW_YEAR = (date(2026, 12, 31), date(2027, 1, 1))
FORWARD = (date(2027, 3, 27), date(2027, 3, 28))


@dataclass(frozen=True)
class Night:
    """Instants around a midnight, and the days whose dates are looked at."""

    instants: tuple[datetime, ...]
    days: tuple[date, ...]


def _days(*near: date) -> tuple[date, ...]:
    return tuple(dict.fromkeys((*near, *NEW_YEAR, *FORWARD, date(2027, 12, 31))))


NIGHTS = {
    "new version, clocks go back": Night(
        (
            local(date(2026, 6, 30), 23, 59, 59),
            local(date(2026, 7, 1)),
            local(date(2026, 10, 24), 23, 59, 59),
            local(date(2026, 10, 25), 0, 10),
            local(date(2026, 10, 25), 2, 30, fold=1),
            local(date(2026, 10, 26)),
        ),
        _days(date(2026, 7, 1), date(2026, 7, 2), date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)),
    ),
    "new year, clocks go forward": Night(
        (
            local(date(2026, 12, 31), 23, 59, 59),
            local(date(2027, 1, 1)),
            local(date(2027, 3, 27), 23, 59, 59),
            local(date(2027, 3, 28)),
            local(date(2027, 3, 28), 23, 59, 59),
        ),
        _days(date(2027, 1, 2), date(2027, 3, 29), date(2027, 3, 30)),
    ),
}
"""Two midnights each, to build the world no more often."""


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was written inside."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        cache.clear()


# --- what lists, pages and feeds show -------------------------------------------------------------


def in_the_catalogue(world: World, now: datetime) -> set[tuple[int, int, datetime | None]]:
    """Return offer, number of free dates and the next one, as the catalogue's cards say."""
    found = set()
    for number in (1, 2):
        response = Client().get("/tilbud/", {"side": number})
        found |= {
            (hit["page"].offer_id, hit["dates"].free_dates, hit["dates"].next_free)
            for hit in response.context["hits"]
        }
    return found


def expected_in_the_catalogue(world: World, now: datetime) -> set[tuple[int, int, datetime | None]]:
    found = set()
    for stock in world.stocks:
        free = sorted(session.starts_at for session in stock.sessions if _is_open(stock, session, now))
        found.add((stock.offer.pk, len(free), free[0] if free else None))
    return found


def _is_open(stock: Stock, session: Session, now: datetime) -> bool:
    return session.starts_at > now and stock.case.is_open(now, day_of(session))


def found_by_search(world: World, day: date) -> set[int]:
    """Return the offers found by a word and a day on which they must have a free date."""
    found = set()
    for number in (1, 2):
        asked = {"q": "matrixaften", "fra": day.isoformat(), "til": day.isoformat(), "side": number}
        found |= {hit["page"].offer_id for hit in Client().get("/tilbud/", asked).context["hits"]}
    return found


def in_feed(url: str) -> set[int]:
    """Return the sessions of a public feed."""
    events = Calendar.from_ical(Client().get(url).content).walk("VEVENT")
    return {int(str(event["uid"]).partition("@")[0].removeprefix("session-")) for event in events}


def on_offer_page(stock: Stock) -> set[int]:
    """Return the dates with a link to book them on an offer's page."""
    html = Client().get(stock.url).content.decode()
    return {session.pk for session in stock.sessions if f'href="/book/{session.pk}/"' in html}


def has_form(session: Session) -> bool:
    """Whether a session's page shows the form."""
    return 'name="submission_key"' in Client().get(f"/book/{session.pk}/").content.decode()


def check_reads(world: World, now: datetime, wrong: list[str], *, turn: int) -> None:
    """Compare everything that is shown with the oracle."""

    def compare(path: str, found: Any, expected: Any) -> None:
        if found != expected:
            wrong.append(f"{path} at {now.isoformat()}: {_difference(world, found, expected)}")

    public = world.expected(now, sessions=lambda stock: stock.sessions)
    compare("catalogue", in_the_catalogue(world, now), expected_in_the_catalogue(world, now))
    compare("feed of all", in_feed("/kalender/alle.ics"), public)
    everything = [session for stock in world.stocks for session in stock.sessions]
    by_time = sorted((s for s in everything if s.pk in public), key=lambda s: (s.starts_at, s.pk))
    shown = [row.starts_at for row in next_dates(language="da", now=now)]
    compare("front page", shown, [session.starts_at for session in by_time[:DATES_SHOWN]])
    compare("booking by phone", set(_pks(bookable_by_staff(now=now), world)), public)
    shut = {
        pk: (stake.dates, stake.first_day)
        for pk, stake in stakes.shut_out(_providers(world), now=now).items()
    }
    compare("what waits for the signature", shut, _shut_out(world, now))
    with undone():
        tell_of_dates(now)
        told = {stock.offer.pk for stock in world.stocks} - set(
            DateNotice.objects.values_list("offer_id", flat=True)
        )
    compare(
        "notices of dates", told, {s.offer.pk for s in world.stocks if {x.pk for x in s.sessions} & public}
    )
    day = day_of(world.stocks[0].sessions[turn % len(world.stocks[0].sessions)])
    on_day = {s.offer.pk for s in world.stocks for x in s.sessions if x.pk in public and day_of(x) == day}
    if day >= now.astimezone(COPENHAGEN).date():
        compare("search", found_by_search(world, day), on_day)
    for number, stock in enumerate(world.stocks):
        own = {session.pk for session in stock.sessions} & public
        name = stock.case.name
        path = (number + turn) % 3
        if path == 0:
            compare(f"offer page, {name}", on_offer_page(stock), own)
            evenings = {evening.pk for evening in whole_evenings(stock.visit.offer, now=now)}
            is_free = _is_open(stock, stock.evening, now)
            compare(f"evenings of packages, {name}", evenings, {stock.evening.pk} if is_free else set())
        elif path == 1:
            compare(f"feed of an offer, {name}", in_feed(f"/kalender/tilbud/{stock.offer.pk}.ics"), own)
            booked = BookedSession(session=stock.sessions[0], groups=0, people=1)
            for by_staff in (False, True):
                dates = dates_for(booked, stock.confirmed, now=now, by_staff=by_staff)
                listed = set(dates.values_list("pk", flat=True))
                compare(f"free dates in mails, {name}", listed, own - {stock.sessions[0].pk})
        else:
            ahead = [session for session in stock.sessions if session.starts_at > now]
            session = ahead[turn % len(ahead)]
            compare(f"session page, {name}", has_form(session), session.pk in own)
            listed = {found.session.pk for found in next_free_dates(stock.offer.pk, now=now, limit=50)}
            compare(f"free dates on pages, {name}", listed, own)


def _pks(sessions: Any, world: World) -> list[int]:
    return [pk for pk in sessions.values_list("pk", flat=True) if pk in world.by_session]


def _providers(world: World) -> list[int]:
    return [stock.provider.pk for stock in world.stocks]


def _shut_out(world: World, now: datetime) -> dict[int, tuple[int, date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for session in Session.objects.filter(provider__in=_providers(world)):
        stock = next(each for each in world.stocks if each.provider.pk == session.provider_id)
        if session.starts_at > now and not _is_open(stock, session, now):
            found[stock.provider.pk].append(day_of(session))
    return {pk: (len(days), min(days)) for pk, days in found.items()}


def _difference(world: World, found: Any, expected: Any) -> str:
    if not isinstance(found, set):
        return f"{found!r}, not {expected!r}"
    named = {
        session.pk: f"{stock.case.name} on {day_of(session)}"
        for stock in world.stocks
        for session in stock.sessions
    }
    more, less = (
        sorted(str(named.get(each, each)) if isinstance(each, int) else str(each) for each in one - other)
        for one, other in ((found, expected), (expected, found))
    )
    return f"shown against the rule: {more}; missing: {less}"


# --- what gives a place ---------------------------------------------------------------------------

Give = Callable[[Stock, date, datetime, World], Any]


def hold_by_post(stock: Stock, day: date, now: datetime, world: World) -> None:
    """A form posted straight to the address, whatever the page showed."""
    session = retime(stock.roomy, day)
    data = {
        "submission_key": str(uuid.uuid4()),
        "kind": "person",
        "seats": "1",
        "contact_name": "Fatima",
        "contact_email": "fatima@example.dk",
    }
    response = Client().post(f"/book/{session.pk}/", data)
    if response.status_code == 409:
        assert response.context["why"] == CharterNotCoveredError.code
        raise CharterNotCoveredError
    assert response.status_code == 302


def submit(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.steps, day)
    submit_booking(booking_id=stock.held.pk, is_proven=True, now=now)


def prove(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.steps, day)
    prove_address(booking_id=stock.unproven.pk, now=now, actor=LINK)


def approve(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.steps, day)
    approve_booking(booking_id=stock.awaiting.pk, actor=SYSTEM, now=now)


def approve_by_silence(stock: Stock, day: date, now: datetime, world: World) -> None:
    """Nobody answered, and the offer says: confirm."""
    retime(stock.steps, day)
    Offer.objects.filter(pk=stock.steps.offer_id).update(approval_if_silent="confirm")
    type(stock.awaiting).objects.filter(pk=stock.awaiting.pk).update(approval_due_at=now)
    answer_overdue_approvals(now)
    stock.awaiting.refresh_from_db()
    if stock.awaiting.state != "confirmed":
        raise CharterNotCoveredError


def queue_turn(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.queue, day)
    if not run_queue([stock.queue.pk], now=now):
        raise CharterNotCoveredError


def accept(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.queue, day)
    accept_offer(booking_id=stock.offered.pk, actor=LINK, now=now)


def pick(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.queue, day)
    pick_from_queue(booked_session_id=stock.waiting.pk, reason="Aftalt", actor=SYSTEM, now=now)


def by_phone(stock: Stock, day: date, now: datetime, world: World) -> None:
    session = retime(stock.roomy, day)
    book_for_caller(
        session_id=session.pk,
        party=Party(kind=BookingKind.PERSON, seats=1),
        contact=a_contact("ringer@example.dk"),
        submission_key=uuid.uuid4(),
        actor=SYSTEM,
        now=now,
    )


def grow(stock: Stock, day: date, now: datetime, world: World) -> None:
    retime(stock.roomy, day)
    change_booking(
        booking_id=stock.confirmed.pk,
        party=Party(kind=BookingKind.PERSON, seats=3),
        contact=a_contact(stock.confirmed.contact_email, name="Fatima"),
        actor=LINK,
        now=now,
    )


def move_one(stock: Stock, day: date, now: datetime, world: World) -> None:
    """Somebody's booking goes to another date of the offer."""
    target = retime(stock.queue, day)
    Session.objects.filter(pk=target.pk).update(waiting=0, max_people=50)
    move_booking(
        booking_id=stock.confirmed.pk,
        booked_session_id=stock.confirmed.booked_sessions.get().pk,
        to_session_id=target.pk,
        actor=SYSTEM,
        now=now,
        by_staff=True,
    )


def move_date(stock: Stock, day: date, now: datetime, world: World) -> None:
    """A date that somebody has booked goes to another day."""
    session = Session.objects.select_related("offer__provider").get(pk=stock.roomy.pk)
    target = NewTime(day=day, start_time=LATE, duration_minutes=60, venue_id=session.venue_id)
    affected = affected_by(sessions_to_change(session, following=False), now=now)
    move_session(
        session_id=session.pk,
        following=False,
        new_time=target,
        for_booked=ForBooked.TELL,
        seen=move_token(affected, target, ForBooked.TELL),
        actor=SYSTEM,
        now=now,
    )


def course(stock: Stock, day: date, now: datetime, world: World) -> None:
    """The last day of a course is asked for like the first; the first is one the oracle lets through if any is."""
    retime(stock.course[0], _open_day(stock, day, now))
    retime(stock.course[1], day)
    hold(stock.course[0], now=now, contact=person("course"))


def package(stock: Stock, day: date, now: datetime, world: World) -> None:
    """A visit with a whole evening: the evening is asked for too."""
    retime(stock.visit, _open_day(stock, day, now))
    retime(stock.evening, day)
    hold(
        stock.visit,
        now=now,
        school=world.school,
        classes=[a_class("6.X", grade=6)],
        evening_id=stock.evening.pk,
    )


def visit_of_package(stock: Stock, day: date, now: datetime, world: World) -> None:
    """The same, and it is the visit that decides."""
    retime(stock.evening, _open_day(stock, day, now))
    retime(stock.visit, day)
    hold(
        stock.visit,
        now=now,
        school=world.school,
        classes=[a_class("6.X", grade=6)],
        evening_id=stock.evening.pk,
    )


def propose(stock: Stock, day: date, now: datetime, world: World) -> None:
    time = Time(starts_at=datetime.combine(day, LATE, tzinfo=COPENHAGEN), duration_minutes=60)
    propose_times(request_id=stock.asked.pk, times=[time], actor=SYSTEM, now=now)


def accept_proposal(stock: Stock, day: date, now: datetime, world: World) -> None:
    proposal = stock.answered.proposals.get()
    ProposedTime.objects.filter(pk=proposal.pk).update(
        starts_at=datetime.combine(day, LATE, tzinfo=COPENHAGEN)
    )
    accept_time(request_id=stock.answered.pk, proposal_id=proposal.pk, actor=LINK, now=now)


def _open_day(stock: Stock, day: date, now: datetime) -> date:
    """Return another day, one that is open if any near is."""
    near = [day + timedelta(days=each) for each in (1, -1, 2, -2, 3)]
    near = [each for each in near if datetime.combine(each, LATE, tzinfo=COPENHAGEN) > now]
    return next((each for each in near if stock.case.is_open(now, each)), near[0])


GIVES: tuple[Give, ...] = (
    hold_by_post,
    submit,
    prove,
    approve,
    approve_by_silence,
    queue_turn,
    accept,
    pick,
    by_phone,
    grow,
    move_one,
    move_date,
    course,
    package,
    visit_of_package,
    propose,
    accept_proposal,
)
REFUSALS = (CharterNotCoveredError, EveningNotFreeError, TimeNotCoveredError)


def check_gifts(
    world: World, now: datetime, wrong: list[str], seen: set[tuple[str, bool]], *, turn: int
) -> None:
    """Ask every path for a place, in every state, in turn where the oracle says yes and where it says no."""
    today = now.astimezone(COPENHAGEN).date()
    days = sorted(
        {today + timedelta(days=1), today + timedelta(days=2), *NEW_YEAR, *FORWARD, date(2027, 12, 30)}
    )
    days = [day for day in days if day > today]
    inactive = [stock for stock in world.stocks if not stock.case.is_active]
    for place, stock in enumerate(world.stocks):
        if turn > 3 and (place + turn) % 2:
            # Around midnight every state is asked; at the other instants they take turns.
            continue
        if not stock.case.is_active and (place + turn) % len(inactive) != 0:
            # These are shut for one and the same reason: one of them an instant.
            continue
        by_verdict = {
            verdict: [day for day in days if stock.case.is_open(now, day) is verdict]
            for verdict in (True, False)
        }
        choices = [(found[0], verdict) for verdict, found in by_verdict.items() if found]
        for number, give in enumerate(GIVES):
            day, verdict = choices[(number + turn) % len(choices)]
            expected = verdict and (
                give not in {course, package, visit_of_package}
                or stock.case.is_open(now, _open_day(stock, day, now))
            )
            with undone():
                try:
                    give(stock, day, now, world)
                except REFUSALS:
                    given = False
                else:
                    given = True
            seen.add((give.__name__, given))
            if given is not expected:
                wrong.append(
                    f"{give.__name__} for {day}, {stock.case.name}, at {now.isoformat()}: "
                    f"{'given' if given else 'refused'}"
                )


# Each attempt is a transaction of its own: in one around them all, PostgreSQL would keep every version of every row
# that was taken back, and look at each of them again.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NIGHTS)
def test_every_path_agrees_with_the_rule_in_every_state_on_both_sides_of_midnight(portal_site, name):
    night = NIGHTS[name]
    began = night.instants[0] - timedelta(days=2)
    wrong: list[str] = []
    seen: set[tuple[str, bool]] = set()
    with time_machine.travel(began, tick=False), transaction.atomic():
        world = build(night.days, now=began)

    for turn, instant in enumerate(night.instants):
        with time_machine.travel(instant, tick=False):
            # A reader in another time zone does not move midnight.
            with (
                timezone.override("America/New_York" if turn % 2 else "Europe/Copenhagen"),
                translation.override("da"),
            ):
                check_gifts(world, instant, wrong, seen, turn=turn)
            check_reads(world, instant, wrong, turn=turn)

    assert not wrong, "\n".join(wrong)
    assert seen == {(give.__name__, given) for give in GIVES for given in (True, False)}
    assert len(world.stocks) == len(CASES)


@pytest.mark.parametrize(
    "url", ["/tilbud/", "/tilbud/?q=matrixaften&fra=2026-05-01", "/kalender/alle.ics", "/"]
)
def test_the_gate_adds_no_query_to_a_list(portal_site, url):
    now = local(date(2026, 5, 4), 9)
    offer_index()
    counts = {}
    with time_machine.travel(now, tick=False):
        for name, traits in {"no charter needed": {"municipal": True}, "charter": {"covered": True}}.items():
            with undone():
                for number in range(3):
                    provider = ProviderFactory(**traits)
                    offer = OfferFactory(provider=provider, title=f"Matrixaften {number}", evening=True)
                    offer_page(offer)
                    SessionFactory(offer=offer)
                Client().get(url)
                with CaptureQueriesContext(connection) as queries:
                    response = Client().get(url)
                assert response.status_code == 200
                counts[name] = len(queries)

    assert counts["charter"] == counts["no charter needed"]
