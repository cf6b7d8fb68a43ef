"""Signing: what is refused, what is written, what is mailed."""

import json
import threading
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import override_settings

from charter.chain import verify_chain
from charter.coverage import coverage_of
from charter.documents import sha256_of_bytes
from charter.enums import CoverageState, MemberRole, RecordKind, SignatureMethod, Transition
from charter.errors import (
    CodeExpiredError,
    CodeUsedUpError,
    CodeWrongError,
    NotSignatoryError,
    ProviderCannotSignError,
    SigningExpiredError,
    SigningWindowClosedError,
    VersionChangedError,
)
from charter.methods import codes
from charter.methods.email_code import proof_of
from charter.models import CharterText, CharterVersion, Provider, Signature, SigningAttempt, private_storage
from charter.operations import (
    change_provider_state,
    publish_version,
    request_signing_code,
    save_text,
    sign_charter,
    start_signing,
    withdraw_charter,
)
from charter.operations.signing import ATTEMPTS_KEPT, StartedSigning, Statement, complete, sign_with_proof
from charter.scans import Scan
from charter.texts import statements_in, text_sha256
from core.audit.log import SYSTEM
from core.audit.models import Entry
from core.limits.errors import LimitExceededError
from core.limits.limits import LIMITS
from core.outbox.models import Message
from core.outbox.registry import get
from core.worklist.kinds import get as get_kind
from core.worklist.models import WorkItem
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=COPENHAGEN)


@pytest.fixture
def text():
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    return CharterTextFactory()


@pytest.fixture
def member(text):
    return ProviderMemberFactory()


def statement(text: CharterText, **changes: object) -> Statement:
    values = {
        "signer_name": "Mette Medlem",
        "signer_role": "Direktør",
        "authority": "Tegningsberettiget",
        "statements": statements_in("da"),
        "language": "da",
        "text_sha256": text_sha256(text),
    }
    return Statement(**{**values, **changes})


def start(member, text, *, now=NOW, first_day=None, **changes) -> SigningAttempt:
    return start_signing(
        provider_id=member.provider_id,
        user_id=member.user_id,
        period_first_day=first_day or now.astimezone(COPENHAGEN).date(),
        statement=statement(text, **changes),
        now=now,
    )


def start_with_code(member, text, *, now=NOW, **changes) -> tuple[SigningAttempt, str]:
    attempt = start(member, text, now=now, **changes)
    attempt = request_signing_code(attempt_id=attempt.pk, now=now)
    return attempt, codes.code_of(attempt)


def sign(member, text, *, now=NOW, **changes) -> Signature:
    attempt, code = start_with_code(member, text, now=now, **changes)
    return sign_charter(
        attempt_id=attempt.pk, code=code, now=now, ip_address="192.0.2.7", user_agent="Firefox"
    )


@pytest.mark.django_db
def test_sign_charter_covers_the_rest_of_the_year(member, text):
    signature = sign(member, text)

    assert (signature.covers_from, signature.covers_until) == (date(2026, 5, 4), date(2026, 12, 31))
    assert signature.method == SignatureMethod.EMAIL_CODE
    coverage = coverage_of(member.provider, today=date(2026, 5, 4))
    assert (coverage.state, coverage.until) == (CoverageState.COVERED, date(2026, 12, 31))


@pytest.mark.django_db
def test_sign_charter_keeps_evidence_apart_and_hashes_it_into_the_record(member, text):
    signature = sign(member, text)

    evidence = signature.evidence
    assert (evidence.signer_name, evidence.signer_role, evidence.authority) == (
        "Mette Medlem",
        "Direktør",
        "Tegningsberettiget",
    )
    assert evidence.signer_email == member.user.email
    assert evidence.statements == statements_in("da")
    assert evidence.proof["method"] == "email_code"
    assert evidence.proof["level"] == "email"
    assert evidence.ip_address == "192.0.2.7"
    assert evidence.network_delete_after == date(2027, 5, 4)
    assert evidence.delete_after == date(2031, 12, 31)
    record = signature.records.get()
    assert record.kind == RecordKind.SIGNED
    assert "Mette" not in record.content
    assert json.loads(record.content)["facts"]["text_sha256"] == text_sha256(text)
    assert verify_chain().is_intact


