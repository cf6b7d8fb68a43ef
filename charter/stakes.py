"""What waits for a signature elsewhere: dates that the gate shuts out, and who has booked them.

The charter package knows no sessions and no bookings. A higher package says in `AppConfig.ready()` where they are
found; until then there are none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Stake:
    """How much of one provider is at stake."""

    dates: int = 0
    """Announced dates ahead."""

    bookings: int = 0
    """Bookings that have or hold a place on them."""

    first_day: date | None = None
    """The soonest of the dates."""


NOTHING = Stake()


@dataclass(frozen=True)
class WaitingDate:
    """One date that waits for the signature."""

    starts_at: datetime
    title: str
    title_en: str
    bookings: int


class StakesSource(Protocol):
    """What a higher package knows of dates. Each read costs a fixed number of queries."""

    def shut_out(self, provider_ids: Collection[int], now: datetime) -> dict[int, Stake]:
        """Return by provider what lies ahead and does not pass the gate now. Providers without any are left out."""

    def open_from(self, provider_ids: Collection[int], day: date, now: datetime) -> dict[int, Stake]:
        """Return by provider what lies on or after a day and passes the gate now: what an end on it would cut."""

    def waiting_dates(self, provider_id: int, now: datetime, limit: int) -> Sequence[WaitingDate]:
        """Return the soonest of a provider's dates that do not pass the gate now."""


class _Nothing:
    def shut_out(self, provider_ids: Collection[int], now: datetime) -> dict[int, Stake]:
        return {}

    def open_from(self, provider_ids: Collection[int], day: date, now: datetime) -> dict[int, Stake]:
        return {}

    def waiting_dates(self, provider_id: int, now: datetime, limit: int) -> Sequence[WaitingDate]:
        return []


_source: StakesSource = _Nothing()


def set_source(source: StakesSource) -> StakesSource:
    """Say where dates and bookings are found; return the source before (tests put it back)."""
    global _source
    before, _source = _source, source
    return before


def shut_out(provider_ids: Collection[int], *, now: datetime) -> dict[int, Stake]:
    """Return by provider what lies ahead and does not pass the gate now."""
    return _source.shut_out(provider_ids, now) if provider_ids else {}


def open_from(provider_ids: Collection[int], *, day: date, now: datetime) -> dict[int, Stake]:
    """Return by provider what lies on or after a day and passes the gate now."""
    return _source.open_from(provider_ids, day, now) if provider_ids else {}


def waiting_dates(provider_id: int, *, now: datetime, limit: int) -> Sequence[WaitingDate]:
    """Return the soonest of a provider's dates that wait for the charter."""
    return _source.waiting_dates(provider_id, now, limit)
