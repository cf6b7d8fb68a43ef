"""Scans that people hand in: a mandate, a signature on paper. Kind and size are told by content, not by name."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from charter.errors import ScanError

MAX_BYTES = 10 * 1024 * 1024
ACCEPT = ".pdf,.jpg,.jpeg,.png"
"""For the file field of a form."""

_KINDS = (
    (b"%PDF-", ".pdf", "application/pdf"),
    (b"\xff\xd8\xff", ".jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", ".png", "image/png"),
)


@dataclass(frozen=True)
class Scan:
    """A file that was handed in, under a name of ours: the typed name is never a path."""

    content: bytes
    name: str
    sha256: str


def read_scan(file: Any) -> Scan:
    """Return an uploaded file as it is to be kept.

    Raises:
        ScanError: empty, too large, or neither PDF, JPG nor PNG by its first bytes.
    """
    if not 0 < file.size <= MAX_BYTES:
        raise ScanError
    file.seek(0)
    content = file.read()
    file.seek(0)
    suffix = next((suffix for start, suffix, _type in _KINDS if content.startswith(start)), None)
    if suffix is None:
        raise ScanError
    return Scan(content, f"{uuid4().hex}{suffix}", hashlib.sha256(content).hexdigest())


def content_type_of(name: str) -> str:
    """Return the content type of a kept scan by its name of ours; never one that a browser would run."""
    return next(
        (kind for _start, suffix, kind in _KINDS if name.endswith(suffix)), "application/octet-stream"
    )
