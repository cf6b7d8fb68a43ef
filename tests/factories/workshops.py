"""Smallest valid offers, sessions, schools and places. Times are relative to the (frozen or real) clock."""

from datetime import datetime, time, timedelta

import factory
from django.utils import timezone

from tests.factories.charter import ProgrammeFactory, ProviderFactory
from workshops.calendars import at_local_time, local_date_of, minutes_after, school_year_of
from workshops.enums import Audience, PlaceKind, SchoolType, SessionAccess, SessionState
from workshops.models import Course, District, Holiday, Offer, Schedule, School, SchoolYear, Session, Venue
from workshops.recurrence import weekly
from workshops.rules import adults_count_by_default, booking_deadlines
from workshops.schools import search_text_of


def local_start(*, in_days: int, at: time = time(9)) -> datetime:
    """Return a moment so many local days from now, at a wall time in Copenhagen."""
    return at_local_time(local_date_of(timezone.now()) + timedelta(days=in_days), at)


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("number",)

    number = 3
    name = factory.LazyAttribute(
        lambda district: f"Bydel {district.number}" if district.number != 3 else "Nørrebro"
    )


class SchoolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = School

    class Params:
        independent = factory.Trait(school_type=SchoolType.FRI_PRIVAT, owner="Selvejende, private")
        umbrella = factory.Trait(unit_type="hovedskole_med_enheder", is_bookable=False)
        closed = factory.Trait(closed_on=factory.LazyFunction(lambda: local_date_of(timezone.now())))

    institution_number = factory.Sequence(lambda n: f"{900001 + n}")
    name = factory.Sequence(lambda n: f"Prøveskolen {n + 1}")
    school_type = SchoolType.FOLKESKOLE
    unit_type = "institution_uden_enheder"
    owner = "Kommunale"
    address = "Skolegade 1"
    postal_code = "2200"
    city = "København N"
    district = factory.SubFactory(DistrictFactory)
    search_text = factory.LazyAttribute(search_text_of)


class HolidayFactory(factory.django.DjangoModelFactory):
    """One day off in the municipal plan; with `school`, only that school's."""

    class Meta:
        model = Holiday

    class Params:
        taught = factory.Trait(is_school_day=True)

    name = "Lejrskole"
    first_day = factory.LazyFunction(lambda: local_start(in_days=30).date())
    last_day = factory.SelfAttribute("first_day")
    school = None
    school_year = factory.LazyAttribute(
        lambda holiday: SchoolYear.objects.get_or_create(start_year=school_year_of(holiday.first_day))[0]
    )


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Kulturhuset {n + 1}")
    address = "Torvet 1"
    postal_code = "2200"
    city = "København N"
    district = factory.SubFactory(DistrictFactory)