@pytest.mark.django_db
def test_sign_charter_stores_a_receipt_with_the_hash_in_the_signature(member, text):
    signature = sign(member, text)

    with signature.evidence.document.open("rb") as file:
        document = file.read()
    assert document.startswith(b"%PDF")
    assert sha256_of_bytes(document) == signature.document_sha256


@pytest.mark.django_db
def test_sign_charter_locks_the_version_and_writes_the_audit(member, text):
    signature = sign(member, text)

    assert CharterVersion.objects.get().locked_at == NOW
    entry = Entry.objects.get(action="signature.signed")
    assert (entry.actor_id, entry.provider_id) == (member.user_id, member.provider_id)
    assert entry.data["reference"] == signature.reference


@pytest.mark.django_db
def test_sign_charter_mails_the_receipt_once_to_each_signatory(member, text):
    ProviderMemberFactory(provider=member.provider)
    ProviderMemberFactory(provider=member.provider, role=MemberRole.COORDINATOR)

    sign(member, text)

    messages = Message.objects.filter(mail_type="charter_signed")
    assert messages.count() == 2
    content = get("charter_signed").build(messages[0].ids, "da", NOW)
    assert [attachment.mimetype for attachment in content.attachments] == ["application/pdf"]


@pytest.mark.django_db
def test_the_code_is_in_the_mail_and_nowhere_in_the_database(member, text):
    _attempt, code = start_with_code(member, text)

    message = Message.objects.get(mail_type="signing_code")
    content = get("signing_code").build(message.ids, "da", NOW)
    assert content.placeholders["code"] == code
    assert len(code) == 6
    stored = json.dumps([message.ids, message.key, SigningAttempt.objects.values().get()], default=str)
    assert code not in stored


@pytest.mark.django_db
def test_the_code_mail_is_skipped_when_a_newer_code_was_asked_for_or_it_is_too_late(member, text):
    attempt, _code = start_with_code(member, text)
    old = Message.objects.get(mail_type="signing_code")
    request_signing_code(attempt_id=attempt.pk, now=NOW)
    new = Message.objects.exclude(pk=old.pk).get(mail_type="signing_code")

    assert get("signing_code").build(old.ids, "da", NOW) is None
    assert get("signing_code").build(new.ids, "da", NOW) is not None
    assert get("signing_code").build(new.ids, "da", NOW + timedelta(minutes=10)) is None


@pytest.mark.django_db
def test_sign_charter_twice_with_the_same_attempt_gives_one_signature(member, text):
    attempt, code = start_with_code(member, text)
    first = sign_charter(attempt_id=attempt.pk, code=code, now=NOW)

    second = sign_charter(attempt_id=attempt.pk, code=code, now=NOW + timedelta(hours=2))

    assert first == second
    assert Signature.objects.count() == 1


@pytest.mark.django_db
def test_sign_charter_accepts_the_code_with_a_space_in_it(member, text):
    attempt, code = start_with_code(member, text)

    assert sign_charter(attempt_id=attempt.pk, code=f"{code[:3]} {code[3:]}", now=NOW).pk


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.django_db
def test_sign_charter_counts_wrong_codes_and_voids_the_code_at_the_fifth(member, text):
    attempt, code = start_with_code(member, text)
    left = []

    for _try in range(4):
        with pytest.raises(CodeWrongError) as caught:
            sign_charter(attempt_id=attempt.pk, code=wrong(code), now=NOW)
        left.append(caught.value.attempts_left)
    with pytest.raises(CodeUsedUpError):
        sign_charter(attempt_id=attempt.pk, code=wrong(code), now=NOW)

    assert left == [4, 3, 2, 1]
    with pytest.raises(CodeUsedUpError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_a_new_code_works_after_the_old_one_was_used_up(member, text):
    attempt, code = start_with_code(member, text)
    SigningAttempt.objects.update(code_attempts=codes.MAX_TRIES)

    attempt = request_signing_code(attempt_id=attempt.pk, now=NOW)

    assert codes.code_of(attempt) != code
    assert sign_charter(attempt_id=attempt.pk, code=codes.code_of(attempt), now=NOW).pk


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "abc", "１２３４５６", "1234567", "x" * 1000])
def test_sign_charter_refuses_what_is_no_code(member, text, typed):
    attempt, _code = start_with_code(member, text)

    with pytest.raises(CodeWrongError):
        sign_charter(attempt_id=attempt.pk, code=typed, now=NOW)


