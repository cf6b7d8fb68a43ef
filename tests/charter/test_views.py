"""The provider's own pages in every state, and the public page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from charter.enums import MemberRole, Transition
from charter.methods import codes
from charter.models import CharterText, CharterVersion, Signature, SigningAttempt
from charter.operations import change_provider_state, publish_version, withdraw_signature
from charter.texts import text_sha256
from core.audit.log import SYSTEM
from core.outbox.models import Message
from tests.factories.accounts import log_in
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=COPENHAGEN)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def text(portal_site):
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    return CharterTextFactory()


@pytest.fixture
def member(text):
    return ProviderMemberFactory(provider__name="Klar Tale", provider__slug="klar-tale")


def client_of(member) -> Client:
    return log_in(Client(), member.user)


def url(name, **kwargs):
    return reverse(name, kwargs={"slug": "klar-tale", **kwargs})


def answers(text, **changes):
    values = {
        "period": "2026-05-04",
        "signer_name": "Mette Medlem",
        "signer_role": "Direktør",
        "authority": "entitled",
        "statement_1": "on",
        "statement_2": "on",
        "statement_3": "on",
        "text_sha256": text_sha256(text),
        "text_language": "da",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def html_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def start(client, text) -> SigningAttempt:
    response = client.post(url("charter_sign"), answers(text))
    attempt = SigningAttempt.objects.get()
    assert response["Location"] == url("charter_code", attempt_id=attempt.pk)
    return attempt


def test_a_signatory_signs_and_the_provider_is_covered(member, text):
    client = client_of(member)
    assert "Jeres tider kan ikke bookes" in html_of(client.get(url("provider_home")))
    page = html_of(client.get(url("charter_sign")))
    assert "Alle må tale frit." in page
    assert 'value="Mette Medlem"' in page

    attempt = start(client, text)
    page = html_of(client.get(url("charter_code", attempt_id=attempt.pk)))
    assert member.user.email in page
    response = client.post(
        url("charter_code", attempt_id=attempt.pk), {"code": codes.code_of(attempt)}, follow=True
    )

    signature = Signature.objects.get()
    assert signature.reference in html_of(response)
    assert "I er dækket til 31. december 2026" in html_of(response)
    document = client.get(url("charter_document", reference=signature.reference))
    assert b"".join(document.streaming_content).startswith(b"%PDF")
    assert "Dækket til 31. december 2026" in html_of(client.get(url("provider_home")))


def test_the_form_says_what_is_missing_and_keeps_what_was_typed(member, text):
    response = client_of(member).post(
        url("charter_sign"), answers(text, signer_role="", authority=None, statement_2=None)
    )

    html = html_of(response)
    assert "Skriv din rolle i organisationen." in html
    assert "Vælg, hvorfor du må underskrive." in html
    assert "Sæt kryds: »Organisationen forpligter sig til at følge charteret.«" in html
    assert 'value="Mette Medlem"' in html
    assert not SigningAttempt.objects.exists()


def test_two_open_periods_are_a_choice(member, text):
    SignatureFactory(provider=member.provider, withdrawn_from=NOW.date())

    with time_machine.travel(datetime(2026, 6, 2, 10, tzinfo=COPENHAGEN), tick=False):
        html = html_of(client_of(member).get(url("charter_sign")))

    assert "Hvilken periode underskriver du for?" in html
    assert "2027 (1. januar 2027 – 31. december 2027)" in html


def test_a_text_that_changed_meanwhile_is_shown_again_with_what_was_typed(member, text):
    client = client_of(member)
    new = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=new, body="<p>En ny sætning.</p>")
    publish_version(version_id=new.pk, required_from=NOW.date() + timedelta(days=9), actor=SYSTEM, now=NOW)

    html = html_of(client.post(url("charter_sign"), answers(text)))

    assert "Charteret er ændret" in html
    assert "En ny sætning." in html
    assert 'value="Direktør"' in html
    assert not SigningAttempt.objects.exists()


def test_a_version_published_before_the_code_was_typed_leads_back_to_the_text(member, text):
    client = client_of(member)
    attempt = start(client, text)
    new = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=new, body="<p>En ny sætning.</p>")
    publish_version(version_id=new.pk, required_from=NOW.date() + timedelta(days=9), actor=SYSTEM, now=NOW)

    response = client.post(
        url("charter_code", attempt_id=attempt.pk), {"code": codes.code_of(attempt)}, follow=True
    )

    html = html_of(response)
    assert "Charteret er ændret, siden du åbnede det." in html
    assert "En ny sætning." in html


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Skriv de seks cifre fra mailen."),
        ("000", "Koden er ikke rigtig. Tjek mailen. Du kan prøve 4 gange mere."),
        ("9" * 100, "Skriv de seks cifre fra mailen."),
    ],
)
def test_a_wrong_code_says_what_to_do(member, text, typed, message):
    client = client_of(member)
    attempt = start(client, text)

    assert message in html_of(client.post(url("charter_code", attempt_id=attempt.pk), {"code": typed}))


def test_an_expired_code_can_be_replaced(member, text):
    client = client_of(member)
    attempt = start(client, text)
    page = url("charter_code", attempt_id=attempt.pk)
    SigningAttempt.objects.update(code_expires_at=NOW)

    assert "Koden er udløbet. Bed om en ny." in html_of(client.post(page, {"code": codes.code_of(attempt)}))
    response = client.post(url("charter_new_code", attempt_id=attempt.pk), follow=True)

    assert "Vi har sendt dig en ny kode." in html_of(response)
    assert Message.objects.filter(mail_type="signing_code").count() == 2


def test_a_code_typed_wrong_five_times_is_void(member, text):
    client = client_of(member)
    attempt = start(client, text)
    SigningAttempt.objects.update(code_attempts=codes.MAX_TRIES)

    html = html_of(client.post(url("charter_code", attempt_id=attempt.pk), {"code": codes.code_of(attempt)}))

    assert "Koden er tastet forkert for mange gange." in html


def test_too_many_codes_get_a_page_that_says_when(member, text):
    client = client_of(member)
    attempt = start(client, text)

    statuses = [client.post(url("charter_new_code", attempt_id=attempt.pk)).status_code for _time in range(8)]

    assert statuses[-1] == 429


def test_the_code_page_of_a_completed_signing_leads_to_the_receipt(member, text):
    client = client_of(member)
    attempt = start(client, text)
    page = url("charter_code", attempt_id=attempt.pk)
    client.post(page, {"code": codes.code_of(attempt)})

    again = client.post(page, {"code": codes.code_of(attempt)})

    assert again["Location"] == url("charter_receipt", reference=Signature.objects.get().reference)
    assert Signature.objects.count() == 1


def test_a_suspension_meanwhile_leads_back_with_a_clear_text(member, text):
    client = client_of(member)
    attempt = start(client, text)
    change_provider_state(
        provider_id=member.provider_id, transition=Transition.SUSPEND, reason="x", actor=SYSTEM, now=NOW
    )

    response = client.post(
        url("charter_code", attempt_id=attempt.pk), {"code": codes.code_of(attempt)}, follow=True
    )

    assert "Samarbejdet er sat på pause" in html_of(response)


def test_a_member_who_is_no_signatory_is_told_whom_to_ask(member, text):
    colleague = ProviderMemberFactory(provider=member.provider, role=MemberRole.FACILITATOR)

    html = html_of(client_of(colleague).get(url("charter_sign")))

    assert "Bed Mette Medlem om at underskrive" in html
    assert "Alle må tale frit." in html
    assert 'name="signer_name"' not in html


def test_a_provider_without_signatory_is_told_to_write(text):
    facilitator = ProviderMemberFactory(
        provider__slug="klar-tale", provider__name="Klar Tale", role=MemberRole.FACILITATOR
    )

    html = html_of(client_of(facilitator).get(url("charter_sign")))

    assert "Der er ikke registreret nogen underskriver for Klar Tale." in html


def test_what_is_signed_already_says_until_when_and_from_when_the_next(member, text):
    SignatureFactory(provider=member.provider)

    html = html_of(client_of(member).get(url("charter_sign")))

    assert "I er dækket til 31. december 2026." in html
    assert "Næste periode kan underskrives fra 1. juni 2026." in html


@pytest.mark.parametrize(
    ("state", "on_home", "on_sign"),
    [
        ("new", "Vi har fået jeres oplysninger", "I kan ikke underskrive endnu"),
        ("vetting", "Vi er ved at lære jer at kende", "I kan ikke underskrive endnu"),
        ("suspended", "Samarbejdet er sat på pause", "Samarbejdet er sat på pause"),
        ("ended", "Samarbejdet er afsluttet", "Samarbejdet er afsluttet"),
        ("declined", "I har sagt nej til charteret", "Samarbejdet er afsluttet"),
        ("municipal", "I skal ikke underskrive charteret", "I skal ikke underskrive charteret"),
        ("approved", "Charteret er ikke underskrevet", "Læs og underskriv charteret"),
    ],
)
def test_every_state_of_a_provider_says_where_it_stands(text, state, on_home, on_sign):
    provider = ProviderFactory(slug="klar-tale", **{state: True})
    client = client_of(ProviderMemberFactory(provider=provider))

    assert on_home in html_of(client.get(url("provider_home")))
    assert on_sign in html_of(client.get(url("charter_sign")))


def test_nothing_to_sign_before_a_version_is_published(member):
    CharterVersion.objects.update(published_at=None)

    page = html_of(client_of(member).get(url("charter_sign")))

    assert "Charteret er ikke klar endnu" in page
    assert "Vi er ved at gøre charteret klar." in page
    assert url("provider_home") in page


def test_nothing_to_sign_while_the_published_version_has_no_text(member):
    CharterText.objects.all().delete()

    assert "Charteret er ikke klar endnu" in html_of(client_of(member).get(url("charter_sign")))


def test_nothing_to_sign_when_no_period_is_open(member, text):
    with time_machine.travel(datetime(2029, 5, 4, tzinfo=COPENHAGEN), tick=False):
        assert "Der er ikke åbnet for underskrift" in html_of(client_of(member).get(url("charter_sign")))


def test_a_signatory_ends_the_charter_from_a_day(member, text):
    SignatureFactory(provider=member.provider)
    client = client_of(member)
    page = url("charter_withdraw")
    assert "Bookinger efter den dag bliver ikke aflyst af sig selv." in html_of(client.get(page))

    refused = html_of(client.post(page, {"ends_on": "2026-05-03", "confirmed": "on"}))
    missing = html_of(client.post(page, {"ends_on": "", "confirmed": ""}))
    done = html_of(client.post(page, {"ends_on": "2026-06-01", "confirmed": "on"}, follow=True))

    assert "Vælg en dag fra i dag og frem" in refused
    assert "Skriv den første dag, I ikke længere er dækket." in missing
    assert "Sæt kryds for at vise, at du ved, hvad det betyder." in missing
    assert "Fra 1. juni 2026 kan jeres tider ikke bookes." in done
    assert "Dækket til 31. maj 2026" in done


def test_only_a_signatory_ends_the_charter(member, text):
    SignatureFactory(provider=member.provider)
    colleague = ProviderMemberFactory(provider=member.provider, role=MemberRole.COORDINATOR)

    assert client_of(colleague).get(url("charter_withdraw")).status_code == 404


def test_a_receipt_of_a_withdrawn_signature_says_so(member, text):
    signature = SignatureFactory(provider=member.provider)
    withdraw_signature(signature_id=signature.pk, ends_on=NOW.date(), reason="", actor=SYSTEM, now=NOW)

    html = html_of(client_of(member).get(url("charter_receipt", reference=signature.reference)))

    assert "Underskriften er trukket tilbage." in html


def test_a_receipt_whose_evidence_is_deleted_stands_without_names(member, text):
    signature = SignatureFactory(provider=member.provider)
    client = client_of(member)
    assert "Signe Signer" in html_of(client.get(url("charter_receipt", reference=signature.reference)))
    signature.evidence.delete()

    html = html_of(client.get(url("charter_receipt", reference=signature.reference)))

    assert "Signe Signer" not in html
    assert "slettet efter reglerne" in html
    assert client.get(url("charter_document", reference=signature.reference)).status_code == 404


def test_a_member_of_one_provider_goes_straight_there_and_of_two_chooses(member, text):
    client = client_of(member)
    assert client.get(reverse("provider_index"))["Location"] == url("provider_home")

    ProviderMemberFactory(user=member.user, provider__name="Den anden")

    html = html_of(client.get(reverse("provider_index")))
    assert "Klar Tale" in html
    assert "Den anden" in html


def test_whoever_acts_for_nobody_is_told_what_to_do(person_client, text):
    assert "Du er ikke medlem af en udbyder" in html_of(person_client().get(reverse("provider_index")))


def test_the_public_page_lists_who_is_covered_and_never_who_is_not(client, text):
    ProviderFactory(name="Dækket ApS", covered=True)
    ProviderFactory(name="Ikke underskrevet ApS")
    ProviderFactory(name="Afvist ApS", declined=True, covered=True)
    ProviderFactory(name="Kommunens team", municipal=True)
    SignatureFactory(provider__name="Trukket ApS", withdrawn_from=NOW.date())

    html = html_of(client.get(reverse("charter_public")))

    assert "Dækket ApS" in html
    assert "31. december 2035" in html
    assert "Alle må tale frit." in html
    for name in ("Ikke underskrevet ApS", "Afvist ApS", "Kommunens team", "Trukket ApS"):
        assert name not in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_public_page_has_a_fixed_number_of_queries(client, text, django_assert_num_queries, count):
    ProviderFactory.create_batch(count, covered=True)
    client.get(reverse("charter_public"))

    with django_assert_num_queries(7):
        client.get(reverse("charter_public"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_front_page_of_a_provider_has_a_fixed_number_of_queries(
    member, text, django_assert_num_queries, count
):
    SignatureFactory.create_batch(count, provider=member.provider)
    ProviderMemberFactory.create_batch(count, provider=member.provider)
    client = client_of(member)
    client.get(url("provider_home"))

    with django_assert_num_queries(12):
        client.get(url("provider_home"))


def test_pages_exist_in_english(member, text):
    client = client_of(member)

    assert "Read and sign the charter" in html_of(client.get("/en/udbyder/klar-tale/charter/"))
    assert "Who has signed" in html_of(client.get("/en/charter/"))
