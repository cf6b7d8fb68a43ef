"""«Bliv udbyder»: an organisation asks to become a provider; proven, then accepted or turned down (DESIGN.md 6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string

from charter.enums import MemberRole, Transition
from charter.errors import ReasonMissingError
from charter.gate import local_day
from charter.models import Provider, ProviderApplication, ProviderInvitation, ProviderMember
from charter.operations.members import add_member, join
from charter.operations.providers import change_provider_state, create_provider
from charter.organisation import notices
from charter.organisation.enums import ApplicationState
from charter.organisation.errors import (
    ApplicationAnsweredError,
    ApplicationExpiredError,
    InvitationExpiredError,
    InvitationUsedError,
    OwnApplicationError,
)
from charter.organisation.matches import is_own_application
from charter.organisation.rules import (
    APPLICATION_KEPT,
    INVITATION_KEPT,
    PROVE_WITHIN,
    PROVIDER_INVITATION_VALID,
)
from charter.organisation.work_items import APPLICATION, application_subject
from charter.permissions import acts_for
from core.audit.log import Actor, record
from core.worklist.operations import close_items, open_item

_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class ApplicationValues:
    """What an organisation tells about itself."""

    name: str
    kind: str
    cvr: str
    p_number: str
    website: str
    presentation: str
    contact_name: str
    contact_email: str
    contact_phone: str
    may_sign: bool
    language: str = "da"


def send_application(
    *,
    values: ApplicationValues,
    submission_key: UUID,
    now: datetime,
    actor: Actor,
    invitation_id: int | None = None,
) -> ProviderApplication:
    """Note an application. It counts once the address is proven by the link in the mail.

    Who comes by the link of an invitation and keeps its address has proven it: the link was sent there. The same
    form sent twice is one application. Whether the organisation is known here changes nothing in the answer.

    Raises:
        InvitationUsedError, InvitationExpiredError: the invitation no longer works.
    """
    with transaction.atomic():
        known = ProviderApplication.objects.filter(submission_key=submission_key).first()
        if known is not None:
            return known
        invitation = _usable(invitation_id, now=now) if invitation_id is not None else None
        address = values.contact_email.strip().lower()
        # Not `create`: of two forms at once the other may have been first.
        application, is_new = ProviderApplication.objects.get_or_create(
            submission_key=submission_key,
            defaults={
                "state": ApplicationState.UNPROVEN,
                "reference": f"UD-{get_random_string(8, _ALPHABET)}",
                "name": values.name.strip(),
                "kind": values.kind,
                "cvr": values.cvr or None,
                "p_number": values.p_number,
                "website": values.website,
                "presentation": values.presentation.strip(),
                "contact_name": values.contact_name.strip(),
                "contact_email": address,
                "contact_phone": values.contact_phone.strip(),
                "may_sign": values.may_sign,
                "language": values.language,
                "invitation": invitation,
                "created_at": now,
                "delete_after": local_day(now + PROVE_WITHIN),
            },
        )
        if not is_new:
            return application
        if invitation is not None:
            invitation.used_at = now
            invitation.delete_after = local_day(now + INVITATION_KEPT)
            invitation.save(update_fields=["used_at", "delete_after"])
        if invitation is not None and invitation.email == address:
            return prove_application(application_id=application.pk, actor=actor, now=now)
        notices.ask_to_prove(application, now=now)
    return application


def prove_application(*, application_id: int, actor: Actor, now: datetime) -> ProviderApplication:
    """Take it that the address is right: its link was used. It becomes a task. Twice changes nothing.

    It takes the place of one that the same address has waiting for the same organisation.

    Raises:
        ApplicationExpiredError: the time to confirm is over.
    """
    with transaction.atomic():
        application = ProviderApplication.objects.select_for_update().get(pk=application_id)
        if application.state != ApplicationState.UNPROVEN:
            return application
        if now >= application.created_at + PROVE_WITHIN:
            raise ApplicationExpiredError
        same = ProviderApplication.objects.waiting().filter(
            contact_email=application.contact_email, name__iexact=application.name
        )
        for older in same:
            close_items(
                kind=APPLICATION,
                subject=application_subject(older),
                resolution="replaced",
                actor=actor,
                now=now,
            )
            older.delete()
        application.state = ApplicationState.WAITING
        application.proven_at = now
        application.delete_after = local_day(now + APPLICATION_KEPT)
        application.save(update_fields=["state", "proven_at", "delete_after"])
        open_item(
            key=f"{APPLICATION}:{application.pk}",
            kind=APPLICATION,
            subject=application_subject(application),
            data={"reference": application.reference},
            now=now,
        )
        notices.acknowledge(application, now=now)
        record(
            "application.proven",
            application_subject(application),
            actor=actor,
            now=now,
            reference=application.reference,
        )
    return application


def accept_application(
    *, application_id: int, name: str, kind: str, may_sign: bool, actor: Actor, now: datetime
) -> Provider:
    """Make the organisation a provider, its applicant coordinator, and open the vetting.

    Args:
        name, kind: as the administration will have them.
        may_sign: the applicant becomes signatory too.
    Raises:
        ApplicationAnsweredError: it does not await an answer.
        OwnApplicationError: it is the caseworker's own.
        ProviderNameTakenError: a provider has the name or the CVR number (`attach_application` instead).
    """
    with transaction.atomic():
        application = _waiting(application_id, actor)
        provider = create_provider(
            name=name.strip(),
            kind=kind,
            cvr=application.cvr,
            actor=actor,
            now=now,
            p_number=application.p_number,
            website=application.website,
            presentation=application.presentation,
            contact_name=application.contact_name,
            contact_email=application.contact_email,
            contact_phone=application.contact_phone,
        )
        user = _user_of(application)
        for role in [MemberRole.COORDINATOR, *([MemberRole.SIGNATORY] if may_sign else [])]:
            join(provider, user, role, actor=actor, now=now)
        change_provider_state(
            provider_id=provider.pk, transition=Transition.START_VETTING, actor=actor, now=now
        )
        _answer(application, ApplicationState.ACCEPTED, provider=provider, actor=actor, now=now)
        notices.welcome(application, now=now)
    return provider


def attach_application(
    *, application_id: int, provider_id: int, actor: Actor, now: datetime
) -> ProviderApplication:
    """Answer an application from an organisation that is a provider already: the applicant becomes coordinator.

    Never signatory: a signatory or the administration confirms that by itself.

    Raises:
        ApplicationAnsweredError
        OwnApplicationError: it is the caseworker's own, or they act for the provider.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        application = _waiting(application_id, actor)
        if acts_for(actor.user_id, provider.pk):
            raise OwnApplicationError
        is_member = ProviderMember.objects.filter(
            provider=provider, user__email=application.contact_email, role=MemberRole.COORDINATOR
        ).exists()
        if not is_member:
            first_name, last_name = _names(application.contact_name)
            add_member(
                provider_id=provider.pk,
                email=application.contact_email,
                role=MemberRole.COORDINATOR,
                first_name=first_name,
                last_name=last_name,
                actor=actor,
                now=now,
            )
        _answer(application, ApplicationState.ACCEPTED, provider=provider, actor=actor, now=now)
    return application


