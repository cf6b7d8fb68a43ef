"""The certificate that seals (PKCS#12, by setting), and all that are published, former ones too."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from charter.errors import SealMissingError, SealUnreadableError

DEMO_MARK = "DEMO"
"""In the name of every certificate that the demo makes; `check --deploy` refuses such a seal."""


@dataclass(frozen=True)
class Certificate:
    """One certificate, as people and checks need it."""

    der: bytes

    @property
    def _parsed(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def name(self) -> str:
        """Common name and organisation, as far as there are any."""
        subject = self._parsed.subject
        found = [
            str(attribute.value)
            for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
            for attribute in subject.get_attributes_for_oid(oid)
        ]
        return ", ".join(dict.fromkeys(found)) or subject.rfc4514_string()

    @property
    def not_before(self) -> datetime:
        """Valid from."""
        return self._parsed.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """Valid until."""
        return self._parsed.not_valid_after_utc

    @property
    def is_authority(self) -> bool:
        """Whether it may issue other certificates."""
        try:
            constraints = self._parsed.extensions.get_extension_for_class(x509.BasicConstraints)
        except x509.ExtensionNotFound:
            return False
        return constraints.value.ca

    @property
    def is_self_issued(self) -> bool:
        """Whether it is a root: its own issuer."""
        return self._parsed.subject == self._parsed.issuer

    @property
    def is_demo(self) -> bool:
        """Whether the demo made it."""
        return DEMO_MARK in self.name

    @property
    def pem(self) -> str:
        """The certificate as PEM."""
        return self._parsed.public_bytes(Encoding.PEM).decode()

    @property
    def asn1(self) -> asn1_x509.Certificate:
        """The certificate as pyHanko reads it."""
        return asn1_x509.Certificate.load(self.der)

    def is_valid_at(self, moment: datetime) -> bool:
        """Return whether a moment lies within its time."""
        return self.not_before <= moment <= self.not_after


@dataclass(frozen=True)
class Published:
    """Everything in the folder PORTAL_SEAL_CERTIFICATES: what others install, and what is trusted here."""

    certificates: tuple[Certificate, ...] = ()
    time_stamp_roots: tuple[Certificate, ...] = ()
    """Roots of time-stamp authorities, in the sub-folder `tsa`. They vouch for times, never for a seal."""

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """The trusted roots, newest first."""
        found = (one for one in self.certificates if one.is_self_issued)
        return tuple(sorted(found, key=lambda one: one.not_before, reverse=True))

    @property
    def intermediates(self) -> tuple[Certificate, ...]:
        """Issuing certificates between a root and a seal."""
        return tuple(one for one in self.certificates if one.is_authority and not one.is_self_issued)

    @property
    def seals(self) -> tuple[Certificate, ...]:
        """The certificates that seal or have sealed, newest first."""
        found = (one for one in self.certificates if not one.is_authority)
        return tuple(sorted(found, key=lambda one: one.not_before, reverse=True))

    def is_ours(self, fingerprint: str) -> bool:
        """Return whether a certificate is one of those we seal or have sealed with.

        A root may be a commercial one that issues for others too: its word alone is not enough.
        """
        return any(one.fingerprint == fingerprint for one in self.seals)


def published() -> Published:
    """Return what lies in PORTAL_SEAL_CERTIFICATES; read again when a file changes.

    Raises:
        SealUnreadableError: a file there is no certificate.
    """
    if not settings.PORTAL_SEAL_CERTIFICATES:
        return Published()
    folder = Path(settings.PORTAL_SEAL_CERTIFICATES)
    return Published(
        certificates=_read_folder(_listing(folder)), time_stamp_roots=_read_folder(_listing(folder / "tsa"))
    )


type _Listing = tuple[tuple[Path, int], ...]


def _listing(folder: Path) -> _Listing:
    if not folder.is_dir():
        return ()
    files = (path for path in folder.iterdir() if path.suffix in {".pem", ".crt", ".cer", ".der"})
    return tuple(sorted((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=8)
def _read_folder(listing: _Listing) -> tuple[Certificate, ...]:
    found: dict[bytes, None] = {}
    for path, _changed in listing:
        data = path.read_bytes()
        try:
            if b"-----BEGIN" in data:
                parsed = x509.load_pem_x509_certificates(data)
            else:
                parsed = [x509.load_der_x509_certificate(data)]
        except ValueError as error:
            raise SealUnreadableError(str(path)) from error
        found.update(dict.fromkeys(one.public_bytes(Encoding.DER) for one in parsed))
    return tuple(Certificate(der) for der in found)


@dataclass(frozen=True)
class Seal:
    """The certificate in use with its key and the chain that came with it."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    key: RSAPrivateKey | EllipticCurvePrivateKey

    def left_at(self, moment: datetime) -> timedelta:
        """Return how long it still is valid."""
        return self.certificate.not_after - moment


def current_seal() -> Seal | None:
    """Return the seal of PORTAL_SEAL_FILE, or None where none is configured and none is required.

    Raises:
        SealMissingError: none is configured, and PORTAL_SEAL_REQUIRED says that there must be one.
        SealUnreadableError: the file is not there, no PKCS#12, or the passphrase is wrong.
    """
    if not settings.PORTAL_SEAL_FILE:
        if settings.PORTAL_SEAL_REQUIRED:
            raise SealMissingError
        return None
    path = Path(settings.PORTAL_SEAL_FILE)
    try:
        changed = path.stat().st_mtime_ns
        return _read_seal_file(path, changed, settings.PORTAL_SEAL_PASSPHRASE)
    except (OSError, ValueError) as error:
        raise SealUnreadableError(str(path)) from error


@lru_cache(maxsize=4)
def _read_seal_file(path: Path, changed: int, passphrase: str) -> Seal:
    """Read a PKCS#12. Kept: deriving its key takes longer than sealing; a new file is read again."""
    loaded = pkcs12.load_pkcs12(path.read_bytes(), passphrase.encode() or None)
    if loaded.cert is None or not isinstance(loaded.key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("no certificate, or no RSA or EC key in it")
    return Seal(
        certificate=Certificate(loaded.cert.certificate.public_bytes(Encoding.DER)),
        chain=tuple(
            Certificate(one.certificate.public_bytes(Encoding.DER)) for one in loaded.additional_certs
        ),
        key=loaded.key,
    )
