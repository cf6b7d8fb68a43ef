"""The one-time code by e-mail as proof: whoever reads the signer's mailbox was there, and no more is claimed."""

from datetime import datetime

from django.conf import settings

from charter.enums import SignatureMethod
from charter.errors import CodeExpiredError, CodeUsedUpError, CodeWrongError, SigningError
from charter.methods import codes
from charter.methods.proof import Proof
from charter.models import SigningAttempt


def refusal_of(attempt: SigningAttempt, typed: str, *, now: datetime) -> SigningError | None:
    """Return why a typed code proves nothing, or None; a wrong one is counted. Call with the attempt locked."""
    if attempt.code_attempts >= codes.MAX_TRIES:
        return CodeUsedUpError()
    if not attempt.code_nonce or attempt.code_expires_at is None or now >= attempt.code_expires_at:
        return CodeExpiredError()
    if codes.is_right(attempt, typed):
        return None
    attempt.code_attempts += 1
    attempt.save(update_fields=["code_attempts"])
    left = codes.MAX_TRIES - attempt.code_attempts
    return CodeWrongError(attempts_left=left) if left else CodeUsedUpError()


def proof_of(attempt: SigningAttempt, *, now: datetime) -> Proof:
    """Return the proof of an attempt whose code was typed right just now."""
    user = attempt.user
    sent_at = attempt.code_expires_at - codes.VALID_FOR if attempt.code_expires_at else None
    return Proof(
        method=SignatureMethod.EMAIL_CODE,
        issuer=settings.PORTAL_BASE_URL,
        subject=f"user:{user.pk}",
        level="email",
        authenticated_at=now,
        transaction=f"signing:{attempt.pk}:{attempt.code_nonce[:8]}",
        facts={
            "logged_in_at": user.last_login.isoformat() if user.last_login else "",
            "code_sent_at": sent_at.isoformat() if sent_at else "",
        },
    )