@pytest.mark.django_db
def test_sign_charter_refuses_a_code_after_ten_minutes(member, text):
    attempt, code = start_with_code(member, text)

    with pytest.raises(CodeExpiredError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW + timedelta(minutes=10))


@pytest.mark.django_db
def test_sign_charter_refuses_before_a_code_was_asked_for(member, text):
    attempt = start(member, text)

    with pytest.raises(CodeExpiredError):
        sign_charter(attempt_id=attempt.pk, code=codes.code_of(attempt), now=NOW)


@pytest.mark.django_db
def test_signing_expires_after_a_day(member, text):
    attempt, code = start_with_code(member, text)
    tomorrow = NOW + timedelta(days=1, minutes=1)

    with pytest.raises(SigningExpiredError):
        request_signing_code(attempt_id=attempt.pk, now=tomorrow)
    with pytest.raises(SigningExpiredError):
        sign_charter(attempt_id=attempt.pk, code=code, now=tomorrow)


@pytest.mark.django_db
def test_request_signing_code_is_limited(member, text):
    attempt = start(member, text)
    for _time in range(LIMITS["signing_code"].count):
        request_signing_code(attempt_id=attempt.pk, now=NOW)

    with pytest.raises(LimitExceededError):
        request_signing_code(attempt_id=attempt.pk, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [MemberRole.COORDINATOR, MemberRole.FACILITATOR])
def test_start_signing_refuses_members_who_are_not_signatories(text, role):
    member = ProviderMemberFactory(role=role)

    with pytest.raises(NotSignatoryError):
        start(member, text)


@pytest.mark.django_db
def test_start_signing_refuses_a_signatory_of_another_provider(member, text):
    stranger = ProviderMemberFactory()

    with pytest.raises(NotSignatoryError):
        start_signing(
            provider_id=member.provider_id,
            user_id=stranger.user_id,
            period_first_day=NOW.date(),
            statement=statement(text),
            now=NOW,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["new", "vetting", "suspended", "ended", "declined", "municipal"])
def test_start_signing_refuses_providers_that_cannot_sign(text, state):
    member = ProviderMemberFactory(provider=ProviderFactory(**{state: True}))

    with pytest.raises(ProviderCannotSignError):
        start(member, text)


@pytest.mark.django_db
def test_an_approved_provider_can_sign(text):
    member = ProviderMemberFactory(provider=ProviderFactory(approved=True))

    assert sign(member, text).pk


@pytest.mark.django_db
def test_a_signed_and_approved_provider_is_a_task_until_it_is_activated(text):
    member = ProviderMemberFactory(provider=ProviderFactory(approved=True, name="Klar Tale"))
    sign(member, text)
    item = WorkItem.objects.get(kind="provider_ready")
    assert (item.kind, item.data["name"], item.closed_at) == ("provider_ready", "Klar Tale", None)
    assert "Klar Tale har underskrevet charteret" in get_kind(item.kind).describe(item)

    change_provider_state(
        provider_id=member.provider_id, transition=Transition.ACTIVATE, actor=SYSTEM, now=NOW
    )

    item.refresh_from_db()
    assert (item.closed_at, item.resolution) == (NOW, "activate")


@pytest.mark.django_db
def test_start_signing_refuses_what_is_signed_already(member, text):
    sign(member, text)

    with pytest.raises(SigningWindowClosedError):
        start(member, text)


@pytest.mark.django_db
def test_next_year_can_be_signed_from_1_june(member, text):
    sign(member, text)
    first_day = date(2027, 1, 1)

    with pytest.raises(SigningWindowClosedError):
        start(member, text, now=datetime(2026, 5, 31, 23, 30, tzinfo=COPENHAGEN), first_day=first_day)
    signature = sign(member, text, now=datetime(2026, 6, 1, 0, 30, tzinfo=COPENHAGEN), first_day=first_day)

    assert (signature.covers_from, signature.covers_until) == (first_day, date(2027, 12, 31))


@pytest.mark.django_db
def test_start_signing_refuses_without_a_published_version(member):
    CharterVersion.objects.update(published_at=None)

    with pytest.raises(ProviderCannotSignError):
        start(member, CharterText.objects.get())


