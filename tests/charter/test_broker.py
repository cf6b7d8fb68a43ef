"""Signing through an identity broker: against a real issuer over HTTP, with its own keys, codes and PKCE.

The same issuer is the demo's. What a dishonest broker or browser could do is tried by changing what it answers.
"""

import dataclasses
import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from charter.chain import verify_chain
from charter.content import ensure_periods
from charter.enums import SignatureMethod
from charter.gate import local_day
from charter.models import IdentityBinding, Provider, Signature, SigningAttempt
from charter.operations import release_binding
from charter.texts import statements_in, text_sha256
from core.audit.log import SYSTEM
from core.audit.models import Entry
from core.limits.limits import LIMITS
from portal.demo.broker import Identity, Issuer, serving
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import CharterTextFactory, ProviderFactory, ProviderMemberFactory

pytestmark = pytest.mark.django_db

CVR = "99000007"
METTE = Identity("sub-mette", "Mette Medlem", "professional", "Klar Tale", CVR)
PRIVATE_METTE = Identity("sub-mette-private", "Mette Kirstine Medlem")
OLE = Identity("sub-ole", "Ole Olsen", "professional", "Klar Tale", CVR)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def issuer(key) -> Iterator[Issuer]:
    made = Issuer(
        client_id="portal",
        client_secret="hemmelig",
        redirect_uri="http://testserver/charter/svar/erhverv/",
        people=lambda: [METTE, PRIVATE_METTE, OLE],
        key=key,
    )
    with serving(made):
        yield made


def profile_of(made: Issuer, **changes) -> dict:
    return {
        "name": "erhverv",
        "method": "mitid_erhverv",
        "issuer": made.url,
        "client_id": made.client_id,
        "client_secret": made.client_secret,
        "acr_values": ["substantial"],
        "levels": ["substantial", "high"],
        "identity_types": ["professional"],
        "cvr_claim": "cvr",
        **changes,
    }


@pytest.fixture
def configured(issuer, settings) -> dict:
    entry = profile_of(issuer)
    settings.PORTAL_SIGNING_BROKERS = [entry]
    return entry


@pytest.fixture
def text(portal_site):
    ensure_periods(local_day(timezone.now()))
    return CharterTextFactory()


@pytest.fixture
def member(text, configured):
    return ProviderMemberFactory(
        provider=ProviderFactory(name="Klar Tale", slug="klar-tale", cvr=CVR),
        user__email="mette@klartale.example.dk",
    )


@pytest.fixture
def client(member) -> Client:
    return log_in(Client(), member.user)


def begin(client: Client, text, *, slug="klar-tale", signer_name="Mette Medlem") -> SigningAttempt:
    """Fill in the first page."""
    statements = {f"statement_{number}": "on" for number in range(1, len(statements_in("da")) + 1)}
    response = client.post(
        reverse("charter_sign", kwargs={"slug": slug}),
        {
            "period": local_day(timezone.now()).isoformat(),
            "signer_name": signer_name,
            "signer_role": "Direktør",
            "authority": "entitled",
            "text_sha256": text_sha256(text),
            "text_language": "da",
            **statements,
        },
    )
    attempt = SigningAttempt.objects.latest("pk")
    assert response["Location"] == proof_url(attempt)
    return attempt


def proof_url(attempt: SigningAttempt) -> str:
    return reverse("charter_proof", kwargs={"slug": attempt.provider.slug, "attempt_id": attempt.pk})


def ask(client: Client, attempt: SigningAttempt, *, profile="erhverv", query="") -> str:
    """Press the button; returns the broker's address that the page leads to."""
    url = reverse(
        "charter_ask", kwargs={"slug": attempt.provider.slug, "attempt_id": attempt.pk, "profile": profile}
    )
    response = client.post(url + query)
    assert response.status_code == 200, response.headers
    return response["Refresh"].removeprefix("0;url=")


