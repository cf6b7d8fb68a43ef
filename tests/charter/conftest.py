"""A certificate authority for the session, and a portal that seals with it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from charter.models import Signature
from charter.sealing.certificates import _read_folder
from tests.charter.test_operations_signing import NOW, sign
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterTextFactory,
    ProviderFactory,
    ProviderMemberFactory,
)
from tests.seals import PASSPHRASE, Authority, make_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """A root, made once: keys are slow."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def seal_file(authority) -> Path:
    """The PKCS#12 of a published seal under it."""
    return authority.seal()


@pytest.fixture
def sealing(settings, authority, seal_file) -> Authority:
    """Let the portal seal, and require it."""
    settings.PORTAL_SEAL_FILE = str(seal_file)
    settings.PORTAL_SEAL_PASSPHRASE = PASSPHRASE
    settings.PORTAL_SEAL_CERTIFICATES = str(authority.published)
    settings.PORTAL_SEAL_REQUIRED = True
    _read_folder.cache_clear()
    return authority


@dataclass(frozen=True)
class Signed:
    """A signature made by the product's own operation, with its stored file."""

    signature: Signature
    document: bytes


def stored(signature: Signature) -> bytes:
    """Return the stored document of a signature."""
    with signature.evidence.document.open("rb") as file:
        return file.read()


def sign_for(name: str, *, now=NOW) -> Signed:
    """Let a provider of this name sign."""
    text = CharterTextFactory()
    signature = sign(ProviderMemberFactory(provider=ProviderFactory(name=name)), text, now=now)
    return Signed(signature, stored(signature))


@pytest.fixture
def signed(sealing, db) -> Signed:
    """A sealed signature of 4 May 2026."""
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    return sign_for("Klar Tale")
