"""Who may plan and write for a provider (rule 12; ADR 13)."""

from typing import Any

from charter.enums import MemberRole
from charter.permissions import user_is_member


def user_can_plan_for(user: Any, provider_id: int) -> bool:
    """Return whether a user may plan a provider's dates and write its offers: its coordinators may (L3, L5)."""
    return user_is_member(user, provider_id, roles=[MemberRole.COORDINATOR])
