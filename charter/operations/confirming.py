"""Confirming who one is before signing: the question to a broker, its one answer, and whose identity it is.

A broker's answer logs nobody in and creates no user. It is kept with the signing that asked for it, for ten
minutes; a button then signs (rule 15: the address that the broker leads back to signs nothing by itself).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from charter.errors import (
    BrokerAnswerUsedError,
    MethodNotOfferedError,
    NameDiffersError,
    OtherPersonError,
    SigningExpiredError,
)
from charter.methods import Proof
from charter.methods.claims import Person, read_claims, same_person
from charter.methods.passkey import offers_passkey
from charter.methods.profiles import Profile, offered_profiles
from charter.models import IdentityBinding, SigningAttempt
from charter.operations.signing import ATTEMPT_VALID_FOR, StartedSigning
from core.audit.log import Actor, record
from core.limits.limits import hit

PROOF_VALID_FOR = timedelta(minutes=10)


def note_question(*, attempt_id: int, profile: Profile, state: str, now: datetime) -> None:
    """Note that a person is sent to a broker; an earlier question and proof of this signing stop counting.

    Raises:
        MethodNotOfferedError: the provider cannot sign in this way.
        SigningExpiredError: started more than a day ago.
        NotSignatoryError, ProviderCannotSignError, SigningWindowClosedError, VersionChangedError: it cannot be
            signed any more, and nobody need be asked.
        LimitExceededError: too many questions in the last hour.
    """
    attempt = _attempt(attempt_id)
    hit("signing_broker", attempt.user_id, now=now)
    if profile not in offered_profiles(attempt.provider.cvr):
        raise MethodNotOfferedError
    _ask(attempt, state, now=now)


def note_passkey_question(*, attempt_id: int, state: str, now: datetime) -> None:
    """Note that a person is sent to use their passkey; an earlier question and proof stop counting.

    Raises:
        MethodNotOfferedError: they have none, or only brokers count here.
        SigningExpiredError, and what `note_question` raises when it cannot be signed any more.
    """
    attempt = _attempt(attempt_id)
    if not offers_passkey(attempt.provider, attempt.user):
        raise MethodNotOfferedError
    _ask(attempt, state, now=now)


def keep_passkey_proof(*, attempt_id: int, proof: Proof, now: datetime) -> None:
    """Keep what allauth has checked as the proof of a signing."""
    SigningAttempt.objects.filter(pk=attempt_id).update(
        proof=proof.as_evidence(), proof_expires_at=now + PROOF_VALID_FOR
    )


def claim_answer(*, attempt_id: int, state: str) -> datetime:
    """Take the one answer to a question, whatever it will say. Returns when the question was asked.

    Raises:
        BrokerAnswerUsedError: it was answered already, or a newer question has taken its place.
    """
    with transaction.atomic():
        attempt = SigningAttempt.objects.select_for_update(of=("self",)).filter(pk=attempt_id).first()
        if attempt is None or not attempt.broker_state or attempt.broker_asked_at is None:
            raise BrokerAnswerUsedError
        if attempt.broker_state != _digest(state):
            raise BrokerAnswerUsedError
        SigningAttempt.objects.filter(pk=attempt_id).update(broker_state="")
        return attempt.broker_asked_at


def keep_proof(
    *,
    attempt_id: int,
    profile: Profile,
    claims: Mapping[str, Any],
    nonce: str,
    asked_at: datetime,
    now: datetime,
) -> Proof:
    """Keep what a broker's token says as the proof of a signing, if it is one.

    Args:
        claims: of a token whose signature is checked.
    Raises:
        BrokerError: what it says is not enough, or it is another person than the member who is logged in.
    """
    attempt = _attempt(attempt_id)
    person = read_claims(
        claims,
        profile=profile,
        nonce=nonce,
        asked_at=asked_at,
        cvr=attempt.provider.cvr or "",
        now=now,
    )
    if person.name and not same_person(person.name, attempt.signer_name):
        raise NameDiffersError(confirmed=person.name)
    with transaction.atomic():
        _bind(attempt, person, is_for_companies=profile.is_for_companies, now=now)
        SigningAttempt.objects.filter(pk=attempt_id).update(
            proof=person.proof.as_evidence(), proof_expires_at=now + PROOF_VALID_FOR
        )
    return person.proof


def _ask(attempt: SigningAttempt, state: str, *, now: datetime) -> None:
    if now - attempt.started_at > ATTEMPT_VALID_FOR:
        raise SigningExpiredError
    StartedSigning(attempt, ip_address="", user_agent="").check(now=now)
    SigningAttempt.objects.filter(pk=attempt.pk, signature=None).update(
        broker_state=_digest(state), broker_asked_at=now, proof=None, proof_expires_at=None
    )


def release_binding(*, binding_id: int, actor: Actor, now: datetime) -> None:
    """Forget which identity a user has at a broker; the next confirmation is a first one again."""
    with transaction.atomic():
        binding = IdentityBinding.objects.filter(pk=binding_id).first()
        if binding is None:
            return
        record(
            "identity.released",
            f"user:{binding.user_id}",
            actor=actor,
            now=now,
            method=binding.method,
            bound_by=binding.bound_by,
        )
        binding.delete()


def _bind(attempt: SigningAttempt, person: Person, *, is_for_companies: bool, now: datetime) -> None:
    """Check that the identity is the member's, and note it the first time.

    The first time, nothing but the answer itself can tell who the member is at the broker. It is believed when
    it names the e-mail address that the member logs in with, or the name that the member is registered under.
    Where no name is registered (an invitation by address alone) the name that the member signs under must be the
    one that came back, which `keep_proof` has asked already. Later the identity must be the same.
    """
    digests = _subject_digests(person.proof)
    cvr = person.cvr if is_for_companies else ""
    own = IdentityBinding.objects.filter(
        user=attempt.user_id, method=person.proof.method, issuer=person.proof.issuer, cvr=cvr
    ).first()
    if own is not None:
        if own.subject_hmac not in digests:
            raise OtherPersonError
        if own.subject_hmac != digests[0]:  # made under an earlier SECRET_KEY
            IdentityBinding.objects.filter(pk=own.pk).update(subject_hmac=digests[0])
        return
    bound_by = _first_match(attempt, person)
    taken = IdentityBinding.objects.filter(issuer=person.proof.issuer, subject_hmac__in=digests).exists()
    if not bound_by or taken:
        raise OtherPersonError
    try:
        with transaction.atomic():
            IdentityBinding.objects.create(
                user_id=attempt.user_id,
                method=person.proof.method,
                issuer=person.proof.issuer,
                cvr=cvr,
                subject_hmac=digests[0],
                bound_at=now,
                bound_by=bound_by,
            )
    except IntegrityError as error:  # two answers at the same moment
        raise OtherPersonError from error
    record(
        "identity.bound",
        f"user:{attempt.user_id}",
        actor=Actor("user", attempt.user_id),
        now=now,
        provider_id=attempt.provider_id,
        method=str(person.proof.method),
        bound_by=bound_by,
    )


def _first_match(attempt: SigningAttempt, person: Person) -> str:
    user = attempt.user
    if person.email and person.email.casefold() == user.email.casefold():
        return "email"
    registered = user.get_full_name().strip() or attempt.signer_name
    return "name" if person.name and same_person(person.name, registered) else ""


def _subject_digests(proof: Proof) -> list[str]:
    """Return what a subject is stored as: under the present SECRET_KEY first, then under earlier ones."""
    value = f"{proof.issuer}\n{proof.subject}"
    return [
        salted_hmac("charter.identity", value, secret=key, algorithm="sha256").hexdigest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _attempt(attempt_id: int) -> SigningAttempt:
    return SigningAttempt.objects.select_related("provider", "user", "version", "signature").get(
        pk=attempt_id
    )
