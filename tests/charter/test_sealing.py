"""The seal: what it is, what it refuses, and that it leaves the document's standards alone."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from charter import chain
from charter.checks import check_seal
from charter.documents import receipt
from charter.errors import (
    ClockWrongError,
    RevocationDataMissingError,
    SealError,
    SealExpiredError,
    SealMissingError,
    SealUnreadableError,
    TimestampFailedError,
)
from charter.models import Signature
from charter.sealing import SealLevel, current_seal, published, read_seal, seal_document
from charter.sealing.demo import make_demo_seal
from charter.sealing.timestamps import time_stamper
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.charter.conftest import sign_for
from tests.charter.test_operations_signing import NOW, start_with_code
from tests.factories.accounts import log_in
from tests.factories.charter import CharterPeriodFactory, CharterTextFactory, ProviderMemberFactory
from tests.seals import PASSPHRASE, make_authority

AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
FACTS = {
    "title": "Kvittering",
    "publisher": "Forvaltningen",
    "reference": "CH-ABCD2345",
    "signed_at_parts": [2026, 5, 4, 8, 0, 0],
    "summary": [["Referencenummer", "CH-ABCD2345"]],
    "charter_title": "Charter",
    "charter_notice": "",
    "blocks": [{"kind": "h2", "text": "Et"}, {"kind": "p", "text": "Tale."}],
    "statements": ["Jeg har læst det."],
    "evidence": [["Navn", "Mette", ""]],
    "check": "Kontrollér",
    "labels": dict.fromkeys(
        [
            "page",
            "charter",
            "statements",
            "evidence",
            "evidence_intro",
            "fact",
            "value",
            "check",
            "honesty_heading",
            "honesty",
        ],
        "x",
    ),
}


@pytest.fixture(scope="module")
def document() -> bytes:
    return receipt(FACTS)


def test_the_seal_is_intact_covers_the_file_and_names_the_signature(sealing, document):
    sealed = seal_document(document, reference="CH-ABCD2345", at=AT)

    seal = read_seal(sealed.document, known=published())
    assert (sealed.level, sealed.certificate) == (SealLevel.B_B, current_seal().certificate.fingerprint)
    assert (seal.is_intact, seal.covers_file, seal.is_ours, seal.is_trusted, seal.was_in_time) == (True,) * 5
    assert (seal.sealed_at, seal.reference, seal.level) == (AT, "CH-ABCD2345", SealLevel.B_B)
    assert seal.certificate == sealed.certificate


def test_the_seal_is_appended_and_leaves_the_identification_as_pdf_a_and_pdf_ua(sealing, document):
    """pyHanko rewrites XMP and /Info unless a private method is overridden: this fails when an update changes it."""
    sealed = seal_document(document, reference="CH-ABCD2345", at=AT).document

    assert sealed.startswith(document)
    added = sealed[len(document) :]
    assert b"/Type /Metadata" not in added
    assert b"/Type/Metadata" not in added
    assert b"/CreationDate" not in added
    assert re.search(rb"/F 132\b", added), "the field is printed and locked, as PDF/A asks"
    for mark in (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<"):
        assert sealed.count(mark) == 1


def test_without_a_seal_the_document_stays_as_it_is_unless_one_is_required(settings, document):
    assert seal_document(document, reference="x", at=AT).level == SealLevel.NONE

    settings.PORTAL_SEAL_REQUIRED = True
    with pytest.raises(SealMissingError):
        seal_document(document, reference="x", at=AT)


@pytest.mark.parametrize("change", ["wrong_passphrase", "no_file", "no_pkcs12"])
def test_a_seal_that_cannot_be_read_is_refused(settings, sealing, document, tmp_path, change):
    if change == "wrong_passphrase":
        settings.PORTAL_SEAL_PASSPHRASE = "forkert"
    else:
        path = tmp_path / "seal.p12"
        settings.PORTAL_SEAL_FILE = str(path)
        if change == "no_pkcs12":
            path.write_bytes(b"hej")

    with pytest.raises(SealUnreadableError):
        seal_document(document, reference="x", at=AT)


@pytest.mark.parametrize("at", [datetime(2018, 12, 31, tzinfo=UTC), datetime(2045, 1, 2, tzinfo=UTC)])
def test_a_certificate_out_of_its_time_seals_nothing(sealing, document, at):
    with pytest.raises(SealExpiredError):
        seal_document(document, reference="x", at=at)


def test_a_new_certificate_is_used_at_once_and_documents_of_the_former_still_verify(
    settings, authority, sealing, document
):
    before = seal_document(document, reference="CH-1", at=AT)
    settings.PORTAL_SEAL_FILE = str(authority.seal("Nyt segl"))

    after = seal_document(document, reference="CH-2", at=AT)

    assert before.certificate != after.certificate
    for sealed in (before, after):
        assert read_seal(sealed.document, known=published()).is_trusted


def test_sealing_and_reading_work_inside_a_running_loop(sealing, document):
    import asyncio

    async def both() -> bool:
        sealed = seal_document(document, reference="x", at=AT)
        return read_seal(sealed.document, known=published()).is_trusted

    assert asyncio.run(both())


# --- time stamps ---------------------------------------------------------------------------------


@contextmanager
def serving(answer) -> Iterator[str]:
    """Serve `answer(path, body) -> bytes or None` on this machine; None is an error of the server."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = answer(self.path, body)
            self.send_response(200 if found is not None else 500)
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        do_GET = do_POST = _reply  # noqa: N815 - names of the standard library

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        time_stamper.cache_clear()


