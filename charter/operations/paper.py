"""Signatures on paper or in another system: one caseworker registers, another approves (C15)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext, override

from charter.enums import CharterMode, PaperState, SignatureMethod
from charter.errors import (
    OwnPaperError,
    PaperDayError,
    PaperDecidedError,
    PaperPartyError,
    PaperVersionError,
    PaperWaitsError,
    ReasonMissingError,
    SigningWindowClosedError,
    VersionChangedError,
)
from charter.gate import COPENHAGEN, local_day
from charter.methods import Proof
from charter.models import (
    CharterText,
    CharterVersion,
    PaperSignature,
    Provider,
    Signature,
    SignatureEvidence,
)
from charter.operations.signing import complete, refuse_signing, signable_for_paper
from charter.permissions import acts_for
from charter.rules import Period
from charter.scans import Scan
from charter.texts import text_in, text_sha256
from charter.work_items import PAPER, paper_key
from core.audit.log import Actor, record
from core.worklist.operations import close_item_by_key, open_item


@dataclass(frozen=True)
class PaperFacts:
    """What stands on the paper."""

    signer_name: str
    signer_role: str
    authority: str
    signed_on: date
    system_name: str
    """The other system; empty: on paper."""


def register_paper_signature(
    *,
    provider_id: int,
    version_id: int,
    period_last_day: date,
    facts: PaperFacts,
    scan: Scan,
    actor: Actor,
    now: datetime,
) -> PaperSignature:
    """Register a signature that was given elsewhere. It covers nothing before a colleague has approved it.

    Args:
        period_last_day: which of the periods that can be signed for now, by its last day.
    Raises:
        PaperPartyError: the caseworker acts for the provider.
        ProviderCannotSignError, SigningWindowClosedError: the provider cannot sign now.
        PaperVersionError: the version does not count in the period, or has no Danish text.
        PaperDayError: signed in the future, or before the version was published.
        PaperWaitsError: one for this period waits already.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        _refuse_party(actor, provider_id)
        period = _period(provider, period_last_day, now=now)
        version = CharterVersion.objects.get(pk=version_id)
        _text_of(version, period)
        published_on = version.published_at.astimezone(COPENHAGEN).date() if version.published_at else None
        if published_on is None or not published_on <= facts.signed_on <= local_day(now):
            raise PaperDayError
        waiting = PaperSignature.objects.filter(provider=provider, state=PaperState.WAITING)
        if waiting.filter(period_last_day=period.last_day).exists():
            raise PaperWaitsError
        paper = PaperSignature.objects.create(
            provider=provider,
            version=version,
            period_first_day=period.first_day,
            period_last_day=period.last_day,
            signer_name=facts.signer_name.strip(),
            signer_role=facts.signer_role.strip(),
            authority=facts.authority.strip(),
            signed_on=facts.signed_on,
            system_name=facts.system_name.strip(),
            scan=ContentFile(scan.content, name=scan.name),
            scan_sha256=scan.sha256,
            registered_by_id=actor.user_id,
            registered_at=now,
        )
        open_item(
            key=paper_key(paper.pk),
            kind=PAPER,
            subject=f"paper:{paper.pk}",
            data={"name": provider.name},
            provider_id=provider.pk,
            now=now,
        )
        record("paper.registered", f"paper:{paper.pk}", actor=actor, now=now, provider_id=provider.pk)
    return paper


def approve_paper_signature(*, paper_id: int, actor: Actor, now: datetime) -> Signature:
    """Approve what a colleague registered: from now on it is a signature, sealed, and covers.

    Approving it again returns the same signature.

    Raises:
        OwnPaperError: the caseworker registered it.
        PaperPartyError: the caseworker acts for the provider.
        PaperDecidedError: it was declined.
        ProviderCannotSignError, SigningWindowClosedError, PaperVersionError: it cannot be signed any more.
    """
    paper = PaperSignature.objects.select_related("provider", "version", "registered_by", "signature").get(
        pk=paper_id
    )
    if paper.signature is not None:
        return paper.signature
    if paper.registered_by_id == actor.user_id:
        raise OwnPaperError
    _refuse_party(actor, paper.provider_id)
    return complete(RegisteredPaper(paper, actor=actor, now=now), _proof_of(paper, actor, now=now), now=now)


