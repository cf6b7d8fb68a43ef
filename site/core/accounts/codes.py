"""One-time codes that are stored nowhere.

The session and the outbox hold a random handle; the code is HMAC of the handle under SECRET_KEY, worked
out when the mail is sent and again when the code is typed. Who reads the database has no code.
"""

import secrets

from allauth.core.internal.cryptokit import compare_user_code
from django.utils.crypto import salted_hmac

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty consonants: no word can come out, and nothing looks like a digit."""

_LENGTH = 8  # 20^8 = 25 thousand million; three tries a code, six codes an hour


def new_handle() -> str:
    """Return a handle for one code."""
    return secrets.token_urlsafe(18)


def code_of(handle: str) -> str:
    """Return the code of a handle, as it is written in the mail: BSMR-ZJJV."""
    number = int.from_bytes(salted_hmac("core.accounts.codes", handle, algorithm="sha256").digest(), "big")
    letters = []
    for _place in range(_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def is_code_of(typed: str, handle: str) -> bool:
    """Return whether what was typed is the handle's code; case, spaces and hyphens do not matter."""
    return bool(handle) and compare_user_code(actual=typed, expected=code_of(handle))
