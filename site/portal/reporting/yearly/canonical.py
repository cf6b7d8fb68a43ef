"""The one way a snapshot is written and hashed: the same facts give the same bytes (ADR 11)."""

import hashlib
import json
from typing import Any


def canonical(content: Any) -> str:
    """Return canonical JSON: keys sorted, no spaces, text as it is, whole numbers only.

    Raises:
        TypeError: it holds something else than text, whole numbers, yes and no, lists and mappings.
    """
    _refuse_what_varies(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(content: str | bytes) -> str:
    """Return the SHA-256 of a snapshot or a document, in hex."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _refuse_what_varies(value: Any) -> None:
    """A float or a lazy text may be written in more than one way."""
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"not the key of a snapshot: {key!r}")
            _refuse_what_varies(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_what_varies(item)
    elif value is not None and type(value) not in (str, int, bool):
        raise TypeError(f"not a value of a snapshot: {value!r}")
