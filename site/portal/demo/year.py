"""The demo year: providers in their states, offers, dates, bookings, attendance, goals, relative to today.

Everything goes through the product's own operations, told the time at which it would have happened, so the
demo's counters, coverage, mails and audit log are what real use would have left. Deterministic: the same day
gives the same year.
"""

import hashlib
import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import typst
from django.db import transaction

from booking.attendance.door import tick
from booking.attendance.reading import booked_rows, sessions_without_report, what_was_booked
from booking.enums import (
    BookingKind,
    BookingState,
    CancelReason,
    NotHeldReason,
    ReportSource,
    WithdrawalReason,
)
from booking.errors import BookingRefusedError
from booking.models import Booking, SessionReport
from booking.operations import (
    approve_booking,
    cancel_booking,
    expire_overdue,
    hold_places,
    submit_booking,
    withdraw_booking,
)
from booking.operations.reporting import Count, Figures, report_session
from booking.party import ClassSize, Contact, Party
from charter.content import ensure_charter
from charter.enums import AuthorityOutcome, ProviderKind, Transition
from charter.methods import codes
from charter.models import Agreement, CharterVersion, Programme, Provider, Signature
from charter.operations import (
    add_member,
    change_provider_state,
    check_authority,
    create_provider,
    register_paper_signature,
    request_signing_code,
    sign_charter,
    start_signing,
    withdraw_charter,
)
from charter.operations.agreements import watch_agreements
from charter.operations.paper import PaperFacts
from charter.operations.signing import Statement, opening_for, signable_for_paper
from charter.scans import Scan
from charter.texts import statements_in, text_in, text_sha256
from core.accounts.models import User
from core.audit.log import LINK, SYSTEM, Actor
from core.outbox.models import Message, MessageState
from portal.demo import people
from portal.demo.costs import add_costs
from portal.demo.evaluations import add_evaluations
from portal.demo.logins import ensure_staff_logins
from portal.demo.organisations import add_organisations
from portal.demo.requests import add_requests
from portal.home.content import ensure_site
from portal.reporting.enums import MilestoneSource
from portal.reporting.models import AnnualGoal
from portal.reporting.yearly.content import figures_hash
from portal.reporting.yearly.errors import YearRefusedError
from portal.reporting.yearly.operations import Seen, close_year, read_year
from portal.reporting.yearly.querysets import years_to_close
from workshops.calendars import at_local_time, days_off, local_date_of
from workshops.content import ensure_material_pages, ensure_offer_pages, ensure_offers
from workshops.enums import Audience, PlaceKind, SessionAccess, SessionState
from workshops.models import District, Offer, School, SchoolDomain, Session, Venue
from workshops.operations import create_course, create_session, load_shipped_register, save_schedule
from workshops.operations.schedules import ScheduleValues
from workshops.operations.sessions import SessionPlan

SEED = 20260101
PERIOD_DAYS = 365
DONE_DAYS = 219
"""60 % of the demo period lies behind today (DOMAIN.md 7.4)."""

DEMO_SCHOOLS = {
    "folkeskole": [
        "101003", "101047", "101157", "101151", "101035", "101007", "101062", "280129", "101074", "101075",
        "101019", "101011", "101017", "101015", "101540", "101058", "101059",
    ],
    "fri_privatskole": [
        "101086", "101132", "101133", "101111", "101585", "101092", "101541", "280553",
    ],
}  # fmt: skip
"""The 25 schools that invented bookings may name (DOMAIN.md 7): no religious profile evident from the name."""

# So much that the goal for the municipality's schools is within reach, and that for the others is not.
SCHEDULES = (
    # offer, weekday, wall time, share booked of past dates, share of the coming eight weeks
    ("o1", 1, time(9), 0.95, 0.5),
    ("o1", 3, time(10), 0.9, 0.35),
    ("o2", 2, time(9), 0.9, 0.45),
    ("o2", 4, time(10), 0.8, 0.4),
    ("o3", 0, time(9), 0.85, 0.3),
    ("o3", 2, time(11), 0.9, 0.35),
    ("o3", 3, time(9), 0.9, 0.35),
    ("o4", 4, time(9), 0.9, 0.5),
    ("o5", 3, time(12), 0.7, 0.4),
)


