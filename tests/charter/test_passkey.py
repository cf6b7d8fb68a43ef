"""A passkey as proof: only one that was used since it was asked for; the browser test uses a real one."""

import time

import pytest
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from charter.content import ensure_periods
from charter.enums import SignatureMethod
from charter.gate import local_day
from charter.models import Signature, SigningAttempt
from charter.texts import text_sha256
from tests.factories.accounts import log_in
from tests.factories.charter import CharterTextFactory, ProviderFactory, ProviderMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(portal_site):
    ensure_periods(local_day(timezone.now()))
    return CharterTextFactory()


@pytest.fixture
def member(text):
    made = ProviderMemberFactory(provider=ProviderFactory(name="Klar Tale", slug="klar-tale"))
    Authenticator.objects.create(user=made.user, type=Authenticator.Type.WEBAUTHN, data={})
    return made


@pytest.fixture
def client(member) -> Client:
    return log_in(Client(), member.user)


@pytest.fixture
def attempt(client, text) -> SigningAttempt:
    client.post(
        reverse("charter_sign", kwargs={"slug": "klar-tale"}),
        {
            "period": local_day(timezone.now()).isoformat(),
            "signer_name": "Mette Medlem",
            "signer_role": "Direktør",
            "authority": "entitled",
            "statement_1": "on",
            "statement_2": "on",
            "statement_3": "on",
            "text_sha256": text_sha256(text),
            "text_language": "da",
        },
    )
    return SigningAttempt.objects.get()


def url(name: str, attempt: SigningAttempt) -> str:
    return reverse(name, kwargs={"slug": "klar-tale", "attempt_id": attempt.pk})


def used(client: Client, user, **changes) -> None:
    """Note what allauth notes when a passkey is used."""
    session = client.session
    session["account_authentication_methods"] = [
        {
            "method": "mfa",
            "type": "webauthn",
            "id": 1,
            "reauthenticated": True,
            "at": time.time(),
            **changes,
        }
    ]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()


def test_a_passkey_used_since_it_was_asked_for_is_a_proof_that_a_button_signs_with(client, attempt, member):
    response = client.post(url("charter_passkey", attempt))
    assert response["Location"].startswith("/konto/bekraeft/noegle/?next=")
    used(client, member.user)

    client.get(url("charter_passkey_answer", attempt))
    assert not Signature.objects.exists()
    client.post(url("charter_proof", attempt))

    signature = Signature.objects.get()
    assert signature.method == SignatureMethod.PASSKEY
    assert signature.evidence.proof["level"] == "passkey"


@pytest.mark.parametrize(
    "change",
    [
        {"at": time.time() - 3600},
        {"reauthenticated": False},
        {"type": "totp"},
        {"method": "password"},
    ],
    ids=["an-hour-old", "not-asked-again", "another-factor", "another-method"],
)
def test_anything_else_in_the_session_is_no_proof(client, attempt, member, change):
    client.post(url("charter_passkey", attempt))
    used(client, member.user, **change)

    response = client.get(url("charter_passkey_answer", attempt), follow=True)

    assert "Du afbrød" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_a_passkey_of_another_user_is_no_proof(client, attempt):
    client.post(url("charter_passkey", attempt))
    used(client, ProviderMemberFactory().user)

    client.get(url("charter_passkey_answer", attempt))

    assert SigningAttempt.objects.get().proof is None


def test_an_answer_nobody_asked_for_is_no_proof(client, attempt, member):
    used(client, member.user)

    response = client.get(url("charter_passkey_answer", attempt), follow=True)

    assert "er brugt eller for gammelt" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_an_answer_counts_once(client, attempt, member):
    client.post(url("charter_passkey", attempt))
    used(client, member.user)
    client.get(url("charter_passkey_answer", attempt))
    SigningAttempt.objects.update(proof=None)

    client.get(url("charter_passkey_answer", attempt))

    assert SigningAttempt.objects.get().proof is None


def test_without_a_passkey_it_is_not_a_way(client, attempt, member):
    Authenticator.objects.all().delete()

    assert "Adgangsnøgle" not in client.get(url("charter_proof", attempt)).content.decode()
    response = client.post(url("charter_passkey", attempt), follow=True)
    assert "Du kan ikke bekræfte på den måde her" in response.content.decode()


def test_where_only_a_broker_counts_a_passkey_is_not_a_way(client, attempt, settings):
    settings.PORTAL_SIGNING_BROKERS = [
        {
            "name": "mitid",
            "method": "mitid",
            "issuer": "https://broker.example.dk/op",
            "client_id": "x",
            "client_secret": "x",
            "levels": ["substantial"],
            "identity_types": ["private"],
        }
    ]
    settings.PORTAL_SIGNING_EMAIL_CODE = False

    assert "Adgangsnøgle" not in client.get(url("charter_proof", attempt)).content.decode()
