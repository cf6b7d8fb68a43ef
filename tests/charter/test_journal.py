"""The packages for the journal: complete, checkable without the portal, and audited."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from charter import chain
from charter.enums import MemberRole
from charter.journal import agreement_package, case_package, signature_package
from charter.models import Agreement, Signature
from charter.operations.retention import delete_evidence
from charter.organisation.enums import EntryKind
from charter.verification import verify_everything
from core.audit.models import Entry
from tests.charter.test_operations_signing import NOW
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import (
    AgreementFactory,
    ProviderMemberFactory,
    VettingCaseFactory,
    VettingEntryFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def opened(package: bytes) -> dict[str, bytes]:
    """Return the files of a package, having checked the manifest as a stranger would."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert listed == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"
    }
    return files


def test_the_package_of_a_signature_can_be_checked_without_the_portal(signed):
    files = opened(signature_package(signed.signature, now=LATER))

    assert files["dokument.pdf"] == signed.document
    facts = json.loads(files["underskrift.json"])
    record = json.loads(files["protokol.json"])[0]
    content = json.loads(record["content"])
    assert hashlib.sha256(files["charter.html"]).hexdigest() == content["facts"]["text_sha256"]
    assert hashlib.sha256(files["dokument.pdf"]).hexdigest() == content["facts"]["document_sha256"]
    assert chain.sha256_of(f"{record['previous_hash']}\n{record['content']}") == record["record_hash"]
    evidence = facts["evidence"]
    for name, digest in content["personal"].items():
        assert chain.salted_hash(evidence["salt"], name, evidence[name]) == digest
    assert facts["checked"] == {
        "verdict": "in_force",
        "sentence": "Underskriften gælder i dag.",
        "problems": [],
    }
    assert files["certifikater.pem"].count(b"BEGIN CERTIFICATE") >= 2


def test_after_deletion_by_rule_the_package_says_so_and_holds_no_person(signed):
    type(signed.signature.evidence).objects.update(delete_after=NOW.date())
    delete_evidence(NOW + timedelta(days=3))

    signature = Signature.objects.get()
    files = opened(signature_package(signature, now=NOW + timedelta(days=4)))

    facts = json.loads(files["underskrift.json"])
    assert (facts["evidence"], facts["evidence_deleted_on"]) == (None, "2026-05-07")
    assert "dokument.pdf" not in files
    assert not [name for name, data in files.items() if b"Mette" in data]


def test_the_package_of_a_case_holds_questions_answers_notes_and_files():
    case = VettingCaseFactory(provider__name="Klar Tale", provider__cvr="12345674")
    VettingEntryFactory(case=case)
    answer = VettingEntryFactory(
        case=case, kind=EntryKind.ANSWER, text="Vi er fem.", file_name="../../ud/Vedtægter 2.pdf"
    )
    answer.file.save("x.pdf", ContentFile(b"%PDF-vedtaegter"))

    files = opened(case_package(case, now=LATER))

    assert files["sag.pdf"].startswith(b"%PDF")
    assert b"<pdfuaid:part>1<" in files["sag.pdf"]
    facts = json.loads(files["sag.json"])
    assert [entry["text"] for entry in facts["entries"]] == ["Hvem er jeres bestyrelse?", "Vi er fem."]
    assert files["bilag/02-Vedtægter 2.pdf"] == b"%PDF-vedtaegter"
    assert set(files) == {"manifest.json", "sag.pdf", "sag.json", "bilag/02-Vedtægter 2.pdf"}


def agreement_with_document() -> Agreement:
    agreement = AgreementFactory(document_name="aftale.pdf")
    agreement.document.save("aftale.pdf", ContentFile(b"%PDF-aftale"), save=False)
    agreement.document_sha256 = hashlib.sha256(b"%PDF-aftale").hexdigest()
    agreement.save()
    return agreement


def test_the_package_of_an_agreement_holds_its_document():
    files = opened(agreement_package(agreement_with_document(), now=LATER))

    assert set(files) == {"manifest.json", "aftale.pdf", "aftale.json", "bilag/aftale.pdf"}
    assert files["bilag/aftale.pdf"] == b"%PDF-aftale"


def test_verify_everything_finds_an_agreement_s_document_that_was_changed_or_lost():
    agreement = agreement_with_document()
    assert verify_everything(now=LATER).is_intact

    Agreement.objects.update(document_sha256="0" * 64)
    assert [finding.code for finding in verify_everything(now=LATER).findings] == ["agreement_changed"]
    agreement.document.storage.delete(agreement.document.name)
    assert [finding.code for finding in verify_everything(now=LATER).findings] == ["agreement_missing"]


@pytest.mark.parametrize(
    ("role", "status"),
    [("Sagsbehandler", 200), ("Administration", 200), ("Revisor", 200), ("Redaktør", 302)],
)
def test_staff_who_may_read_signatures_may_have_the_package_and_each_reading_is_noted(
    staff_client, portal_site, signed, role, status
):
    client = staff_client(role)
    targets = [
        ("signature", signed.signature, "signature.journal_read"),
        ("vetting_case", VettingCaseFactory(), "vetting.journal_read"),
        ("agreement", agreement_with_document(), "agreement.journal_read"),
    ]

    for name, found, action in targets:
        response = client.get(reverse(f"{name}:journal", args=(found.pk,)))
        assert response.status_code == status
        assert Entry.objects.filter(action=action).exists() is (status == 200)
        if status == 200:
            opened(response.content)
            assert response["Content-Type"] == "application/zip"


def test_staff_who_act_for_the_organisation_themselves_get_no_package(portal_site):
    user = UserFactory(roles=("Sagsbehandler",))
    case = VettingCaseFactory()
    ProviderMemberFactory(provider=case.provider, user=user, role=MemberRole.COORDINATOR)

    response = log_in(client_of(), user).get(reverse("vetting_case:journal", args=(case.pk,)))

    assert response.status_code == 302
    assert not Entry.objects.filter(action="vetting.journal_read").exists()


def client_of():
    from django.test import Client

    return Client()