def choose(question: str, identity: Identity | None, *, level="substantial") -> str:
    """Be somebody at the broker, over HTTP; returns the address that the browser is sent back to."""
    assert requests.get(question, timeout=5).status_code == 200
    form = {"who": identity.subject, "level": level} if identity else {}
    response = requests.post(question, data=form, allow_redirects=False, timeout=5)
    assert response.status_code == 303
    return response.headers["Location"]


def come_back(client: Client, answer: str):
    parts = urlsplit(answer)
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def confirm(client: Client, text, identity=METTE, *, level="substantial", **changes):
    attempt = begin(client, text, **changes)
    return come_back(client, choose(ask(client, attempt), identity, level=level))


def sign(client: Client):
    return client.post(proof_url(SigningAttempt.objects.latest("pk")), follow=True)


def test_a_member_signs_with_mitid_erhverv(client, text, member):
    response = confirm(client, text)
    assert "Du er bekræftet som Mette Medlem" in response.content.decode()
    assert not Signature.objects.exists(), "the address that the broker leads back to signs nothing"

    response = sign(client)

    signature = Signature.objects.get()
    assert signature.reference in response.content.decode()
    assert signature.method == SignatureMethod.MITID_ERHVERV
    proof = signature.evidence.proof
    assert (proof["level"], proof["identity_type"], proof["subject"]) == (
        "substantial",
        "professional",
        "sub-mette",
    )
    assert proof["facts"]["cvr"] == CVR
    assert proof["transaction"]
    assert signature.evidence.signer == member.user
    assert verify_chain().is_intact
    assert IdentityBinding.objects.get().bound_by == "name"
    assert Entry.objects.get(action="identity.bound").actor_id == member.user_id


def test_the_question_demands_a_fresh_confirmation_with_pkce(client, text, issuer):
    params = parse_qs(urlsplit(ask(client, begin(client, text))).query)

    assert params["prompt"] == ["login"]
    assert params["max_age"] == ["0"]
    assert params["acr_values"] == ["substantial"]
    assert params["code_challenge_method"] == ["S256"]
    assert len(params["nonce"][0]) >= 16
    assert len(params["state"][0]) >= 16
    assert params["scope"] == ["openid"]


def test_nothing_of_the_request_changes_the_question(client, text):
    """allauth's own log-in address takes `auth_params` and `scope` from its query: ours does not."""
    lowered = "?" + urlencode({"auth_params": "acr_values=low&prompt=none&max_age=9999", "scope": "cpr"})

    params = parse_qs(urlsplit(ask(client, begin(client, text), query=lowered)).query)

    assert (params["acr_values"], params["prompt"], params["max_age"]) == (["substantial"], ["login"], ["0"])
    assert params["scope"] == ["openid"]


def refused(client: Client, response, expected: str) -> None:
    """Back on the page where one confirms, with what was typed and a text that says why; nothing to sign with."""
    attempt = SigningAttempt.objects.latest("pk")
    assert response.redirect_chain[-1][0] == proof_url(attempt)
    page = response.content.decode()
    assert expected in page
    assert "Direktør" in page, "what was typed is kept"
    assert attempt.proof is None
    client.post(proof_url(attempt))
    assert not Signature.objects.exists()


