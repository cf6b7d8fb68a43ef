"""Files that people hand in: kind and size are checked by content, not by what the browser says."""

import hashlib
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from charter.organisation.errors import UploadError

MAX_BYTES = 10 * 1024 * 1024
_BEGINS_WITH = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".odt": b"PK\x03\x04"}
ACCEPT = ",".join(_BEGINS_WITH)
"""For the file field of a form."""

CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}


def check_upload(file: Any) -> None:
    """Refuse a file that is too large, empty, or not what its name says.

    Raises:
        UploadError
    """
    suffix = PurePath(file.name or "").suffix.lower()
    if suffix not in _BEGINS_WITH or not 0 < file.size <= MAX_BYTES:
        raise UploadError
    file.seek(0)
    beginning = file.read(8)
    file.seek(0)
    if not beginning.startswith(_BEGINS_WITH[suffix]):
        raise UploadError


def stored_copy(file: Any) -> tuple[ContentFile, str, str]:
    """Return the bytes under a name of ours, the name to show, and the SHA-256. The typed name is never a path."""
    check_upload(file)
    content = file.read()
    path = PurePath(str(file.name).replace("\\", "/"))
    shown = "".join(c for c in path.name if c.isprintable())[-120:]
    return (
        ContentFile(content, name=f"{uuid4().hex}{path.suffix.lower()}"),
        shown,
        hashlib.sha256(content).hexdigest(),
    )


def content_type_of(name: str) -> str:
    """Return the content type of a stored file by its name; never one that a browser would run."""
    return CONTENT_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
