"""What publishing a version touches, before anything happens: providers, their dates and bookings (C6)."""

from dataclasses import dataclass
from datetime import date, datetime

from charter.models import CharterVersion, Provider
from charter.operations.versions import cut_by
from charter.stakes import NOTHING, Stake, open_from


@dataclass(frozen=True)
class Touched:
    """A provider whose cover would be cut, and what of it lies on or after the day."""

    provider: Provider
    stake: Stake


@dataclass(frozen=True)
class Effect:
    """All that a day touches."""

    providers: list[Touched]
    dates: int
    bookings: int


def effect_of(version: CharterVersion, day: date, *, now: datetime) -> Effect:
    """Return what a version that must be signed from a day would touch. Five queries at most."""
    ids = cut_by(day, version=version)
    stakes = open_from(ids, day=day, now=now)
    touched = [
        Touched(provider, stakes.get(provider.pk, NOTHING))
        for provider in Provider.objects.filter(pk__in=ids).order_by("name")
    ]
    return Effect(
        providers=touched,
        dates=sum(each.stake.dates for each in touched),
        bookings=sum(each.stake.bookings for each in touched),
    )
