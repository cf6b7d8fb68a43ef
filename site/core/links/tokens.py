"""Tokens of personal links: HMAC of purpose, object id, generation and expiry; nothing is stored (X1).

A token is the id, the generation and the expiry as bytes, followed by 16 bytes of HMAC-SHA-256 under
SECRET_KEY, in URL-safe base64: about 36 characters. It carries no personal data. The purpose is part of
the key only, so a token for one page never opens another. Raising the object's generation revokes it.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.links.errors import LinkExpiredError, LinkInvalidError, LinkRevokedError

_MAC_BYTES = 16
_EXPIRY_BYTES = 4  # seconds since 1970, enough until 2106
_MAX_ID = 2**63 - 1
_MAX_TOKEN_LENGTH = 60


@dataclass(frozen=True)
class Claim:
    """What a valid token says. The holder may act on this one object, for this one purpose."""

    object_id: int
    generation: int
    expires_at: datetime

    def require_generation(self, current: int) -> None:
        """Refuse a token older than the object's current generation.

        Raises:
            LinkRevokedError: the generation has been raised since the token was made.
        """
        if self.generation != current:
            raise LinkRevokedError


def make_token(purpose: str, object_id: int, generation: int, *, expires_at: datetime) -> str:
    """Return the token for one object and purpose; the same arguments give the same token.

    Args:
        generation: the object's own counter; raising it there revokes every token made before.
        expires_at: aware; whole seconds are kept.
    """
    if not (0 <= object_id <= _MAX_ID and 0 <= generation <= _MAX_ID):
        raise ValueError("A token needs an id and a generation of zero or more.")
    payload = (
        int(expires_at.timestamp()).to_bytes(_EXPIRY_BYTES, "big")
        + _number_to_bytes(generation)
        + _number_to_bytes(object_id)
    )
    return _encode(payload + _mac(purpose, payload, settings.SECRET_KEY))


def read_token(token: str, *, purpose: str, now: datetime) -> Claim:
    """Return what a token says. The caller still compares the generation (`Claim.require_generation`).

    Raises:
        LinkInvalidError: altered, cut off, or made for another purpose.
        LinkExpiredError: genuine, but its time is over.
    """
    signed = _decode(token)
    payload, mac = signed[:-_MAC_BYTES], signed[-_MAC_BYTES:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(mac, _mac(purpose, payload, key)) for key in keys):
        raise LinkInvalidError
    expires_at = datetime.fromtimestamp(int.from_bytes(payload[:_EXPIRY_BYTES], "big"), UTC)
    generation, rest = _number_from_bytes(payload[_EXPIRY_BYTES:])
    object_id, rest = _number_from_bytes(rest)
    if rest:
        raise LinkInvalidError
    if now >= expires_at:
        raise LinkExpiredError
    return Claim(object_id=object_id, generation=generation, expires_at=expires_at)


def absolute_url(path: str) -> str:
    """Return the full address of a path, for mails, feeds and calendar entries."""
    return f"{settings.PORTAL_BASE_URL}{path}"


def _mac(purpose: str, payload: bytes, key: str | bytes) -> bytes:
    return salted_hmac(f"core.links:{purpose}", payload, secret=key, algorithm="sha256").digest()[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(token: str) -> bytes:
    if not token.isascii() or len(token) > _MAX_TOKEN_LENGTH:
        raise LinkInvalidError
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LinkInvalidError from error
    # Base64 ignores the last bits: only one spelling of a token is accepted.
    if _encode(raw) != token or len(raw) < _MAC_BYTES + _EXPIRY_BYTES + 2:
        raise LinkInvalidError
    return raw


def _number_to_bytes(number: int) -> bytes:
    """Return a length byte and the number, so that small ids make short links."""
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(raw)]) + raw


def _number_from_bytes(raw: bytes) -> tuple[int, bytes]:
    if not raw or len(raw) < 1 + raw[0]:
        raise LinkInvalidError
    return int.from_bytes(raw[1 : 1 + raw[0]], "big"), raw[1 + raw[0] :]
