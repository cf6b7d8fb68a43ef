"""Who acts for a provider, and in which role (L1)."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from charter import notices
from charter.errors import AlreadyMemberError
from charter.gate import local_day
from charter.models import Provider, ProviderMember
from core.audit.log import Actor, record


def add_member(
    *,
    provider_id: int,
    email: str,
    role: str,
    actor: Actor,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
) -> ProviderMember:
    """Give a person a role for a provider, by e-mail address; an unknown one becomes a user who logs in by code.

    Raises:
        AlreadyMemberError: the person has this role.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        users = get_user_model().objects
        address = email.strip().lower()
        user = users.filter(email=address).first()
        if user is None:
            user = users.create_user(address, first_name=first_name, last_name=last_name)
        member, is_new = ProviderMember.objects.get_or_create(
            provider=provider, user=user, role=role, defaults={"since": local_day(now)}
        )
        if not is_new:
            raise AlreadyMemberError
        record(
            "provider.member_added",
            f"provider:{provider.pk}",
            actor=actor,
            now=now,
            provider_id=provider.pk,
            user=user.pk,
            role=str(role),
        )
        notices.tell_new_member(member, now=now)
    return member


def remove_member(*, member_id: int, actor: Actor, now: datetime) -> None:
    """Take a role away; doing it again changes nothing. The user stays."""
    with transaction.atomic():
        member = ProviderMember.objects.select_for_update().filter(pk=member_id).first()
        if member is None:
            return
        record(
            "provider.member_removed",
            f"provider:{member.provider_id}",
            actor=actor,
            now=now,
            provider_id=member.provider_id,
            user=member.user_id,
            role=member.role,
        )
        member.delete()
