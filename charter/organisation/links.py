"""Personal links of applications and invitations: one purpose, one row, an end (X1)."""

from django.urls import reverse
from django.utils import translation

from charter.models import MemberInvitation, ProviderApplication, ProviderInvitation
from charter.organisation.rules import APPLICATION_KEPT
from core.links.tokens import absolute_url, make_token

APPLICATION = "provider-application"
PROVIDER_INVITATION = "provider-invitation"
MEMBER_INVITATION = "member-invitation"


def application_path(application: ProviderApplication) -> str:
    """Return the address that confirms an application, and afterwards says how it stands."""
    token = make_token(
        APPLICATION,
        application.pk,
        application.link_generation,
        expires_at=application.created_at + APPLICATION_KEPT,
    )
    with translation.override(application.language):
        return reverse("provider_application", args=[token])


def provider_invitation_path(invitation: ProviderInvitation) -> str:
    """Return the address of the form filled in for an invited organisation."""
    token = make_token(
        PROVIDER_INVITATION, invitation.pk, invitation.link_generation, expires_at=invitation.expires_at
    )
    with translation.override(invitation.language):
        return reverse("provider_apply_invited", args=[token])


def member_invitation_path(invitation: MemberInvitation) -> str:
    """Return the address where an invited person says yes."""
    token = make_token(
        MEMBER_INVITATION, invitation.pk, invitation.link_generation, expires_at=invitation.expires_at
    )
    with translation.override(invitation.language):
        return reverse("member_invitation", args=[token])


def application_url(application: ProviderApplication) -> str:
    """Return the whole address, for the mail."""
    return absolute_url(application_path(application))


def provider_invitation_url(invitation: ProviderInvitation) -> str:
    """Return the whole address, for the mail."""
    return absolute_url(provider_invitation_path(invitation))


def member_invitation_url(invitation: MemberInvitation) -> str:
    """Return the whole address, for the mail."""
    return absolute_url(member_invitation_path(invitation))
