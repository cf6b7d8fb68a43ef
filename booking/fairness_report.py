"""What the rules of fair shares do in a school year: counts per rule, no person (S22)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min, Q, Sum

from booking.enums import BookingKind
from booking.fairness import SERVED_STATES
from booking.models import BookedSession
from core.audit.models import Entry
from workshops.calendars import local_date_of, school_year_days, school_year_of
from workshops.enums import NOT_TAKING_PLACE, Audience
from workshops.models import Offer, School, Session
from workshops.operations.sessions import fair_shares_of

_BANDS = ((1, 1), (2, 2), (3, 5), (6, None))
"""Classes that one school has got in the year: from, to."""


@dataclass(frozen=True)
class Band:
    """How many schools got so many classes."""

    at_least: int
    at_most: int | None
    schools: int


@dataclass
class OfferShares:
    """One offer with fair shares, or whose fair shares have turned somebody away."""

    offer: Offer
    schools: int = 0
    classes: int = 0
    most: int = 0
    """Classes of the school that got the most."""

    stopped_by_cap: int = 0
    stopped_by_days: int = 0
    in_the_days: int = 0
    after_the_days: int = 0
    """Classes booked while a date was kept for schools not yet served, and later."""


@dataclass(frozen=True)
class Reserved:
    """What became of the places kept back, as classes or people, however each date counts."""

    used: int
    released: int
    unused: int
    """Still kept back when the date was held."""

    standing: int
    """Kept back on dates that lie ahead."""


@dataclass(frozen=True)
class FairnessReport:
    """The effect of fair shares in one school year."""

    school_year: int
    schools: int
    """Schools that could book on the year's last day, or today while it runs."""

    served: int
    first_visits: int
    """Of the served, those whose first visit ever lies in this year."""

    classes: int
    bands: list[Band] = field(default_factory=list)
    offers: list[OfferShares] = field(default_factory=list)
    stopped_by_cap: int = 0
    stopped_by_days: int = 0
    stopped_schools: int = 0
    stopped_and_served: int = 0
    """Schools that were turned away once and got a visit all the same."""

    reserved: Reserved = Reserved(0, 0, 0, 0)

    @property
    def never_served(self) -> int:
        """Schools without a visit in the year."""
        return max(self.schools - self.served, 0)


def report_of(school_year: int, *, now: datetime) -> FairnessReport:
    """Return the effect of fair shares in a school year: a fixed number of queries, whatever is booked.

    A class in a course counts once, as it does against the cap.
    """
    first, last = school_year_days(school_year)
    visits = _visits(first, last)
    classes_of_schools: Counter[int] = Counter()
    by_offer: dict[int, Counter[int]] = defaultdict(Counter)
    for row in visits:
        classes_of_schools[row["booking__school"]] += row["classes"]
        by_offer[row["session__offer"]][row["booking__school"]] += row["classes"]
    stops = _stops(first)
    offers = _offers(by_offer, stops, first, last)
    stopped_schools = {stop["school"] for stop in stops}
    return FairnessReport(
        school_year=school_year,
        schools=School.objects.bookable(on=min(last, local_date_of(now))).count(),
        served=len(classes_of_schools),
        first_visits=_first_visits(first, last),
        classes=classes_of_schools.total(),
        bands=_bands(classes_of_schools.values()),
        offers=offers,
        stopped_by_cap=sum(stop["why"] == "school_cap" for stop in stops),
        stopped_by_days=sum(stop["why"] == "new_schools_first" for stop in stops),
        stopped_schools=len(stopped_schools),
        stopped_and_served=len(stopped_schools & classes_of_schools.keys()),
        reserved=_reserved(first, last, now=now),
    )


def school_years(*, now: datetime) -> list[int]:
    """Return the school years that have dates, and this one, the newest first."""
    dates = Session.objects.filter(audience=Audience.SCHOOL).exclude(state__in=NOT_TAKING_PLACE)
    span = dates.aggregate(first=Min("local_date"), last=Max("local_date"))
    this = school_year_of(local_date_of(now))
    years = [this, *(school_year_of(day) for day in (span["first"], span["last"]) if day)]
    return list(range(max(years), min(years) - 1, -1))