def test_a_level_lowered_in_the_browser_is_refused(client, text):
    """The trap of DOMAIN.md 3.4: whoever holds the browser rewrites the question; the token tells."""
    question = ask(client, begin(client, text)).replace("acr_values=substantial", "acr_values=low")

    response = come_back(client, choose(question, METTE, level="low"))

    refused(client, response, "på et niveau, der er for lavt")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"acr": "low"}, "for lavt"),
        ({"acr": None}, "for lavt"),
        ({"acr": ["substantial"]}, "for lavt"),
        ({"acr": "SUBSTANTIAL"}, "for lavt"),
        ({"identity_type": "private"}, "en anden slags identitet"),
        ({"identity_type": None}, "en anden slags identitet"),
        ({"cvr": "99000015"}, "en anden organisation"),
        ({"cvr": None}, "en anden organisation"),
        ({"iss": "https://example.org"}, "kunne ikke bruges"),
        ({"aud": "another-client"}, "kunne ikke bruges"),
        ({"aud": ["portal", "another-client"]}, "kunne ikke bruges"),
        ({"aud": ["portal", "another-client"], "azp": "another-client"}, "kunne ikke bruges"),
        ({"nonce": "of another question"}, "kunne ikke bruges"),
        ({"nonce": None}, "kunne ikke bruges"),
        ({"exp": -3600}, "kunne ikke bruges"),
        ({"exp": None}, "kunne ikke bruges"),
        ({"iat": -3600}, "kunne ikke bruges"),
        ({"iat": 3600}, "kunne ikke bruges"),
        ({"iat": None}, "kunne ikke bruges"),
        ({"nbf": 3600}, "kunne ikke bruges"),
        ({"sub": None}, "kunne ikke bruges"),
        ({"sub": "010190-1234"}, "kunne ikke bruges"),
        ({"auth_time": -3600}, "bekræfte på ny"),
        ({"auth_time": None}, "bekræfte på ny"),
        ({"auth_time": True}, "bekræfte på ny"),
        ({"name": "Ole Olsen"}, "Ole Olsen"),
        ({"name": None}, "er ikke den, der er logget ind"),
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(client, text, issuer, change, expected):
    def amend(claims):
        ((name, value),) = ((key, val) for key, val in change.items() if key != "azp")
        if value is None:
            claims.pop(name)
        elif isinstance(value, int) and not isinstance(value, bool):
            claims[name] = int(time.time()) + value
        else:
            claims[name] = value
        return {**claims, **({"azp": change["azp"]} if "azp" in change else {})}

    issuer.amend = amend

    refused(client, confirm(client, text), expected)


def test_two_audiences_are_fine_when_the_token_says_it_is_for_us(client, text, issuer):
    issuer.amend = lambda claims: {**claims, "aud": ["portal", "other"], "azp": "portal"}

    confirm(client, text)

    assert SigningAttempt.objects.get().proof


def test_a_token_signed_by_another_key_is_refused(client, text, issuer):
    issuer.published_key = issuer.key
    issuer.key = rsa.generate_private_key(65537, 2048)

    refused(client, confirm(client, text), "kunne ikke bruges")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_with_another_kind_of_signature_is_refused(client, text, issuer, monkeypatch, algorithm):
    """The classic two: no signature, and the public key taken for a shared secret."""
    real = jwt.encode
    secret = "" if algorithm == "none" else "x" * 40

    def forged(claims, key, **kwargs):
        return real(claims, secret or None, algorithm=algorithm, headers={"kid": "demo"})

    monkeypatch.setattr("portal.demo.broker.jwt.encode", forged)

    refused(client, confirm(client, text), "kunne ikke bruges")


def test_an_answer_is_taken_once(client, text):
    """A replayed state: the second time it is nobody's answer."""
    answer = choose(ask(client, begin(client, text)), METTE)
    come_back(client, answer)
    SigningAttempt.objects.update(proof=None)

    response = come_back(client, answer)

    assert "er brugt eller for gammelt" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_an_answer_that_comes_too_late_leads_back_to_the_signing(client, text):
    """The state has been forgotten after ten minutes; what was typed has not."""
    attempt = begin(client, text)
    answer = choose(ask(client, attempt), METTE)
    session = client.session
    del session["socialaccount_states"]
    session.save()

    response = come_back(client, answer)

    refused(client, response, "er brugt eller for gammelt")


def test_the_answer_reloaded_after_signing_leads_to_the_receipt(client, text):
    answer = choose(ask(client, begin(client, text)), METTE)
    come_back(client, answer)
    sign(client)

    response = come_back(client, answer)

    assert Signature.objects.get().reference in response.content.decode()


