"""Signing: statements, a fresh one-time code, evidence, a receipt (DESIGN.md 6)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version as installed_version
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.crypto import get_random_string

from charter import chain, documents, notices, observers
from charter.coverage import coverage_of, span_of
from charter.enums import ProviderState, RecordKind
from charter.errors import (
    MethodNotOfferedError,
    NotSignatoryError,
    ProofMissingError,
    ProviderCannotSignError,
    SealError,
    SigningError,
    SigningExpiredError,
    SigningWindowClosedError,
    VersionChangedError,
)
from charter.gate import local_day
from charter.methods import Proof, codes, email_code
from charter.methods.profiles import offers_email_code, still_fits
from charter.models import (
    CharterPeriod,
    CharterText,
    CharterVersion,
    Provider,
    Signature,
    SignatureEvidence,
    SigningAttempt,
    private_storage,
)
from charter.operations.sealing import report_seal_failure
from charter.permissions import user_can_sign
from charter.rules import (
    Coverage,
    Interval,
    Period,
    SigningBar,
    add_months,
    interval_of,
    period_that_was_offered,
    signable_periods,
    signing_bar,
)
from charter.scans import Scan
from charter.texts import text_in, text_sha256
from charter.work_items import AUTHORITY, READY, authority_key, ready_key
from core.audit.log import Actor, record
from core.limits.limits import hit
from core.worklist.operations import open_item

ATTEMPT_VALID_FOR = timedelta(days=1)
ATTEMPTS_KEPT = 3
"""How many unfinished signings a person may have for one provider: each may carry a document of 10 MB."""

EVIDENCE_YEARS = 5
"""Evidence is kept for the signature's time and five years more (DOMAIN.md 4.3, to be confirmed by the DPO)."""

NETWORK_MONTHS = 12
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Opening:
    """What a person can sign for a provider now, or what keeps them from it."""

    bar: SigningBar | None
    periods: tuple[Period, ...]
    version: CharterVersion | None
    coverage: Coverage
    is_signatory: bool


def opening_for(provider: Provider, user: Any, *, now: datetime) -> Opening:
    """Return what a person can sign for a provider now. Shown on pages, asked again by every operation."""
    coverage = coverage_of(provider, today=local_day(now))
    return opening_from(provider, coverage, is_signatory=user_can_sign(user, provider.pk), now=now)


def opening_from(provider: Provider, coverage: Coverage, *, is_signatory: bool, now: datetime) -> Opening:
    """Return what a person can sign for a provider, where coverage and role are known already."""
    version = CharterVersion.objects.newest_at(now)
    periods = signable(provider, intervals=coverage.intervals, today=local_day(now))
    bar = signing_bar(
        kind=provider.kind,
        state=provider.state,
        has_version=version is not None,
        has_periods=bool(periods),
        is_covered=coverage.is_covered,
        is_signatory=is_signatory,
    )
    return Opening(bar, tuple(periods), version, coverage, is_signatory)


def signable_for_paper(provider: Provider, *, now: datetime) -> tuple[SigningBar | None, list[Period]]:
    """Return what a provider could sign for on paper now, or what keeps it from it: no person is logged in."""
    today = local_day(now)
    coverage = coverage_of(provider, today=today)
    periods = signable(provider, intervals=coverage.intervals, today=today)
    bar = signing_bar(
        kind=provider.kind,
        state=provider.state,
        has_version=CharterVersion.objects.newest_at(now) is not None,
        has_periods=bool(periods),
        is_covered=coverage.is_covered,
        is_signatory=True,
    )
    return bar, periods


def signable(provider: Provider, *, intervals: Sequence[Interval], today: date) -> list[Period]:
    """Return the periods a provider can sign for on a day, by the setting PORTAL_CHARTER_MODE."""
    open_periods = [
        Period(period.first_day, period.last_day, period.name)
        for period in CharterPeriod.objects.open_for_signing(today=today)
    ]
    return signable_periods(
        today=today, mode=settings.PORTAL_CHARTER_MODE, open_periods=open_periods, intervals=intervals
    )


