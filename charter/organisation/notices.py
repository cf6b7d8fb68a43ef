"""The mails about applications, members, vetting and what is decided about a provider (rule 5, N4)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from charter.enums import MemberRole, ProviderState, Transition
from charter.gate import COPENHAGEN
from charter.models import (
    MemberInvitation,
    Provider,
    ProviderApplication,
    ProviderInvitation,
    ProviderMember,
    VettingEntry,
)
from charter.organisation.enums import (
    AWAITS_PROVIDER,
    FROM_PROVIDER,
    ApplicationState,
    EntryKind,
    InvitationState,
)
from charter.organisation.links import application_url, member_invitation_url, provider_invitation_url
from charter.organisation.rules import MANAGERS, PROVE_WITHIN
from core.links.tokens import absolute_url
from core.outbox.operations import queue_message
from core.outbox.registry import Audience, Build, Content, MailType

MONTH, HALF_YEAR, YEARS_TWO = 30, 180, 730


def ask_to_prove(application: ProviderApplication, *, now: datetime) -> None:
    """Queue the mail that proves the applicant's address."""
    _to_applicant("application_confirm", application, now=now)


def acknowledge(application: ProviderApplication, *, now: datetime) -> None:
    """Queue the receipt of a proven application."""
    _to_applicant("application_received", application, now=now)


def welcome(application: ProviderApplication, *, now: datetime) -> None:
    """Queue that an application was accepted, and what comes now."""
    _to_applicant("application_accepted", application, now=now)


def tell_of_refusal(application: ProviderApplication, *, now: datetime) -> None:
    """Queue that an application was turned down, and why."""
    _to_applicant("application_declined", application, now=now)


def invite_organisation(invitation: ProviderInvitation, *, now: datetime) -> None:
    """Queue the invitation to apply; once for each link."""
    queue_message(
        mail_type="provider_invited",
        to=invitation.email,
        ids={"invitation": invitation.pk, "generation": invitation.link_generation},
        language=invitation.language,
        key=f"provider_invited:{invitation.pk}:{invitation.link_generation}",
        about=f"providerinvitation:{invitation.pk}",
        now=now,
    )


def invite(invitation: MemberInvitation, *, now: datetime) -> None:
    """Queue the invitation to act for a provider; once for each link."""
    queue_message(
        mail_type="member_invited",
        to=invitation.email,
        ids={"invitation": invitation.pk, "generation": invitation.link_generation},
        language=invitation.language,
        key=f"member_invited:{invitation.pk}:{invitation.link_generation}",
        about=f"provider:{invitation.provider_id}",
        now=now,
    )


def tell_of_proposal(invitation: MemberInvitation, *, now: datetime) -> None:
    """Queue to the signatories that a colleague proposes another one."""
    for user in _users(invitation.provider_id, [MemberRole.SIGNATORY]):
        _to_member(
            "signatory_proposed",
            user,
            invitation.provider_id,
            ids={"invitation": invitation.pk},
            key=f"{invitation.pk}",
            now=now,
        )


def tell_of_removal(
    provider: Provider, user: Any, roles: Sequence[str], *, by_self: bool, actor_id: int | None, now: datetime
) -> None:
    """Queue to a person what they no longer are; when they left by themselves, to their colleagues too."""
    ids = {"provider": provider.pk, "user": user.pk, "roles": [str(role) for role in roles]}
    moment = f"{user.pk}:{now:%Y%m%dT%H%M%S%f}"
    _to_member("member_removed", user, provider.pk, ids=ids, key=moment, now=now)
    if not by_self:
        return
    for colleague in _users(provider.pk, MANAGERS):
        if colleague.pk not in {user.pk, actor_id}:
            _to_member("member_left", colleague, provider.pk, ids=ids, key=moment, now=now)


def tell_of_request(entry: VettingEntry, *, now: datetime) -> None:
    """Queue that a question or a hearing awaits an answer; again when the deadline is moved."""
    mail_type = "vetting_hearing" if entry.kind == EntryKind.HEARING else "vetting_question"
    _to_managers(
        mail_type,
        entry.case.provider,
        ids={"entry": entry.pk},
        key=f"{entry.pk}:{entry.due_on:%Y%m%d}",
        now=now,
    )