def test_a_state_is_taken_once_whatever_the_session_says(client, text):
    """Two requests at the same moment read the same session: the database counts."""
    answer = choose(ask(client, begin(client, text)), METTE)
    session = client.session
    states = session["socialaccount_states"]
    come_back(client, answer)
    SigningAttempt.objects.update(proof=None)
    session = client.session
    session["socialaccount_states"] = states
    session.save()

    response = come_back(client, answer)

    assert "er brugt eller for gammelt" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_a_code_is_taken_once(client, text, issuer):
    """A code that somebody else has exchanged, under a new state."""
    first = parse_qs(urlsplit(choose(ask(client, begin(client, text)), METTE)).query)
    issuer.grants[first["code"][0]].is_used = True

    answer = "http://testserver/charter/svar/erhverv/?" + urlencode(
        {"code": first["code"][0], "state": first["state"][0]}
    )

    refused(client, come_back(client, answer), "kunne ikke bruges")


def test_a_code_of_another_question_is_refused_by_pkce_and_nonce(client, text):
    stolen = parse_qs(urlsplit(choose(ask(client, begin(client, text)), METTE)).query)["code"][0]
    fresh = parse_qs(urlsplit(ask(client, begin(client, text))).query)["state"][0]

    response = come_back(client, f"http://testserver/charter/svar/erhverv/?code={stolen}&state={fresh}")

    refused(client, response, "kunne ikke bruges")


def test_pkce_is_what_refuses_a_stolen_code(client, text, issuer, monkeypatch):
    """Negative control: with the issuer's PKCE check gone the nonce refuses still, later."""
    monkeypatch.setattr("portal.demo.broker._challenge", lambda verifier: "same")
    stolen = parse_qs(urlsplit(choose(ask(client, begin(client, text)), METTE)).query)["code"][0]
    for grant in issuer.grants.values():
        grant.params["code_challenge"] = "same"
    fresh = parse_qs(urlsplit(ask(client, begin(client, text))).query)["state"][0]

    response = come_back(client, f"http://testserver/charter/svar/erhverv/?code={stolen}&state={fresh}")

    assert issuer.grants[stolen].is_used, "the code was exchanged"
    refused(client, response, "kunne ikke bruges")


def test_an_answer_of_another_issuer_is_refused(client, text):
    answer = choose(ask(client, begin(client, text)), METTE)

    response = come_back(client, answer.replace("iss=http", "iss=https"))

    refused(client, response, "kunne ikke bruges")


def test_an_older_question_stops_counting_when_a_newer_is_asked(client, text):
    attempt = begin(client, text)
    old = choose(ask(client, attempt), METTE)
    new = choose(ask(client, attempt), METTE)

    assert "er brugt eller for gammelt" in come_back(client, old).content.decode()
    assert "Du er bekræftet som" in come_back(client, new).content.decode()


def test_breaking_off_at_the_broker_keeps_everything(client, text):
    attempt = begin(client, text)

    response = come_back(client, choose(ask(client, attempt), None))

    refused(client, response, "Du afbrød. Intet er underskrevet")
    edit = client.get(reverse("charter_sign", kwargs={"slug": "klar-tale"}) + f"?ret={attempt.pk}")
    assert 'value="Direktør"' in edit.content.decode()


def test_another_error_of_the_broker_is_told(client, text):
    answer = choose(ask(client, begin(client, text)), None).replace("access_denied", "server_error")

    refused(client, come_back(client, answer), "Vi fik ikke noget svar")


def test_a_broker_that_is_away_is_told(client, text, settings):
    settings.PORTAL_SIGNING_BROKERS = [
        {**settings.PORTAL_SIGNING_BROKERS[0], "issuer": "http://localhost:9/nobody"}
    ]
    attempt = begin(client, text)

    response = client.post(
        reverse("charter_ask", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk, "profile": "erhverv"}),
        follow=True,
    )

    refused(client, response, "Vi fik ikke noget svar")


