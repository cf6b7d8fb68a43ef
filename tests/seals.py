"""A certificate authority for tests: roots, seals, a time-stamp authority, and the settings that use them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from charter.sealing.demo import Issued, as_pkcs12, issue

PASSPHRASE = "æble og pære"
FROM, UNTIL = datetime(2019, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
NAME = "Dannelsesportalens segl (test)"


@dataclass(frozen=True)
class Authority:
    """A root and the folder in which its seals and published certificates lie."""

    root: Issued
    folder: Path

    @property
    def published(self) -> Path:
        """The folder of published certificates."""
        return self.folder / "published"

    def seal(
        self,
        name: str = NAME,
        *,
        not_before: datetime = FROM,
        not_after: datetime = UNTIL,
        publish: bool = True,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    ) -> Path:
        """Issue a seal and return its PKCS#12."""
        seal = issue(
            name,
            "Test",
            issuer=self.root,
            not_before=not_before,
            not_after=not_after,
            extensions=extensions,
            key_size=2048,
        )
        if publish:
            self.publish(seal)
        path = self.folder / f"{seal.certificate.serial_number:x}.p12"
        path.write_bytes(as_pkcs12(seal, [self.root], PASSPHRASE))
        return path

    def publish(self, issued: Issued, *, folder: str = "") -> Path:
        """Publish a certificate."""
        target = self.published / folder
        target.mkdir(parents=True, exist_ok=True)
        path = target / f"{issued.certificate.serial_number:x}.pem"
        path.write_bytes(issued.certificate.public_bytes(Encoding.PEM))
        return path

    def time_stamp_authority(self, *extensions: tuple[x509.ExtensionType, bool]) -> Issued:
        """Issue the certificate of a time-stamp authority under this root, trusted for times."""
        issued = issue(
            "Tidsstempel (test)",
            "Test",
            issuer=self.root,
            not_before=FROM,
            not_after=UNTIL,
            key_size=2048,
            extensions=((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True), *extensions),
        )
        self.publish(self.root, folder="tsa")
        return issued


def make_authority(folder: Path, name: str = "Testrod") -> Authority:
    """Make a root and publish it."""
    folder.mkdir(parents=True, exist_ok=True)
    root = issue(name, "Test", is_authority=True, not_before=FROM, not_after=UNTIL, key_size=2048)
    authority = Authority(root, folder)
    authority.publish(root)
    return authority


def seal_environment(folder: Path) -> dict[str, str]:
    """Make a seal and return the variables with which a portal in production uses it."""
    authority = make_authority(folder)
    return {
        "PORTAL_SEAL_FILE": str(authority.seal()),
        "PORTAL_SEAL_PASSPHRASE": PASSPHRASE,
        "PORTAL_SEAL_CERTIFICATES": str(authority.published),
    }
