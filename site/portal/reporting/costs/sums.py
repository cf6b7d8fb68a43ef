"""What a programme's sessions cost in a year, from agreed amounts and prices of single sessions (ADR 16).

`priced_sessions` says of each session what it costs and what that counts as. Sums and lists are both made of it, so that
a sum is always that of its list. Two statements give a year, whatever the data.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from booking.attendance.reading import REPORTED_OF
from booking.models import BookedSession
from charter.enums import ProviderKind
from charter.models import Agreement, Programme
from portal.reporting.costs.enums import Basis, Counts
from portal.reporting.costs.models import AgreedAmount, SessionPrice
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES, SessionState
from workshops.models import Session


@dataclass(frozen=True, slots=True)
class Share:
    """Some sessions, how many of them have a price, and the sum of those."""

    sessions: int = 0
    priced: int = 0
    amount: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.sessions + other.sessions, self.priced + other.priced, self.amount + other.amount)

    @property
    def missing(self) -> int:
        """How many have no price. Not the same as a price of 0."""
        return self.sessions - self.priced


NOTHING = Share()


@dataclass(frozen=True)
class ProviderCost:
    """What one provider's sessions and agreements cost in a year."""

    provider_id: int
    name: str
    held: Share = NOTHING
    booked: Share = NOTHING
    open: Share = NOTHING
    fixed_spent: int = 0
    fixed_ahead: int = 0

    @property
    def spent(self) -> int:
        """Sessions held, and fixed amounts whose day has come."""
        return self.held.amount + self.fixed_spent

    @property
    def committed(self) -> int:
        """Sessions booked, and fixed amounts still to come."""
        return self.booked.amount + self.fixed_ahead

    @property
    def counted(self) -> Share:
        """The sessions in both, and how many of them have a price."""
        return self.held + self.booked

    def __add__(self, other: "ProviderCost") -> "ProviderCost":
        return ProviderCost(
            self.provider_id,
            self.name,
            held=self.held + other.held,
            booked=self.booked + other.booked,
            open=self.open + other.open,
            fixed_spent=self.fixed_spent + other.fixed_spent,
            fixed_ahead=self.fixed_ahead + other.fixed_ahead,
        )


@dataclass(frozen=True)
class FixedAmount:
    """A fixed amount in force."""

    agreement: Agreement
    day: date
    amount_dkk: int
    is_due: bool
    """Whether its day has come."""


@dataclass(frozen=True)
class YearCost:
    """A programme's year against its frame."""

    programme: Programme
    year: int
    providers: tuple[ProviderCost, ...]
    total: ProviderCost
    fixed: tuple[FixedAmount, ...]

    @property
    def frame(self) -> int | None:
        """The yearly frame; None where none is set."""
        return self.programme.yearly_budget_dkk

    @property
    def used(self) -> int:
        """Spent and committed."""
        return self.total.spent + self.total.committed

    @property
    def left(self) -> int | None:
        """What is left of the frame; below 0 where it is exceeded."""
        return None if self.frame is None else self.frame - self.used

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that costs, or could."""
        return not self.providers


def days_of(year: int) -> tuple[date, date]:
    """Return first and last day of a calendar year: the frame is for one."""
    return date(year, 1, 1), date(year, 12, 31)


def years_of(programme: Programme, *, today: date) -> list[int]:
    """Return the calendar years of a programme that can be looked at, the newest first: until next year."""
    last = max(programme.first_day.year, min(programme.last_day.year, today.year + 1))
    return list(range(last, programme.first_day.year - 1, -1))


def priced_sessions(*, now: datetime) -> QuerySet[Any, Any]:
    """Return sessions that cost, or could, with their price.

    Annotated: `own_price` and `agreed_price` (kroner or None), `price` (what counts, or None where it is missing) and
    `counts` (a value of Counts).
    """
    booked = BookedSession.objects.filter(session=OuterRef("pk"), state__in=REPORTED_OF)
    own = SessionPrice.objects.filter(session=OuterRef("pk")).values("amount_dkk")[:1]
    upcoming = Q(state__in=UPCOMING_STATES)
    counts = Case(
        When(state=SessionState.HELD, then=Value(Counts.SPENT.value)),
        When(
            Q(state__in=(SessionState.NOT_HELD, SessionState.CANCELLED), own_price__isnull=False),
            then=Value(Counts.SPENT.value),
        ),
        When(upcoming & Exists(booked), then=Value(Counts.COMMITTED.value)),
        When(Q(state=SessionState.OPEN, booking_closes_at__gt=now), then=Value(Counts.OPEN.value)),
        output_field=CharField(),
    )
    found: QuerySet[Any, Any] = (
        Session.objects.exclude(state=SessionState.DRAFT)
        .annotate(
            own_price=Subquery(own, output_field=IntegerField()),
            agreed_price=Subquery(_agreed().values("amount_dkk")[:1], output_field=IntegerField()),
        )
        .annotate(price=Coalesce("own_price", "agreed_price"), counts=counts)
        .filter(counts__isnull=False)
        # A municipal team is not bought: without a price it lacks none.
        .exclude(provider__kind=ProviderKind.MUNICIPAL_TEAM, price__isnull=True)
    )
    return found


def sessions_in(
    *, programme_id: int, year: int, now: datetime, provider_id: int | None = None, counts: str = ""
) -> QuerySet[Any, Any]:
    """Return a programme's priced sessions of a year: of one provider, or counting as one thing, where asked."""
    found = priced_sessions(now=now).filter(programme=programme_id, local_date__range=days_of(year))
    if provider_id is not None:
        found = found.filter(provider=provider_id)
    return found.filter(counts=counts) if counts else found