@dataclass(frozen=True)
class Statement:
    """What the signer typed and ticked."""

    signer_name: str
    signer_role: str
    authority: str
    statements: Sequence[str]
    """The ticked statements, word for word as displayed."""

    language: str
    text_sha256: str
    """Of the text that was on the page."""

    authority_document: Scan | None = None
    """What the signer handed in to show the right to sign."""


def start_signing(
    *, provider_id: int, user_id: int, period_first_day: date, statement: Statement, now: datetime
) -> SigningAttempt:
    """Keep what a signer stated, until the fresh proof is given.

    Args:
        period_first_day: which of the signable periods, by its first day.
    Raises:
        ProviderCannotSignError, SigningWindowClosedError, NotSignatoryError: it cannot be signed now.
        VersionChangedError: the text on the page is not the current one any more.
        LimitExceededError: too many begun in the last hour.
    """
    hit("signing_start", user_id, now=now)
    attempt = _kept(
        provider_id=provider_id,
        user_id=user_id,
        period_first_day=period_first_day,
        statement=statement,
        now=now,
    )
    _let_go_of_older(attempt)
    return attempt


def _kept(
    *, provider_id: int, user_id: int, period_first_day: date, statement: Statement, now: datetime
) -> SigningAttempt:
    with transaction.atomic():
        provider = Provider.objects.get(pk=provider_id)
        user = _user(user_id)
        opening = opening_for(provider, user, now=now)
        refuse_signing(opening.bar)
        period = next((p for p in opening.periods if p.first_day == period_first_day), None)
        if period is None:
            raise SigningWindowClosedError
        text = text_in(opening.version, statement.language) if opening.version else None
        if opening.version is None or text is None or text_sha256(text) != statement.text_sha256:
            raise VersionChangedError
        document = statement.authority_document
        return SigningAttempt.objects.create(
            authority_document=ContentFile(document.content, name=document.name) if document else "",
            authority_sha256=document.sha256 if document else "",
            provider=provider,
            user=user,
            version=opening.version,
            period_first_day=period.first_day,
            period_last_day=period.last_day,
            language=text.language,
            text_sha256=statement.text_sha256,
            signer_name=statement.signer_name.strip(),
            signer_role=statement.signer_role.strip(),
            authority=statement.authority.strip(),
            statements=list(statement.statements),
            started_at=now,
        )


def _let_go_of_older(attempt: SigningAttempt) -> None:
    """Delete what a person has begun and left for the same provider, but for the newest few; documents too.

    Each in a transaction of its own, with the row locked: one that is being signed this moment stays, and the file
    goes only with its row.
    """
    unfinished = SigningAttempt.objects.filter(
        provider=attempt.provider_id, user=attempt.user_id, signature=None
    )
    for pk in unfinished.order_by("-pk").values_list("pk", flat=True)[ATTEMPTS_KEPT:]:
        with transaction.atomic():
            older = unfinished.select_for_update(of=("self",)).filter(pk=pk).first()
            if older is not None:
                if older.authority_document:
                    older.authority_document.delete(save=False)
                older.delete()


def request_signing_code(*, attempt_id: int, now: datetime) -> SigningAttempt:
    """Send a new one-time code to the signer's own address; an older code stops working.

    Raises:
        LimitExceededError: too many codes in the last hour.
        MethodNotOfferedError: a code by e-mail is not a way to sign here.
        SigningExpiredError: the signing was started too long ago.
    """
    user_id, cvr = SigningAttempt.objects.values_list("user_id", "provider__cvr").get(pk=attempt_id)
    if not offers_email_code(cvr):
        raise MethodNotOfferedError
    hit("signing_code", user_id, now=now)
    with transaction.atomic():
        attempt = SigningAttempt.objects.select_for_update().get(pk=attempt_id)
        if now - attempt.started_at > ATTEMPT_VALID_FOR:
            raise SigningExpiredError
        if attempt.signature_id is None:
            attempt.code_nonce = secrets.token_hex(16)
            attempt.code_expires_at = now + codes.VALID_FOR
            attempt.code_attempts = 0
            attempt.save(update_fields=["code_nonce", "code_expires_at", "code_attempts"])
            notices.send_signing_code(attempt, now=now)
    return attempt


