"""The charter gate (rule 2) as conditions that any queryset can carry: no extra query, no job has to run."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from charter.enums import ProviderKind, ProviderState

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
"""Not the active time zone: a user's own setting must not move midnight for the gate."""


def local_day(now: datetime) -> date:
    """Return the date it is in Copenhagen at an instant: the `today` of the gate."""
    return now.astimezone(COPENHAGEN).date()


def covered(provider: str, day: date | str) -> Exists:
    """Return a condition: the provider named by the field path is covered on a day.

    Args:
        provider: path to the provider's id in the outer query, e.g. "provider_id".
        day: a date, or the path of a date column in the outer query, e.g. "local_date".
    """
    from charter.models import Signature

    signatures = Signature.objects.filter(provider_id=OuterRef(provider))
    return Exists(signatures.in_force_on(OuterRef(day) if isinstance(day, str) else day))


def open_gate(*, today: date, provider: str = "provider", day: str = "local_date") -> Q:
    """Return the gate: active provider, and municipal or covered both today and on the session's local date.

    Args:
        today: the current date in Europe/Copenhagen (`local_day(now)`).
        provider: path to the provider in the outer query.
        day: path to the session's local date in the outer query.
    Source: DESIGN.md rule 2.
    """
    from charter.models import Signature

    # Who is covered today is the same for every row: a set that the database finds once, not once a row.
    covered_today = Signature.objects.in_force_on(today).values("provider_id")
    charter = Q(**{f"{provider}_id__in": covered_today}) & Q(covered(f"{provider}_id", day))
    return Q(**{f"{provider}__state": ProviderState.ACTIVE}) & (
        Q(**{f"{provider}__kind": ProviderKind.MUNICIPAL_TEAM}) | charter
    )


def shows_badge(*, today: date, provider: str = "provider") -> Q:
    """Return a condition: the provider is on the public list of those who have signed (C16)."""
    return (
        Q(covered(f"{provider}_id", today))
        & Q(**{f"{provider}__state": ProviderState.ACTIVE})
        & ~Q(**{f"{provider}__kind": ProviderKind.MUNICIPAL_TEAM})
    )


def passes_on(provider_id: int, *, today: date, day: date) -> bool:
    """Return whether a session of a provider on a day would pass the gate: asked before there is one.

    Source: DESIGN.md rule 2; the same condition as `open_gate`.
    """
    from charter.models import Provider

    charter = Q(covered("pk", today)) & Q(covered("pk", day))
    passes = Q(kind=ProviderKind.MUNICIPAL_TEAM) | charter
    return Provider.objects.filter(passes, pk=provider_id, state=ProviderState.ACTIVE).exists()
