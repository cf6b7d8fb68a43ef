"""Coverage of providers for display: one query for one provider or for a list of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from charter.enums import CoverageState
from charter.models import Provider, Signature
from charter.rules import Coverage, SignedSpan, coverage_from
from core.prepared import prepared

__all__ = ["Coverage", "coverage_by", "coverage_of", "coverages"]


def coverage_of(provider: Provider, *, today: date) -> Coverage:
    """Return a provider's coverage on a day (one query; none for a municipal team)."""
    return coverages([provider], today=today)[provider.pk]


def coverage_by(provider: Provider, signatures: Iterable[Signature], *, today: date) -> Coverage:
    """Return a provider's coverage from its signatures, read `with_facts()` for something else already."""
    if not provider.needs_charter:
        return Coverage(CoverageState.NOT_REQUIRED)
    spans = [span_of(signature) for signature in signatures]
    return coverage_from(spans, today=today, mode=settings.PORTAL_CHARTER_MODE)


def coverages(providers: Iterable[Provider], *, today: date) -> dict[int, Coverage]:
    """Return the coverage of each provider by its pk, in one query."""
    providers = list(providers)
    signatures: dict[int, list[Signature]] = defaultdict(list)
    needing = [provider.pk for provider in providers if provider.needs_charter]
    if needing:
        for signature in _signatures(provider_ids=needing):
            signatures[signature.provider_id].append(signature)
    return {
        provider.pk: coverage_by(provider, signatures[provider.pk], today=today) for provider in providers
    }


@prepared
def _signatures(*, provider_ids: list[int]) -> QuerySet[Signature]:
    return Signature.objects.filter(provider_id__in=provider_ids).with_facts()


def span_of(signature: Any) -> SignedSpan:
    """Return a signature (read `with_facts()`) as values for the rules."""
    return SignedSpan(
        covers_from=signature.covers_from,
        covers_until=signature.covers_until,
        accepted_until=signature.version.accepted_until,
        withdrawn_from=signature.withdrawn_from,
        next_signing_opens_on=signature.next_signing_opens_on,
        version_number=signature.version.number,
        signed_at=signature.signed_at,
        signature_id=signature.pk,
    )
