"""Setting the seal: PAdES on a finished PDF, whose bytes stay as they are in front of it.

Never call it inside a transaction: it may ask a time-stamp authority.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from charter.errors import (
    ClockWrongError,
    RevocationDataMissingError,
    SealError,
    SealExpiredError,
    TimestampFailedError,
)
from charter.sealing.certificates import Certificate, Published, Seal, current_seal, published
from charter.sealing.levels import CLOCK_TOLERANCE, Sealed, SealLevel
from charter.sealing.loops import run
from charter.sealing.reading import read_seal
from charter.sealing.revocation import revocation_data_for
from charter.sealing.timestamps import HttpTimeStamper, time_stamper

FIELD_NAME = "Segl"
_log = logging.getLogger(__name__)


class _Writer(IncrementalPdfFileWriter):
    """Leaves XMP and /Info alone.

    pyHanko 0.38 rewrites both on every update and so drops the PDF/A and PDF/UA identification. The method is
    private: pyHanko is pinned, and a test compares the metadata before and after.
    """

    def _update_meta(self) -> None:
        pass


class _KeptKeySigner(Signer):
    """Seals with the key as it was read: pyHanko's own signer reads and checks it anew each time, 100 ms with RSA."""

    def __init__(self, seal: Seal, registry: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=seal.certificate.asn1, cert_registry=registry)
        self._key = seal.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign with SHA-256, the only digest asked for here."""
        if digest_algorithm != "sha256":
            raise ValueError(f"{digest_algorithm} was asked for")
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ECDSA(SHA256()))


class _SignerAt(PdfSigner):
    """A signer whose seal carries the time of the signature, so that record and seal say the same."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        """Set the time."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session


def wanted_level() -> SealLevel:
    """Return the level that the settings ask for."""
    if not settings.PORTAL_TSA_URL:
        return SealLevel.B_B
    return SealLevel.B_LTA if settings.PORTAL_SEAL_LONG_TERM else SealLevel.B_T


def seal_document(document: bytes, *, reference: str, at: datetime) -> Sealed:
    """Return the document with the municipality's seal; without a configured seal as it is, level `none`.

    Args:
        reference: stands in the seal as the reason, so that an unknown file still says what it claims to be.
        at: the time of the signature, which the seal carries.
    Raises:
        SealMissingError, SealUnreadableError, SealExpiredError: there is nothing to seal with.
        TimestampFailedError, RevocationDataMissingError: the level asked for cannot be had, and
            PORTAL_SEAL_ALLOW_LOWER does not let a lower one pass.
        ClockWrongError: the time-stamp authority says another time than our clock.
    """
    seal = current_seal()
    if seal is None:
        return Sealed(document, SealLevel.NONE)
    if not seal.certificate.is_valid_at(at):
        raise SealExpiredError
    wanted = wanted_level()
    for level in _levels_to_try(wanted):
        try:
            data = run(_seal(document, seal, level, reference=reference, at=at))
        except (TimestampFailedError, RevocationDataMissingError) as error:
            _log.error("%s cannot be had for %s: %s", level, reference, error.__cause__ or error)
            if not settings.PORTAL_SEAL_ALLOW_LOWER:
                raise
            continue
        stamped = read_seal(data, known=published()).timestamp_at if level != SealLevel.B_B else None
        if stamped is not None and abs(stamped - at) > CLOCK_TOLERANCE:
            _log.error("The clock is wrong: the time-stamp authority says %s, we say %s", stamped, at)
            raise ClockWrongError
        return Sealed(
            document=data,
            level=level,
            certificate=seal.certificate.fingerprint,
            lowered_from=str(wanted) if level != wanted else "",
            timestamp_at=stamped,
        )
    raise TimestampFailedError


def _levels_to_try(wanted: SealLevel) -> list[SealLevel]:
    order = [SealLevel.B_LTA, SealLevel.B_T, SealLevel.B_B]
    return order[order.index(wanted) :]


async def _seal(document: bytes, seal: Seal, level: SealLevel, *, reference: str, at: datetime) -> bytes:
    known = published()
    store = SimpleCertificateStore()
    store.register_multiple(_asn1([*seal.chain, *known.intermediates, *known.roots]))
    long_term = level == SealLevel.B_LTA
    stamper = time_stamper(settings.PORTAL_TSA_URL) if level != SealLevel.B_B else None
    context = await _long_term_context(seal, known, stamper) if stamper is not None and long_term else None
    signer = _SignerAt(
        PdfSignatureMetadata(
            field_name=FIELD_NAME,
            md_algorithm="sha256",
            reason=reference,
            location="Dannelsesportalen",
            name=seal.certificate.name,
            certify=True,
            subfilter=SigSeedSubFilter.PADES,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            validation_context=context,
            embed_validation_info=long_term,
            use_pades_lta=long_term,
            # An organisation's seal: some authorities set one of the two, some the other.
            signer_key_usage=set(),
        ),
        _KeptKeySigner(seal, store),
        timestamper=stamper,
        new_field_spec=SigFieldSpec(FIELD_NAME),
    )
    signer.at = at
    output = BytesIO()
    try:
        await signer.async_sign_pdf(_Writer(BytesIO(document)), output=output)
    except SealError:
        raise
    except Exception as error:
        if level == SealLevel.B_B:
            raise
        # Whatever the outside answered with: a time stamp or revocation data was not to be had.
        raise (
            RevocationDataMissingError if _is_about_certificates(error) else TimestampFailedError
        ) from error
    if context is not None and not [*context.crls, *context.ocsps]:
        raise RevocationDataMissingError
    return output.getvalue()


async def _long_term_context(seal: Seal, known: Published, stamper: HttpTimeStamper) -> ValidationContext:
    """Return what goes into the document so that it can be checked when certificates are long over."""
    try:
        token = await stamper.async_dummy_response("sha256")
    except Exception as error:
        raise TimestampFailedError from error
    theirs = [Certificate(one.chosen.dump()) for one in token["content"]["certificates"]]
    others = [*known.intermediates, *theirs]
    roots = [*known.roots, *known.time_stamp_roots]
    data = revocation_data_for(
        [seal.certificate, *seal.chain, *theirs], issuers=[*roots, *others, *seal.chain]
    )
    return ValidationContext(
        trust_roots=_asn1(roots),
        other_certs=_asn1(others),
        allow_fetching=False,
        crls=data.lists,
        ocsps=data.answers,
        # A certificate that names where it would be revoked must be covered by what was fetched.
        revocation_mode="hard-fail",
    )


def _is_about_certificates(error: Exception) -> bool:
    from pyhanko.sign.general import SigningError
    from pyhanko_certvalidator.errors import PathError, PathValidationError

    return isinstance(error, PathError | PathValidationError | SigningError)


def _asn1(certificates: Iterable[Certificate]) -> list[asn1_x509.Certificate]:
    return [one.asn1 for one in certificates]