def decline_application(
    *, application_id: int, reason: str, actor: Actor, now: datetime
) -> ProviderApplication:
    """Turn an application down, with a reason that the applicant gets by mail.

    Raises:
        ApplicationAnsweredError, OwnApplicationError, ReasonMissingError
    """
    with transaction.atomic():
        application = _waiting(application_id, actor)
        if not reason.strip():
            raise ReasonMissingError
        application.reason = reason.strip()
        _answer(application, ApplicationState.DECLINED, provider=None, actor=actor, now=now)
        notices.tell_of_refusal(application, now=now)
    return application


def invite_provider(
    *,
    organisation: str,
    kind: str,
    email: str,
    actor: Actor,
    now: datetime,
    cvr: str = "",
    contact_name: str = "",
    language: str = "da",
) -> ProviderInvitation:
    """Invite an organisation to apply, by a personal link that fills in what we know."""
    with transaction.atomic():
        invitation = ProviderInvitation.objects.create(
            organisation=organisation.strip(),
            kind=kind,
            cvr=cvr,
            contact_name=contact_name.strip(),
            email=email.strip().lower(),
            language=language,
            created_at=now,
            created_by_id=actor.user_id,
            expires_at=now + PROVIDER_INVITATION_VALID,
            delete_after=local_day(now + PROVIDER_INVITATION_VALID + INVITATION_KEPT),
        )
        notices.invite_organisation(invitation, now=now)
        record("provider.invited", f"providerinvitation:{invitation.pk}", actor=actor, now=now)
    return invitation