def remind_of_request(entry: VettingEntry, *, now: datetime) -> None:
    """Queue the reminder before a deadline, once for each deadline."""
    _to_managers(
        "vetting_reminder",
        entry.case.provider,
        ids={"entry": entry.pk},
        key=f"{entry.pk}:{entry.due_on:%Y%m%d}",
        now=now,
    )


def tell_of_answer(entry: VettingEntry, *, now: datetime) -> None:
    """Queue the receipt for an answer."""
    _to_managers("vetting_answered", entry.case.provider, ids={"entry": entry.pk}, key=f"{entry.pk}", now=now)


_MAIL_OF_STEP = {
    Transition.APPROVE: "provider_approved",
    Transition.ACTIVATE: "provider_activated",
    Transition.REACTIVATE: "provider_reactivated",
    Transition.END: "provider_not_approved",
    Transition.DECLINE_CHARTER: "provider_declined_charter",
}
_STATE_OF_MAIL = {
    "provider_approved": ProviderState.APPROVED,
    "provider_activated": ProviderState.ACTIVE,
    "provider_reactivated": ProviderState.ACTIVE,
    "provider_not_approved": ProviderState.ENDED,
    "provider_declined_charter": ProviderState.DECLINED_CHARTER,
}


def tell_of_step(provider: Provider, *, transition: Transition, before: str, now: datetime) -> None:
    """Queue what a step means for the provider. Steps inside the vetting have mails of their own."""
    mail_type = _MAIL_OF_STEP.get(transition)
    if mail_type is None or not provider.needs_charter:
        return
    since = provider.state_since.astimezone(UTC).isoformat()
    _to_managers(mail_type, provider, ids={"provider": provider.pk, "since": since}, key=since, now=now)


def _to_applicant(mail_type: str, application: ProviderApplication, *, now: datetime) -> None:
    queue_message(
        mail_type=mail_type,
        to=application.contact_email,
        ids={"application": application.pk},
        language=application.language,
        key=f"{mail_type}:{application.pk}",
        about=f"providerapplication:{application.pk}",
        now=now,
    )


def _to_member(
    mail_type: str, user: Any, provider_id: int, *, ids: Mapping[str, Any], key: str, now: datetime
) -> None:
    queue_message(
        mail_type=mail_type,
        to=user.email,
        ids=ids,
        language=user.language,
        key=f"{mail_type}:{provider_id}:{key}:{user.pk}",
        about=f"provider:{provider_id}",
        now=now,
    )


def _to_managers(
    mail_type: str, provider: Provider, *, ids: Mapping[str, Any], key: str, now: datetime
) -> None:
    """Queue to coordinators and signatories; to the contact address where there is none."""
    users = _users(provider.pk, MANAGERS)
    for user in users:
        _to_member(mail_type, user, provider.pk, ids=ids, key=key, now=now)
    if not users and provider.contact_email:
        queue_message(
            mail_type=mail_type,
            to=provider.contact_email,
            ids=ids,
            language="da",
            key=f"{mail_type}:{provider.pk}:{key}:contact",
            about=f"provider:{provider.pk}",
            now=now,
        )


def _users(provider_id: int, roles: Sequence[str]) -> list[Any]:
    """Return the active users with one of the roles, each once."""
    rows = ProviderMember.objects.filter(provider=provider_id, role__in=roles, user__is_active=True)
    return list({row.user_id: row.user for row in rows.select_related("user").order_by("pk")}.values())


def _application(ids: Mapping[str, Any], *states: str) -> ProviderApplication | None:
    return ProviderApplication.objects.filter(pk=ids["application"], state__in=states).first()


