"""Who may do what with providers and their charter (rule 12)."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from charter.enums import MemberRole
from charter.models import Provider, ProviderMember


def user_is_member(user: Any, provider_id: int, roles: Iterable[str] | None = None) -> bool:
    """Return whether a user acts for a provider, in one of `roles` where given."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    memberships = ProviderMember.objects.filter(user=user, provider=provider_id)
    if roles is not None:
        memberships = memberships.filter(role__in=list(roles))
    return memberships.exists()


def acts_for(user_id: int | None, provider_id: int) -> bool:
    """Return whether a user is a member of an organisation or the contact it has given: then they decide nothing
    about it, and what staff note about it is not theirs to read (DESIGN.md 5, People)."""
    if user_id is None:
        return False
    if ProviderMember.objects.filter(provider=provider_id, user=user_id).exists():
        return True
    email = get_user_model().objects.filter(pk=user_id).values_list("email", flat=True).first()
    return bool(email) and Provider.objects.filter(pk=provider_id, contact_email__iexact=email).exists()


def user_can_sign(user: Any, provider_id: int) -> bool:
    """Return whether a user may sign the charter for a provider: a member with the role signatory."""
    return user_is_member(user, provider_id, roles=[MemberRole.SIGNATORY])


def user_can_read_receipt(user: Any, provider_id: int) -> bool:
    """Return whether a user may have a receipt: the provider's members, and staff who may see signatures."""
    return user_is_member(user, provider_id) or bool(user.has_perm("charter.view_signature"))


def user_can_see_board(user: Any) -> bool:
    """Return whether a user may see where every provider stands with the charter: staff who may see signatures."""
    return bool(user.has_perm("charter.view_signature") or user.has_perm("charter.change_signature"))


def user_can_remind(user: Any) -> bool:
    """Return whether a user may ask a provider to sign: who may see the board and change providers."""
    return user_can_see_board(user) and bool(user.has_perm("charter.change_provider"))


def landing_path(user: Any) -> str | None:
    """Return where a provider's member lands after log-in; None for everybody else."""
    return reverse("provider_index") if ProviderMember.objects.filter(user=user).exists() else None