class OfferFactory(factory.django.DjangoModelFactory):
    """A workshop for schools: one class at a time, 4th to 6th grade, at the school."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    class Params:
        evening = factory.Trait(
            audience=Audience.PARENTS,
            place_kind=PlaceKind.VENUE,
            grade_from=None,
            grade_to=None,
            max_groups=None,
            max_people=35,
            duration_minutes=120,
        )
        professionals = factory.Trait(
            audience=Audience.PROFESSIONALS,
            place_kind=PlaceKind.VENUE,
            grade_from=None,
            grade_to=None,
            max_groups=None,
            max_people=40,
        )
        online = factory.Trait(place_kind=PlaceKind.ONLINE)
        at_venue = factory.Trait(place_kind=PlaceKind.VENUE)

    provider = factory.SubFactory(ProviderFactory, covered=True)
    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"Workshop {n + 1}")
    audience = Audience.SCHOOL
    place_kind = PlaceKind.AT_SCHOOL
    grade_from = 4
    grade_to = 6
    duration_minutes = 90
    max_groups = 1
    max_people = None


class ScheduleFactory(factory.django.DjangoModelFactory):
    """Every Tuesday at 09:00 for eight weeks from a week ahead."""

    class Meta:
        model = Schedule

    offer = factory.SubFactory(OfferFactory)
    first_date = factory.LazyFunction(lambda: local_start(in_days=7).date())
    last_date = factory.LazyAttribute(lambda schedule: schedule.first_date + timedelta(weeks=8))
    start_time = time(9)
    duration_minutes = factory.SelfAttribute("offer.duration_minutes")
    recurrence = factory.LazyAttribute(lambda schedule: weekly(weekdays=[1]))


class SessionFactory(factory.django.DjangoModelFactory):
    """An open session 30 days ahead, at 09:00 local time, with all its places free."""

    class Meta:
        model = Session

    class Params:
        in_days = 30
        at = time(9)
        open = factory.Trait(state=SessionState.OPEN)
        draft = factory.Trait(state=SessionState.DRAFT)
        closed = factory.Trait(state=SessionState.CLOSED)
        cancelled = factory.Trait(state=SessionState.CANCELLED)
        held = factory.Trait(state=SessionState.HELD, in_days=-30)
        past = factory.Trait(in_days=-30)
        full = factory.Trait(
            groups_taken=factory.LazyAttribute(lambda session: session.max_groups or 0),
            people_taken=factory.LazyAttribute(lambda session: session.max_people or 0),
        )
        evening = factory.Trait(offer=factory.SubFactory(OfferFactory, evening=True), at=time(19))
        online = factory.Trait(
            offer=factory.SubFactory(OfferFactory, online=True), online_url="https://video.example.dk/rum"
        )
        at_venue = factory.Trait(offer=factory.SubFactory(OfferFactory, at_venue=True))

    offer = factory.SubFactory(OfferFactory)
    provider = factory.SelfAttribute("offer.provider")
    programme = factory.SelfAttribute("offer.programme")
    audience = factory.SelfAttribute("offer.audience")
    title = factory.SelfAttribute("offer.title")
    title_en = factory.SelfAttribute("offer.title_en")
    place_kind = factory.SelfAttribute("offer.place_kind")
    venue = factory.Maybe(
        factory.LazyAttribute(lambda session: session.place_kind == PlaceKind.VENUE),
        yes_declaration=factory.SubFactory(VenueFactory),
        no_declaration=None,
    )
    starts_at = factory.LazyAttribute(lambda session: local_start(in_days=session.in_days, at=session.at))
    ends_at = factory.LazyAttribute(
        lambda session: minutes_after(session.starts_at, session.offer.duration_minutes)
    )
    local_date = factory.LazyAttribute(lambda session: local_date_of(session.starts_at))
    max_groups = factory.SelfAttribute("offer.max_groups")
    max_people = factory.SelfAttribute("offer.max_people")
    adults_count = factory.LazyAttribute(
        lambda session: adults_count_by_default(
            place_kind=session.place_kind, offer_says=session.offer.adults_count
        )
    )
    access = SessionAccess.OPEN
    state = SessionState.OPEN
    announced_at = factory.LazyAttribute(
        lambda session: None if session.state == SessionState.DRAFT else timezone.now()
    )
    booking_closes_at = factory.LazyAttribute(lambda session: _deadlines(session)[0])
    withdrawal_closes_at = factory.LazyAttribute(lambda session: _deadlines(session)[1])


def _deadlines(session: Session) -> tuple[datetime, datetime]:
    return booking_deadlines(
        starts_at=session.starts_at,
        closes_days=session.offer.booking_closes_days,
        withdrawal_days=session.offer.withdrawal_closes_days,
    )


def a_course(*in_days: int, offer: Offer | None = None, **more: object) -> list[Session]:
    """Return the sessions of a course of an offer, so many days from now, the soonest first."""
    offer = offer or OfferFactory()
    course = Course.objects.create(offer=offer, name="Forløb")
    return [
        SessionFactory(offer=offer, course=course, in_days=days, **more) for days in in_days or (30, 37, 44)
    ]


def a_package(*, in_days: int = 30, people: int = 40, **more: object) -> tuple[Session, Session]:
    """Return a visit of an offer and a whole evening that can be had with it and waits for a school."""
    evening_offer = OfferFactory(
        audience=Audience.PARENTS,
        place_kind=PlaceKind.AT_SCHOOL,
        grade_from=None,
        grade_to=None,
        max_groups=1,
        max_people=people,
        duration_minutes=120,
        **{"title": "Forældreaften på skolen", **more},
    )
    offer = OfferFactory(evening_offer=evening_offer)
    visit = SessionFactory(offer=offer, in_days=in_days)
    return visit, another_evening(visit, in_days=in_days - 1)


def another_evening(visit: Session, *, in_days: int) -> Session:
    """Return one more whole evening for a package."""
    return SessionFactory(
        offer=visit.offer.evening_offer, in_days=in_days, at=time(19), access=SessionAccess.SCHOOL
    )