def _build_application_confirm(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    application = _application(ids, ApplicationState.UNPROVEN)
    if application is None or now >= application.created_at + PROVE_WITHIN:
        return None
    deadline = application.created_at + PROVE_WITHIN
    return Content(
        {
            "reference": application.reference,
            "confirm_url": application_url(application),
            "deadline": _moment(deadline, language),
        },
        delete_on=application.delete_after,
    )


def _build_application_received(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    application = _application(ids, ApplicationState.WAITING)
    if application is None:
        return None
    return Content(
        {
            "reference": application.reference,
            "organisation": application.name,
            "status_url": application_url(application),
        },
        delete_on=application.delete_after,
    )


def _build_application_accepted(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    application = _application(ids, ApplicationState.ACCEPTED)
    if application is None or application.provider is None:
        return None
    rows = ProviderMember.objects.filter(
        provider=application.provider, user__email=application.contact_email
    ).order_by("role")
    return Content(
        {
            "organisation": application.provider.name,
            "roles": _roles_text([row.role for row in rows], language),
            "url": _provider_url("provider_home", application.provider, language),
        }
    )


def _build_application_declined(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    application = _application(ids, ApplicationState.DECLINED)
    if application is None:
        return None
    return Content(
        {
            "organisation": application.name,
            "reason": application.reason,
            "reference": application.reference,
        },
        delete_on=application.delete_after,
    )


def _build_provider_invited(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    invitation = ProviderInvitation.objects.usable(now=now).filter(pk=ids["invitation"]).first()
    if invitation is None or invitation.link_generation != ids["generation"]:
        return None
    return Content(
        {
            "organisation": invitation.organisation,
            "invite_url": provider_invitation_url(invitation),
            "deadline": _day(timezone.localdate(invitation.expires_at, COPENHAGEN), language),
        },
        delete_on=invitation.delete_after,
    )


def _build_member_invited(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    invitation = (
        MemberInvitation.objects.filter(pk=ids["invitation"], state=InvitationState.SENT)
        .select_related("provider", "invited_by")
        .first()
    )
    if invitation is None or invitation.link_generation != ids["generation"] or now >= invitation.expires_at:
        return None
    by_colleague = (
        invitation.invited_by is not None
        and ProviderMember.objects.filter(provider=invitation.provider, user=invitation.invited_by).exists()
    )
    with override(language):
        inviter = str(invitation.invited_by) if by_colleague else gettext("The municipality")
    return Content(
        {
            "provider": invitation.provider.name,
            "inviter": inviter,
            "role": _roles_text([invitation.role], language),
            "accept_url": member_invitation_url(invitation),
            "deadline": _day(timezone.localdate(invitation.expires_at, COPENHAGEN), language),
        },
        delete_on=invitation.delete_after,
    )


def _build_signatory_proposed(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    invitation = (
        MemberInvitation.objects.filter(pk=ids["invitation"], state=InvitationState.PROPOSED)
        .select_related("provider", "invited_by")
        .first()
    )
    if invitation is None:
        return None
    return Content(
        {
            "provider": invitation.provider.name,
            "name": str(invitation.invited_by or ""),
            "url": _provider_url("provider_members", invitation.provider, language),
        },
        delete_on=invitation.delete_after,
    )


def _build_removal(
    names_person: bool, ids: Mapping[str, Any], language: str, now: datetime
) -> Content | None:
    provider = Provider.objects.filter(pk=ids["provider"]).first()
    user = get_user_model().objects.filter(pk=ids["user"]).first()
    if provider is None or user is None:
        return None
    facts = {"provider": provider.name, "roles": _roles_text(ids["roles"], language)}
    if names_person:
        facts |= {"name": str(user), "url": _provider_url("provider_members", provider, language)}
    return Content(facts)


def _build_request(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    entry = VettingEntry.objects.select_related("case__provider").filter(pk=ids["entry"]).first()
    if entry is None or entry.due_on is None or entry.case.state not in AWAITS_PROVIDER:
        return None
    newest = entry.case.entries.filter(kind__in=[EntryKind.QUESTION, EntryKind.HEARING]).last()
    if newest is None or newest.pk != entry.pk:
        return None
    provider = entry.case.provider
    return Content(
        {
            "provider": provider.name,
            "deadline": _day(entry.due_on, language),
            "url": _provider_url("provider_case", provider, language),
        }
    )


def _build_answered(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    entry = (
        VettingEntry.objects.select_related("case__provider")
        .filter(pk=ids["entry"], kind__in=FROM_PROVIDER)
        .first()
    )
    if entry is None:
        return None
    provider = entry.case.provider
    return Content({"provider": provider.name, "url": _provider_url("provider_case", provider, language)})


def _build_step(name: str, ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    provider = Provider.objects.filter(pk=ids["provider"], state=_STATE_OF_MAIL[name]).first()
    if provider is None or provider.state_since.astimezone(UTC).isoformat() != ids["since"]:
        return None
    return Content({"provider": provider.name, "url": _provider_url("provider_home", provider, language)})


def _roles_text(roles: Sequence[str], language: str) -> str:
    with override(language):
        labels = [str(MemberRole(role).label).lower() for role in roles]
        if len(labels) < 2:
            return "".join(labels)
        return gettext("%(first)s and %(last)s") % {"first": ", ".join(labels[:-1]), "last": labels[-1]}


def _provider_url(name: str, provider: Provider, language: str) -> str:
    with override(language):
        return absolute_url(reverse(name, kwargs={"slug": provider.slug}))


def _day(day: Any, language: str) -> str:
    with override(language):
        return formats.date_format(day, "j. F Y" if language == "da" else "j F Y")


def _moment(at: datetime, language: str) -> str:
    local = at.astimezone(COPENHAGEN)
    joined = " kl. " if language == "da" else ", "
    return f"{_day(local.date(), language)}{joined}{local:%H.%M}"


def _type(
    name: str,
    title: Any,
    placeholders: tuple[str, ...],
    build: Build,
    *,
    days: int = YEARS_TWO,
    audience: Audience = Audience.PROVIDER,
) -> MailType:
    return MailType(
        name=name,
        audience=audience,
        title=title,
        placeholders=placeholders,
        retention_days=days,
        build=build,
    )


_REQUEST = ("provider", "deadline", "url")
_STEP = ("provider", "url")

MAIL_TYPES = (
    _type(
        "application_confirm",
        _("Become a provider: confirm the e-mail"),
        ("reference", "confirm_url", "deadline"),
        _build_application_confirm,
        days=MONTH,
        audience=Audience.UNPROVEN,
    ),
    _type(
        "application_received",
        _("Become a provider: we have the application"),
        ("reference", "organisation", "status_url"),
        _build_application_received,
        days=HALF_YEAR,
    ),
    _type(
        "application_accepted",
        _("Become a provider: accepted"),
        ("organisation", "roles", "url"),
        _build_application_accepted,
        days=HALF_YEAR,
    ),
    _type(
        "application_declined",
        _("Become a provider: turned down"),
        ("organisation", "reason", "reference"),
        _build_application_declined,
        days=HALF_YEAR,
    ),
    _type(
        "provider_invited",
        _("Invitation to become a provider"),
        ("organisation", "invite_url", "deadline"),
        _build_provider_invited,
        days=MONTH,
    ),
    _type(
        "member_invited",
        _("Invitation to act for a provider"),
        ("provider", "inviter", "role", "accept_url", "deadline"),
        _build_member_invited,
        days=MONTH,
    ),
    _type(
        "signatory_proposed",
        _("A colleague proposes a signatory"),
        ("provider", "name", "url"),
        _build_signatory_proposed,
        days=MONTH,
    ),
    _type(
        "member_removed",
        _("You no longer act for a provider"),
        ("provider", "roles"),
        partial(_build_removal, False),
        days=MONTH,
    ),
    _type(
        "member_left",
        _("A colleague has left a provider"),
        ("provider", "roles", "name", "url"),
        partial(_build_removal, True),
        days=MONTH,
    ),
    _type("vetting_question", _("Vetting: a question for you"), _REQUEST, _build_request),
    _type("vetting_hearing", _("Vetting: party hearing"), _REQUEST, _build_request),
    _type("vetting_reminder", _("Vetting: reminder of the deadline"), _REQUEST, _build_request),
    _type("vetting_answered", _("Vetting: we have your answer"), _STEP, _build_answered),
    _type(
        "provider_approved",
        _("The provider was approved"),
        _STEP,
        partial(_build_step, "provider_approved"),
    ),
    _type(
        "provider_activated",
        _("The provider was activated"),
        _STEP,
        partial(_build_step, "provider_activated"),
    ),
    _type(
        "provider_reactivated",
        _("The cooperation goes on after a pause"),
        _STEP,
        partial(_build_step, "provider_reactivated"),
    ),
    _type(
        "provider_not_approved",
        _("The cooperation did not begin"),
        _STEP,
        partial(_build_step, "provider_not_approved"),
    ),
    _type(
        "provider_declined_charter",
        _("The provider declined the charter"),
        _STEP,
        partial(_build_step, "provider_declined_charter"),
    ),
)
