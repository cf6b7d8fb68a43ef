"""What a broker's answer must say to be a proof: pure decisions over the claims of a token whose signature is checked.

Only the token that came back decides. What was asked for (`acr_values`, `prompt`, `max_age`) can be changed by
whoever holds the browser, so nothing of it is believed (DOMAIN.md 3.4). Claims are taken by name from a short
list; all others, a CPR number above all, are dropped here, before anything is stored.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from charter.errors import (
    BrokerAnswerError,
    BrokerLevelError,
    BrokerOrganisationError,
    BrokerStaleError,
    BrokerTypeError,
)
from charter.methods.profiles import Profile
from charter.methods.proof import Proof

CLOCK_SKEW = timedelta(seconds=30)
"""How far a broker's clock may be from ours."""

MAX_TOKEN_AGE = timedelta(minutes=10)

_CPR_VALUE = re.compile(r"^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[- ]?\d{4}$")
_MAX_LENGTH = 300


@dataclass(frozen=True)
class Person:
    """Whom the broker's answer means, for the comparison with the member who is logged in."""

    proof: Proof
    name: str
    email: str
    """Empty unless the broker says it, and does not say that it is unverified."""

    cvr: str


def read_claims(
    claims: Mapping[str, Any], *, profile: Profile, nonce: str, asked_at: datetime, cvr: str, now: datetime
) -> Person:
    """Return whom the answer means and how it was proved.

    Args:
        claims: of a token whose signature is checked against the issuer's keys.
        nonce: the one that was sent with this request, and with no other.
        asked_at: when the person was sent to the broker; an older authentication is not fresh.
        cvr: the provider's CVR number, or an empty text.
    Raises:
        BrokerAnswerError: issuer, audience, nonce or time are not those of our question.
        BrokerStaleError: the person was not asked again.
        BrokerLevelError, BrokerTypeError, BrokerOrganisationError: not the level, kind or organisation required.
    Source: OpenID Connect Core 3.1.3.7; DESIGN.md 6.
    """
    _check_envelope(claims, profile=profile, nonce=nonce, now=now)
    authenticated_at = _moment(claims.get("auth_time"))
    if authenticated_at is None or authenticated_at < asked_at - CLOCK_SKEW:
        raise BrokerStaleError
    level = _text(claims, profile.level_claim)
    if level not in profile.levels:
        raise BrokerLevelError
    identity_type = _text(claims, profile.identity_type_claim)
    if profile.identity_types and identity_type not in profile.identity_types:
        raise BrokerTypeError
    stated_cvr = _text(claims, profile.cvr_claim)
    if profile.is_for_companies and (not cvr or stated_cvr != cvr):
        raise BrokerOrganisationError
    subject = _text(claims, "sub")
    if not subject or _CPR_VALUE.match(subject):
        raise BrokerAnswerError
    name = _text(claims, profile.name_claim)
    facts = {"name": name, "cvr": stated_cvr, "amr": _words(claims.get("amr")), "profile": profile.name}
    proof = Proof(
        method=profile.method,
        issuer=profile.issuer,
        subject=subject,
        level=level,
        identity_type=identity_type,
        authenticated_at=authenticated_at,
        transaction=_text(claims, profile.transaction_claim) or _text(claims, "jti"),
        facts={key: value for key, value in facts.items() if value},
    )
    # Left out by brokers that state verified addresses only; some write "true", and whatever else is there is a no.
    is_unverified = claims.get("email_verified", True) not in (True, "true")
    email = "" if is_unverified else _text(claims, profile.email_claim)
    return Person(proof=proof, name=name, email=email, cvr=stated_cvr)


def _check_envelope(claims: Mapping[str, Any], *, profile: Profile, nonce: str, now: datetime) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    expires_at, issued_at = _moment(claims.get("exp")), _moment(claims.get("iat"))
    not_before = _moment(claims.get("nbf"))
    is_ours = (
        claims.get("iss") == profile.issuer
        and profile.client_id in audiences
        and (party == profile.client_id or (party is None and len(audiences) == 1))
        and bool(nonce)
        and claims.get("nonce") == nonce
    )
    is_in_time = (
        expires_at is not None
        and issued_at is not None
        and now < expires_at + CLOCK_SKEW
        and issued_at - CLOCK_SKEW <= now <= issued_at + MAX_TOKEN_AGE
        and (not_before is None or not_before - CLOCK_SKEW <= now)
    )
    if not is_ours or not is_in_time:
        raise BrokerAnswerError


def same_person(one: str, other: str) -> bool:
    """Return whether two spellings can be one person's name: first and last word are the same.

    Names between may be missing ("Mette Medlem" and "Mette Kirstine Medlem"); case, accents' encoding and spaces
    do not matter. One word alone is never enough.
    """
    first, second = _name_words(one), _name_words(other)
    if min(len(first), len(second)) < 2:
        return False
    return (first[0], first[-1]) == (second[0], second[-1])


def _name_words(name: str) -> list[str]:
    return unicodedata.normalize("NFKC", name).casefold().split()


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim as text: by its name as it stands, or by a dotted path; nothing that may be a CPR number."""
    if not name:
        return ""
    value: Any = claims.get(name)
    if value is None and "." in name:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value).strip()[:_MAX_LENGTH]
    return "" if _CPR_VALUE.match(text) and name != "sub" else text


def _words(value: object) -> list[str]:
    """Return a list of short words, such as `amr`."""
    if not isinstance(value, list):
        return []
    return [word[:60] for word in value[:10] if isinstance(word, str) and not _CPR_VALUE.match(word)]


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