@dataclass
class Year:
    """What is being built, and the one source of chance."""

    now: datetime
    chance: random.Random
    providers: dict[str, Provider] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    venues: list[Venue] = field(default_factory=list)
    used_classes: set[tuple[int, int, str]] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The day the demo is loaded, in Copenhagen."""
        return local_date_of(self.now)

    @property
    def first_day(self) -> date:
        """First day of the demo's goal period."""
        return self.today - timedelta(days=DONE_DAYS)

    @property
    def last_day(self) -> date:
        """Last day of the demo's goal period."""
        return self.first_day + timedelta(days=PERIOD_DAYS - 1)

    def ago(self, days: int) -> datetime:
        """Return ten in the morning so many days ago."""
        return at_local_time(self.today - timedelta(days=days), time(10))


def load_year(*, now: datetime) -> None:
    """Build the whole demo in one transaction: it is there, or it is not."""
    with transaction.atomic():
        year = Year(now=now, chance=random.Random(SEED))  # noqa: S311 - a repeatable demo, no secret
        load_shipped_register(now=now)
        pages = ensure_site(today=year.today)
        ensure_charter(now=year.ago(450))
        ensure_staff_logins(now=now)
        _domains()
        _venues(year)
        programmes = _programmes(year)
        _providers(year)
        _charter_signed(year)
        year.offers = ensure_offers(year.providers, programmes["ekstremisme"])
        for index, library in (
            (pages.offers, pages.material),
            (pages.english_offers, pages.english_material),
        ):
            ensure_offer_pages(index, year.offers)
            ensure_material_pages(library)
        _school_dates(year)
        _evenings(year)
        _book_everything(year)
        _queues(year)
        answerer = Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk)
        add_requests(now=year.now, offers=year.offers, venue=year.venues[3], answerer=answerer)
        _courses(year)
        _package(year)
        _modspil_withdraws(year)
        _paper_waits(year)
        _report_the_past(year)
        add_evaluations(now=year.now, offers=year.offers, reader=answerer)
        add_organisations(
            now=year.now,
            in_vetting=year.providers["trygge"],
            signed=year.providers["klikklar"],
            agreement_with=year.providers["dialogbroen"],
        )
        add_costs(
            now=year.now,
            days=(year.first_day, year.last_day),
            providers=year.providers,
            programmes=programmes,
            offers=year.offers,
            actor=Actor("user", User.objects.get(email="administration@demo.example").pk),
        )
        watch_agreements(year.now)
        _close_a_year(year)
        _settle_mails(year)


def _domains() -> None:
    SchoolDomain.objects.get_or_create(domain="kk.example", school=None)
    for number in DEMO_SCHOOLS["fri_privatskole"]:
        school = School.objects.get(institution_number=number)
        SchoolDomain.objects.get_or_create(domain=f"skole{number}.example", school=school)


def _venues(year: Year) -> None:
    for name, address, postal_code, city, district in (
        ("Demobiblioteket Nørrebro", "Demovej 12", "2200", "København N", 3),
        ("Demobiblioteket Valby", "Demotorvet 4", "2500", "Valby", 5),
        ("Kulturhuset Demosalen", "Demogade 7", "2300", "København S", 10),
        ("Kommunens mødelokaler", "Demopladsen 1", "1550", "København V", 1),
    ):
        venue, _created = Venue.objects.get_or_create(
            name=name,
            defaults={
                "address": address,
                "postal_code": postal_code,
                "city": city,
                "district": District.objects.get(number=district),
                "entrance": "Hovedindgangen, følg skiltene",
                "access_info": "Trinfri adgang og handicaptoilet i stuen",
                "phone": "00 00 00 00",
            },
        )
        year.venues.append(venue)


