"""The municipality's seal: certificates, sealing (PAdES), reading a seal that is there."""

from charter.sealing.certificates import (
    Certificate,
    Published,
    Seal,
    current_seal,
    published,
)
from charter.sealing.levels import CLOCK_TOLERANCE, Sealed, SealLevel
from charter.sealing.reading import SealReading, read_seal, read_stranger
from charter.sealing.seals import seal_document

__all__ = [
    "CLOCK_TOLERANCE",
    "Certificate",
    "Published",
    "Seal",
    "SealLevel",
    "SealReading",
    "Sealed",
    "current_seal",
    "published",
    "read_seal",
    "read_stranger",
    "seal_document",
]
