"""The mails of the charter package: what is queued when, and what they say when sent (rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from charter.enums import MemberRole, ProviderState, RecordKind, Transition
from charter.gate import COPENHAGEN
from charter.methods import codes
from charter.models import Provider, ProviderMember, Signature, SignatureRecord, SigningAttempt
from core.cms.frame import current_frame
from core.links.tokens import absolute_url
from core.outbox.operations import queue_message
from core.outbox.registry import Attachment, Audience, Content, MailType
from core.worklist.models import WorkItem

MONTH, YEARS_TWO = 30, 730


def send_signing_code(attempt: SigningAttempt, *, now: datetime) -> None:
    """Queue the one-time code of an attempt to the signer."""
    queue_message(
        mail_type="signing_code",
        to=attempt.user.email,
        ids={"attempt": attempt.pk, "nonce": attempt.code_nonce[:12]},
        language=attempt.user.language,
        key=f"signing_code:{attempt.pk}:{attempt.code_nonce[:12]}",
        about=f"provider:{attempt.provider_id}",
        now=now,
    )


def tell_of_signature(signature: Signature, *, now: datetime) -> None:
    """Queue the receipt to the signatories."""
    for user in _signatories(signature.provider_id):
        queue_message(
            mail_type="charter_signed",
            to=user.email,
            ids={"signature": signature.pk},
            language=user.language,
            key=f"charter_signed:{signature.pk}:{user.pk}",
            about=f"provider:{signature.provider_id}",
            now=now,
        )


def tell_of_withdrawal(record: SignatureRecord, *, provider_id: int, now: datetime) -> None:
    """Queue the notice of a withdrawal to the signatories, one a withdrawal."""
    for user in _signatories(provider_id):
        queue_message(
            mail_type="charter_withdrawn",
            to=user.email,
            ids={"record": record.pk},
            language=user.language,
            key=f"charter_withdrawn:{record.pk}:{user.pk}",
            about=f"provider:{provider_id}",
            now=now,
        )


def tell_of_stop(provider: Provider, *, transition: Transition, now: datetime) -> None:
    """Queue a neutral notice that a provider was suspended or the cooperation ended. The reason is not in it."""
    mail_type = "provider_suspended" if transition == Transition.SUSPEND else "provider_ended"
    for user in _signatories(provider.pk, MemberRole.SIGNATORY, MemberRole.COORDINATOR):
        queue_message(
            mail_type=mail_type,
            to=user.email,
            ids={"provider": provider.pk, "since": provider.state_since.isoformat()},
            language=user.language,
            key=f"{mail_type}:{provider.pk}:{provider.state_since.isoformat()}:{user.pk}",
            about=f"provider:{provider.pk}",
            now=now,
        )


def tell_new_member(member: ProviderMember, *, now: datetime) -> None:
    """Queue the welcome to a new member."""
    queue_message(
        mail_type="member_added",
        to=member.user.email,
        ids={"member": member.pk},
        language=member.user.language,
        key=f"member_added:{member.pk}",
        about=f"provider:{member.provider_id}",
        now=now,
    )


def tell_of_failed_seal(item: WorkItem, *, now: datetime) -> None:
    """Queue to the team that a document could not be sealed."""
    _tell_team("charter_seal_failed", item, now=now)


def tell_of_expiring_seal(item: WorkItem, *, now: datetime) -> None:
    """Queue to the team that the seal's certificate ends."""
    _tell_team("charter_seal_expires", item, now=now)


def tell_of_doubt(item: WorkItem, *, now: datetime) -> None:
    """Queue to the team that signatures do not add up."""
    _tell_team("charter_doubt", item, now=now)


def _tell_team(mail_type: str, item: WorkItem, *, now: datetime) -> None:
    queue_message(
        mail_type=mail_type,
        to=current_frame("da").email,
        ids={"item": item.pk},
        language="da",
        key=f"{mail_type}:{item.key}",
        about=f"work_item:{item.pk}",
        now=now,
    )


def _signatories(provider_id: int, *roles: str) -> list[Any]:
    """Return the users who sign for a provider (or have one of the roles), each once."""
    members = (
        ProviderMember.objects.filter(
            provider=provider_id, role__in=roles or (MemberRole.SIGNATORY,), user__is_active=True
        )
        .select_related("user")
        .order_by("pk")
    )
    return list({member.user_id: member.user for member in members}.values())


