"""Who acts for a provider, and in which role: added, invited, changed, removed (L1)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from charter import notices
from charter.enums import MemberRole
from charter.errors import AlreadyMemberError
from charter.gate import local_day
from charter.models import MemberInvitation, Provider, ProviderMember
from charter.organisation import notices as organisation_notices
from charter.organisation.enums import InvitationState
from charter.organisation.errors import (
    AlreadyInvitedError,
    InvitationExpiredError,
    InvitationUsedError,
    LastOfRoleError,
    NotAllowedError,
    OtherAddressError,
    OwnOrganisationError,
    ProviderClosedError,
)
from charter.organisation.rules import (
    CLOSED_STATES,
    INVITATION_KEPT,
    MEMBER_INVITATION_VALID,
    may_manage_members,
    needs_confirmation,
    roles_left_empty,
)
from charter.organisation.work_items import SIGNATORY_MISSING, SIGNATORY_PROPOSED, proposal_key
from core.audit.log import Actor, record
from core.worklist.operations import close_item_by_key, close_items, open_item


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

    The administration does this; members invite (`invite_member`), so that the person says yes first.

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
        member = join(provider, user, role, actor=actor, now=now)
        notices.tell_new_member(member, now=now)
    return member


def join(provider: Provider, user: Any, role: str, *, actor: Actor, now: datetime) -> ProviderMember:
    """Make a user a member of a locked provider; pending invitations to the same role are done with.

    Raises:
        AlreadyMemberError: the person has this role.
    """
    member, is_new = ProviderMember.objects.get_or_create(
        provider=provider, user=user, role=role, defaults={"since": local_day(now)}
    )
    if not is_new:
        raise AlreadyMemberError
    for invitation in MemberInvitation.objects.pending().filter(
        provider=provider, email=user.email, role=role
    ):
        _answer(invitation, InvitationState.ACCEPTED, actor=actor, now=now)
    if role == MemberRole.SIGNATORY:
        close_items(
            kind=SIGNATORY_MISSING,
            subject=f"provider:{provider.pk}",
            resolution="added",
            actor=actor,
            now=now,
        )
    record(
        "provider.member_added",
        f"provider:{provider.pk}",
        actor=actor,
        now=now,
        provider_id=provider.pk,
        user=user.pk,
        role=str(role),
    )
    return member


def invite_member(
    *,
    provider_id: int,
    email: str,
    role: str,
    actor: Actor,
    now: datetime,
    language: str = "da",
    by_staff: bool = False,
) -> MemberInvitation:
    """Ask somebody by e-mail to act for a provider in a role.

    A coordinator's invitation as signatory is only a proposal until a signatory or the administration confirms it:
    whoever can make a signatory could otherwise sign the charter through a second address of their own.

    Raises:
        NotAllowedError: a member who is neither coordinator nor signatory.
        ProviderClosedError: the cooperation has ended.
        AlreadyMemberError, AlreadyInvitedError: the address has that role, or has been invited to it.
    """
    with transaction.atomic():
        provider = _open_provider(provider_id)
        own = _roles_of(provider.pk, actor)
        if not by_staff and not may_manage_members(own):
            raise NotAllowedError
        address = email.strip().lower()
        if ProviderMember.objects.filter(provider=provider, user__email=address, role=role).exists():
            raise AlreadyMemberError
        is_proposal = needs_confirmation(role=role, is_staff=by_staff, own_roles=own)
        try:
            with transaction.atomic():
                invitation = MemberInvitation.objects.create(
                    provider=provider,
                    email=address,
                    role=role,
                    state=InvitationState.PROPOSED if is_proposal else InvitationState.SENT,
                    language=language,
                    invited_at=now,
                    invited_by_id=actor.user_id,
                    expires_at=now + MEMBER_INVITATION_VALID,
                    delete_after=local_day(now + MEMBER_INVITATION_VALID + INVITATION_KEPT),
                )
        except IntegrityError as error:
            raise AlreadyInvitedError from error
        _record("provider.member_invited", invitation, actor=actor, now=now, proposed=is_proposal)
        if is_proposal:
            open_item(
                key=proposal_key(invitation.pk),
                kind=SIGNATORY_PROPOSED,
                subject=f"provider:{provider.pk}",
                provider_id=provider.pk,
                data={"name": provider.name},
                now=now,
            )
            organisation_notices.tell_of_proposal(invitation, now=now)
        else:
            _send(invitation, now=now)
    return invitation


def confirm_invitation(
    *, invitation_id: int, actor: Actor, now: datetime, by_staff: bool = False
) -> MemberInvitation:
    """Let a proposed signatory be invited. Who proposed it cannot confirm it.

    Raises:
        InvitationUsedError: it does not await a confirmation.
        NotAllowedError: the person is not a signatory.
        OwnOrganisationError: a member of staff who proposed it themselves, or is the proposed one.
    """
    with transaction.atomic():
        invitation = _locked(invitation_id)
        if invitation.state != InvitationState.PROPOSED:
            raise InvitationUsedError
        own = _roles_of(invitation.provider_id, actor)
        if not by_staff and MemberRole.SIGNATORY not in own:
            raise NotAllowedError
        if actor.user_id is not None and (
            invitation.invited_by_id == actor.user_id or _email_of(actor.user_id) == invitation.email
        ):
            raise OwnOrganisationError
        invitation.state = InvitationState.SENT
        invitation.confirmed_by_id = actor.user_id
        _prolong(invitation, now=now)
        close_item_by_key(key=proposal_key(invitation.pk), resolution="confirmed", actor=actor, now=now)
        _record("provider.invitation_confirmed", invitation, actor=actor, now=now)
        member = _member_with(invitation.email, invitation.provider_id)
        if member is None:
            _send(invitation, now=now)
        else:
            # The person has said yes to acting for the provider already: a role more needs no new link.
            added = join(invitation.provider, member.user, invitation.role, actor=actor, now=now)
            notices.tell_new_member(added, now=now)
            invitation.refresh_from_db()
    return invitation


def resend_invitation(
    *, invitation_id: int, actor: Actor, now: datetime, by_staff: bool = False
) -> MemberInvitation:
    """Send an invitation again with a new link and new time; the old link stops working.

    Raises:
        InvitationUsedError: it has been answered or withdrawn, or still awaits a confirmation.
        NotAllowedError, ProviderClosedError
    """
    with transaction.atomic():
        invitation = _locked(invitation_id)
        _require_manager(invitation.provider_id, actor, by_staff=by_staff)
        if invitation.state != InvitationState.SENT:
            raise InvitationUsedError
        if invitation.provider.state in CLOSED_STATES:
            raise ProviderClosedError
        invitation.link_generation += 1
        _prolong(invitation, now=now)
        _record("provider.invitation_resent", invitation, actor=actor, now=now)
        _send(invitation, now=now)
    return invitation


def revoke_invitation(
    *, invitation_id: int, actor: Actor, now: datetime, by_staff: bool = False
) -> MemberInvitation:
    """Withdraw an invitation or a proposal; its link stops working. Twice changes nothing.

    Raises:
        InvitationUsedError: the person has said yes already.
        NotAllowedError
    """
    with transaction.atomic():
        invitation = _locked(invitation_id)
        _require_manager(invitation.provider_id, actor, by_staff=by_staff)
        if invitation.state == InvitationState.ACCEPTED:
            raise InvitationUsedError
        if invitation.state != InvitationState.REVOKED:
            _answer(invitation, InvitationState.REVOKED, actor=actor, now=now)
            _record("provider.invitation_revoked", invitation, actor=actor, now=now)
    return invitation


def accept_invitation(*, invitation_id: int, user_id: int, actor: Actor, now: datetime) -> ProviderMember:
    """Take it that an invited person says yes: logged in with the invited address.

    Raises:
        OtherAddressError: the address logged in with is another one.
        InvitationUsedError: it was withdrawn, or never confirmed.
        InvitationExpiredError: its time is over.
        ProviderClosedError: the cooperation has ended meanwhile.
    """
    with transaction.atomic():
        invitation = _locked(invitation_id)
        user = get_user_model().objects.get(pk=user_id)
        if user.email != invitation.email:
            raise OtherAddressError
        if invitation.state == InvitationState.ACCEPTED:
            return ProviderMember.objects.get(
                provider=invitation.provider_id, user=user, role=invitation.role
            )
        if invitation.state != InvitationState.SENT:
            raise InvitationUsedError
        if now >= invitation.expires_at:
            raise InvitationExpiredError
        if invitation.provider.state in CLOSED_STATES:
            raise ProviderClosedError
        return join(invitation.provider, user, invitation.role, actor=actor, now=now)


def change_roles(
    *,
    provider_id: int,
    user_id: int,
    roles: Collection[str],
    actor: Actor,
    now: datetime,
    by_staff: bool = False,
    knows_last: bool = False,
) -> list[str]:
    """Give a member exactly these roles; none removes them. Returns the roles that only were proposed.

    The person is told of what was taken away and what was added; when they take it themselves, their colleagues
    are told, so that nobody disappears silently.

    Args:
        knows_last: whoever does it has been told that nobody would be left in a role that is needed.
    Raises:
        NotAllowedError: neither coordinator nor signatory, and not about oneself; or roles added to oneself.
        LastOfRoleError: nobody would be left as signatory or coordinator, and `knows_last` is not set.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        members = ProviderMember.objects.filter(provider=provider).select_related("user")
        rows = [member for member in members if member.user_id == user_id]
        if not rows:
            return []
        user, held = rows[0].user, {member.role for member in rows}
        own, is_self = _roles_of(provider.pk, actor), actor.user_id == user_id
        added = [role for role in MemberRole.values if role in roles and role not in held]
        taken = [role for role in MemberRole.values if role in held and role not in roles]
        if not by_staff and not (may_manage_members(own) or (is_self and not added)):
            raise NotAllowedError
        others = {member.role for member in members if member.user_id != user_id and member.user.is_active}
        empty = roles_left_empty(taken=taken, held_by_others=others)
        if empty and not knows_last:
            raise LastOfRoleError
        for member in rows:
            if member.role in taken:
                _take_away(member, actor=actor, now=now)
        if taken:
            organisation_notices.tell_of_removal(
                provider, user, taken, by_self=is_self, now=now, actor_id=actor.user_id
            )
        proposed = []
        for role in added:
            if needs_confirmation(role=role, is_staff=by_staff, own_roles=own):
                invite_member(
                    provider_id=provider.pk,
                    email=user.email,
                    role=role,
                    actor=actor,
                    now=now,
                    language=user.language,
                )
                proposed.append(role)
            else:
                notices.tell_new_member(join(provider, user, role, actor=actor, now=now), now=now)
        if MemberRole.SIGNATORY in empty and provider.needs_charter and provider.state not in CLOSED_STATES:
            open_item(
                key=f"{SIGNATORY_MISSING}:{provider.pk}:{now:%Y%m%dT%H%M%S}",
                kind=SIGNATORY_MISSING,
                subject=f"provider:{provider.pk}",
                provider_id=provider.pk,
                data={"name": provider.name},
                now=now,
            )
    return proposed