@pytest.mark.django_db
def test_start_signing_refuses_when_the_page_showed_another_text(member, text):
    with pytest.raises(VersionChangedError):
        start(member, text, text_sha256="0" * 64)


@pytest.mark.django_db
def test_sign_charter_refuses_when_the_text_was_corrected_meanwhile(member, text):
    attempt, code = start_with_code(member, text)
    save_text(
        version_id=text.version_id,
        language="da",
        title=text.title,
        notice="",
        body="<p>Andet.</p>",
        actor=SYSTEM,
        now=NOW,
    )

    with pytest.raises(VersionChangedError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)


@pytest.mark.django_db
def test_sign_charter_refuses_when_a_new_version_was_published_meanwhile(member, text):
    attempt, code = start_with_code(member, text)
    new = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=new)
    publish_version(version_id=new.pk, required_from=date(2026, 9, 1), actor=SYSTEM, now=NOW)

    with pytest.raises(VersionChangedError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_sign_charter_refuses_when_the_provider_was_suspended_meanwhile(member, text):
    attempt, code = start_with_code(member, text)
    change_provider_state(
        provider_id=member.provider_id, transition=Transition.SUSPEND, reason="Klage", actor=SYSTEM, now=NOW
    )

    with pytest.raises(ProviderCannotSignError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)


@pytest.mark.django_db
def test_sign_charter_refuses_when_the_signer_lost_the_role_meanwhile(member, text):
    attempt, code = start_with_code(member, text)
    member.delete()

    with pytest.raises(NotSignatoryError):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)


@pytest.mark.django_db
def test_signing_begun_before_midnight_covers_from_the_day_it_is_completed(member, text):
    attempt, code = start_with_code(member, text, now=datetime(2026, 5, 4, 23, 55, tzinfo=COPENHAGEN))

    signature = sign_charter(
        attempt_id=attempt.pk, code=code, now=datetime(2026, 5, 5, 0, 1, tzinfo=COPENHAGEN)
    )

    assert signature.covers_from == date(2026, 5, 5)


BEFORE_MIDNIGHT = datetime(2026, 5, 4, 23, 55, tzinfo=COPENHAGEN)
AFTER_MIDNIGHT = datetime(2026, 5, 5, 0, 1, tzinfo=COPENHAGEN)


@pytest.mark.django_db
@override_settings(PORTAL_CHARTER_MODE="rolling")
@pytest.mark.parametrize("by_code", [True, False], ids=["code", "proof"])
def test_rolling_signing_begun_before_midnight_keeps_the_last_day_that_was_offered(
    member, text, by_code, time_machine
):
    time_machine.move_to(BEFORE_MIDNIGHT, tick=False)
    attempt, code = start_with_code(member, text, now=BEFORE_MIDNIGHT)
    time_machine.move_to(AFTER_MIDNIGHT, tick=False)

    if by_code:
        signature = sign_charter(attempt_id=attempt.pk, code=code, now=AFTER_MIDNIGHT)
    else:
        basis = StartedSigning(attempt, ip_address="", user_agent="")
        signature = complete(basis, proof_of(attempt, now=AFTER_MIDNIGHT), now=AFTER_MIDNIGHT)

    assert (signature.covers_from, signature.covers_until) == (date(2026, 5, 5), date(2027, 5, 3))
    assert verify_chain().is_intact


@pytest.mark.django_db
@override_settings(PORTAL_CHARTER_MODE="rolling")
def test_rolling_signing_begun_before_midnight_is_refused_once_a_colleague_has_signed(member, text):
    attempt, code = start_with_code(member, text, now=BEFORE_MIDNIGHT)
    colleague = ProviderMemberFactory(provider=member.provider)
    sign(colleague, text, now=BEFORE_MIDNIGHT)

    with pytest.raises(SigningWindowClosedError):
        sign_charter(attempt_id=attempt.pk, code=code, now=AFTER_MIDNIGHT)


@pytest.mark.django_db
@override_settings(PORTAL_CHARTER_MODE="rolling")
def test_rolling_renewal_is_the_same_on_both_sides_of_midnight(text):
    """The last covered day ends at that very midnight: no day is lost, none is signed twice."""
    provider = SignatureFactory(covers_from=date(2025, 5, 5), covers_until=date(2026, 5, 4)).provider
    member = ProviderMemberFactory(provider=provider)
    attempt, code = start_with_code(member, text, now=BEFORE_MIDNIGHT, first_day=date(2026, 5, 5))

    signature = sign_charter(attempt_id=attempt.pk, code=code, now=AFTER_MIDNIGHT)

    assert (signature.covers_from, signature.covers_until) == (date(2026, 5, 5), date(2027, 5, 4))