def _build_signing_code(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    attempt = SigningAttempt.objects.filter(pk=ids["attempt"], signature=None).first()
    is_newest = attempt is not None and attempt.code_nonce[:12] == ids["nonce"]
    if attempt is None or not is_newest or attempt.code_expires_at is None or now >= attempt.code_expires_at:
        return None
    return Content(
        {
            "code": codes.code_of(attempt),
            "minutes": str(int(codes.VALID_FOR.total_seconds() // 60)),
            "time": f"{attempt.code_expires_at.astimezone(COPENHAGEN):%H.%M}",
        }
    )


def _build_charter_signed(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    signature = Signature.objects.select_related("provider", "evidence").filter(pk=ids["signature"]).first()
    if signature is None or not hasattr(signature, "evidence"):
        return None
    evidence = signature.evidence
    attachments = []
    if evidence.document:
        with evidence.document.open("rb") as file:
            attachments.append(
                Attachment(f"charter-{signature.reference}.pdf", file.read(), "application/pdf")
            )
    return Content(
        {
            "reference": signature.reference,
            "provider": signature.provider.name,
            "first_day": _day(signature.covers_from, language),
            "last_day": _day(signature.covers_until, language),
            "signer": evidence.signer_name,
            "url": absolute_url(
                _path(
                    "charter_receipt", language, slug=signature.provider.slug, reference=signature.reference
                )
            ),
        },
        attachments=attachments,
        delete_on=evidence.delete_after,
    )


def _build_charter_withdrawn(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    record = (
        SignatureRecord.objects.select_related("signature__provider")
        .filter(pk=ids["record"], kind=RecordKind.WITHDRAWN)
        .first()
    )
    if record is None or record.ends_on is None:
        return None
    provider = record.signature.provider
    return Content(
        {
            "reference": record.signature.reference,
            "provider": provider.name,
            "date": _day(record.ends_on, language),
            "url": absolute_url(_path("provider_home", language, slug=provider.slug)),
        }
    )


def _build_stop(
    states: frozenset[str], ids: Mapping[str, Any], language: str, now: datetime
) -> Content | None:
    provider = Provider.objects.filter(pk=ids["provider"]).first()
    if provider is None or provider.state not in states or provider.state_since.isoformat() != ids["since"]:
        return None
    return Content(
        {
            "provider": provider.name,
            "date": _day(provider.state_since.astimezone(COPENHAGEN).date(), language),
            "url": absolute_url(_path("provider_home", language, slug=provider.slug)),
        }
    )


def _build_suspended(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _build_stop(frozenset({ProviderState.SUSPENDED}), ids, language, now)


def _build_ended(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    return _build_stop(frozenset({ProviderState.ENDED}), ids, language, now)


def _build_member_added(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    member = ProviderMember.objects.select_related("provider").filter(pk=ids["member"]).first()
    if member is None:
        return None
    with override(language):
        role = str(member.get_role_display())
    return Content(
        {
            "provider": member.provider.name,
            "role": role.lower(),
            "url": absolute_url(_path("provider_home", language, slug=member.provider.slug)),
        }
    )


def _build_team_notice(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    item = WorkItem.objects.filter(pk=ids["item"]).first()
    if item is None:
        return None
    with override(language):
        return Content({"task": item.description(), "staff_url": absolute_url(item.url)})


def _day(day: Any, language: str) -> str:
    with override(language):
        return formats.date_format(day, "j. F Y" if language == "da" else "j F Y")


def _path(name: str, language: str, **kwargs: Any) -> str:
    with override(language):
        return reverse(name, kwargs=kwargs)


MAIL_TYPES = (
    MailType(
        name="signing_code",
        audience=Audience.PROVIDER,
        title=_("One-time code for signing the charter"),
        placeholders=("code", "minutes", "time"),
        retention_days=MONTH,
        build=_build_signing_code,
    ),
    MailType(
        name="charter_signed",
        audience=Audience.PROVIDER,
        title=_("Receipt: the charter is signed"),
        placeholders=("reference", "provider", "first_day", "last_day", "signer", "url"),
        retention_days=YEARS_TWO,
        build=_build_charter_signed,
    ),
    MailType(
        name="charter_withdrawn",
        audience=Audience.PROVIDER,
        title=_("The signature of the charter was withdrawn"),
        placeholders=("reference", "provider", "date", "url"),
        retention_days=YEARS_TWO,
        build=_build_charter_withdrawn,
    ),
    MailType(
        name="provider_suspended",
        audience=Audience.PROVIDER,
        title=_("The provider was suspended"),
        placeholders=("provider", "date", "url"),
        retention_days=YEARS_TWO,
        build=_build_suspended,
    ),
    MailType(
        name="provider_ended",
        audience=Audience.PROVIDER,
        title=_("The cooperation has ended"),
        placeholders=("provider", "date", "url"),
        retention_days=YEARS_TWO,
        build=_build_ended,
    ),
    MailType(
        name="member_added",
        audience=Audience.PROVIDER,
        title=_("Welcome as a member of a provider"),
        placeholders=("provider", "role", "url"),
        retention_days=MONTH,
        build=_build_member_added,
    ),
    MailType(
        name="charter_seal_failed",
        audience=Audience.STAFF,
        title=_("A document could not be sealed (to the team)"),
        placeholders=("task", "staff_url"),
        retention_days=MONTH,
        build=_build_team_notice,
    ),
    MailType(
        name="charter_seal_expires",
        audience=Audience.STAFF,
        title=_("The seal's certificate ends (to the team)"),
        placeholders=("task", "staff_url"),
        retention_days=MONTH,
        build=_build_team_notice,
    ),
    MailType(
        name="charter_doubt",
        audience=Audience.STAFF,
        title=_("Signatures do not add up (to the team)"),
        placeholders=("task", "staff_url"),
        retention_days=MONTH,
        build=_build_team_notice,
    ),
)