def test_an_issuer_that_calls_itself_something_else_is_not_asked(client, text, issuer, settings):
    settings.PORTAL_SIGNING_BROKERS = [
        profile_of(issuer, issuer=issuer.url.replace("localhost", "127.0.0.1"))
    ]
    attempt = begin(client, text)

    response = client.post(
        reverse("charter_ask", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk, "profile": "erhverv"}),
        follow=True,
    )

    refused(client, response, "Vi fik ikke noget svar")


def test_the_answer_belongs_to_the_browser_that_asked(client, text, member):
    answer = choose(ask(client, begin(client, text)), METTE)
    other_browser = log_in(Client(), member.user)

    response = come_back(other_browser, answer)

    assert "er brugt eller for gammelt" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_an_answer_logs_nobody_in_and_makes_nobody(client, text):
    answer = choose(ask(client, begin(client, text)), METTE)
    before = get_user_model().objects.count()
    stranger = Client()

    response = come_back(stranger, answer)

    assert response.redirect_chain[0][0].startswith("/konto/login/")
    assert "_auth_user_id" not in stranger.session
    assert get_user_model().objects.count() == before
    come_back(client, answer)
    assert get_user_model().objects.count() == before


def test_the_answer_of_somebody_who_logged_in_as_another_meanwhile_counts_for_neither(client, text, member):
    answer = choose(ask(client, begin(client, text)), METTE)
    states = client.session["socialaccount_states"]
    colleague = ProviderMemberFactory(provider=member.provider)
    other = log_in(Client(), colleague.user)
    session = other.session
    session["socialaccount_states"] = states
    session.save()

    response = come_back(other, answer)

    assert "er brugt eller for gammelt" in response.content.decode()
    assert SigningAttempt.objects.get().proof is None


def test_another_person_than_the_first_time_is_refused(client, text, issuer):
    confirm(client, text)
    twin = dataclasses.replace(METTE, subject="sub-mette-two")
    issuer.people = lambda: [twin]

    response = confirm(client, text, twin)

    refused(client, response, "er ikke den, der er logget ind")


def test_another_person_than_the_member_is_refused_the_first_time(client, text, member):
    member.user.first_name, member.user.last_name = "Karen", "Karlsen"
    member.user.save()

    response = confirm(client, text, OLE, signer_name="Ole Olsen")

    refused(client, response, "er ikke den, der er logget ind")


def test_the_first_time_the_brokers_email_address_is_enough(client, text, issuer, member):
    member.user.first_name, member.user.last_name = "M.", "Gift"
    member.user.save()
    issuer.amend = lambda claims: {**claims, "email": "METTE@klartale.example.dk"}

    confirm(client, text)

    assert IdentityBinding.objects.get().bound_by == "email"


@pytest.mark.parametrize("said", [False, "false", 0, None], ids=repr)
def test_an_unverified_email_address_binds_nobody(client, text, issuer, member, said):
    member.user.first_name, member.user.last_name = "M.", "Gift"
    member.user.save()
    issuer.amend = lambda claims: {
        **claims,
        "email": "mette@klartale.example.dk",
        "email_verified": said,
    }

    refused(client, confirm(client, text), "er ikke den, der er logget ind")


def test_one_identity_is_not_two_users(client, text, member):
    confirm(client, text)
    namesake = ProviderMemberFactory(provider=member.provider)

    response = confirm(log_in(Client(), namesake.user), text)

    assert "er ikke den, der er logget ind" in response.content.decode()
    assert IdentityBinding.objects.count() == 1


def test_a_released_identity_is_noted_anew(client, text):
    confirm(client, text)
    release_binding(binding_id=IdentityBinding.objects.get().pk, actor=SYSTEM, now=timezone.now())

    confirm(client, text)

    assert IdentityBinding.objects.count() == 1
    assert Entry.objects.filter(action="identity.released").count() == 1