def sign_charter(
    *, attempt_id: int, code: str, now: datetime, ip_address: str = "", user_agent: str = ""
) -> Signature:
    """Sign: check the code, write signature, evidence and record, and mail the receipt. Twice gives one signature.

    The receipt is made and sealed before the transaction that writes; everything that could have changed meanwhile is
    asked again inside it.

    Raises:
        CodeWrongError, CodeUsedUpError, CodeExpiredError: the fresh proof fails.
        SigningExpiredError: started more than a day ago.
        NotSignatoryError, ProviderCannotSignError, SigningWindowClosedError: it cannot be signed any more.
        VersionChangedError: the text is no longer the one that was shown.
        SealError: the document cannot be sealed; the administration gets a task.
    Source: DESIGN.md rule 4 and section 6; DOMAIN.md 3.3.
    """
    attempt = _prove(attempt_id, code, now=now)
    if attempt.signature is not None:
        return attempt.signature
    return complete(
        StartedSigning(attempt, ip_address=ip_address, user_agent=user_agent),
        email_code.proof_of(attempt, now=now),
        now=now,
    )


class Basis(Protocol):
    """What a signature is made from: a signing begun on the page, or a paper that was registered."""

    provider: Provider
    version: CharterVersion
    text_sha256: str
    actor: Actor

    def locked(self) -> Signature | None:
        """Lock what the signature is made from and read it again; return the signature it led to already."""

    def check(self, *, now: datetime) -> tuple[CharterText, Period]:
        """Return text and period to sign, or refuse: everything may have changed meanwhile."""

    def evidence(self) -> SignatureEvidence:
        """Return who signed and what they declared, unsaved; `complete` adds the rest."""

    def facts(self) -> dict[str, Any]:
        """Return what else belongs to the proof."""

    def finish(self, signature: Signature) -> None:
        """Note which signature this has led to."""


def complete(basis: Basis, proof: Proof, *, now: datetime) -> Signature:
    """Turn a proof into a signature: check, make the document, seal it, write everything. One path for all methods.

    The document is made before the transaction that writes; everything that could have changed meanwhile is
    asked again inside it.
    """
    try:
        text, period = basis.check(now=now)
    except SigningError:
        # Clicked twice: the first click has signed meanwhile, and so nothing is left to sign for.
        with transaction.atomic():
            done = basis.locked()
        if done is None:
            raise
        return done
    signature = Signature(
        provider=basis.provider,
        version=basis.version,
        covers_from=period.first_day,
        covers_until=period.last_day,
        method=proof.method,
        signed_at=now,
        text_sha256=basis.text_sha256,
        reference=f"CH-{get_random_string(8, _ALPHABET)}",
    )
    evidence = basis.evidence()
    evidence.signature = signature
    evidence.proof = replace(proof, facts={**proof.facts, **basis.facts()}).as_evidence()
    evidence.network_delete_after = add_months(local_day(now), NETWORK_MONTHS)
    evidence.salt = secrets.token_hex(32)
    evidence.delete_after = add_months(signature.covers_until, 12 * EVIDENCE_YEARS)
    chain_head = chain.head_hash()
    try:
        sealed = documents.sealed_receipt(
            signature, evidence, text, software=software_version(), chain_head=chain_head
        )
    except SealError as error:
        report_seal_failure(error.code, now=now)
        raise
    signature.document_sha256 = documents.sha256_of_bytes(sealed.document)
    stored_name = private_storage().save(
        f"charter/receipts/{signature.reference}.pdf", ContentFile(sealed.document)
    )
    seal_facts = {"seal": sealed.as_record(), "chain_head": chain_head}
    try:
        return _write(basis, signature, evidence, stored_name, seal_facts, now=now)
    except BaseException:
        private_storage().delete(stored_name)
        raise


