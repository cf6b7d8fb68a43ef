"""Signatures on paper (C15), checks of authority (C9), and the files that belong to both."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from charter.chain import verify_chain
from charter.coverage import coverage_of
from charter.documents import receipt_facts, sha256_of_bytes
from charter.enums import AuthorityOutcome, PaperState, SignatureMethod, Transition
from charter.errors import (
    NoteMissingError,
    OwnPaperError,
    PaperDayError,
    PaperDecidedError,
    PaperPartyError,
    PaperVersionError,
    PaperWaitsError,
    ProviderCannotSignError,
    ReasonMissingError,
    ScanError,
    SigningWindowClosedError,
)
from charter.methods import codes
from charter.models import (
    AuthorityCheck,
    CharterVersion,
    PaperSignature,
    Signature,
    SignatureEvidence,
    SigningAttempt,
    private_storage,
)
from charter.operations import (
    approve_paper_signature,
    change_provider_state,
    check_authority,
    decline_paper_signature,
    register_paper_signature,
    sign_charter,
)
from charter.operations.paper import PaperFacts
from charter.operations.retention import delete_declined_papers, delete_evidence, delete_old_attempts
from charter.scans import MAX_BYTES, read_scan
from charter.texts import text_in, text_sha256
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.kinds import get as get_kind
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
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
PDF = b"%PDF-1.7\nunderskrevet"
JPG = b"\xff\xd8\xff\xe0 billede"
PNG = b"\x89PNG\r\n\x1a\n billede"
FACTS = PaperFacts("Pia Papir", "Forperson", "Fuldmagt", date(2026, 4, 28), "")


def upload(content=PDF, name="scannet.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def text():
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    return CharterTextFactory()


@pytest.fixture
def provider(text):
    return ProviderFactory(name="Foreningen Bro", association=True)


@pytest.fixture
def anna():
    return UserFactory(roles=["Sagsbehandler"], first_name="Anna", last_name="Ansat")


@pytest.fixture
def bo():
    return UserFactory(roles=["Sagsbehandler"], first_name="Bo", last_name="Kollega")


def register(provider, user, *, now=NOW, facts=FACTS, last_day=date(2026, 12, 31), version=None):
    return register_paper_signature(
        provider_id=provider.pk,
        version_id=(version or CharterVersion.objects.earliest("number")).pk,
        period_last_day=last_day,
        facts=facts,
        scan=read_scan(upload()),
        actor=Actor("user", user.pk),
        now=now,
    )


def approve(paper, user, *, now=NOW):
    return approve_paper_signature(paper_id=paper.pk, actor=Actor("user", user.pk), now=now)


def is_covered(provider, day=date(2026, 5, 4)):
    return coverage_of(provider, today=day).covers(day)


def test_a_registered_paper_covers_nothing_and_is_a_task(provider, anna):
    paper = register(provider, anna)

    assert not is_covered(provider)
    assert not Signature.objects.exists()
    item = WorkItem.objects.get()
    assert (item.kind, item.closed_at) == ("paper_signature", None)
    assert "Foreningen Bro" in get_kind(item.kind).describe(item)
    assert item.url == reverse("paper_signature:inspect", args=[paper.pk])
    with paper.scan.open("rb") as file:
        assert sha256_of_bytes(file.read()) == paper.scan_sha256


def test_an_approved_paper_is_a_signature_with_its_own_sealed_document(provider, anna, bo):
    ProviderMemberFactory(provider=provider)
    paper = register(provider, anna)

    signature = approve(paper, bo, now=NOW + timedelta(days=2))

    assert signature.method == SignatureMethod.PAPER
    assert (signature.covers_from, signature.covers_until) == (date(2026, 5, 6), date(2026, 12, 31))
    assert is_covered(provider, date(2026, 5, 6))
    assert not is_covered(provider, date(2026, 5, 5)), "a signature never reaches back"
    paper.refresh_from_db()
    assert (paper.state, paper.approved_by, paper.signature) == (PaperState.APPROVED, bo, signature)
    proof = signature.evidence.proof
    assert (proof["facts"]["registered_by"], proof["facts"]["approved_by"]) == ("Anna Ansat", "Bo Kollega")
    assert proof["facts"]["scan_sha256"] == paper.scan_sha256
    assert signature.evidence.signer is None
    assert verify_chain().is_intact
    with signature.evidence.document.open("rb") as file:
        document = file.read()
    assert sha256_of_bytes(document) == signature.document_sha256
    told = str(receipt_facts(signature, signature.evidence, text_in(signature.version, "da"), software="1"))
    for words in ("På papir", "Anna Ansat", "Bo Kollega", "28. april 2026", "Portalen var ikke til stede"):
        assert words in told
    assert Message.objects.filter(mail_type="charter_signed").count() == 1
    assert WorkItem.objects.get(kind="paper_signature").resolution == "approved"
    assert WorkItem.objects.get(kind="authority_check").closed_at is None


def test_another_system_is_named(provider, anna, bo):
    facts = PaperFacts("Pia Papir", "Forperson", "Fuldmagt", date(2026, 4, 28), "Penneo")

    signature = approve(register(provider, anna, facts=facts), bo)

    assert signature.evidence.proof["facts"]["signed_in"] == "Penneo"


def test_nobody_approves_what_they_registered(provider, anna):
    paper = register(provider, anna)

    with pytest.raises(OwnPaperError):
        approve(paper, anna)

    assert not Signature.objects.exists()


def test_the_database_refuses_that_one_person_registers_and_approves(provider, anna):
    paper = register(provider, anna)

    with pytest.raises(IntegrityError, match="paper_approved_by_another"), transaction.atomic():
        PaperSignature.objects.filter(pk=paper.pk).update(approved_by=anna)


def test_the_database_refuses_an_approved_paper_without_a_signature(provider, anna, bo):
    paper = register(provider, anna)

    with pytest.raises(IntegrityError, match="paper_signature_when_approved"), transaction.atomic():
        PaperSignature.objects.filter(pk=paper.pk).update(
            state=PaperState.APPROVED, approved_by=bo, decided_at=NOW
        )


def test_the_database_refuses_a_decision_without_a_time(provider, anna):
    paper = register(provider, anna)

    with pytest.raises(IntegrityError, match="paper_decided_when_not_waiting"), transaction.atomic():
        PaperSignature.objects.filter(pk=paper.pk).update(state=PaperState.DECLINED)


def test_approving_twice_gives_one_signature(provider, anna, bo):
    paper = register(provider, anna)

    assert approve(paper, bo) == approve(paper, bo)
    assert Signature.objects.count() == 1


def test_members_of_the_provider_neither_register_nor_approve_nor_decline(provider, anna, bo):
    ProviderMemberFactory(provider=provider, user=anna)
    with pytest.raises(PaperPartyError):
        register(provider, anna)
    paper = register(provider, bo)

    with pytest.raises(PaperPartyError):
        approve(paper, anna)
    with pytest.raises(PaperPartyError):
        decline_paper_signature(paper_id=paper.pk, reason="Nej", actor=Actor("user", anna.pk), now=NOW)


def test_a_declined_paper_never_becomes_a_signature_and_goes_after_90_days(provider, anna, bo):
    paper = register(provider, anna)
    with pytest.raises(ReasonMissingError):
        decline_paper_signature(paper_id=paper.pk, reason=" ", actor=Actor("user", bo.pk), now=NOW)

    decline_paper_signature(paper_id=paper.pk, reason="Ulæselig", actor=Actor("user", bo.pk), now=NOW)

    assert WorkItem.objects.get().resolution == "declined"
    with pytest.raises(PaperDecidedError):
        approve(paper, bo)
    with pytest.raises(PaperDecidedError):
        decline_paper_signature(paper_id=paper.pk, reason="Igen", actor=Actor("user", bo.pk), now=NOW)
    name = paper.scan.name
    assert delete_declined_papers(NOW + timedelta(days=90)) == 0
    assert private_storage().exists(name)
    assert delete_declined_papers(NOW + timedelta(days=91)) == 1
    assert not private_storage().exists(name)
    assert not PaperSignature.objects.exists()


def test_one_paper_waits_for_a_period(provider, anna, bo):
    register(provider, anna)

    with pytest.raises(PaperWaitsError):
        register(provider, bo)


@pytest.mark.parametrize("day", [date(2026, 5, 5), date(2019, 12, 31)], ids=["tomorrow", "before it existed"])
def test_the_day_must_be_one_it_can_have_been_signed_on(provider, anna, day):
    with pytest.raises(PaperDayError):
        register(provider, anna, facts=PaperFacts("P", "F", "A", day, ""))


def test_a_version_that_does_not_count_in_the_period_is_refused(provider, anna):
    CharterVersion.objects.update(accepted_until=date(2026, 5, 3))
    CharterTextFactory(version=CharterVersionFactory(number=2))

    with pytest.raises(PaperVersionError):
        register(provider, anna)


def test_nothing_is_registered_for_a_period_that_cannot_be_signed(provider, anna):
    with pytest.raises(SigningWindowClosedError):
        register(provider, anna, last_day=date(2027, 12, 31))


@pytest.mark.parametrize("state", ["suspended", "ended", "vetting", "municipal"])
def test_nothing_is_registered_for_a_provider_that_cannot_sign(text, anna, state):
    with pytest.raises(ProviderCannotSignError):
        register(ProviderFactory(**{state: True}), anna)


def test_what_changed_meanwhile_is_asked_again_when_it_is_approved(provider, anna, bo):
    paper = register(provider, anna)
    change_provider_state(
        provider_id=provider.pk, transition=Transition.SUSPEND, reason="Klage", actor=SYSTEM, now=NOW
    )

    with pytest.raises(ProviderCannotSignError):
        approve(paper, bo)


@override_settings(PORTAL_CHARTER_MODE="rolling")
def test_rolling_covers_twelve_months_from_the_approval(provider, anna, bo):
    paper = register(provider, anna, last_day=date(2027, 5, 3))

    signature = approve(paper, bo, now=NOW + timedelta(days=3))

    assert (signature.covers_from, signature.covers_until) == (date(2026, 5, 7), date(2027, 5, 6))


def test_the_rule_that_deletes_evidence_deletes_scan_names_and_notes(provider, anna, bo):
    signature = approve(register(provider, anna), bo)
    check_authority(
        signature_id=signature.pk,
        outcome=AuthorityOutcome.DOUBTFUL,
        note="Pia Papir står ikke i CVR",
        actor=Actor("user", bo.pk),
        now=NOW,
    )
    paper = PaperSignature.objects.get()
    scan = paper.scan.name
    SignatureEvidence.objects.update(delete_after=date(2026, 1, 1))

    assert delete_evidence(NOW) == 1

    paper.refresh_from_db()
    assert (paper.signer_name, paper.scan.name) == ("", "")
    assert not private_storage().exists(scan)
    assert AuthorityCheck.objects.get().note == "–"
    assert verify_chain().is_intact


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_approve_at_the_same_moment_one_signature(provider, anna, bo):
    carl = UserFactory(roles=["Sagsbehandler"])
    paper = register(provider, anna)
    barrier = threading.Barrier(2)
    found = []

    def run(user):
        barrier.wait()
        try:
            found.append(approve(paper, user).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(user,)) for user in (bo, carl)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert Signature.objects.count() == 1
    assert verify_chain().is_intact


# --- authority --------------------------------------------------------------------------------------


def check(signature, user, outcome=AuthorityOutcome.CONFIRMED, note=""):
    return check_authority(
        signature_id=signature.pk, outcome=outcome, note=note, actor=Actor("user", user.pk), now=NOW
    )


def test_a_confirmed_authority_closes_the_task_under_a_name_and_edits_nothing(provider, anna, bo):
    signature = approve(register(provider, anna), bo)
    before = Signature.objects.filter(pk=signature.pk).values().get()

    made = check(signature, bo)

    assert (made.checked_by, made.checked_at) == (bo, NOW)
    item = WorkItem.objects.get(kind="authority_check")
    assert (item.resolution, item.closed_by) == ("confirmed", bo)
    assert signature.reference in get_kind(item.kind).describe(item)
    assert Signature.objects.filter(pk=signature.pk).values().get() == before
    assert Entry.objects.get(action="signature.authority_checked").actor_id == bo.pk


def test_a_doubt_needs_a_note_and_keeps_the_task_open(provider, anna, bo):
    signature = approve(register(provider, anna), bo)
    with pytest.raises(NoteMissingError):
        check(signature, bo, AuthorityOutcome.DOUBTFUL, " ")

    check(signature, bo, AuthorityOutcome.DOUBTFUL, "Står ikke i CVR")
    assert WorkItem.objects.get(kind="authority_check").closed_at is None
    check(signature, bo)

    assert [row.outcome for row in signature.authority_checks.all()] == ["confirmed", "doubtful"]
    assert WorkItem.objects.get(kind="authority_check").closed_at == NOW


def test_members_and_whoever_registered_the_paper_do_not_check(provider, anna, bo):
    signature = approve(register(provider, anna), bo)
    ProviderMemberFactory(provider=provider, user=bo)

    with pytest.raises(PaperPartyError):
        check(signature, bo)
    with pytest.raises(OwnPaperError):
        check(signature, anna)


# --- scans ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "suffix"), [(PDF, ".pdf"), (JPG, ".jpg"), (PNG, ".png")], ids=["pdf", "jpg", "png"]
)
def test_a_scan_is_known_by_its_content_and_gets_a_name_of_ours(content, suffix):
    scan = read_scan(upload(content, "../../etc/passwd.html"))

    assert scan.name.endswith(suffix)
    assert "passwd" not in scan.name
    assert scan.sha256 == sha256_of_bytes(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>", b"MZ\x90", b" %PDF-1.7", PDF + b"x" * MAX_BYTES],
    ids=["empty", "html", "program", "pdf later", "too large"],
)
def test_other_files_are_refused_whatever_they_are_called(content):
    with pytest.raises(ScanError):
        read_scan(upload(content))


# --- the pages --------------------------------------------------------------------------------------


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def paper_answers(**changes):
    return {
        "period": "2026-12-31",
        "version": CharterVersion.objects.get().pk,
        "signer_name": "Pia Papir",
        "signer_role": "Forperson",
        "authority": "mandate",
        "signed_on": "2026-04-28",
        "system_name": "",
        "scan": upload(),
        **changes,
    }


@pytest.mark.usefixtures("_now")
def test_one_caseworker_registers_and_another_approves_in_the_administration(provider, anna, bo):
    ours, theirs = log_in(Client(), anna), log_in(Client(), bo)
    url = reverse("provider:paper", args=[provider.pk])
    assert "Registrér en underskrift på papir" in ours.get(url).content.decode()

    ours.post(url, paper_answers())

    paper = PaperSignature.objects.get()
    page = ours.get(reverse("paper_signature:inspect", args=[paper.pk])).content.decode()
    assert "en kollega skal godkende" in page
    assert reverse("paper_signature:approve", args=[paper.pk]) not in page
    refused = ours.post(reverse("paper_signature:approve", args=[paper.pk]))
    assert "du har selv registreret den" in refused.content.decode()
    page = theirs.get(reverse("paper_signature:inspect", args=[paper.pk])).content.decode()
    assert reverse("paper_signature:approve", args=[paper.pk]) in page
    scan = theirs.get(reverse("paper_signature:scan", args=[paper.pk]))
    assert b"".join(scan.streaming_content) == PDF
    assert scan["Content-Disposition"].startswith("attachment")
    assert Entry.objects.get(action="paper.scan_read").actor_id == bo.pk
    theirs.post(reverse("paper_signature:approve", args=[paper.pk]))
    signature = Signature.objects.get()
    page = theirs.get(reverse("signature:inspect", args=[signature.pk])).content.decode()
    assert "Ingen har endnu kontrolleret" in page
    assert "Anna Ansat" in page
    theirs.post(reverse("signature:authority", args=[signature.pk]), {"outcome": "confirmed", "note": "CVR"})
    page = theirs.get(reverse("signature:inspect", args=[signature.pk])).content.decode()
    assert "Bo Kollega" in page
    assert "Underskriveren må skrive under for organisationen" in page


@pytest.mark.usefixtures("_now")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scan": ""}, "Vælg det scannede dokument."),
        ({"scan": upload(b"<html>", "x.pdf")}, "Vælg en PDF, JPG eller PNG på højst 10 MB."),
        ({"signer_name": ""}, "Skriv underskriverens navn"),
        ({"signed_on": "2026-05-05"}, "Vælg den dag, der blev skrevet under"),
        ({"signed_on": "i går"}, "Skriv dagen som dag, måned og år"),
        ({"period": "2030-12-31"}, "Vælg perioden."),
        ({"authority": ""}, "Vælg, hvad der giver underskriveren ret"),
    ],
    ids=str,
)
def test_the_registration_says_what_to_write(provider, anna, change, expected):
    response = log_in(Client(), anna).post(
        reverse("provider:paper", args=[provider.pk]), paper_answers(**change)
    )

    assert expected in response.content.decode()
    assert not PaperSignature.objects.exists()


@pytest.mark.usefixtures("_now")
@pytest.mark.parametrize("count", [1, 3])
def test_list_of_papers_in_a_fixed_number_of_queries(
    text, anna, bo, staff_client, django_assert_num_queries, count
):
    for _number in range(count):
        register(ProviderFactory(), anna)
    client = staff_client("Administration")
    client.get(reverse("paper_signature:index"))

    with django_assert_num_queries(9):
        response = client.get(reverse("paper_signature:index"))

    assert response.content.decode().count("Venter på en kollega") >= count


def signing_answers(text, **changes):
    return {
        "period": "2026-05-04",
        "signer_name": "Mette Medlem",
        "signer_role": "Direktør",
        "authority": "mandate",
        "statement_1": "on",
        "statement_2": "on",
        "statement_3": "on",
        "text_sha256": text_sha256(text),
        "text_language": "da",
        **changes,
    }


@pytest.mark.usefixtures("_now", "portal_site")
def test_a_signer_hands_in_a_document_of_authority(text, provider, bo):
    member = ProviderMemberFactory(provider=provider)
    client = log_in(Client(), member.user)
    url = reverse("charter_sign", kwargs={"slug": provider.slug})
    wrong = client.post(
        url, signing_answers(text, authority_document=upload(b"<html>"), signer_role="")
    ).content.decode()
    assert "Vælg en PDF, JPG eller PNG" in wrong
    assert "Vælg filen igen" in wrong

    client.post(url, signing_answers(text, authority_document=upload(PNG, "fuldmagt.png")))
    attempt = SigningAttempt.objects.get()
    signature = sign_charter(attempt_id=attempt.pk, code=codes.code_of(attempt), now=NOW)

    evidence = signature.evidence
    with evidence.authority_document.open("rb") as file:
        assert file.read() == PNG
    assert evidence.proof["facts"]["authority_document_sha256"] == sha256_of_bytes(PNG)
    assert verify_chain().is_intact
    staff = log_in(Client(), bo)
    response = staff.get(reverse("signature:authority_document", args=[signature.pk]))
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert delete_old_attempts(NOW + timedelta(days=2)) == 1
    assert private_storage().exists(evidence.authority_document.name), "it belongs to the evidence now"
    name = evidence.authority_document.name
    SignatureEvidence.objects.update(delete_after=date(2026, 1, 1))
    delete_evidence(NOW)
    assert not private_storage().exists(name)


@pytest.mark.usefixtures("_now", "portal_site")
def test_a_document_goes_with_a_signing_that_was_left(text, provider):
    member = ProviderMemberFactory(provider=provider)
    log_in(Client(), member.user).post(
        reverse("charter_sign", kwargs={"slug": provider.slug}),
        signing_answers(text, authority_document=upload()),
    )
    name = SigningAttempt.objects.get().authority_document.name
    assert private_storage().exists(name)

    delete_old_attempts(NOW + timedelta(days=2))

    assert not private_storage().exists(name)


def test_a_signature_without_a_document_has_none_to_send(bo):
    signature = SignatureFactory()

    response = log_in(Client(), bo).get(reverse("signature:authority_document", args=[signature.pk]))

    assert response.status_code == 404
