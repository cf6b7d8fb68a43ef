"""The one-time code of a signing: derived when needed, stored nowhere.

The code is an HMAC of SECRET_KEY over the attempt and a random nonce that each request renews. The database
alone does not give it away, and the outbox can build the mail from ids (DESIGN.md 5, Links).
"""

from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from charter.models import SigningAttempt

DIGITS = 6
VALID_FOR = timedelta(minutes=10)
MAX_TRIES = 5


def code_of(attempt: SigningAttempt) -> str:
    """Return the six digits of an attempt's newest code."""
    mac = salted_hmac("charter.codes", f"{attempt.pk}:{attempt.code_nonce}", algorithm="sha256").digest()
    return f"{int.from_bytes(mac[:8]) % 10**DIGITS:0{DIGITS}}"


def is_right(attempt: SigningAttempt, typed: str) -> bool:
    """Return whether somebody typed the code; spaces and hyphens do not matter."""
    digits = "".join(character for character in typed if character not in " -\u00a0\u2009")
    return constant_time_compare(code_of(attempt), digits)