def _programmes(year: Year) -> dict[str, Programme]:
    """Make the two programmes and the goals of the demo period."""
    department = "Beskæftigelses-, Integrations- og Erhvervsforvaltningen"
    plan, _created = Programme.objects.get_or_create(
        slug="forebyggelse-af-ekstremisme",
        defaults={
            "name": "Handleplan for forebyggelse af ekstremisme",
            "department": department,
            "first_day": year.first_day - timedelta(days=365),
            "last_day": year.last_day,
            "yearly_budget_dkk": 5_000_000,
        },
    )
    neighbour, _created = Programme.objects.get_or_create(
        slug="negativ-social-kontrol",
        defaults={
            "name": "Indsats mod negativ social kontrol",
            "department": department,
            "first_day": year.first_day,
            "last_day": year.last_day + timedelta(days=365),
            "yearly_budget_dkk": 1_200_000,
        },
    )
    goals = (
        (plan, "skole_folkeskole", "4.000 folkeskoleelever deltager i workshops", "pupils_attended", "folkeskole", 4000, None),
        (plan, "skole_friskole", "800 elever fra fri- og privatskoler deltager i workshops", "pupils_attended", "fri_privatskole", 800, None),
        (plan, "foraeldre", "200-300 forældre deltager i workshops om børns onlinetrivsel", "parents_attended", "", 200, 300),
        (plan, "fagpersoner", "8-10 oplæg for særligt udvalgte faggrupper", "sessions_held", "", 8, 10),
        (plan, "civilsamfund", "Samarbejdsaftaler med 1-2 civilsamfundsorganisationer", "agreements_signed", "", 1, 2),
        (plan, "materiale", "Nyt undervisningsmateriale afprøves og evalueres på mellemtrin og udskoling", "milestone", "", None, None),
        (neighbour, "fagpersoner", "2-4 oplæg for fagpersoner om negativ social kontrol", "sessions_held", "", 2, 4),
    )  # fmt: skip
    for programme, key, title, measure, bucket, low, high in goals:
        AnnualGoal.objects.get_or_create(
            programme=programme,
            key=key,
            first_day=year.first_day,
            defaults={
                "title": title,
                "measure": measure,
                "school_bucket": bucket,
                "last_day": year.last_day,
                "target_low": low,
                "target_high": high,
                "audience": Audience.PROFESSIONALS if key == "fagpersoner" else "",
                "milestone_source": MilestoneSource.PILOTS if key == "materiale" else MilestoneSource.STATED,
            },
        )
    return {"ekstremisme": plan, "social_kontrol": neighbour}


def _providers(year: Year) -> None:
    opener = Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk)
    decider = Actor("user", User.objects.get(email="administration@demo.example").pk)
    then = year.ago(440)
    for row in people.PROVIDERS:
        moment = year.ago(14) if row.key == "trygge" else then
        provider = create_provider(
            name=row.name,
            kind=row.kind,
            cvr=row.cvr,
            actor=opener,
            now=moment,
            presentation=row.presentation,
            contact_name=f"{row.first_name} {row.last_name}",
            contact_email=row.email,
            contact_phone="00 00 00 00",
        )
        for role in row.roles:
            add_member(
                provider_id=provider.pk,
                email=row.email,
                role=role,
                actor=opener,
                now=moment,
                first_name=row.first_name,
                last_name=row.last_name,
            )
        year.providers[row.key] = provider
        if row.kind == ProviderKind.MUNICIPAL_TEAM:
            change_provider_state(
                provider_id=provider.pk, transition=Transition.ACTIVATE, actor=decider, now=moment
            )
            continue
        change_provider_state(
            provider_id=provider.pk, transition=Transition.START_VETTING, actor=opener, now=moment
        )
        if row.key != "trygge":
            change_provider_state(
                provider_id=provider.pk,
                transition=Transition.APPROVE,
                reason="Opfylder betingelserne for samarbejde.",
                decision_reference="2025-0000001",
                actor=decider,
                now=moment,
            )
            change_provider_state(
                provider_id=provider.pk, transition=Transition.ACTIVATE, actor=decider, now=moment
            )
    Agreement.objects.get_or_create(
        provider=year.providers["dialogbroen"],
        title="Samarbejdsaftale om dialogguider",
        defaults={
            "programme": Programme.objects.get(slug="forebyggelse-af-ekstremisme"),
            "signed_on": year.first_day + timedelta(days=20),
            "first_day": year.first_day + timedelta(days=20),
            "last_day": year.last_day,
            "file_reference": "2025-0000002",
        },
    )