def sign_with_proof(
    *, attempt_id: int, now: datetime, ip_address: str = "", user_agent: str = ""
) -> Signature:
    """Sign with what a broker or passkey has confirmed a moment ago. Twice gives one signature.

    Raises:
        ProofMissingError: nothing was confirmed, or more than ten minutes ago, or for another CVR number.
        SigningExpiredError: started more than a day ago.
        NotSignatoryError, ProviderCannotSignError, SigningWindowClosedError: it cannot be signed any more.
        VersionChangedError: the text is no longer the one that was shown.
    """
    attempt = SigningAttempt.objects.select_related("provider", "user", "version", "signature").get(
        pk=attempt_id
    )
    if attempt.signature is not None:
        return attempt.signature
    if attempt.proof is None or attempt.proof_expires_at is None or now >= attempt.proof_expires_at:
        raise ProofMissingError
    proof = Proof.from_evidence(attempt.proof)
    if not still_fits(proof, cvr=attempt.provider.cvr):
        raise ProofMissingError
    return complete(StartedSigning(attempt, ip_address=ip_address, user_agent=user_agent), proof, now=now)


def software_version() -> str:
    """Return the version of this software, as evidence."""
    return installed_version("dannelsesportalen")


def _prove(attempt_id: int, code: str, *, now: datetime) -> SigningAttempt:
    """Check the one-time code. A wrong one is counted even though it is refused."""
    refusal: SigningError | None = None
    with transaction.atomic():
        attempt = (
            SigningAttempt.objects.select_for_update(of=("self",))
            .select_related("provider", "user", "version", "signature")
            .get(pk=attempt_id)
        )
        if attempt.signature_id is not None:
            return attempt
        if now - attempt.started_at > ATTEMPT_VALID_FOR:
            refusal = SigningExpiredError()
        else:
            refusal = email_code.refusal_of(attempt, code, now=now)
    if refusal is not None:
        raise refusal
    return attempt


class StartedSigning:
    """A signing begun on the page, as what a signature is made from."""

    def __init__(self, attempt: SigningAttempt, *, ip_address: str, user_agent: str) -> None:
        self._attempt = attempt
        self._ip_address, self._user_agent = ip_address, user_agent
        self.provider: Provider = attempt.provider
        self.version: CharterVersion = attempt.version
        self.text_sha256 = attempt.text_sha256
        self.actor = Actor("user", attempt.user_id)

    def locked(self) -> Signature | None:
        """Lock the attempt; return what it led to when it was posted twice.

        Raises:
            SigningExpiredError: it gave way to newer ones this moment.
        """
        attempt = (
            SigningAttempt.objects.select_for_update(of=("self",))
            .select_related("user", "signature")
            .filter(pk=self._attempt.pk)
            .first()
        )
        if attempt is None:
            raise SigningExpiredError
        self._attempt = attempt
        return attempt.signature

    def check(self, *, now: datetime) -> tuple[CharterText, Period]:
        """Ask everything again: time, state, window, signatory, version, the very text that was shown."""
        attempt = self._attempt
        if now - attempt.started_at > ATTEMPT_VALID_FOR:
            raise SigningExpiredError
        provider = Provider.objects.get(pk=attempt.provider_id)
        opening = opening_for(provider, attempt.user, now=now)
        refuse_signing(opening.bar)
        if opening.version is None or opening.version.pk != attempt.version_id:
            raise VersionChangedError
        text = text_in(opening.version, attempt.language)
        if text is None or text_sha256(text) != attempt.text_sha256:
            raise VersionChangedError
        period = period_that_was_offered(
            Period(attempt.period_first_day, attempt.period_last_day),
            today=local_day(now),
            mode=settings.PORTAL_CHARTER_MODE,
            periods=opening.periods,
        )
        if period is None:
            raise SigningWindowClosedError
        return text, period

    def evidence(self) -> SignatureEvidence:
        """Return what the signer typed and ticked, and from where."""
        attempt = self._attempt
        return SignatureEvidence(
            signer=attempt.user,
            signer_name=attempt.signer_name,
            signer_email=attempt.user.email,
            signer_role=attempt.signer_role,
            authority=attempt.authority,
            statements=attempt.statements,
            ip_address=self._ip_address or None,
            user_agent=self._user_agent[:300],
            authority_document=attempt.authority_document.name,
        )

    def facts(self) -> dict[str, Any]:
        """Return the hash of the document of authority, where there is one."""
        digest = self._attempt.authority_sha256
        return {"authority_document_sha256": digest} if digest else {}

    def finish(self, signature: Signature) -> None:
        """Let the attempt lead to its receipt from now on."""
        self._attempt.signature = signature
        self._attempt.save(update_fields=["signature"])