def _served() -> Any:
    return BookedSession.objects.filter(
        booking__kind=BookingKind.SCHOOL, session__audience=Audience.SCHOOL, state__in=SERVED_STATES
    )


def _visits(first: date, last: date) -> Iterable[Mapping[str, Any]]:
    """Return offer, school and classes of the year; of a course its first date counts."""
    of_year = _served().filter(session__local_date__range=(first, last))
    single = of_year.filter(booking__course=None)
    found = list(
        single.values("session__offer", "booking__school").order_by().annotate(classes=Sum("groups"))
    )
    courses = of_year.exclude(booking__course=None).values("booking", "session__offer", "booking__school")
    found += list(courses.order_by().annotate(classes=Max("groups")))
    return found


def _first_visits(first: date, last: date) -> int:
    firsts = _served().values("booking__school").order_by().annotate(first=Min("session__local_date"))
    return firsts.filter(first__range=(first, last)).count()


def _stops(day: date) -> list[Mapping[str, Any]]:
    """Return who was turned away, each school and date once, however often it tried."""
    notes = Entry.objects.filter(subject=fair_shares_of(day), action="fair_share_stopped")
    found = {}
    for data in notes.order_by("pk").values_list("data", flat=True):
        found[(data["why"], data["session"], data["school"])] = data
    return list(found.values())


def _offers(
    by_offer: Mapping[int, Counter[int]], stops: Iterable[Mapping[str, Any]], first: date, last: date
) -> list[OfferShares]:
    named = {stop["offer"] for stop in stops}
    has_rules = Q(max_classes_per_term__isnull=False) | Q(new_schools_first_days__gt=0)
    offers = Offer.objects.filter(has_rules | Q(pk__in=named), audience=Audience.SCHOOL).order_by(
        "title", "pk"
    )
    shares = {
        offer.pk: OfferShares(
            offer,
            schools=len(by_offer.get(offer.pk, ())),
            classes=by_offer[offer.pk].total() if offer.pk in by_offer else 0,
            most=max(by_offer[offer.pk].values()) if offer.pk in by_offer else 0,
        )
        for offer in offers
    }
    for stop in stops:
        if stop["offer"] not in shares:
            continue
        if stop["why"] == "school_cap":
            shares[stop["offer"]].stopped_by_cap += 1
        else:
            shares[stop["offer"]].stopped_by_days += 1
    rows = _served().filter(
        session__local_date__range=(first, last),
        session__offer__new_schools_first_days__gt=0,
        session__announced_at__isnull=False,
    )
    for offer_id, days, announced_at, started_at, groups in rows.values_list(
        "session__offer",
        "session__offer__new_schools_first_days",
        "session__announced_at",
        "booking__started_at",
        "groups",
    ).iterator():
        opens = local_date_of(announced_at) + timedelta(days=days)
        if local_date_of(started_at) < opens:
            shares[offer_id].in_the_days += groups
        else:
            shares[offer_id].after_the_days += groups
    return list(shares.values())


def _bands(classes: Iterable[int]) -> list[Band]:
    counts = list(classes)
    return [
        Band(low, high, sum(low <= count and (high is None or count <= high) for count in counts))
        for low, high in _BANDS
    ]


def _reserved(first: date, last: date, *, now: datetime) -> Reserved:
    notes: Counter[str] = Counter()
    entries = Entry.objects.filter(
        subject=fair_shares_of(first), action__in=["reserved_used", "reserved_released"]
    )
    for action, data in entries.values_list("action", "data"):
        notes[action] += data["places"]
    kept = (
        Session.objects.filter(local_date__range=(first, last), reserved__gt=0)
        .exclude(state__in=NOT_TAKING_PLACE)
        .aggregate(
            unused=Sum("reserved", filter=Q(starts_at__lte=now)),
            standing=Sum("reserved", filter=Q(starts_at__gt=now)),
        )
    )
    return Reserved(
        used=notes["reserved_used"],
        released=notes["reserved_released"],
        unused=kept["unused"] or 0,
        standing=kept["standing"] or 0,
    )