def _charter_signed(year: Year) -> None:
    """Twelve-month coverage: well covered, 30 days left, and signed but withdrawn later (DOMAIN.md 7.2)."""
    for key, days in (("klikklar", 430), ("dialogbroen", 335), ("modspil", 335), ("klikklar", 100)):
        _sign(year.providers[key], now=year.ago(days))
    checker = Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk)
    # The newest waits for its check.
    for signature in Signature.objects.order_by("signed_at")[:3]:
        check_authority(
            signature_id=signature.pk,
            outcome=AuthorityOutcome.CONFIRMED,
            note="Slået op i CVR samme dag.",
            actor=checker,
            now=signature.signed_at + timedelta(days=1),
        )


def _paper_waits(year: Year) -> None:
    """A renewal that came on paper: the caseworker has registered it, the administration is to approve it."""
    provider = year.providers["dialogbroen"]
    now = year.ago(2)
    _bar, periods = signable_for_paper(provider, now=now)
    version = CharterVersion.objects.newest_at(now)
    page = '#set text(lang: "da")\n= Demoscanning\nHer ville den underskrevne side fra foreningen være.'
    content = typst.compile(page.encode())
    scan = Scan(content, f"{uuid.uuid4().hex}.pdf", hashlib.sha256(content).hexdigest())
    register_paper_signature(
        provider_id=provider.pk,
        version_id=version.pk,
        period_last_day=periods[0].last_day,
        facts=PaperFacts(
            signer_name="Ditte Dialog",
            signer_role="Forperson",
            authority="Tegningsberettiget efter vedtægter eller CVR",
            signed_on=local_date_of(now) - timedelta(days=1),
            system_name="",
        ),
        scan=scan,
        actor=Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk),
        now=now,
    )


def _sign(provider: Provider, *, now: datetime) -> None:
    signer = User.objects.get(memberships__provider=provider, memberships__role="signatory")
    opening = opening_for(provider, signer, now=now)
    version = opening.version
    text = text_in(version, "da") if version else None
    if text is None or not opening.periods:
        raise RuntimeError(f"{provider} cannot sign at {now}: {opening.bar}")
    attempt = start_signing(
        provider_id=provider.pk,
        user_id=signer.pk,
        period_first_day=opening.periods[0].first_day,
        statement=Statement(
            signer_name=signer.get_full_name(),
            signer_role="Leder",
            authority="Jeg er tegningsberettiget",
            statements=statements_in("da"),
            language="da",
            text_sha256=text_sha256(text),
        ),
        now=now,
    )
    attempt = request_signing_code(attempt_id=attempt.pk, now=now)
    sign_charter(attempt_id=attempt.pk, code=codes.code_of(attempt), now=now)


def _school_dates(year: Year) -> None:
    """One schedule a row, for the whole period, made when the period began."""
    for key, weekday, start, _past, _coming in SCHEDULES:
        offer = year.offers[key]
        save_schedule(
            values=ScheduleValues(
                offer_id=offer.pk,
                first_date=year.first_day,
                last_date=year.last_day,
                start_time=start,
                duration_minutes=offer.duration_minutes,
                weekdays=[weekday],
                facilitator=f"{year.chance.choice(people.FIRST_NAMES)} fra {offer.provider.name}",
            ),
            now=at_local_time(year.first_day, time(8)) - timedelta(days=30),
            actor=SYSTEM,
        )