def _write(
    basis: Basis,
    signature: Signature,
    evidence: SignatureEvidence,
    document: str,
    seal_facts: Mapping[str, Any],
    *,
    now: datetime,
) -> Signature:
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=signature.provider_id)
        CharterVersion.objects.select_for_update().get(pk=signature.version_id)
        if (done := basis.locked()) is not None:
            private_storage().delete(document)
            return done
        _text, period = basis.check(now=now)
        if (period.first_day, period.last_day) != (signature.covers_from, signature.covers_until):
            raise SigningWindowClosedError
        superseded = _superseded_by(signature)
        signature.save(force_insert=True)
        evidence.signature = signature
        evidence.document.name = document
        evidence.save(force_insert=True)
        chain.append(
            signature,
            RecordKind.SIGNED,
            at=now,
            content={
                "facts": chain.facts_of(signature),
                "personal": chain.personal_hashes(evidence),
                "software": software_version(),
                **seal_facts,
            },
        )
        for older in superseded:
            chain.append(older, RecordKind.SUPERSEDED, at=now, content={"by": signature.reference})
        CharterVersion.objects.filter(pk=signature.version_id, locked_at=None).update(locked_at=now)
        basis.finish(signature)
        record(
            "signature.signed",
            f"signature:{signature.pk}",
            actor=basis.actor,
            now=now,
            provider_id=signature.provider_id,
            reference=signature.reference,
            covers_from=signature.covers_from.isoformat(),
            covers_until=signature.covers_until.isoformat(),
        )
        if provider.state == ProviderState.APPROVED:
            open_item(
                key=ready_key(provider.pk, provider.state_since.isoformat()),
                kind=READY,
                subject=f"provider:{provider.pk}",
                data={"name": provider.name},
                provider_id=provider.pk,
                now=now,
            )
        open_item(
            key=authority_key(signature.pk),
            kind=AUTHORITY,
            subject=f"signature:{signature.pk}",
            data={"name": provider.name, "reference": signature.reference},
            provider_id=provider.pk,
            now=now,
        )
        notices.tell_of_signature(signature, now=now)
        observers.coverage_restored([signature.provider_id], now=now)
    return signature


def _superseded_by(signature: Signature) -> list[Signature]:
    """Return older signatures that still cover days of the new one."""
    older = Signature.objects.filter(
        provider=signature.provider_id,
        covers_until__gte=signature.covers_from,
        covers_from__lte=signature.covers_until,
    ).with_facts()
    return [
        other
        for other in older.order_by("pk")
        if (interval := interval_of(span_of(other))) and interval.last_day >= signature.covers_from
    ]


def refuse_signing(bar: SigningBar | None) -> None:
    """Raise the refusal of what keeps a provider from signing; nothing for None."""
    if bar is None:
        return
    if bar == SigningBar.NOT_SIGNATORY:
        raise NotSignatoryError
    if bar in {SigningBar.ALREADY_SIGNED, SigningBar.WINDOW_CLOSED}:
        raise SigningWindowClosedError
    raise ProviderCannotSignError


def _user(user_id: int) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(pk=user_id)


__all__ = [
    "Basis",
    "Opening",
    "Statement",
    "complete",
    "opening_for",
    "refuse_signing",
    "request_signing_code",
    "sign_charter",
    "sign_with_proof",
    "signable",
    "signable_for_paper",
    "start_signing",
]
