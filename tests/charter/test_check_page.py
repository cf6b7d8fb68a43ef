"""The public page where anybody checks a signature: what it says, what it refuses, and that it keeps nothing."""

import re
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charter.enums import SignatureMethod
from charter.methods import honesty
from charter.sealing import current_seal, published
from charter.uploads import MAX_BYTES
from core.limits.limits import LIMITS
from tests.charter.test_operations_signing import NOW
from tests.factories.charter import CharterTextFactory, CharterVersionFactory

pytestmark = pytest.mark.django_db
URL = "/charter/kontrol/"


@pytest.fixture(autouse=True)
def _an_hour_later(time_machine):
    time_machine.move_to(NOW + timedelta(hours=1))


def send(client, data: bytes = b"", *, reference: str = ""):
    fields: dict[str, object] = {"reference": reference}
    if data:
        fields["document"] = SimpleUploadedFile("charter.pdf", data, content_type="application/pdf")
    return client.post(URL, fields)


def verdict(response) -> str:
    return re.search(r'data-verdict="(\w+)"', response.content.decode()).group(1)


def test_a_genuine_document_is_explained_with_what_is_and_is_not_proved(client, portal_site, signed):
    response = send(client, signed.document)

    page = response.content.decode()
    assert (response.status_code, verdict(response)) == (200, "in_force")
    for words in (
        "Dokumentet er ægte",
        "Klar Tale",
        signed.signature.reference,
        "til mindste byte",
        "Seglet er ubrudt",
        "Ingen uafhængig tjeneste",
        honesty(SignatureMethod.EMAIL_CODE),
        signed.signature.document_sha256,
    ):
        assert words in page
    assert "Mette Medlem" in signed.signature.evidence.signer_name, "there is a name to leak"
    assert "Mette" not in page
    assert signed.signature.evidence.signer_email not in page


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda data: data[:3000] + bytes([data[3000] ^ 1]) + data[3001:], "altered", "ændret"),
        (lambda data: data + b"hej", "appended", "føjet noget til"),
        (lambda data: data[: data.index(b"%%EOF") + 6], "unsealed", "intet segl"),
        (lambda data: b"%PDF-1.7 noget andet", "unreadable", "ikke en PDF"),
    ],
    ids=["altered", "appended", "unsealed", "unreadable"],
)
def test_a_spoilt_document_is_told_apart_and_nothing_in_it_is_repeated(
    client, portal_site, signed, spoil, code, words
):
    response = send(client, spoil(signed.document))

    page = response.content.decode()
    assert verdict(response) == code
    assert words in page
    assert "Klar Tale" not in page


def test_a_reference_alone_tells_of_the_signature_without_the_person(client, portal_site, signed):
    page = send(client, reference=signed.signature.reference.lower()).content.decode()

    assert "Vi kender underskriften" in page
    assert "Klar Tale" in page
    assert "Mette" not in page
    assert "Vælg det ovenfor" in page, "it says that a document shown is not proved by it"
    assert verdict(send(client, reference="CH-FINDESEJ")) == "no_such_reference"


def test_document_and_reference_must_belong_together(client, portal_site, signed):
    assert verdict(send(client, signed.document, reference="CH-ANDEN123")) == "other_signature"
    assert verdict(send(client, signed.document, reference=signed.signature.reference)) == "in_force"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Vælg en PDF, eller indtast et referencenummer."),
        (b"\x89PNG\r\n", "Filen er ikke en PDF."),
    ],
)
def test_wrong_answers_say_what_to_do(client, portal_site, data, words):
    response = send(client, data)

    assert (response.status_code, words in response.content.decode()) == (200, True)


def test_a_file_that_is_too_large_is_not_kept_in_memory_and_says_so(client, portal_site):
    response = send(client, b"%PDF-" + b"x" * MAX_BYTES)

    assert response.status_code == 413
    assert "Filen er for stor" in response.content.decode()


def test_a_request_that_announces_too_much_is_not_read(client, portal_site):
    response = client.post(URL, {"reference": "CH-FINDESEJ"}, CONTENT_LENGTH=str(MAX_BYTES * 2))

    assert response.status_code == 413
    assert not hasattr(response.wsgi_request, "_post")


def test_a_file_just_over_the_limit_is_dropped_while_it_is_read(client, portal_site):
    response = send(client, b"%PDF-" + b"x" * (MAX_BYTES - 4))

    assert response.status_code == 413


def test_nothing_of_an_upload_is_stored(client, portal_site, signed, monkeypatch):
    """No file is opened for it, and nothing is written to the database but the counter of attempts."""
    opened = []
    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, lambda *args, **kwargs: opened.append(args))
    before = set(Path(tempfile.gettempdir()).iterdir())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        # Larger than what Django keeps in memory by itself.
        send(client, signed.document + b"\n" * 3_000_000)

    writes = [
        query["sql"]
        for query in queries
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", query["sql"], re.IGNORECASE)
    ]
    assert [sql for sql in writes if "limits_counter" not in sql] == []
    assert opened == []
    assert {
        path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if path.suffix == ".upload"
    } == set()


def test_the_form_is_checked_for_forgery_like_every_other(portal_site, signed):
    client = Client(enforce_csrf_checks=True)

    assert send(client, signed.document).status_code == 403

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(URL).content.decode()).group(1)
    response = client.post(
        URL,
        {
            "csrfmiddlewaretoken": token,
            "document": SimpleUploadedFile("charter.pdf", signed.document, content_type="application/pdf"),
        },
    )
    assert verdict(response) == "in_force"


def test_questions_are_limited_per_address(client, portal_site):
    for _time in range(LIMITS["charter_check_ip"].count):
        assert send(client, reference="CH-FINDESEJ").status_code == 200

    assert send(client, reference="CH-FINDESEJ").status_code == 429
    assert client.get(URL).status_code == 200


def test_nothing_is_fetched_for_a_stranger_s_document(client, portal_site, signed, monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert verdict(send(client, signed.document)) == "in_force"


def test_roots_and_certificates_are_published_with_their_fingerprints(client, portal_site, sealing):
    roots = x509.load_pem_x509_certificates(client.get("/charter/kontrol/rodcertifikater.pem").content)
    everything = x509.load_pem_x509_certificates(client.get("/charter/kontrol/certifikater.pem").content)
    page = client.get(URL).content.decode()

    assert [root.subject for root in roots] == [sealing.root.certificate.subject]
    assert len(everything) == len(published().certificates)
    assert published().roots[0].fingerprint in page
    assert current_seal().certificate.fingerprint in page


def test_the_charter_can_be_read_as_a_pdf_before_it_is_signed(client, portal_site):
    text = CharterTextFactory(body="<h3>Uden mellemtrin</h3><p>Tale.</p><ul><li>Et</li></ul>")
    draft = CharterTextFactory(version=CharterVersionFactory(number=2, draft=True))

    response = client.get(f"/charter/version/{text.version.number}/da.pdf")

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert b"<pdfuaid:part>1<" in response.content
    assert response.content == client.get(f"/charter/version/{text.version.number}/da.pdf").content
    assert "/charter/version/1/da.pdf" in client.get("/charter/").content.decode()
    assert client.get(f"/charter/version/{draft.version.number}/da.pdf").status_code == 404
    assert client.get("/charter/version/1/en.pdf").status_code == 404