def _evenings(year: Year) -> None:
    """Parent evenings, an online one, evenings for adults, and talks for professionals."""
    plan: list[tuple[str, int, time, bool]] = [
        *(("o6", days, time(19), False) for days in (-190, -160, -118, -75, -47, -20, 12, 33, 61, 96)),
        *(("o7", days, time(19), False) for days in (-140, -55, 26, 82)),
        *(("o8", days, time(9), False) for days in (-200, -168, -110, -80, -40, -12, 19, 47, 88)),
    ]
    for number, (key, days, start, _online) in enumerate(plan):
        offer = year.offers[key]
        day = _work_day(year.today + timedelta(days=days))
        venue = year.venues[3] if key == "o8" else year.venues[number % 3]
        create_session(
            offer_id=offer.pk,
            plan=SessionPlan(
                starts_at=at_local_time(day, start),
                venue_id=venue.pk,
                facilitator=f"{year.chance.choice(people.FIRST_NAMES)} fra {offer.provider.name}",
            ),
            now=at_local_time(year.first_day, time(8)) - timedelta(days=30),
            is_open=True,
        )
    evening = year.offers["o6"]
    for days in (-33, 6, 54):
        session = create_session(
            offer_id=evening.pk,
            plan=SessionPlan(
                starts_at=at_local_time(_work_day(year.today + timedelta(days=days)), time(20)),
                duration_minutes=60,
                venue_id=year.venues[0].pk,
                max_people=100,
            ),
            now=at_local_time(year.first_day, time(8)) - timedelta(days=30),
            is_open=True,
        )
        # The same evening online: an hour, a hundred seats (DOMAIN.md 7.1).
        Session.objects.filter(pk=session.pk).update(
            place_kind=PlaceKind.ONLINE, venue=None, online_url="https://video.example/foraeldreaften"
        )


def _courses(year: Year) -> None:
    """Three courses of three Mondays each of one offer (S20): two are free, Lea has the third."""
    offer = year.offers["o1"]
    then = year.ago(25)
    for number, first in enumerate((21, 24, 45)):
        days = [_work_day(year.today + timedelta(days=first))]
        while len(days) < 3:
            # A week later, or after the holidays: never twice on one day.
            days.append(_work_day(days[-1] + timedelta(days=7)))
        sessions = [
            create_session(
                offer_id=offer.pk,
                plan=SessionPlan(
                    starts_at=at_local_time(day, time(13)),
                    facilitator=f"{people.FIRST_NAMES[number]} fra {offer.provider.name}",
                ),
                now=then,
                is_open=True,
            )
            for day in days
        ]
        create_course(
            offer_id=offer.pk,
            name="",
            session_ids=[session.pk for session in sessions],
            now=then,
            actor=SYSTEM,
        )
    _book_lea(sessions[0], "6.B", 22, now=year.ago(12))


def _package(year: Year) -> None:
    """A visit with a whole parents' evening at Lea's school, with two parents signed up; one evening is free."""
    offer, evenings = year.offers["o1"], year.offers["o6"]
    Offer.objects.filter(pk=offer.pk).update(evening_offer=evenings)
    then = year.ago(25)
    free = []
    for days in (34, 48):
        evening = create_session(
            offer_id=evenings.pk,
            plan=SessionPlan(
                starts_at=at_local_time(_work_day(year.today + timedelta(days=days)), time(18)),
                venue_id=year.venues[0].pk,
                max_groups=1,
                max_people=60,
                access=SessionAccess.SCHOOL,
            ),
            now=then,
            is_open=True,
        )
        # The same evening at the school that takes it with a visit.
        Session.objects.filter(pk=evening.pk).update(place_kind=PlaceKind.AT_SCHOOL, venue=None)
        free.append(evening)
    visit = create_session(
        offer_id=offer.pk,
        plan=SessionPlan(starts_at=at_local_time(_work_day(year.today + timedelta(days=32)), time(8))),
        now=then,
        is_open=True,
    )
    _book_lea(visit, "5.C", 24, now=year.ago(10), evening_id=free[0].pk)
    for number in range(2):
        _sign_up(free[0], seats=2, email=f"foraelder{number}@post.example", now=year.ago(6 - number))


def _book_lea(
    session: Session, name: str, pupils: int, *, now: datetime, evening_id: int | None = None
) -> None:
    """Book for the demo's teacher at her school."""
    school = School.objects.get(institution_number="101007")
    booking = hold_places(
        session_id=session.pk,
        party=Party(
            kind=BookingKind.SCHOOL,
            school_id=school.pk,
            classes=(ClassSize(name, int(name[0]), pupils),),
        ),
        contact=Contact(
            name="Lea Demolærer",
            email=people.TEACHER_EMAIL,
            phone="00 00 00 00",
            phone_on_day="00 00 00 00",
            room="2.14",
            entrance="Hovedindgangen, spørg på kontoret",
        ),
        submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:lea:{session.pk}"),
        browser_key="",
        evening_id=evening_id,
        now=now,
    )
    submit_booking(booking_id=booking.pk, is_proven=True, now=now)