def test_an_identity_noted_under_an_earlier_secret_key_is_the_same(client, text):
    confirm(client, text)
    noted = IdentityBinding.objects.get().subject_hmac
    release = SigningAttempt.objects.latest("pk")

    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=["tests-only"]):
        fresh = log_in(Client(), release.user)
        confirm(fresh, text)

    assert IdentityBinding.objects.get().subject_hmac != noted


def test_the_subject_is_stored_as_an_hmac_only_beside_the_evidence(client, text):
    confirm(client, text)

    assert METTE.subject not in json.dumps(list(IdentityBinding.objects.values()), default=str)


@pytest.mark.parametrize(
    "claim", ["cpr", "dk.cpr", "mitid.cpr", "cprNumberIdentifier", "amr", "transaction_id", "name_extra"]
)
def test_a_cpr_number_in_the_token_is_dropped_before_anything_is_stored(client, text, issuer, claim):
    issuer.amend = lambda claims: {
        **claims,
        claim: ["0101901234", "mitid"] if claim == "amr" else "010190-1234",
    }

    confirm(client, text)
    assert SigningAttempt.objects.get().proof
    sign(client)

    signature = Signature.objects.select_related("evidence").get()
    stored = json.dumps(
        [
            list(SigningAttempt.objects.values()),
            list(IdentityBinding.objects.values()),
            signature.evidence.proof,
            list(Entry.objects.values()),
            [record.content for record in signature.records.all()],
            dict(client.session),
        ],
        default=str,
    )
    assert "010190" not in stored
    assert "Mette Medlem" in stored, "the test looks where something is"


def test_private_mitid_needs_no_cvr_and_is_labelled_as_private(client, text, issuer, settings):
    settings.PORTAL_SIGNING_BROKERS = [
        profile_of(issuer, method="mitid", identity_types=["private"], cvr_claim="")
    ]

    confirm(client, text, PRIVATE_METTE)
    sign(client)

    assert Signature.objects.get().method == SignatureMethod.MITID


def test_a_provider_without_cvr_is_not_offered_mitid_erhverv(client, text, member):
    member.provider.cvr = None
    member.provider.save()

    response = client.get(reverse("charter_sign", kwargs={"slug": "klar-tale"}))

    assert "Fortsæt til koden" in response.content.decode()
    attempt = SigningAttempt.objects.create(
        provider=member.provider,
        user=member.user,
        version=text.version,
        period_first_day=local_day(timezone.now()),
        period_last_day=date(timezone.now().year, 12, 31),
        text_sha256=text_sha256(text),
        started_at=timezone.now(),
    )
    url = reverse("charter_ask", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk, "profile": "erhverv"})
    response = client.post(url, follow=True)
    assert "Du kan ikke bekræfte på den måde her" in response.content.decode()


def test_the_code_by_email_can_be_switched_off(client, text, settings):
    attempt = begin(client, text)
    assert "Kode på e-mail" in client.get(proof_url(attempt)).content.decode()

    settings.PORTAL_SIGNING_EMAIL_CODE = False

    assert "Kode på e-mail" not in client.get(proof_url(attempt)).content.decode()
    response = client.post(
        reverse("charter_new_code", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk}), follow=True
    )
    assert "Du kan ikke bekræfte på den måde her" in response.content.decode()


def test_the_code_by_email_is_still_a_way(client, text):
    attempt = begin(client, text)

    response = client.post(
        reverse("charter_new_code", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk}), follow=True
    )

    assert "Skriv engangskoden" in response.content.decode()
    assert "Den gamle virker ikke mere" not in response.content.decode()


def test_a_confirmation_is_good_for_ten_minutes(client, text):
    confirm(client, text)

    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=True):
        response = sign(client)

    assert "Det er for længe siden, du bekræftede" in response.content.decode()
    assert not Signature.objects.exists()


