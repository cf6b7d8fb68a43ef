"""A passkey as proof: the person touched the device that holds it, now. allauth asks and checks it.

It says no more of who the person is than the account does, but a mailbox alone is not enough for it.
"""

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from charter.enums import SignatureMethod
from charter.methods.profiles import offered_profiles, offers_email_code
from charter.methods.proof import Proof
from charter.models import Provider, SigningAttempt


def offers_passkey(provider: Provider, user: Any) -> bool:
    """Return whether a user can sign for a provider with a passkey of their own: where the portal's own ways count."""
    if not offers_email_code(provider.cvr):
        return False
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def has_choice(provider: Provider, user: Any) -> bool:
    """Return whether there is another way to confirm than a code by e-mail."""
    return bool(offered_profiles(provider.cvr)) or offers_passkey(provider, user)


def proof_since(request: HttpRequest, attempt: SigningAttempt, asked_at: datetime) -> Proof | None:
    """Return the proof that this session's person used a passkey since they were asked, or None.

    Args:
        asked_at: when they were sent to use it; what allauth recorded before, at log-in say, is not fresh.
    """
    records = get_authentication_records(request, attempt.user)
    fresh = [
        record
        for record in records
        if record.get("method") == "mfa"
        and record.get("type") == Authenticator.Type.WEBAUTHN
        and record.get("reauthenticated")
        and record.get("at", 0) >= asked_at.timestamp()
    ]
    if not fresh:
        return None
    return Proof(
        method=SignatureMethod.PASSKEY,
        issuer=settings.PORTAL_BASE_URL,
        subject=f"user:{attempt.user_id}",
        level="passkey",
        authenticated_at=datetime.fromtimestamp(fresh[-1]["at"], UTC),
        transaction=f"signing:{attempt.pk}:passkey:{fresh[-1].get('id', '')}",
    )