def stamping(issued, root, at):
    """Return what a time-stamp authority answers to a request."""
    registry = SimpleCertificateStore()
    registry.register(asn1_x509.Certificate.load(root.certificate.public_bytes(Encoding.DER)))
    key = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(issued.certificate.public_bytes(Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(key),
        certs_to_embed=registry,
        fixed_dt=at,
    )

    def answer(path: str, body: bytes) -> bytes:
        return stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    return answer


@pytest.fixture(scope="session")
def time_stamps(tmp_path_factory):
    """A time-stamp authority of its own, under a root of its own."""
    authority = make_authority(tmp_path_factory.mktemp("tsa"), "Tidsrod")
    return authority, authority.time_stamp_authority()


@pytest.fixture
def with_time_stamps(settings, sealing, time_stamps, tmp_path):
    """Trust that authority for times, beside the seal's root."""
    folder = tmp_path / "published"
    (folder / "tsa").mkdir(parents=True)
    for path in sealing.published.glob("*.pem"):
        (folder / path.name).write_bytes(path.read_bytes())
    root = time_stamps[0].root.certificate
    (folder / "tsa" / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    settings.PORTAL_SEAL_CERTIFICATES = str(folder)
    return time_stamps[0].root, time_stamps[1]


def test_with_a_time_stamp_authority_the_level_is_b_t(settings, with_time_stamps, document):
    root, issued = with_time_stamps
    with serving(stamping(issued, root, AT + timedelta(seconds=3))) as url:
        settings.PORTAL_TSA_URL = url
        sealed = seal_document(document, reference="x", at=AT)

    seal = read_seal(sealed.document, known=published())
    assert (sealed.level, sealed.timestamp_at) == (SealLevel.B_T, AT + timedelta(seconds=3))
    assert (seal.level, seal.is_trusted, seal.covers_file, seal.is_timestamp_trusted) == (
        SealLevel.B_T,
        True,
        True,
        True,
    )


def test_a_time_stamp_root_does_not_vouch_for_seals(settings, with_time_stamps, document, time_stamps):
    authority, _issued = time_stamps
    settings.PORTAL_SEAL_FILE = str(authority.seal("Falsk segl", publish=False))

    sealed = seal_document(document, reference="x", at=AT)

    seal = read_seal(sealed.document, known=published())
    assert (seal.is_intact, seal.is_ours, seal.is_trusted) == (True, False, False)


def test_a_time_stamp_that_cannot_be_had_refuses_the_seal(settings, sealing, document):
    with serving(lambda path, body: None) as url:
        settings.PORTAL_TSA_URL = url
        with pytest.raises(TimestampFailedError):
            seal_document(document, reference="x", at=AT)


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"\x30\x03\x02\x01\x02"])
def test_an_answer_that_is_no_time_stamp_refuses_the_seal(settings, sealing, document, answer):
    with serving(lambda path, body: answer) as url:
        settings.PORTAL_TSA_URL = url
        with pytest.raises(TimestampFailedError):
            seal_document(document, reference="x", at=AT)