def _work_day(day: date) -> date:
    """Return the day, or the next one that is neither a weekend nor a day off."""
    while day.weekday() >= 5 or day in days_off(day, day):
        day += timedelta(days=1)
    return day


def _book_everything(year: Year) -> None:
    """Book sessions in the order they are held; each booking is made some weeks before."""
    shares = {(key, weekday): (past, coming) for key, weekday, _start, past, coming in SCHEDULES}
    key_of = {offer.pk: key for key, offer in year.offers.items()}
    for session in (
        Session.objects.filter(state=SessionState.OPEN).select_related("offer").order_by("starts_at")
    ):
        key = key_of.get(session.offer_id, "")
        if session.audience == Audience.SCHOOL:
            past, coming = shares.get((key, session.local_date.weekday()), (0.0, 0.0))
            is_soon = session.local_date <= year.today + timedelta(days=56)
            share = past if session.starts_at < year.now else coming if is_soon else coming / 3
            if year.chance.random() < share:
                _book_class(year, session, key)
        else:
            _fill_evening(year, session)
    expire_overdue(year.now)


def _when_booked(year: Year, session: Session) -> datetime:
    """Return a moment two to eight weeks before the session, in working hours, never in the future."""
    day = session.local_date - timedelta(days=year.chance.randint(15, 56))
    moment = at_local_time(day, time(8 + year.chance.randint(0, 7), year.chance.randint(0, 59)))
    return min(moment, year.now - timedelta(minutes=year.chance.randint(60, 4000)))


def _school_for(year: Year, key: str) -> School:
    free = key == "o5" or (key in {"o1", "o2", "o4"} and year.chance.random() < 0.06)
    number = year.chance.choice(DEMO_SCHOOLS["fri_privatskole" if free else "folkeskole"])
    return School.objects.get(institution_number=number)


def _book_class(year: Year, session: Session, key: str) -> None:
    school = _school_for(year, key)
    offer = session.offer
    grade = year.chance.randint(offer.grade_from or 4, min(offer.grade_to or 9, 9))
    letter = year.chance.choice("ABCD")
    pupils = year.chance.randint(18, 26)
    domain = "kk.example" if school.is_municipal else f"skole{school.institution_number}.example"
    is_known = year.chance.random() > 0.03
    name = year.chance.choice(people.FIRST_NAMES)
    email = f"{name.lower()}@{domain if is_known else 'post.example'}"
    if session.starts_at > year.now and school.institution_number == "101007":
        name, email = "Lea", people.TEACHER_EMAIL
    moment = _when_booked(year, session)
    booking = _book(
        session,
        Party(
            kind=BookingKind.SCHOOL,
            school_id=school.pk,
            classes=(ClassSize(f"{grade}.{letter}", grade, pupils, year.chance.choice((1, 1, 2))),),
        ),
        Contact(
            name=f"{name} Demolærer",
            email=email,
            phone="00 00 00 00",
            phone_on_day="00 00 00 00",
            room=f"{year.chance.randint(1, 3)}.{year.chance.randint(10, 30)}",
            entrance="Hovedindgangen, spørg på kontoret",
        ),
        now=moment,
        key=f"{session.pk}",
    )
    if booking is None:
        return
    if booking.state == BookingState.AWAITING_APPROVAL and moment < year.now - timedelta(days=4):
        approver = Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk)
        booking = approve_booking(booking_id=booking.pk, actor=approver, now=moment + timedelta(hours=20))
    if year.chance.random() < 0.05 and booking.state == BookingState.CONFIRMED:
        reason = year.chance.choice(
            [WithdrawalReason.DATE, WithdrawalReason.ILLNESS, WithdrawalReason.TEACHER]
        )
        later = min(moment + timedelta(days=3), session.withdrawal_closes_at - timedelta(hours=1), year.now)
        if later > moment:
            withdraw_booking(booking_id=booking.pk, reason=reason, actor=LINK, now=later)


