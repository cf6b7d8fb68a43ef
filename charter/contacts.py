"""Who at a provider is written to."""

from typing import Any

from django.db.models import QuerySet

from charter.enums import MemberRole
from charter.models import Provider, ProviderMember
from core.prepared import prepared


def provider_addresses(provider: Provider) -> list[tuple[str, str]]:
    """Return (address, language) of those at a provider who are told of bookings and offers.

    Its coordinators; without any, its contact address.
    """
    found: list[tuple[str, str]] = _coordinators(provider_id=provider.pk)
    if found:
        return found
    return [(provider.contact_email, "da")] if provider.contact_email else []


@prepared
def _coordinators(*, provider_id: int) -> QuerySet[Any, tuple[str, str]]:
    coordinators = ProviderMember.objects.filter(
        provider_id=provider_id, role=MemberRole.COORDINATOR, user__is_active=True
    )
    return coordinators.values_list("user__email", "user__language").order_by("user__email")
