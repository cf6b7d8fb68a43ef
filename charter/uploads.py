"""Uploads that never touch a disk: kept in memory, and let go when the answer is sent."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MAX_BYTES = 4 * 1024 * 1024
"""A receipt is some 60 kB; nothing near this limit is one of ours."""

_FORM_AROUND = 64 * 1024
"""How much a form may be larger than the file in it."""


def is_announced_too_large(request: HttpRequest) -> bool:
    """Return whether a request says beforehand that it is too large: then it is not read at all."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + _FORM_AROUND
    except ValueError:
        return True


class MemoryOnlyUploadHandler(FileUploadHandler):
    """Keeps one file in memory, up to the limit; a larger one is dropped. Django's own would write it to a disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.is_too_large = False
        self._kept = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, or stop reading."""
        if start + len(raw_data) > MAX_BYTES:
            self.is_too_large = True
            self._kept = BytesIO()
            raise StopUpload(connection_reset=False)
        self._kept.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """Hand the file over."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
