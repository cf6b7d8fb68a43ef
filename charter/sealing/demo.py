"""A demo's own root and seal. Their names say that they are worth nothing outside it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from charter.sealing.certificates import DEMO_MARK

ROOT_NAME = f"{DEMO_MARK} - Dannelsesportalen rodcertifikat"
SEAL_NAME = f"{DEMO_MARK} - Dannelsesportalen segl"
NOTE = "DEMO - ikke Københavns Kommune, beviser intet"
PASSPHRASE = "demo"  # noqa: S105 - no secret: the key beside it is worth nothing
YEARS_BACK, YEARS_AHEAD = 4, 10
"""The demo's year lies partly in the past, and its documents are sealed at the time they were signed."""


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def make_demo_seal(folder: Path) -> bool:
    """Make `seal.p12` and the published certificates in a folder; what is there stays. Returns whether it made any."""
    if (folder / "seal.p12").exists():
        return False
    published = folder / "published"
    published.mkdir(parents=True, exist_ok=True)
    root = issue(ROOT_NAME, NOTE, is_authority=True)
    seal = issue(SEAL_NAME, NOTE, issuer=root)
    (published / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (published / "seal.pem").write_bytes(seal.certificate.public_bytes(Encoding.PEM))
    # Last, and moved into place: half a seal is none.
    unfinished = folder / "seal.p12.new"
    unfinished.write_bytes(as_pkcs12(seal, [root], PASSPHRASE))
    unfinished.chmod(0o600)
    unfinished.rename(folder / "seal.p12")
    return True


def issue(
    name: str,
    organisation: str,
    *,
    issuer: Issued | None = None,
    is_authority: bool = False,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    key_size: int = 3072,
) -> Issued:
    """Return a new certificate: a root without an issuer, otherwise signed by it."""
    today = datetime.now(UTC).replace(microsecond=0)
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before or today - timedelta(days=366 * YEARS_BACK))
        .not_valid_after(not_after or today + timedelta(days=366 * YEARS_AHEAD))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                content_commitment=not is_authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return Issued(builder.sign(signing_key, hashes.SHA256()), key)


def as_pkcs12(seal: Issued, chain: list[Issued], passphrase: str) -> bytes:
    """Return certificate, key and chain in one encrypted file."""
    return pkcs12.serialize_key_and_certificates(
        b"segl",
        seal.key,
        seal.certificate,
        [one.certificate for one in chain],
        BestAvailableEncryption(passphrase.encode()),
    )