@pytest.mark.django_db
def test_a_year_that_ends_at_midnight_is_not_signed_for_after_it(member, text):
    last_minute = datetime(2026, 12, 31, 23, 55, tzinfo=COPENHAGEN)
    attempt, code = start_with_code(member, text, now=last_minute)

    with pytest.raises(SigningWindowClosedError):
        sign_charter(attempt_id=attempt.pk, code=code, now=last_minute + timedelta(minutes=6))


@pytest.mark.django_db
def test_signings_begun_again_and_again_are_limited(member, text):
    for _time in range(LIMITS["signing_start"].count):
        start(member, text)

    with pytest.raises(LimitExceededError):
        start(member, text)
    start(ProviderMemberFactory(), text)


@pytest.mark.django_db
def test_signings_left_unfinished_do_not_pile_up_with_their_documents(member, text):
    def document(number: int) -> Scan:
        return Scan(b"%PDF-" + str(number).encode(), f"{uuid4().hex}.pdf", "0" * 64)

    other = start(ProviderMemberFactory(), text, authority_document=document(0))
    attempts = [start(member, text, authority_document=document(n)) for n in range(ATTEMPTS_KEPT + 2)]

    assert list(SigningAttempt.objects.order_by("pk")) == [other, *attempts[-ATTEMPTS_KEPT:]]
    kept = [private_storage().exists(one.authority_document.name) for one in [other, *attempts]]
    assert kept == [True, False, False, *[True] * ATTEMPTS_KEPT]


@pytest.mark.django_db
def test_a_signing_that_led_to_a_signature_is_never_let_go_for_newer_ones(member, text):
    attempt, code = start_with_code(member, text, authority_document=Scan(b"%PDF-1", "a.pdf", "0" * 64))
    signature = sign_charter(attempt_id=attempt.pk, code=code, now=NOW)

    for _time in range(ATTEMPTS_KEPT + 1):
        start(member, text, first_day=date(2027, 1, 1), now=datetime(2026, 7, 1, 12, tzinfo=COPENHAGEN))

    assert SigningAttempt.objects.filter(pk=attempt.pk).exists()
    assert private_storage().exists(signature.evidence.authority_document.name)


@pytest.mark.django_db
def test_a_signing_that_gave_way_to_newer_ones_says_to_start_again(member, text):
    attempt, _code = start_with_code(member, text)
    basis = StartedSigning(attempt, ip_address="", user_agent="")
    proof = proof_of(attempt, now=NOW)
    for _time in range(ATTEMPTS_KEPT):
        start(member, text)

    with pytest.raises(SigningExpiredError):
        complete(basis, proof, now=NOW)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_signing_the_new_version_supersedes_the_old_signature_with_a_record(member, text):
    old = sign(member, text)
    new = CharterVersionFactory(number=2, draft=True)
    new_text = CharterTextFactory(version=new, body="<p>Nyt.</p>")
    publish_version(version_id=new.pk, required_from=date(2026, 9, 1), actor=SYSTEM, now=NOW)

    signature = sign(member, new_text)

    assert [record.kind for record in old.records.all()] == [RecordKind.SIGNED, RecordKind.SUPERSEDED]
    assert coverage_of(member.provider, today=date(2026, 9, 1)).signature_id == signature.pk
    assert verify_chain().is_intact


@pytest.mark.django_db
@override_settings(PORTAL_CHARTER_MODE="rolling")
def test_rolling_mode_covers_twelve_months_and_renews_from_six_months_before(member, text):
    first = sign(member, text)
    assert (first.covers_from, first.covers_until) == (date(2026, 5, 4), date(2027, 5, 3))
    renewed_from = date(2027, 5, 4)

    with pytest.raises(SigningWindowClosedError):
        start(member, text, now=datetime(2026, 11, 3, 12, tzinfo=COPENHAGEN), first_day=renewed_from)
    second = sign(member, text, now=datetime(2026, 11, 4, 12, tzinfo=COPENHAGEN), first_day=renewed_from)

    assert (second.covers_from, second.covers_until) == (renewed_from, date(2028, 5, 3))