def test_a_setting_lets_a_lower_level_pass_and_the_record_says_so(settings, sealing, document):
    settings.PORTAL_SEAL_ALLOW_LOWER = True
    with serving(lambda path, body: None) as url:
        settings.PORTAL_TSA_URL = url
        sealed = seal_document(document, reference="x", at=AT)

    assert sealed.as_record() == {
        "level": "PAdES-B-B",
        "certificate": sealed.certificate,
        "lowered_from": "PAdES-B-T",
    }


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(minutes=-6)])
def test_our_clock_must_agree_with_the_time_stamp_authority_s(settings, with_time_stamps, document, off):
    root, issued = with_time_stamps
    settings.PORTAL_SEAL_ALLOW_LOWER = True
    with serving(stamping(issued, root, AT + off)) as url:
        settings.PORTAL_TSA_URL = url
        with pytest.raises(ClockWrongError):
            seal_document(document, reference="x", at=AT)


def crl_of(root, *, now) -> bytes:
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + timedelta(days=7))
        .sign(root.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def distribution_point(url: str) -> tuple[x509.ExtensionType, bool]:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{url}/crl")], None, None, None)
    return x509.CRLDistributionPoints([point]), False


@pytest.fixture
def long_term(settings, tmp_path):
    """A root with a list of revoked certificates, a seal and a time-stamp authority that name it; real time."""
    authority = make_authority(tmp_path / "long")
    now = datetime.now(UTC).replace(microsecond=0)
    answers: dict[str, object] = {}

    def answer(path: str, body: bytes) -> bytes | None:
        found = answers.get(path)
        return found(path, body) if callable(found) else found

    with serving(answer) as url:
        issued = authority.time_stamp_authority(distribution_point(url))
        answers["/crl"] = crl_of(authority.root, now=now)
        answers["/tsa"] = stamping(issued, authority.root, None)
        settings.PORTAL_SEAL_FILE = str(authority.seal(extensions=(distribution_point(url),)))
        settings.PORTAL_SEAL_PASSPHRASE = PASSPHRASE
        settings.PORTAL_SEAL_CERTIFICATES = str(authority.published)
        settings.PORTAL_TSA_URL = f"{url}/tsa"
        settings.PORTAL_SEAL_LONG_TERM = True
        yield answers


def assert_lasts(sealed):
    """The seal is B-LTA, and all that it says holds."""
    seal = read_seal(sealed.document, known=published())
    assert sealed.level == seal.level == SealLevel.B_LTA
    assert (seal.is_intact, seal.covers_file, seal.is_trusted, seal.is_timestamp_trusted) == (True,) * 4


def test_with_revocation_data_the_level_is_b_lta(long_term, document):
    sealed = seal_document(document, reference="x", at=datetime.now(UTC).replace(microsecond=0))

    assert_lasts(sealed)
    assert sealed.document.startswith(document)
    spoilt = [
        sealed.document + b"mere",
        sealed.document + b"mere\n%%EOF\n",
        sealed.document[:900] + bytes([sealed.document[900] ^ 1]) + sealed.document[901:],
    ]
    for data in spoilt:
        seal = read_seal(data, known=published())
        assert not (seal.is_intact and seal.covers_file)


def test_without_revocation_data_there_is_no_long_term_seal(settings, long_term, document):
    long_term["/crl"] = None
    now = datetime.now(UTC).replace(microsecond=0)

    with pytest.raises(RevocationDataMissingError):
        seal_document(document, reference="x", at=now)

    settings.PORTAL_SEAL_ALLOW_LOWER = True
    sealed = seal_document(document, reference="x", at=now)
    assert (sealed.level, sealed.lowered_from) == (SealLevel.B_T, "PAdES-B-LTA")


def responder(url: str) -> tuple[x509.ExtensionType, bool]:
    place = x509.UniformResourceIdentifier(f"{url}/ocsp")
    description = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
    return x509.AuthorityInformationAccess([description]), False


def answering(root, issued, *, status=ocsp.OCSPCertStatus.GOOD):
    """A responder that answers for these certificates, as their authority."""

    def answer(path: str, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body).serial_number
        certificate = next(one for one in issued if one.serial_number == asked)
        now = datetime.now(UTC).replace(microsecond=0)
        revoked_at = None if status == ocsp.OCSPCertStatus.GOOD else now - timedelta(hours=2)
        response = ocsp.OCSPResponseBuilder().add_response(
            cert=certificate,
            issuer=root.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303 - names the issuer, as asked
            cert_status=status,
            this_update=now - timedelta(hours=1),
            next_update=now + timedelta(days=1),
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        signed = response.responder_id(ocsp.OCSPResponderEncoding.HASH, root.certificate)
        return signed.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)

    return answer


@pytest.fixture
def asked(settings, tmp_path):
    """A root whose certificates name a responder and no list; real time."""
    authority = make_authority(tmp_path / "asked")
    answers: dict[str, object] = {}

    def answer(path: str, body: bytes) -> bytes | None:
        found = answers.get(path)
        return found(path, body) if callable(found) else found

    with serving(answer) as url:
        stamps = authority.time_stamp_authority(responder(url))
        settings.PORTAL_SEAL_FILE = str(authority.seal(extensions=(responder(url),)))
        settings.PORTAL_SEAL_PASSPHRASE = PASSPHRASE
        settings.PORTAL_SEAL_CERTIFICATES = str(authority.published)
        settings.PORTAL_TSA_URL = f"{url}/tsa"
        settings.PORTAL_SEAL_LONG_TERM = True
        seal = x509.load_der_x509_certificate(current_seal().certificate.der)
        answers["/tsa"] = stamping(stamps, authority.root, None)
        answers["authority"], answers["issued"] = authority, [seal, stamps.certificate]
        answers["/ocsp"] = answering(authority.root, answers["issued"])
        yield answers


def test_a_responder_s_answer_serves_where_a_certificate_names_no_list(asked, document):
    sealed = seal_document(document, reference="x", at=datetime.now(UTC).replace(microsecond=0))

    assert_lasts(sealed)
    assert b"/OCSPs" in sealed.document


@pytest.mark.parametrize(
    "wrong", ["nobody answers", "no answer", "try later", "revoked", "another authority's"]
)
def test_no_long_term_seal_without_a_good_answer_of_the_responder(asked, document, wrong, tmp_path):
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    asked["/ocsp"] = {
        "nobody answers": None,
        "no answer": b"<html>",
        "try later": unsuccessful.public_bytes(Encoding.DER),
        "revoked": answering(asked["authority"].root, asked["issued"], status=ocsp.OCSPCertStatus.REVOKED),
        "another authority's": answering(make_authority(tmp_path / "x").root, asked["issued"]),
    }[wrong]

    with pytest.raises(RevocationDataMissingError):
        seal_document(document, reference="x", at=datetime.now(UTC).replace(microsecond=0))


# --- signing -------------------------------------------------------------------------------------


def test_the_record_says_level_and_certificate_and_the_head_of_the_chain(signed):
    second = sign_for("Sundt Sprog").signature

    content = chain.signed_content(second)
    assert content["seal"] == {"level": "PAdES-B-B", "certificate": current_seal().certificate.fingerprint}
    assert content["chain_head"] == signed.signature.records.get().record_hash
    assert chain.verify_chain(now=NOW).is_intact


@pytest.mark.django_db(transaction=True)
def test_the_seal_is_set_outside_every_transaction(monkeypatch, sealing):
    from django.db import connection

    from charter import documents

    seen = []

    def watched(*args, **kwargs):
        seen.append(connection.in_atomic_block)
        return seal_document(*args, **kwargs)

    monkeypatch.setattr(documents, "seal_document", watched)
    CharterPeriodFactory(year=2026)
    sign_for("Klar Tale")

    assert seen == [False]


@pytest.mark.django_db
def test_nothing_is_signed_when_the_seal_fails_and_the_team_hears_of_it_once_a_day(settings, sealing):
    CharterPeriodFactory(year=2026)
    settings.PORTAL_SEAL_PASSPHRASE = "forkert"

    for name in ("Klar Tale", "Sundt Sprog"):
        with pytest.raises(SealError):
            sign_for(name)

    assert not Signature.objects.exists()
    item = WorkItem.objects.get(kind="seal_failed")
    assert "adgangskoden" in item.description()
    assert Message.objects.filter(mail_type="charter_seal_failed").count() == 1
    settings.PORTAL_SEAL_PASSPHRASE = PASSPHRASE
    assert sign_for("Stærk Stemme").signature.pk


def test_a_signer_who_meets_a_broken_seal_can_try_again_with_the_same_code(
    settings, sealing, portal_site, time_machine
):
    time_machine.move_to(NOW, tick=False)
    CharterPeriodFactory(year=2026)
    member, text = ProviderMemberFactory(), CharterTextFactory()
    attempt, code = start_with_code(member, text)
    client = log_in(Client(), member.user)
    address = reverse("charter_code", kwargs={"slug": member.provider.slug, "attempt_id": attempt.pk})
    settings.PORTAL_SEAL_PASSPHRASE = "forkert"

    refused = client.post(address, {"code": code}, follow=True)
    assert "så intet er underskrevet" in refused.content.decode()
    assert refused.redirect_chain == [(address, 302)]

    settings.PORTAL_SEAL_PASSPHRASE = PASSPHRASE
    client.post(address, {"code": code})
    assert Signature.objects.count() == 1


# --- start-up and command line --------------------------------------------------------------------


def codes() -> list[str]:
    return [message.id for message in check_seal(None)]


def test_the_deployment_check_has_nothing_to_say_of_a_good_seal(sealing):
    assert codes() == []


def test_the_deployment_check_refuses_a_portal_that_cannot_seal(settings, sealing):
    settings.PORTAL_SEAL_FILE = ""
    assert codes() == ["charter.E001"]


def test_the_deployment_check_finds_an_expired_and_an_unpublished_certificate(settings, sealing):
    settings.PORTAL_SEAL_FILE = str(
        sealing.seal("Gammelt", not_after=datetime(2024, 1, 1, tzinfo=UTC), publish=False)
    )
    assert codes() == ["charter.E002", "charter.E004"]


def test_the_deployment_check_warns_of_a_certificate_that_ends_soon(settings, sealing):
    settings.PORTAL_SEAL_FILE = str(sealing.seal("Snart", not_after=datetime.now(UTC) + timedelta(days=20)))
    assert codes() == ["charter.W001"]


def test_the_deployment_check_refuses_a_demo_seal(settings, sealing, tmp_path):
    make_demo_seal(tmp_path)
    settings.PORTAL_SEAL_FILE, settings.PORTAL_SEAL_PASSPHRASE = str(tmp_path / "seal.p12"), "demo"
    settings.PORTAL_SEAL_CERTIFICATES = str(tmp_path / "published")
    assert codes() == ["charter.E003"]


def test_the_deployment_check_wants_a_time_stamp_authority_that_can_be_asked_and_trusted(settings, sealing):
    settings.PORTAL_TSA_URL = "file:///etc/passwd"
    assert codes() == ["charter.E005", "charter.W002"]
    settings.PORTAL_TSA_URL, settings.PORTAL_SEAL_LONG_TERM = "", True
    assert codes() == ["charter.E006"]


def test_make_demo_seal_makes_one_once_and_its_names_say_what_it_is_worth(settings, tmp_path):
    settings.PORTAL_SEAL_FILE = str(tmp_path / "seal" / "seal.p12")
    with pytest.raises(CommandError):
        call_command("charter", "make-demo-seal")
    settings.PORTAL_IS_DEMO = True

    call_command("charter", "make-demo-seal", stdout=StringIO())
    made = (tmp_path / "seal" / "seal.p12").read_bytes()
    call_command("charter", "make-demo-seal", stdout=StringIO())

    assert (tmp_path / "seal" / "seal.p12").read_bytes() == made
    settings.PORTAL_SEAL_PASSPHRASE = "demo"
    settings.PORTAL_SEAL_CERTIFICATES = str(tmp_path / "seal" / "published")
    assert all("DEMO" in one.name for one in published().certificates)
    assert current_seal().certificate.is_demo


def test_seal_shows_the_certificate_and_publishes_it(settings, authority, sealing, tmp_path, capsys):
    settings.PORTAL_SEAL_CERTIFICATES = str(tmp_path / "published")
    with pytest.raises(CommandError, match="not published"):
        call_command("charter", "seal")

    call_command("charter", "seal", "--publish")
    shown = capsys.readouterr().out
    assert current_seal().certificate.fingerprint in shown
    assert "PAdES-B-B" in shown
    assert [one.name for one in published().roots] == ["Testrod, Test"]
