"""Reading a seal: what the file itself proves. Nothing is fetched: every address in a document is a stranger's."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from charter.sealing.certificates import Certificate, Published
from charter.sealing.deadlines import within
from charter.sealing.levels import SealLevel
from charter.sealing.loops import run

_END = b"%%EOF"
_MIB = 1024 * 1024
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * _MIB),
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(max_output_size=8 * _MIB),
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=_MIB),
    },
    document_budget=DocumentDecodeBudget(base_allowance=32 * _MIB, max_ratio=8),
)
"""What a document may unpack to. A receipt of ours unpacks to less than 1 MiB."""

STRANGER_SECONDS = 5.0
"""A receipt is read in a tenth of a second; a file of 2 kB can be made that takes years."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SealReading:
    """What can be seen in a file, without asking our records."""

    is_readable: bool = False
    """Whether it is a PDF at all."""

    is_sealed: bool = False
    is_intact: bool = False
    """Whether the bytes that the seal covers are those that were sealed."""

    covers_file: bool = False
    """Whether that is the whole file: nothing appended, changed or left out."""

    is_ours: bool = False
    """Whether the certificate is one that we seal or have sealed with."""

    is_trusted: bool = False
    """Whether it leads to a published root, and was valid when the seal was set."""

    was_in_time: bool = False
    """Whether the certificate was valid at the time in the seal."""

    certificate: str = ""
    sealed_by: str = ""
    sealed_at: datetime | None = None
    """The time in the seal: what the sealing computer's clock said."""

    timestamp_at: datetime | None = None
    """What a time-stamp authority said, where its stamp is intact."""

    timestamp_by: str = ""
    is_timestamp_trusted: bool = False
    level: SealLevel = SealLevel.NONE
    reference: str = ""
    """What the seal says it was set for. Means something only where it is ours and intact."""


def read_stranger(data: bytes, *, known: Published, seconds: float | None = None) -> SealReading:
    """Read the seal of a file that anybody may have made: what takes too long is not readable."""
    return within(seconds or STRANGER_SECONDS, lambda: read_seal(data, known=known), otherwise=SealReading())


def read_seal(data: bytes, *, known: Published) -> SealReading:
    """Read the seal of a file. Never raises: what cannot be read is not readable."""
    try:
        reader = PdfFileReader(BytesIO(data), strict=True, decode_limits=_LIMITS)
        seals = list(reader.embedded_regular_signatures)
        stamps = list(reader.embedded_timestamp_signatures)
    except Exception as error:
        # A stranger's file may break a parser anywhere; all that matters is that it is no document of ours.
        _log.info("An unreadable PDF: %s", type(error).__name__)
        return SealReading()
    if not seals:
        return SealReading(is_readable=True)
    if len(seals) > 1:
        # We seal once; a second signature is somebody's addition.
        return _read(seals[0], stamps, known, has_more=True)
    return _read(seals[0], stamps, known, has_more=False)


def _read(
    seal: EmbeddedPdfSignature, stamps: list[EmbeddedPdfSignature], known: Published, *, has_more: bool
) -> SealReading:
    try:
        certificate = Certificate(seal.signer_cert.dump())
        claimed = seal.self_reported_timestamp
        sealed_at = claimed.astimezone(UTC) if claimed else None
        reason = seal.sig_object.get("/Reason", "")
        is_ours = known.is_ours(certificate.fingerprint)
        status = run(
            async_validate_pdf_signature(
                seal,
                signer_validation_context=_context(known.roots, known, moment=sealed_at),
                ts_validation_context=_context(known.time_stamp_roots, known, moment=sealed_at),
                key_usage_settings=KeyUsageConstraints(key_usage=set()),
                # Comparing revisions costs time that a stranger would choose: only for files with our seal on.
                skip_diff=not (is_ours and stamps),
            )
        )
        is_intact = status.intact and status.valid
        stamp = status.timestamp_validity
        covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        level = SealLevel.B_T if stamp is not None else SealLevel.B_B
        if stamps and not has_more:
            covers, level = _reads_long_term(status, stamps, known), SealLevel.B_LTA
        has_good_stamp = stamp is not None and stamp.intact and stamp.valid
        return SealReading(
            is_readable=True,
            is_sealed=True,
            is_intact=is_intact,
            covers_file=covers and not has_more,
            is_ours=is_ours,
            is_trusted=status.trusted and is_ours,
            was_in_time=sealed_at is not None and certificate.is_valid_at(sealed_at),
            certificate=certificate.fingerprint,
            sealed_by=certificate.name,
            sealed_at=sealed_at,
            timestamp_at=stamp.timestamp.astimezone(UTC) if stamp is not None and has_good_stamp else None,
            timestamp_by=Certificate(stamp.signing_cert.dump()).name if stamp is not None else "",
            is_timestamp_trusted=bool(stamp is not None and has_good_stamp and stamp.trusted),
            level=level,
            reference=str(reason)[:40],
        )
    except Exception as error:
        _log.info("An unreadable seal: %s", type(error).__name__)
        return SealReading(is_readable=True, is_sealed=True)


def _reads_long_term(status: Any, stamps: list[EmbeddedPdfSignature], known: Published) -> bool:
    """Return whether only validation data and document time stamps follow the seal, up to the last byte.

    Data for the last time stamp follows it, so it does not cover the whole file itself: what follows is compared
    with what may, and the file must end where its last revision does.
    """
    whole = (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)
    if status.coverage not in whole or not status.docmdp_ok:
        return False
    last = stamps[-1]
    stamped = run(
        async_validate_pdf_timestamp(
            last, validation_context=_context(known.time_stamp_roots, known, moment=None)
        )
    )
    if not (stamped.intact and stamped.valid and stamped.coverage in whole):
        return False
    last.reader.stream.seek(0)
    data = last.reader.stream.read()
    return bool(data.rstrip(b"\r\n").endswith(_END) and data.count(_END) == last.reader.xrefs.total_revisions)


def _context(
    roots: tuple[Certificate, ...], known: Published, *, moment: datetime | None
) -> ValidationContext:
    """Return what to trust, at the moment of sealing. Fetches nothing."""
    return ValidationContext(
        trust_roots=[one.asn1 for one in roots],
        other_certs=[one.asn1 for one in known.intermediates],
        allow_fetching=False,
        moment=moment,
        # Our own revocation is told by taking the certificate off the published list, not by a stranger's data.
        revocation_mode="soft-fail",
        time_tolerance=timedelta(seconds=1),
        retroactive_revinfo=True,
    )