def test_signing_twice_gives_one_signature(client, text):
    confirm(client, text)

    first, second = sign(client), sign(client)

    assert first.redirect_chain[-1][0] == second.redirect_chain[-1][0]
    assert Signature.objects.count() == 1


def test_signing_with_a_confirmation_asks_everything_again(client, text, member):
    confirm(client, text)
    member.delete()
    ProviderMemberFactory(provider=member.provider, user=member.user, role="coordinator")

    response = sign(client)

    assert response.redirect_chain[-1][0] == reverse("charter_sign", kwargs={"slug": "klar-tale"})
    assert not Signature.objects.exists()


def test_questions_are_limited(client, text):
    attempt = begin(client, text)
    for _time in range(LIMITS["signing_broker"].count):
        ask(client, attempt)

    url = reverse("charter_ask", kwargs={"slug": "klar-tale", "attempt_id": attempt.pk, "profile": "erhverv"})
    assert client.post(url).status_code == 429


def test_the_document_says_what_the_method_is(client, text):
    confirm(client, text)
    sign(client)

    from charter.documents import receipt_facts

    signature = Signature.objects.select_related("provider", "version", "evidence").get()
    facts = json.dumps(receipt_facts(signature, signature.evidence, text, software="1"), ensure_ascii=False)
    assert "MitID Erhverv gennem en identitetsbroker" in facts
    assert "substantial" in facts
    assert "ikke en kvalificeret" in facts


def test_the_answers_address_is_the_same_in_english(client, text, member):
    attempt = begin(client, text)

    response = client.post(f"/en/udbyder/klar-tale/charter/bekraeft/{attempt.pk}/erhverv/")
    question = response["Refresh"].removeprefix("0;url=")

    assert parse_qs(urlsplit(question).query)["redirect_uri"] == ["http://testserver/charter/svar/erhverv/"]
    response = come_back(client, choose(question, METTE))
    assert response.redirect_chain[-1][0] == f"/en/udbyder/klar-tale/charter/bekraeft/{attempt.pk}/"


def test_the_addresses_of_allauths_own_broker_log_in_do_not_exist(client):
    for path in ("/konto/oidc/erhverv/login/", "/konto/social/login/", "/konto/3rdparty/"):
        assert client.get(path).status_code == 404


def test_an_unknown_way_does_not_exist(client, text):
    assert client.get("/charter/svar/nej/?state=x").status_code == 404


def test_keys_are_asked_for_each_time(client, text, issuer):
    """A key that the broker takes away stops counting at once."""
    confirm(client, text)
    issuer.published_key = rsa.generate_private_key(65537, 2048)

    refused_again = confirm(client, text)

    assert "kunne ikke bruges" in refused_again.content.decode()


def test_clocks_may_differ_by_half_a_minute(client, text, issuer):
    shift = 20
    issuer.amend = lambda claims: {
        **claims,
        "iat": claims["iat"] + shift,
        "auth_time": claims["auth_time"] - shift,
    }

    confirm(client, text)

    assert SigningAttempt.objects.get().proof


def test_a_confirmation_for_one_cvr_number_does_not_sign_for_another(client, text, member):
    confirm(client, text)
    Provider.objects.filter(pk=member.provider_id).update(cvr="13585628")

    sign(client)

    assert not Signature.objects.exists()


@pytest.mark.parametrize(("bound_by", "word"), [("email", "Mailadressen"), ("name", "Navnet")])
def test_staff_read_in_words_what_a_binding_was_found_by(staff_client, bound_by, word):
    binding = IdentityBinding.objects.create(
        user=UserFactory(),
        method="mitid",
        issuer="https://broker.example",
        subject_hmac="0" * 64,
        bound_at=timezone.now(),
        bound_by=bound_by,
    )

    page = staff_client("Administration").get(reverse("identity_binding:inspect", args=(binding.pk,)))

    assert word in page.content.decode()