@pytest.mark.django_db
@override_settings(PORTAL_CHARTER_MODE="rolling")
def test_rolling_mode_starts_today_after_a_lapse(text):
    provider = SignatureFactory(covers_from=date(2024, 1, 1), covers_until=date(2024, 12, 31)).provider
    member = ProviderMemberFactory(provider=provider)

    assert sign(member, text).covers_from == NOW.date()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_signing_leaves_one_truth(text):
    """Whatever comes first, coverage is what the records say, and the chain holds."""
    CharterTextFactory()
    provider = SignatureFactory(covers_from=date(2026, 1, 1), covers_until=date(2026, 12, 31)).provider
    member = ProviderMemberFactory(provider=provider)
    later = datetime(2026, 6, 2, 10, tzinfo=COPENHAGEN)
    attempt, code = start_with_code(member, text, now=later, first_day=date(2027, 1, 1))
    barrier = threading.Barrier(2)
    outcomes: dict[str, object] = {}

    def run(name, act):
        barrier.wait()
        try:
            outcomes[name] = act()
        except Exception as error:
            outcomes[name] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(
            target=run,
            args=("sign", lambda: sign_charter(attempt_id=attempt.pk, code=code, now=later)),
        ),
        threading.Thread(
            target=run,
            args=(
                "withdraw",
                lambda: withdraw_charter(
                    provider_id=provider.pk, ends_on=date(2026, 6, 10), reason="", actor=SYSTEM, now=later
                ),
            ),
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verify_chain().is_intact
    provider = Provider.objects.get()
    withdrawn = outcomes["withdraw"]
    assert isinstance(withdrawn, list)
    assert not coverage_of(provider, today=later.date()).covers(date(2026, 6, 10))
    # Signed first: the renewal was there and was withdrawn too. Withdrawn first: nothing was left of the old
    # one, and the signer's own later signature stands.
    signed_first = len(withdrawn) == 2
    assert coverage_of(provider, today=later.date()).covers(date(2027, 3, 1)) is (not signed_first)


@pytest.mark.django_db
@pytest.mark.parametrize("others", [1, 3])
def test_signing_takes_a_fixed_number_of_statements(member, text, django_assert_num_queries, others):
    """From the typed code to the receipt in the queue, the document made and sealed in between."""
    SignatureFactory.create_batch(others)
    ProviderMemberFactory.create_batch(others, provider=member.provider, role=MemberRole.COORDINATOR)
    attempt, code = start_with_code(member, text)

    with django_assert_num_queries(38):
        sign_charter(attempt_id=attempt.pk, code=code, now=NOW)


@pytest.mark.django_db
def test_a_second_click_that_read_the_attempt_before_the_first_signed_leads_to_its_receipt(member, text):
    attempt, code = start_with_code(member, text)
    stale = SigningAttempt.objects.select_related("provider", "user", "version", "signature").get(
        pk=attempt.pk
    )
    proof = proof_of(stale, now=NOW)
    first = sign_charter(attempt_id=attempt.pk, code=code, now=NOW)

    second = complete(StartedSigning(stale, ip_address="", user_agent=""), proof, now=NOW)

    assert second == first
    assert Signature.objects.count() == 1


@pytest.mark.django_db
def test_a_proof_kept_longer_than_the_signing_lasts_signs_nothing(member, text):
    attempt = start(member, text)
    later = NOW + timedelta(days=3)
    SigningAttempt.objects.filter(pk=attempt.pk).update(
        proof=proof_of(attempt, now=later).as_evidence(), proof_expires_at=later + timedelta(minutes=10)
    )

    with pytest.raises(SigningExpiredError):
        sign_with_proof(attempt_id=attempt.pk, now=later)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "\u738b \u5c0f\u660e",
        "Mette \U0001f389 Medlem",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22 \u0e43\u0e08\u0e14\u0e35",
        "Mette\x07 Medlem",
    ],
    ids=["chinese", "emoji", "thai", "control character"],
)
def test_whatever_a_signer_is_called_the_receipt_is_made(member, text, name):
    signature = sign(member, text, signer_name=name)

    assert signature.evidence.signer_name == name
    assert signature.evidence.document.size > 0
    assert verify_chain().is_intact
