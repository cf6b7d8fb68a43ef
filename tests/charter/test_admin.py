"""The administration of providers, versions and signatures."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from charter.enums import ProviderState, RecordKind
from charter.models import CharterText, CharterVersion, Provider, ProviderMember
from core.audit.models import Entry
from tests.factories.charter import (
    AgreementFactory,
    CharterPeriodFactory,
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(staff_client):
    return staff_client("Administration")


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_providers_shows_state_and_charter_in_a_fixed_number_of_queries(
    client, django_assert_num_queries, count
):
    ProviderFactory.create_batch(count, covered=True)
    client.get(reverse("provider:index"))

    with django_assert_num_queries(9):
        response = client.get(reverse("provider:index"))

    assert response.content.decode().count("Dækket til 31. december 2035") == count


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=suspended", ["Pauset"]),
        ("?is_covered=yes", ["Dækket", "Kommunen"]),
        ("?is_covered=no", ["Pauset"]),
        ("?kind=municipal_team", ["Kommunen"]),
        ("?q=Dække", ["Dækket"]),
    ],
)
def test_list_of_providers_filters(client, query, expected):
    ProviderFactory(name="Dækket", covered=True)
    ProviderFactory(name="Pauset", suspended=True)
    ProviderFactory(name="Kommunen", municipal=True)

    response = client.get(reverse("provider:index") + query)

    assert [provider.name for provider in response.context["object_list"]] == expected


def test_create_provider_goes_through_the_operation(client):
    response = client.post(
        reverse("provider:add"), {"name": "Klar Tale", "kind": "supplier", "cvr": "64942212"}
    )

    provider = Provider.objects.get()
    assert response["Location"] == reverse("provider:inspect", args=(provider.pk,))
    assert (provider.state, provider.slug) == (ProviderState.NEW, "klar-tale")
    assert Entry.objects.filter(action="provider.created").exists()


@pytest.mark.parametrize(
    ("cvr", "message"),
    [
        ("64942213", "CVR-nummeret findes ikke: Tjek cifrene."),
        ("1234", "Skriv CVR-nummeret som otte cifre."),
    ],
)
def test_create_provider_refuses_a_wrong_cvr_number_in_danish_and_keeps_what_was_typed(client, cvr, message):
    response = client.post(reverse("provider:add"), {"name": "Klar Tale", "kind": "supplier", "cvr": cvr})

    html = response.content.decode()
    assert message in html
    assert 'value="Klar Tale"' in html
    assert not Provider.objects.exists()


def test_edit_provider_saves_plain_facts_and_never_the_state(client):
    provider = ProviderFactory(suspended=True)

    client.post(
        reverse("provider:edit", args=(provider.pk,)),
        {"name": "Nyt navn", "kind": "supplier", "state": "active"},
    )

    provider.refresh_from_db()
    assert (provider.name, provider.state) == ("Nyt navn", ProviderState.SUSPENDED)
    assert Entry.objects.get(action="provider.edited").data["fields"] == ["name"]


def test_page_of_a_provider_shows_members_signatures_and_legal_steps_only(client):
    member = ProviderMemberFactory(provider=ProviderFactory(covered=True))
    AgreementFactory(provider=member.provider, title="Aftale 2026")

    html = client.get(reverse("provider:inspect", args=(member.provider_id,))).content.decode()

    assert member.user.email in html
    assert "Aftale 2026" in html
    assert "Sæt på pause" in html
    assert "Start afdækning" not in html


def test_a_step_without_its_reason_is_refused_on_the_form_and_keeps_what_was_typed(client):
    provider = ProviderFactory(covered=True)
    url = reverse("provider:step", args=(provider.pk, "end"))

    response = client.post(url, {"reason": "Fordi", "decision_reference": "", "initiative": "provider"})

    html = response.content.decode()
    assert "Skriv afgørelsens sagsnummer i F2 eller eDoc." in html
    assert "Fordi" in html
    provider.refresh_from_db()
    assert provider.state == ProviderState.ACTIVE


def test_a_step_with_reason_and_reference_is_taken(client):
    provider = ProviderFactory(covered=True)

    response = client.post(
        reverse("provider:step", args=(provider.pk, "end")),
        {"reason": "Fordi", "decision_reference": "2026-0000001", "initiative": "provider"},
    )

    provider.refresh_from_db()
    assert response["Location"] == reverse("provider:inspect", args=(provider.pk,))
    assert (provider.state, provider.decision_reference) == (ProviderState.ENDED, "2026-0000001")


def test_a_step_that_is_not_legal_leads_back(client):
    provider = ProviderFactory()

    response = client.post(reverse("provider:step", args=(provider.pk, "approve")), {"reason": "x"})

    assert response["Location"] == reverse("provider:inspect", args=(provider.pk,))
    provider.refresh_from_db()
    assert provider.state == ProviderState.ACTIVE


def test_a_step_nobody_knows_is_not_found(client):
    assert client.get(reverse("provider:step", args=(ProviderFactory().pk, "x"))).status_code == 404


def test_members_are_added_and_removed(client):
    provider = ProviderFactory()

    client.post(
        reverse("provider:add_member", args=(provider.pk,)), {"email": "ny@example.dk", "role": "signatory"}
    )
    member = ProviderMember.objects.get()
    assert member.user.email == "ny@example.dk"

    client.post(reverse("provider:remove_member", args=(provider.pk, member.pk)))
    assert not ProviderMember.objects.exists()


def test_a_member_without_address_and_role_is_refused_with_what_to_do(client):
    response = client.post(reverse("provider:add_member", args=(ProviderFactory().pk,)), {})

    html = response.content.decode()
    assert "Skriv personens e-mailadresse." in html
    assert "Vælg en rolle." in html


def test_a_new_version_is_drafted_written_compared_and_published(client):
    CharterTextFactory(body="<p>Alle må tale frit.</p>")

    client.post(reverse("charter_version:draft"))
    draft = CharterVersion.objects.get(number=2)
    client.post(
        reverse("charter_version:text", args=(draft.pk, "da")),
        {"title": "Charter", "notice": "", "body": DRAFTAIL},
    )
    html = client.get(reverse("charter_version:inspect", args=(draft.pk,))).content.decode()
    client.post(
        reverse("charter_version:publish", args=(draft.pk,)),
        {"required_from": "2099-01-01", "seen": "2099-01-01"},
    )

    assert "</span>altid<span" in html
    draft.refresh_from_db()
    assert draft.required_from == date(2099, 1, 1)
    assert CharterVersion.objects.get(number=1).accepted_until == date(2098, 12, 31)


DRAFTAIL = (
    '{"blocks": [{"key": "a", "type": "unstyled", "text": "Alle må altid tale frit.", "depth": 0,'
    ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'
)


def test_a_second_draft_is_refused_with_a_clear_text(client):
    CharterVersionFactory(number=2, draft=True)

    response = client.post(reverse("charter_version:draft"))

    assert "Der er allerede en kladde til en ny version." in response.content.decode()


def test_publishing_in_the_past_is_refused_with_a_clear_text(client):
    CharterTextFactory()
    draft = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=draft)

    response = client.post(
        reverse("charter_version:publish", args=(draft.pk,)), {"required_from": "2020-01-01"}
    )

    assert "Vælg en dag fra i dag og frem" in response.content.decode()
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_locked_version_offers_no_editing_and_refuses_it(client):
    text = CharterTextFactory()
    CharterVersion.objects.update(locked_at=timezone.now())

    html = client.get(reverse("charter_version:inspect", args=(text.version_id,))).content.decode()
    response = client.post(
        reverse("charter_version:text", args=(text.version_id, "da")), {"title": "Nyt", "body": DRAFTAIL}
    )

    assert reverse("charter_version:text", args=(text.version_id, "da")) not in html
    assert "Versionen er underskrevet og låst." in response.content.decode()
    assert CharterText.objects.get().title == text.title


def test_a_signature_is_shown_with_its_evidence_and_reading_it_is_noted(client):
    signature = SignatureFactory()

    html = client.get(reverse("signature:inspect", args=(signature.pk,))).content.decode()

    assert "Signe Signer" in html
    assert Entry.objects.get(action="signature.evidence_read").subject == f"signature:{signature.pk}"


def test_a_receipt_is_sent_and_noted(client):
    signature = SignatureFactory()
    signature.evidence.document.save("x.pdf", ContentFile(b"%PDF-1.7"))

    response = client.get(reverse("signature:document", args=(signature.pk,)))

    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert Entry.objects.filter(action="signature.receipt_read").exists()


def test_a_signature_without_document_has_none(client):
    assert client.get(reverse("signature:document", args=(SignatureFactory().pk,))).status_code == 404


def test_a_signature_is_withdrawn_with_a_reason(client):
    signature = SignatureFactory(covers_until=date(2099, 12, 31))
    url = reverse("signature:withdraw", args=(signature.pk,))

    refused = client.post(url, {"ends_on": "2099-06-01", "reason": ""})
    client.post(url, {"ends_on": "2099-06-01", "reason": "Brud"})

    assert "Skriv begrundelsen for afgørelsen." in refused.content.decode()
    assert signature.records.get(kind=RecordKind.WITHDRAWN).ends_on == date(2099, 6, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_signatures_has_a_fixed_number_of_queries(client, django_assert_num_queries, count):
    SignatureFactory.create_batch(count)
    client.get(reverse("signature:index"))

    with django_assert_num_queries(10):
        client.get(reverse("signature:index"))


@pytest.mark.parametrize("name", ["charter_version", "charter_period", "agreement", "programme"])
def test_other_lists_open(client, name):
    CharterVersionFactory()
    CharterPeriodFactory()
    AgreementFactory()

    assert client.get(reverse(f"{name}:index")).status_code == 200


@pytest.mark.parametrize("role", ["Revisor"])
def test_the_auditor_sees_and_decides_nothing(staff_client, role):
    provider = ProviderFactory(covered=True)
    client = staff_client(role)

    html = client.get(reverse("provider:inspect", args=(provider.pk,))).content.decode()
    response = client.post(reverse("provider:step", args=(provider.pk, "suspend")), {"reason": "x"})

    assert "Sæt på pause" not in html
    assert response.status_code in {302, 403}
    provider.refresh_from_db()
    assert provider.state == ProviderState.ACTIVE


def test_an_editor_sees_who_a_provider_is_and_nothing_of_its_case(staff_client):
    member = ProviderMemberFactory(
        provider=ProviderFactory(suspended=True, state_reason="Klage", decision_reference="2026-0000001")
    )
    url = reverse("provider:inspect", args=(member.provider_id,))
    secrets = ("Klage", "2026-0000001", member.user.email)
    assert all(secret in staff_client("Sagsbehandler").get(url).content.decode() for secret in secrets)

    html = staff_client("Redaktør").get(url).content.decode()

    assert member.provider.name in html
    assert not any(secret in html for secret in secrets)