def resend_provider_invitation(*, invitation_id: int, actor: Actor, now: datetime) -> ProviderInvitation:
    """Send an invitation again with a new link; the old one stops working.

    Raises:
        InvitationUsedError: it has been used or withdrawn.
    """
    with transaction.atomic():
        invitation = ProviderInvitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.used_at is not None or invitation.revoked_at is not None:
            raise InvitationUsedError
        invitation.link_generation += 1
        invitation.expires_at = now + PROVIDER_INVITATION_VALID
        invitation.delete_after = local_day(invitation.expires_at + INVITATION_KEPT)
        invitation.save(update_fields=["link_generation", "expires_at", "delete_after"])
        notices.invite_organisation(invitation, now=now)
        record("provider.invitation_resent", f"providerinvitation:{invitation.pk}", actor=actor, now=now)
    return invitation


def revoke_provider_invitation(*, invitation_id: int, actor: Actor, now: datetime) -> ProviderInvitation:
    """Withdraw an invitation. Twice changes nothing.

    Raises:
        InvitationUsedError: it has been used.
    """
    with transaction.atomic():
        invitation = ProviderInvitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.used_at is not None:
            raise InvitationUsedError
        if invitation.revoked_at is None:
            invitation.revoked_at = now
            invitation.delete_after = local_day(now + INVITATION_KEPT)
            invitation.save(update_fields=["revoked_at", "delete_after"])
            record("provider.invitation_revoked", f"providerinvitation:{invitation.pk}", actor=actor, now=now)
    return invitation


def delete_applications(now: datetime) -> int:
    """Delete applications never proven, those answered long ago, and old invitations. Returns how many.

    One that still awaits our answer stays: it is our task, however long it takes.
    """
    deleted = 0
    for rows in (old_applications(now), unproven_applications(now), old_invitations(now)):
        deleted += rows.count()
        rows.delete()
    return deleted


def old_applications(now: datetime) -> QuerySet[ProviderApplication]:
    """Return the applications answered long ago."""
    rows: QuerySet[ProviderApplication] = ProviderApplication.objects.filter(
        delete_after__lt=local_day(now)
    ).exclude(state__in=[ApplicationState.WAITING, ApplicationState.UNPROVEN])
    return rows


def unproven_applications(now: datetime) -> QuerySet[ProviderApplication]:
    """Return the applications whose address nobody confirmed in time."""
    late = Q(created_at__lt=now - PROVE_WITHIN) | Q(delete_after__lt=local_day(now))
    rows: QuerySet[ProviderApplication] = ProviderApplication.objects.filter(
        late, state=ApplicationState.UNPROVEN
    )
    return rows


def old_invitations(now: datetime) -> QuerySet[ProviderInvitation]:
    """Return the invitations to apply that were used, withdrawn or ran out a while ago."""
    rows: QuerySet[ProviderInvitation] = ProviderInvitation.objects.filter(delete_after__lt=local_day(now))
    return rows


def _usable(invitation_id: int, *, now: datetime) -> ProviderInvitation:
    invitation = ProviderInvitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.used_at is not None or invitation.revoked_at is not None:
        raise InvitationUsedError
    if now >= invitation.expires_at:
        raise InvitationExpiredError
    return invitation


def _waiting(application_id: int, actor: Actor) -> ProviderApplication:
    """Lock an application that awaits an answer, for somebody who may give it."""
    application = ProviderApplication.objects.select_for_update(of=("self",)).get(pk=application_id)
    if application.state != ApplicationState.WAITING:
        raise ApplicationAnsweredError
    if is_own_application(application, actor.user_id):
        raise OwnApplicationError
    return application


def _answer(
    application: ProviderApplication,
    state: ApplicationState,
    *,
    provider: Provider | None,
    actor: Actor,
    now: datetime,
) -> None:
    application.state = state
    application.decided_at = now
    application.decided_by_id = actor.user_id
    application.provider = provider
    application.delete_after = local_day(now + APPLICATION_KEPT)
    application.save()
    close_items(
        kind=APPLICATION,
        subject=application_subject(application),
        resolution=state.value,
        actor=actor,
        now=now,
    )
    record(
        f"application.{state.value}",
        application_subject(application),
        actor=actor,
        now=now,
        provider_id=provider.pk if provider else None,
        reference=application.reference,
    )


def _user_of(application: ProviderApplication) -> object:
    """Return the applicant as a user: the address is proven, so it may log in by code."""
    users = get_user_model().objects
    user = users.filter(email=application.contact_email).first()
    if user is None:
        first_name, last_name = _names(application.contact_name)
        user = users.create_user(
            application.contact_email,
            first_name=first_name,
            last_name=last_name,
            language=application.language,
        )
    return user


def _names(name: str) -> tuple[str, str]:
    first, _space, last = name.strip().rpartition(" ")
    return (first or last)[:150], (last if first else "")[:150]
