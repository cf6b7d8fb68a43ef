"""Personal data about signatures goes by itself; the chain stays whole (rules 4 and 10)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from charter import chain
from charter.models import Signature, SignatureEvidence, SignatureRecord, SigningAttempt
from charter.operations.retention import delete_evidence, delete_old_attempts, forget_networks
from tests.factories.accounts import UserFactory
from tests.factories.charter import SignatureFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def evidence():
    """Evidence whose last day was yesterday, with a receipt and an address."""
    row = SignatureFactory().evidence
    row.delete_after = row.network_delete_after = TODAY - timedelta(days=1)
    row.ip_address, row.user_agent = "192.0.2.7", "Firefox"
    row.document.save("receipt.pdf", ContentFile(b"%PDF"), save=False)
    row.save()
    return row


def test_delete_evidence_takes_name_and_receipt_and_leaves_a_record(evidence):
    document = evidence.document
    storage, name = document.storage, document.name
    assert storage.exists(name)

    assert delete_evidence(NOW) == 1

    assert not SignatureEvidence.objects.exists()
    assert not storage.exists(name)
    assert Signature.objects.count() == 1
    assert list(SignatureRecord.objects.values_list("kind", flat=True)) == ["signed", "evidence_deleted"]
    verification = chain.verify_chain()
    assert (verification.is_intact, verification.evidence_deleted) == (True, 1)


def test_delete_evidence_twice_changes_nothing(evidence):
    delete_evidence(NOW)

    assert delete_evidence(NOW) == 0
    assert SignatureRecord.objects.count() == 2


def test_delete_evidence_leaves_what_is_not_due(evidence):
    SignatureEvidence.objects.update(delete_after=TODAY)

    assert delete_evidence(NOW) == 0


def test_forget_networks_empties_the_address_and_breaks_no_chain(evidence):
    assert forget_networks(NOW) == 1
    assert forget_networks(NOW) == 0

    evidence.refresh_from_db()
    assert (evidence.ip_address, evidence.user_agent, evidence.signer_name) == (None, "", "Signe Signer")
    assert chain.verify_chain().is_intact


def test_delete_old_attempts_keeps_those_of_today(evidence):
    signature = evidence.signature
    for started_at in (NOW - timedelta(hours=25), NOW - timedelta(hours=23)):
        SigningAttempt.objects.create(
            provider=signature.provider,
            user=UserFactory(),
            version=signature.version,
            period_first_day=TODAY,
            period_last_day=TODAY,
            text_sha256="0" * 64,
            signer_name="Signe",
            signer_role="Direktør",
            authority="Ja",
            started_at=started_at,
        )

    assert delete_old_attempts(NOW) == 1
    assert SigningAttempt.objects.get().started_at == NOW - timedelta(hours=23)