def remove_member(*, member_id: int, actor: Actor, now: datetime, knows_last: bool = True) -> None:
    """Take one role away, by the administration; doing it again changes nothing. The user stays, and is told.

    Raises:
        LastOfRoleError: nobody would be left in the role, and `knows_last` is not set.
    """
    member = ProviderMember.objects.filter(pk=member_id).first()
    if member is None:
        return
    kept = set(
        ProviderMember.objects.filter(provider=member.provider_id, user=member.user_id)
        .exclude(pk=member.pk)
        .values_list("role", flat=True)
    )
    change_roles(
        provider_id=member.provider_id,
        user_id=member.user_id,
        roles=kept,
        actor=actor,
        now=now,
        by_staff=True,
        knows_last=knows_last,
    )


def delete_invitations(now: datetime) -> int:
    """Delete invitations a while after they were answered, withdrawn or ran out. Returns how many."""
    deleted, _per_model = old_member_invitations(now).delete()
    return deleted


def old_member_invitations(now: datetime) -> QuerySet[MemberInvitation]:
    """Return the invitations that were answered, withdrawn or ran out a while ago."""
    rows: QuerySet[MemberInvitation] = MemberInvitation.objects.filter(delete_after__lt=local_day(now))
    return rows


def _take_away(member: ProviderMember, *, actor: Actor, now: datetime) -> None:
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