def _fill_evening(year: Year, session: Session) -> None:
    is_past = session.starts_at < year.now
    room = session.max_people or 40
    wanted = int(room * (year.chance.uniform(0.45, 0.62) if is_past else year.chance.uniform(0.1, 0.5)))
    days_left = (session.local_date - year.today).days
    if session.audience == Audience.PARENTS and 0 < days_left < 20:
        wanted = room - 3  # nearly full: the page says "3 places left"
    is_nearest = session.audience == Audience.PARENTS and 0 < days_left < 20
    taken = 0
    number = 0
    while taken < wanted:
        number += 1
        seats = min(year.chance.choice((1, 1, 2, 2)), wanted - taken)
        is_organisation = session.audience == Audience.ADULTS and year.chance.random() < 0.2
        name = year.chance.choice(people.FIRST_NAMES)
        _book(
            session,
            Party(
                kind=BookingKind.ORGANISATION if is_organisation else BookingKind.PERSON,
                seats=seats,
            ),
            Contact(
                name=name,
                email=people.PARENT_EMAIL
                if is_nearest and number == 1
                else f"{name.lower()}{session.pk}.{number}@post.example",
                organisation="Beboerforeningen Demogården" if is_organisation else "",
            ),
            now=_when_booked(year, session),
            key=f"{session.pk}:{number}",
        )
        taken += seats


def _book(
    session: Session,
    party: Party,
    contact: Contact,
    *,
    now: datetime,
    key: str,
    wants_queue: bool = False,
) -> Booking | None:
    try:
        booking = hold_places(
            session_id=session.pk,
            party=party,
            contact=contact,
            submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{key}"),
            browser_key="",
            wants_queue=wants_queue,
            now=now,
        )
        return submit_booking(booking_id=booking.pk, is_proven=True, now=now)
    except BookingRefusedError:
        return None  # not covered on that date, or the class is there already: as it would be in real life


def _queues(year: Year) -> None:
    """A full evening with a queue (S12): the demo's parent is number 2, behind a family that was passed over.

    Somebody withdrew two hours ago, and a single parent behind them fits the place that became free.
    """
    evening = (
        Session.objects.filter(
            audience=Audience.PARENTS,
            place_kind=PlaceKind.VENUE,
            state=SessionState.OPEN,
            starts_at__gt=year.now + timedelta(days=21),
        )
        .order_by("starts_at")
        .first()
    )
    if evening is None:
        return
    single = _sign_up(evening, seats=1, email="enlig@post.example", now=year.ago(9))
    evening.refresh_from_db()
    number = 0
    while (left := (evening.max_people or 0) - evening.people_taken) > 0:
        number += 1
        _sign_up(
            evening, seats=min(left, 2), email=f"fuld{evening.pk}.{number}@post.example", now=year.ago(8)
        )
        evening.refresh_from_db()
    for seats, email, days in (
        (4, "familie@post.example", 6),
        (2, people.PARENT_EMAIL, 5),
        (1, "bedstemor@post.example", 4),
    ):
        _sign_up(evening, seats=seats, email=email, now=year.ago(days), wants_queue=True)
    if single is not None:
        withdraw_booking(
            booking_id=single.pk,
            reason=WithdrawalReason.DATE,
            actor=LINK,
            now=year.now - timedelta(hours=2),
        )


def _sign_up(
    session: Session, *, seats: int, email: str, now: datetime, wants_queue: bool = False
) -> Booking | None:
    return _book(
        session,
        Party(kind=BookingKind.PERSON, seats=seats),
        Contact(name=email.partition("@")[0].capitalize(), email=email),
        now=now,
        key=f"{session.pk}:{email}",
        wants_queue=wants_queue,
    )