def without_price(found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Keep the sessions in the sums that have no price; open dates are in none."""
    return found.filter(price__isnull=True, counts__in=(Counts.SPENT, Counts.COMMITTED))


def shares_of(found: QuerySet[Any, Any]) -> dict[Counts, Share]:
    """Return the sums of some sessions by what they count as: never mixed. One statement."""
    shares = {Counts(row["counts"]): share for row, share in _added_up(found, "counts")}
    return {kind: shares[kind] for kind in Counts if kind in shares}


def _added_up(found: QuerySet[Any, Any], *by: str) -> Iterator[tuple[dict[str, Any], Share]]:
    """Return the sums of priced sessions for each value of some fields."""
    rows = (
        found.order_by()
        .values(*by)
        .annotate(sessions=Count("pk"), priced=Count("price"), amount=Sum("price"))
    )
    for row in rows:
        yield row, Share(row["sessions"], row["priced"], row["amount"] or 0)


def year_cost(*, programme: Programme, year: int, now: datetime) -> YearCost:
    """Add up a programme's year by provider; two statements."""
    today = local_date_of(now)
    fixed = fixed_amounts(programme_id=programme.pk, year=year, today=today)
    found: dict[int, ProviderCost] = {}
    for row in [*_of_sessions(programme.pk, year, now), *_of_fixed(fixed)]:
        found[row.provider_id] = found[row.provider_id] + row if row.provider_id in found else row
    providers = tuple(sorted(found.values(), key=lambda row: (row.name.casefold(), row.provider_id)))
    return YearCost(
        programme=programme,
        year=year,
        providers=providers,
        total=sum(providers, ProviderCost(0, "")),
        fixed=fixed,
    )


def fixed_amounts(*, programme_id: int, year: int, today: date) -> tuple[FixedAmount, ...]:
    """Return the fixed amounts of a year that are in force: of one agreement and day the newest; 0 takes one away."""
    rows = (
        AgreedAmount.objects.filter(
            basis=Basis.ONCE,
            agreement__programme=programme_id,
            agreement__signed_on__isnull=False,
            first_day__range=days_of(year),
        )
        .select_related("agreement__provider")
        .order_by("first_day", "pk")
    )
    return tuple(
        FixedAmount(row.agreement, row.first_day, row.amount_dkk, is_due=row.first_day <= today)
        for row in in_force(rows)
        if row.amount_dkk
    )


def in_force(amounts: Iterable[AgreedAmount]) -> list[AgreedAmount]:
    """Leave out the amounts that a newer one of the same day has taken the place of; the rest in their order."""
    amounts = list(amounts)
    newest: dict[tuple[Any, ...], int] = {}
    for amount in amounts:
        key = (amount.agreement_id, amount.basis, amount.offer_id, amount.first_day)
        newest[key] = max(newest.get(key, 0), amount.pk)
    kept = set(newest.values())
    return [amount for amount in amounts if amount.pk in kept]


def agreement_of_day() -> QuerySet[Agreement]:
    """Return the signed agreement that runs on a session's day, seen from sessions: the one that began last."""
    found: QuerySet[Agreement] = (
        Agreement.objects.in_force_on(OuterRef("local_date"))
        .filter(provider=OuterRef("provider"), programme=OuterRef("programme"))
        .order_by("-first_day", "-pk")
    )
    return found


def _agreed() -> QuerySet[AgreedAmount]:
    """Return the prices agreed for a session, seen from sessions: the one in force first."""
    return AgreedAmount.objects.filter(
        Q(agreement__last_day=None) | Q(agreement__last_day__gte=OuterRef("local_date")),
        Q(offer=None) | Q(offer=OuterRef("offer")),
        basis=Basis.PER_SESSION,
        agreement__provider=OuterRef("provider"),
        agreement__programme=OuterRef("programme"),
        agreement__signed_on__isnull=False,
        agreement__first_day__lte=OuterRef("local_date"),
        first_day__lte=OuterRef("local_date"),
    ).order_by(Case(When(offer=None, then=Value(1)), default=Value(0)), "-first_day", "-pk")


def _of_sessions(programme_id: int, year: int, now: datetime) -> Iterable[ProviderCost]:
    found = sessions_in(programme_id=programme_id, year=year, now=now)
    for row, share in _added_up(found, "provider", "provider__name", "counts"):
        yield ProviderCost(
            row["provider"],
            row["provider__name"],
            held=share if row["counts"] == Counts.SPENT else NOTHING,
            booked=share if row["counts"] == Counts.COMMITTED else NOTHING,
            open=share if row["counts"] == Counts.OPEN else NOTHING,
        )


def _of_fixed(fixed: Iterable[FixedAmount]) -> Iterable[ProviderCost]:
    for amount in fixed:
        provider = amount.agreement.provider
        yield ProviderCost(
            provider.pk,
            provider.name,
            fixed_spent=amount.amount_dkk if amount.is_due else 0,
            fixed_ahead=0 if amount.is_due else amount.amount_dkk,
        )