def _open_provider(provider_id: int) -> Provider:
    provider = Provider.objects.locked().get(pk=provider_id)
    if provider.state in CLOSED_STATES:
        raise ProviderClosedError
    return provider


def _locked(invitation_id: int) -> MemberInvitation:
    """Lock provider, then invitation: the one order of locks."""
    provider_id = MemberInvitation.objects.values_list("provider_id", flat=True).get(pk=invitation_id)
    provider = Provider.objects.locked().get(pk=provider_id)
    invitation = MemberInvitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    invitation.provider = provider
    return invitation


def _require_manager(provider_id: int, actor: Actor, *, by_staff: bool) -> None:
    if not by_staff and not may_manage_members(_roles_of(provider_id, actor)):
        raise NotAllowedError


def _roles_of(provider_id: int, actor: Actor) -> set[str]:
    if actor.user_id is None:
        return set()
    rows = ProviderMember.objects.filter(provider=provider_id, user=actor.user_id)
    return set(rows.values_list("role", flat=True))


def _email_of(user_id: int) -> str:
    email: str = get_user_model().objects.values_list("email", flat=True).get(pk=user_id)
    return email


def _member_with(email: str, provider_id: int) -> ProviderMember | None:
    rows = ProviderMember.objects.filter(provider=provider_id, user__email=email)
    return rows.select_related("user").first()


def _prolong(invitation: MemberInvitation, *, now: datetime) -> None:
    invitation.expires_at = now + MEMBER_INVITATION_VALID
    invitation.delete_after = local_day(invitation.expires_at + INVITATION_KEPT)
    invitation.save()


def _send(invitation: MemberInvitation, *, now: datetime) -> None:
    invitation.sent_at = now
    invitation.save(update_fields=["sent_at"])
    organisation_notices.invite(invitation, now=now)


def _answer(invitation: MemberInvitation, state: InvitationState, *, actor: Actor, now: datetime) -> None:
    invitation.state = state
    invitation.answered_at = now
    invitation.delete_after = local_day(now + INVITATION_KEPT)
    invitation.save(update_fields=["state", "answered_at", "delete_after"])
    close_item_by_key(key=proposal_key(invitation.pk), resolution=state.value, actor=actor, now=now)


def _record(action: str, invitation: MemberInvitation, *, actor: Actor, now: datetime, **facts: Any) -> None:
    record(
        action,
        f"provider:{invitation.provider_id}",
        actor=actor,
        now=now,
        provider_id=invitation.provider_id,
        invitation=invitation.pk,
        role=invitation.role,
        **facts,
    )
