"""The document checked by others' tools, as docs/seal.md tells outsiders to: pdfsig, pyHanko's command line, openssl.

The programs are installed by ./run test; a machine without them fails here and is not quietly passed over.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from charter.sealing import published
from charter.sealing.demo import make_demo_seal
from tests.charter.conftest import sign_for
from tests.factories.charter import CharterPeriodFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def run(*command: object, status: int | None = 0) -> str:
    program = shutil.which(str(command[0])) or str(Path(sys.executable).parent / str(command[0]))
    result = subprocess.run([program, *map(str, command[1:])], capture_output=True, text=True, check=False)
    if status is not None:
        assert result.returncode == status, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture
def demo(settings, tmp_path):
    """A signature made with the demo's seal, its document on the disk, and the published root."""
    make_demo_seal(tmp_path / "seal")
    settings.PORTAL_SEAL_FILE = str(tmp_path / "seal" / "seal.p12")
    settings.PORTAL_SEAL_PASSPHRASE = "demo"
    settings.PORTAL_SEAL_CERTIFICATES = str(tmp_path / "seal" / "published")
    CharterPeriodFactory(year=2026)
    document = tmp_path / "charter.pdf"
    document.write_bytes(sign_for("Klar Tale").document)
    (tmp_path / "rod.pem").write_text("".join(root.pem for root in published().roots))
    return tmp_path


@pytest.fixture
def trusting(demo):
    """NSS's store of certificates with the root installed, for pdfsig."""
    store = demo / "certifikater"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{store}", "-n", "rod", "-t", "C,C,C", "-i", demo / "rod.pem")
    return store


def test_pdfsig_trusts_the_document_once_the_root_is_installed(demo, trusting):
    empty = demo / "tom"
    empty.mkdir()
    run("certutil", "-N", "-d", f"sql:{empty}", "--empty-password")
    stranger = run("pdfsig", "-nssdir", f"sql:{empty}", demo / "charter.pdf", status=None)
    assert "Signature is Valid" in stranger
    assert "Certificate is Trusted" not in stranger

    output = run("pdfsig", "-nssdir", f"sql:{trusting}", demo / "charter.pdf")

    for words in ("Signature is Valid", "Certificate is Trusted", "Total document signed", "DEMO"):
        assert words in output


def test_pdfsig_sees_what_was_changed_and_what_was_added(demo, trusting):
    data = (demo / "charter.pdf").read_bytes()
    (demo / "flipped.pdf").write_bytes(data[:3000] + bytes([data[3000] ^ 1]) + data[3001:])
    (demo / "longer.pdf").write_bytes(data + b"mere")

    flipped = run("pdfsig", "-nssdir", f"sql:{trusting}", demo / "flipped.pdf", status=None)
    longer = run("pdfsig", "-nssdir", f"sql:{trusting}", demo / "longer.pdf", status=None)

    assert "Signature is Valid" not in flipped
    assert "Total document signed" not in longer


def pyhanko(demo: Path, name: str, *, status: int) -> str:
    return run(
        "pyhanko", "sign", "validate", "--pretty-print", "--trust", demo / "rod.pem", "--trust-replace",
        "--no-revocation-check", demo / name, status=status,
    )  # fmt: skip


def test_pyhanko_s_command_line_judges_the_document_valid(demo):
    output = pyhanko(demo, "charter.pdf", status=0)

    assert "The signature is judged VALID" in output
    assert "The signature covers the entire file" in output


def test_pyhanko_s_command_line_judges_a_changed_document_invalid(demo):
    data = (demo / "charter.pdf").read_bytes()
    (demo / "flipped.pdf").write_bytes(data[:3000] + bytes([data[3000] ^ 1]) + data[3001:])

    assert "INVALID" in pyhanko(demo, "flipped.pdf", status=1)


def test_openssl_verifies_the_seal_taken_out_of_the_document(demo):
    """The recipe of docs/seal.md: the bytes around /Contents, and the CMS inside it."""
    data = (demo / "charter.pdf").read_bytes()
    begin = data.rindex(b"/Contents <") + len(b"/Contents ")
    end = data.index(b">", begin) + 1
    (demo / "signed.bin").write_bytes(data[:begin] + data[end:])
    padded = bytes.fromhex(data[begin + 1 : end - 1].decode())
    (demo / "seal.der").write_bytes(padded)

    output = run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", demo / "seal.der",
        "-content", demo / "signed.bin", "-CAfile", demo / "rod.pem", "-purpose", "any", "-out", "/dev/null",
    )  # fmt: skip

    assert "successful" in output


def test_the_document_still_reads_as_text_in_order(demo):
    text = run("pdftotext", demo / "charter.pdf", "-")

    order = ["Kvittering", "Klar Tale", "Ytringsfrihed", "Dokumentation", "SHA-256", "Sådan kontrolleres"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