def decline_paper_signature(*, paper_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Decline what was registered, with a reason for the colleague. Whoever registered it may do so too.

    Raises:
        ReasonMissingError: no reason.
        PaperDecidedError: it has been decided.
    """
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        paper = PaperSignature.objects.select_for_update(of=("self",)).get(pk=paper_id)
        _refuse_party(actor, paper.provider_id)
        if paper.state != PaperState.WAITING:
            raise PaperDecidedError
        paper.state = PaperState.DECLINED
        paper.declined_by_id = actor.user_id
        paper.decided_at = now
        paper.decline_reason = reason.strip()
        paper.save(update_fields=["state", "declined_by", "decided_at", "decline_reason"])
        close_item_by_key(key=paper_key(paper.pk), resolution="declined", actor=actor, now=now)
        record("paper.declined", f"paper:{paper.pk}", actor=actor, now=now, provider_id=paper.provider_id)


class RegisteredPaper:
    """A registered paper, as what a signature is made from (charter.operations.signing.Basis)."""

    def __init__(self, paper: PaperSignature, *, actor: Actor, now: datetime) -> None:
        self._paper, self._now = paper, now
        self.actor = actor
        self.provider: Provider = paper.provider
        self.version: CharterVersion = paper.version
        text = text_in(paper.version, "da")
        self.text_sha256 = text_sha256(text) if text else ""

    def locked(self) -> Signature | None:
        """Lock the paper; return what it led to when it was approved twice."""
        self._paper = (
            PaperSignature.objects.select_for_update(of=("self",))
            .select_related("signature")
            .get(pk=self._paper.pk)
        )
        if self._paper.state == PaperState.DECLINED:
            raise PaperDecidedError
        return self._paper.signature

    def check(self, *, now: datetime) -> tuple[CharterText, Period]:
        """Ask again whether the provider can sign for the period, and whether the version counts in it."""
        provider = Provider.objects.get(pk=self._paper.provider_id)
        period = _period(provider, self._paper.period_last_day, now=now)
        text = _text_of(CharterVersion.objects.get(pk=self._paper.version_id), period)
        if text_sha256(text) != self.text_sha256:
            raise VersionChangedError
        return text, period

    def evidence(self) -> SignatureEvidence:
        """Return what stands on the paper. The person's own declaration is in the scan."""
        paper = self._paper
        with override("da"):
            statements = [gettext("What the signer declared stands in the scanned document.")]
        return SignatureEvidence(
            signer=None,
            signer_name=paper.signer_name,
            signer_email="",
            signer_role=paper.signer_role,
            authority=paper.authority,
            statements=statements,
        )

    def facts(self) -> dict[str, Any]:
        """Return nothing more: everything is in the proof."""
        return {}

    def finish(self, signature: Signature) -> None:
        """Note who approved it, and what it has become."""
        paper = self._paper
        paper.state = PaperState.APPROVED
        paper.approved_by_id = self.actor.user_id
        paper.decided_at = self._now
        paper.signature = signature
        paper.save(update_fields=["state", "approved_by", "decided_at", "signature"])
        close_item_by_key(key=paper_key(paper.pk), resolution="approved", actor=self.actor, now=self._now)


def _proof_of(paper: PaperSignature, actor: Actor, *, now: datetime) -> Proof:
    """Return the proof: two named caseworkers say that they have seen it."""
    with override("da"):
        signed_in = paper.system_name or gettext("On paper")
        signed_on = formats.date_format(paper.signed_on, "j. F Y")
    return Proof(
        method=SignatureMethod.PAPER,
        issuer=settings.PORTAL_DEPARTMENT,
        subject=f"paper:{paper.pk}",
        level="paper",
        authenticated_at=now,
        transaction=f"paper:{paper.pk}",
        facts={
            "registered_by": _name_of(paper.registered_by_id),
            "registered_at": paper.registered_at.isoformat(),
            "approved_by": _name_of(actor.user_id),
            "approved_at": now.isoformat(),
            "signed_on": signed_on,
            "signed_in": signed_in,
            "scan_sha256": paper.scan_sha256,
        },
    )


def _name_of(user_id: int | None) -> str:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(pk=user_id or 0).first()
    return str(user) if user else ""


def _period(provider: Provider, last_day: date, *, now: datetime) -> Period:
    """Return the period to sign for, from today on: a signature never reaches back."""
    bar, periods = signable_for_paper(provider, now=now)
    refuse_signing(bar)
    if settings.PORTAL_CHARTER_MODE == CharterMode.ROLLING and periods:
        # Twelve months from the day it is approved: there is only one such period.
        return periods[0]
    period = next((period for period in periods if period.last_day == last_day), None)
    if period is None:
        raise SigningWindowClosedError
    return period


def _text_of(version: CharterVersion, period: Period) -> CharterText:
    text = text_in(version, "da")
    counts = version.published_at is not None and (
        version.accepted_until is None or version.accepted_until >= period.first_day
    )
    if text is None or not counts:
        raise PaperVersionError
    return text


def _refuse_party(actor: Actor, provider_id: int) -> None:
    if acts_for(actor.user_id, provider_id):
        raise PaperPartyError