def _modspil_withdraws(year: Year) -> None:
    """Withdrawn ten days ago: its dates close at once, and what was booked became a task (rule 3)."""
    decider = Actor("user", User.objects.get(email="administration@demo.example").pk)
    modspil = year.providers["modspil"]
    after = Booking.objects.filter(
        booked_sessions__session__provider=modspil,
        booked_sessions__session__starts_at__gt=year.ago(10),
        state__in=[BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL],
    ).order_by("booked_sessions__session__starts_at")
    kept = after.filter(booked_sessions__session__starts_at__gt=year.now + timedelta(days=7)).first()
    for booking in after:
        if kept is None or booking.pk != kept.pk:
            cancel_booking(
                booking_id=booking.pk, reason=CancelReason.PROVIDER, actor=decider, now=year.ago(11)
            )
    withdraw_charter(
        provider_id=modspil.pk,
        ends_on=year.today - timedelta(days=10),
        reason="Udbyderen har selv opsagt charteret.",
        actor=decider,
        now=year.ago(10),
    )


def _report_the_past(year: Year) -> None:
    """Reports of past sessions; the three newest have none yet, one was not held, one is corrected (rule 11)."""
    past = list(sessions_without_report(now=year.now).select_related("offer").order_by("starts_at", "pk"))
    for number, session in enumerate(past[:-3], start=1):
        now = session.ends_at + timedelta(minutes=40)
        if session.offer.has_certificate:
            _tick_at_the_door(session)
        figures = (
            Figures(is_held=False, reason=NotHeldReason.ILLNESS, note="Oplægsholderen blev syg samme morgen.")
            if number % 17 == 0
            else _figures(year, session)
        )
        made = _report(session, figures, seen=0, now=now)
        if number == len(past) - 4 and made.is_held:
            fewer = replace(_figures(year, session), note="Talt efter sammen med læreren.")
            _report(session, fewer, seen=made.number, now=now + timedelta(days=1))
    Session.objects.filter(pk__in=[session.pk for session in past[-3:]]).update(state=SessionState.CLOSED)


def _tick_at_the_door(session: Session) -> None:
    """Tick off most of those who signed up: they can fetch a certificate (V3)."""
    begun = session.starts_at + timedelta(minutes=5)
    for row in booked_rows(session):
        if row.pk % 7:
            tick(
                session_id=session.pk,
                booked_id=row.pk,
                people=row.people,
                client_id=uuid.uuid5(uuid.NAMESPACE_OID, f"demo-door-{row.pk}"),
                made_at=begun,
                actor=SYSTEM,
                now=begun,
            )


def _figures(year: Year, session: Session) -> Figures:
    booked = what_was_booked(session)
    came = year.chance.random() > 0.02
    return Figures(
        is_held=True,
        classes={
            (line.booked_id, line.class_id): Count(
                max(1, line.pupils - year.chance.choice((0, 0, 1, 1, 2, 3))), line.adults
            )
            if came
            else Count(0)
            for line in booked.classes
        },
        total=Count(round(booked.seats * year.chance.uniform(0.75, 1.05))),
    )


def _report(session: Session, figures: Figures, *, seen: int, now: datetime) -> SessionReport:
    return report_session(
        session_id=session.pk, figures=figures, seen=seen, source=ReportSource.LINK, actor=LINK, now=now
    )


def _close_a_year(year: Year) -> None:
    """Close the newest year of the demo that is over, so that there is a report to look at (R4)."""
    over = next((one for one in years_to_close(now=year.now) if one.is_over), None)
    if over is None:
        return
    try:
        figures = read_year(over.programme, over.period, now=year.now)
        close_year(
            programme_id=over.programme.pk,
            period=over.period,
            seen=Seen(figures_hash(figures), accepts_missing=True),
            actor=Actor("user", User.objects.get(email="administration@demo.example").pk),
            now=year.now,
        )
    except YearRefusedError:
        return  # the demo is of use without a closed year


def _settle_mails(year: Year) -> None:
    """Mails of the past have been sent; those of the last two days go out when the worker starts."""
    old = Message.objects.filter(state=MessageState.QUEUED, queued_at__lt=year.now - timedelta(days=2))
    for message in old.only("pk", "queued_at"):
        Message.objects.filter(pk=message.pk).update(
            state=MessageState.SENT, sent_at=message.queued_at, attempts=1
        )


def is_loaded() -> bool:
    """Whether the demo year is there already."""
    return Provider.objects.filter(name=people.PROVIDERS[0].name, kind=ProviderKind.MUNICIPAL_TEAM).exists()
