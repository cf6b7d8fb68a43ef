"""Checking documents and everything that is stored: what must be found, is (C12, C13; the negative set of issue 4)."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from charter import chain
from charter.documents import sealed_receipt, sha256_of_bytes
from charter.models import Signature, SignatureEvidence, private_storage
from charter.operations import publish_version, withdraw_signature
from charter.operations.retention import delete_evidence
from charter.operations.sealing import check_signatures, watch_seal
from charter.sealing import current_seal, seal_document
from charter.triggers import create_statements, drop_statements, lock_statements, unlock_statements
from charter.verification import Verdict, verify_document, verify_everything, verify_reference
from core.audit.log import SYSTEM
from core.outbox.models import Message
from core.worklist.models import WorkItem
from core.worklist.operations import close_item
from tests.charter.conftest import Signed, sign_for, stored
from tests.charter.test_operations_signing import NOW
from tests.charter.test_triggers import row_of
from tests.factories.charter import CharterTextFactory, CharterVersionFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def verdict(data: bytes, *, now=LATER, **options) -> str:
    return verify_document(data, now=now, **options).verdict


def codes(*, now=LATER) -> list[str]:
    return sorted({finding.code for finding in verify_everything(now=now).findings})


def put_in_place(signature: Signature, data: bytes) -> None:
    """Write other bytes over the stored document, as somebody with access to the disk would."""
    name = signature.evidence.document.name
    private_storage().delete(name)
    assert private_storage().save(name, ContentFile(data)) == name


def past_the_triggers(sql: str, *values: object) -> None:
    """Change a signed row the way somebody with the database's password would: triggers off, change, triggers on."""
    with connection.cursor() as cursor:
        for statement in (*drop_statements(connection.vendor), *unlock_statements(connection.vendor)):
            cursor.execute(statement)
        cursor.execute(sql, values)
        for statement in (*create_statements(connection.vendor), *lock_statements(connection.vendor)):
            cursor.execute(statement)


# --- one document ----------------------------------------------------------------------------------


def test_a_fresh_document_is_genuine_and_in_force(signed):
    answer = verify_document(signed.document, now=LATER)

    assert (answer.verdict, answer.is_genuine, answer.problems) == (Verdict.IN_FORCE, True, ())
    assert answer.signature == signed.signature
    assert answer.seal.sealed_at == NOW.replace(microsecond=0)
    assert verify_everything(now=LATER).is_intact


def test_one_flipped_bit_is_found_wherever_it_is(signed):
    """Sampled over the file, its first and last bytes included; the padding inside the seal too."""
    data = signed.document
    places = sorted({0, len(data) - 1, *range(7, len(data), max(1, len(data) // 60))})

    wrong = []
    for place in places:
        for bit in (0x01, 0x20):
            flipped = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            answer = verify_document(flipped, now=LATER)
            if answer.is_genuine or answer.signature is not None:
                wrong.append((place, bit, answer.verdict))

    assert wrong == []


def test_padding_inside_the_seal_is_outside_its_signature_and_found_by_the_stored_hash(signed):
    data = signed.document
    begin = data.rindex(b"/Contents <") + len(b"/Contents <")
    end = data.index(b">", begin)
    assert data[end - 200 : end] == b"0" * 200

    flipped = data[: end - 100] + b"1" + data[end - 99 :]

    answer = verify_document(flipped, now=LATER)
    assert (answer.seal.is_intact, answer.seal.is_trusted) == (True, True)
    assert answer.verdict == Verdict.NOT_STORED


def test_bytes_after_the_end_are_found(signed):
    for added in (b"\n", b"hej", b"\n%%EOF\n", b"%PDF-1.7"):
        assert verdict(signed.document + added) in {Verdict.APPENDED, Verdict.UNREADABLE}


def test_an_incremental_update_is_found(signed):
    from io import BytesIO

    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(signed.document))
    text = StreamObject(stream_data=b"BT /F1 12 Tf 50 50 Td (Tilladt i 2030) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(text))
    output = BytesIO()
    writer.write(output)

    assert output.getvalue().startswith(signed.document)
    assert verdict(output.getvalue()) == Verdict.APPENDED


def test_a_second_signature_on_top_is_found(signed, sealing, settings):
    from io import BytesIO

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from charter.sealing.seals import _KeptKeySigner

    class Careless(PdfSigner):
        def _enforce_certification_constraints(self, reader):
            pass

    signer = _KeptKeySigner(current_seal(), SimpleCertificateStore())
    output = Careless(PdfSignatureMetadata(field_name="Anden"), signer).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(signed.document))
    )

    assert verdict(output.getvalue()) == Verdict.APPENDED


def test_another_version_s_text_under_the_same_reference_is_not_the_stored_file(signed):
    other = CharterTextFactory(version=CharterVersionFactory(number=2), body="<p>Noget helt andet.</p>")
    forged = sealed_receipt(
        signed.signature, signed.signature.evidence, other, software="0.1.0", chain_head=""
    ).document

    assert verdict(forged) == Verdict.NOT_STORED


def test_another_provider_s_document_is_not_this_reference_s(signed):
    other = sign_for("Sundt Sprog")

    assert verdict(other.document) == Verdict.IN_FORCE
    assert verify_document(other.document, now=LATER).signature.provider.name == "Sundt Sprog"
    assert verdict(other.document, expected_reference=signed.signature.reference) == Verdict.OTHER_SIGNATURE


def test_a_document_sealed_with_a_certificate_that_had_expired_is_not_trusted(settings, signed, authority):
    seal = authority.seal("Udløbet", not_after=datetime(2026, 1, 1, tzinfo=UTC))
    settings.PORTAL_SEAL_FILE = str(seal)
    sealed = seal_document(
        signed.document[: signed.document.index(b"%%EOF") + 6],
        reference="CH-X",
        at=datetime(2025, 12, 1, tzinfo=UTC),
    )
    assert verdict(sealed.document) == Verdict.UNKNOWN

    # The same certificate, used after its end by somebody who has its key.
    from charter.sealing import seals

    certificate = current_seal().certificate
    assert not certificate.is_valid_at(NOW)
    import asyncio

    late = asyncio.run(
        seals._seal(
            signed.document[: signed.document.index(b"%%EOF") + 6],
            current_seal(),
            seals.SealLevel.B_B,
            reference=signed.signature.reference,
            at=NOW,
        )
    )
    assert verdict(late) == Verdict.CERTIFICATE


def test_a_document_sealed_by_somebody_else_is_not_ours(settings, signed, tmp_path):
    from tests.seals import make_authority

    theirs = make_authority(tmp_path / "theirs", "Testrod")
    settings.PORTAL_SEAL_FILE = str(theirs.seal())
    plain = signed.document[: signed.document.index(b"%%EOF") + 6]
    forged = seal_document(plain, reference=signed.signature.reference, at=NOW).document

    assert verdict(forged) == Verdict.NOT_OURS


def test_a_certificate_of_the_same_root_that_is_no_seal_of_ours_is_not_ours(settings, signed, authority):
    settings.PORTAL_SEAL_FILE = str(authority.seal("Kollegaens segl", publish=False))
    plain = signed.document[: signed.document.index(b"%%EOF") + 6]
    forged = seal_document(plain, reference=signed.signature.reference, at=NOW).document

    assert verdict(forged) == Verdict.NOT_OURS


def test_documents_outlive_the_certificate_and_a_seal_that_is_taken_off_the_list_is_trusted_no_more(
    settings, signed, authority, tmp_path
):
    in_2050 = datetime(2050, 1, 1, tzinfo=UTC)
    assert verdict(signed.document, now=in_2050) == Verdict.EXPIRED

    revoked = tmp_path / "published"
    revoked.mkdir()
    settings.PORTAL_SEAL_CERTIFICATES = str(revoked)
    assert verdict(signed.document) == Verdict.NOT_OURS
    assert codes() == ["seal_not_ours", "seal_untrusted"]


def test_a_clock_one_day_ahead_is_found(signed):
    assert verdict(signed.document, now=NOW - timedelta(days=1)) == Verdict.TIME
    assert codes(now=NOW - timedelta(days=1)) == ["from_the_future"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Verdict.UNREADABLE),
        (b"hej", Verdict.UNREADABLE),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>", Verdict.UNREADABLE),
        (b"\x00" * 100_000, Verdict.UNREADABLE),
    ],
    ids=["empty", "text", "stump", "zeros"],
)
def test_what_is_no_document_of_ours_is_said_to_be_none(sealing, data, expected):
    assert verdict(data) == expected


def test_the_plain_document_without_its_seal_proves_nothing(signed):
    plain = signed.document[: signed.document.index(b"%%EOF") + 6]

    assert verdict(plain) == Verdict.UNSEALED


def test_an_edited_row_and_a_removed_row_are_found(signed):
    past_the_triggers("UPDATE charter_signature SET covers_until = %s", date(2040, 1, 1))
    answer = verify_document(signed.document, now=LATER)
    assert (answer.verdict, answer.problems) == (Verdict.RECORDS, ("edited_signature",))
    assert codes() == ["edited_signature"]


def test_a_removed_record_is_found(signed):
    past_the_triggers("DELETE FROM charter_signaturerecord")

    assert verdict(signed.document) == Verdict.RECORDS
    assert codes() == ["cut_off", "no_record"]


def test_a_signature_removed_with_all_its_rows_leaves_a_document_that_we_sealed_and_do_not_know(signed):
    other = sign_for("Sundt Sprog")
    for table in ("charter_signaturerecord", "charter_signatureevidence"):
        past_the_triggers(f"DELETE FROM {table} WHERE signature_id = %s", signed.signature.pk)  # noqa: S608
    past_the_triggers("UPDATE charter_signingattempt SET signature_id = NULL")
    past_the_triggers("DELETE FROM charter_signature WHERE id = %s", signed.signature.pk)

    assert verdict(signed.document) == Verdict.UNKNOWN
    assert verdict(other.document) == Verdict.RECORDS
    assert codes() == ["broken_link", "cut_off", "head_unknown", "wrong_number"]


def test_a_whole_chain_written_anew_is_found_by_the_hash_that_a_document_carries(signed):
    """Whoever rewrites every record and its hashes still cannot rewrite what a later document printed."""
    other = sign_for("Sundt Sprog").signature
    head = chain.signed_content(other)["chain_head"]
    record = signed.signature.records.get()
    content = record.content.replace('"software":"0.1.0"', '"software":"9.9.9"')
    assert content != record.content
    new_hash = chain.sha256_of(f"\n{content}")
    past_the_triggers(
        "UPDATE charter_signaturerecord SET content = %s, record_hash = %s WHERE id = %s",
        content, new_hash, record.pk,
    )  # fmt: skip
    second = other.records.get()
    past_the_triggers(
        "UPDATE charter_signaturerecord SET previous_hash = %s, record_hash = %s WHERE id = %s",
        new_hash, chain.sha256_of(f"{new_hash}\n{second.content}"), second.pk,
    )  # fmt: skip
    past_the_triggers(
        "UPDATE charter_chainhead SET last_hash = %s", chain.sha256_of(f"{new_hash}\n{second.content}")
    )

    assert head != new_hash
    assert codes() == ["head_unknown"]


def test_the_command_finds_a_row_that_was_replaced_and_a_table_that_was_emptied(signed, time_machine):
    """What SQLite's INSERT OR REPLACE and PostgreSQL's TRUNCATE leave, once the triggers against them are gone too."""
    time_machine.move_to(LATER, tick=False)
    sign_for("Sundt Sprog")
    row = {**row_of("charter_signature"), "covers_until": date(2040, 1, 1)}
    if connection.vendor == "sqlite":
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        sql = f"INSERT OR REPLACE INTO charter_signature ({names}) VALUES ({places})"  # noqa: S608 - its own names
        past_the_triggers(sql, *row.values())
        expected = ["edited_signature"]
    else:
        connection.check_constraints()  # a table with pending checks cannot be emptied
        past_the_triggers("TRUNCATE charter_signaturerecord")
        expected = ["cut_off", "no_record"]

    status, text = verify("--json")

    found = json.loads(text)
    assert (status, found["intact"]) == (1, False)
    assert sorted({finding["code"] for finding in found["findings"]}) == expected


# --- states --------------------------------------------------------------------------------------


def test_a_withdrawn_signature_is_genuine_and_withdrawn(signed):
    withdraw_signature(
        signature_id=signed.signature.pk,
        ends_on=date(2026, 6, 1),
        reason="Ophørt",
        actor=SYSTEM,
        now=LATER,
    )

    before = verify_document(signed.document, now=LATER)
    after = verify_document(signed.document, now=NOW + timedelta(days=40))
    assert (before.verdict, before.withdrawn_from) == (Verdict.IN_FORCE, date(2026, 6, 1))
    assert (after.verdict, after.is_genuine) == (Verdict.WITHDRAWN, True)


def test_an_older_document_is_expired_and_a_future_one_upcoming(signed):
    assert verdict(signed.document, now=datetime(2027, 1, 1, 12, tzinfo=UTC)) == Verdict.EXPIRED
    past_the_triggers("UPDATE charter_signature SET covers_from = covers_until")
    assert verify_reference(signed.signature.reference, now=LATER).verdict == Verdict.RECORDS


def test_a_version_that_is_no_longer_accepted_is_said(signed):
    new = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=new)
    publish_version(version_id=new.pk, required_from=date(2026, 6, 1), actor=SYSTEM, now=LATER)

    assert verdict(signed.document) == Verdict.IN_FORCE
    assert verdict(signed.document, now=NOW + timedelta(days=40)) == Verdict.VERSION_REPLACED


def test_after_deletion_by_rule_the_document_that_others_keep_is_still_genuine(signed):
    SignatureEvidence.objects.update(delete_after=date(2026, 6, 1))
    delete_evidence(NOW + timedelta(days=60))

    later = NOW + timedelta(days=61)
    answer = verify_document(signed.document, now=later)
    assert (answer.verdict, answer.evidence_deleted_on) == (Verdict.IN_FORCE, date(2026, 7, 3))
    report = verify_everything(now=later)
    assert (report.is_intact, report.files) == (True, 0)
    assert report.deleted_by_rule == [(signed.signature.reference, date(2026, 7, 3))]


def test_a_reference_alone_tells_what_the_records_say(signed):
    answer = verify_reference(f" {signed.signature.reference.lower()} ", now=LATER)
    assert (answer.verdict, answer.seal, answer.sha256) == (Verdict.IN_FORCE, None, "")
    assert verify_reference("CH-FINDESEJ", now=LATER).verdict == Verdict.NO_SUCH_REFERENCE


# --- everything ----------------------------------------------------------------------------------


def swap(first: Signed, second: Signed) -> None:
    put_in_place(first.signature, second.document)


def flip(first: Signed, second: Signed) -> None:
    put_in_place(first.signature, first.document[:500] + b"#" + first.document[501:])


def append(first: Signed, second: Signed) -> None:
    put_in_place(first.signature, first.document + b"\n")


def lose(first: Signed, second: Signed) -> None:
    private_storage().delete(first.signature.evidence.document.name)


def unlink(first: Signed, second: Signed) -> None:
    SignatureEvidence.objects.filter(signature=first.signature).update(document="")


def rewrite_text(first: Signed, second: Signed) -> None:
    past_the_triggers("UPDATE charter_chartertext SET body = %s", "<p>Noget andet.</p>")


def drop_evidence(first: Signed, second: Signed) -> None:
    SignatureEvidence.objects.filter(signature=first.signature).delete()


def replace_file_and_hash(first: Signed, second: Signed) -> None:
    """The file and the hash in the row, by somebody who knows of both."""
    plain = first.document[: first.document.index(b"%%EOF") + 6]
    put_in_place(first.signature, plain)
    past_the_triggers(
        "UPDATE charter_signature SET document_sha256 = %s WHERE id = %s",
        sha256_of_bytes(plain),
        first.signature.pk,
    )


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (swap, ["file_swapped"]),
        (flip, ["file_changed"]),
        (append, ["file_changed"]),
        (lose, ["file_missing"]),
        (unlink, ["file_missing"]),
        (rewrite_text, ["text_changed"]),
        (drop_evidence, ["evidence_missing"]),
        (
            replace_file_and_hash,
            [
                "edited_signature",
                "level_differs",
                "reference_differs",
                "seal_broken",
                "seal_differs",
                "seal_incomplete",
                "seal_missing",
                "seal_not_ours",
                "seal_untrusted",
                "time_differs",
            ],
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_verify_everything_finds_what_was_done_to_files_and_rows(signed, act, expected):
    other = sign_for("Sundt Sprog")
    assert codes() == []

    act(signed, other)

    assert codes() == expected


def test_verify_everything_reads_a_fixed_number_of_times(signed, django_assert_num_queries):
    with django_assert_num_queries(13):
        verify_everything(now=LATER)
    for name in ("Sundt Sprog", "Stærk Stemme"):
        sign_for(name)
    with django_assert_num_queries(13):
        report = verify_everything(now=LATER)
    assert (report.signatures, report.files, report.sealed) == (3, 3, 3)


def verify(*options: str) -> tuple[int, str]:
    output, status = StringIO(), 0
    try:
        call_command("charter", "verify", *options, stdout=output)
    except SystemExit as error:
        status = int(str(error.code))
    return status, output.getvalue()


def test_the_command_says_so_and_exits_with_one_on_any_doubt(signed, time_machine):
    time_machine.move_to(LATER, tick=False)
    status, text = verify()
    assert (status, "Everything adds up." in text) == (0, True)
    put_in_place(signed.signature, signed.document + b"\n")

    status, text = verify()
    assert (status, f"{signed.signature.reference}: file_changed" in text) == (1, True)
    status, text = verify("--json")
    found = json.loads(text)
    assert (status, found["intact"], found["files"]) == (1, False, 1)
    assert found["findings"][0]["code"] == "file_changed"


def test_the_nightly_job_is_loud_once_a_day_until_it_is_right_again(signed):
    assert check_signatures(LATER).is_intact
    assert not WorkItem.objects.filter(kind="charter_doubt").exists()
    put_in_place(signed.signature, signed.document + b"\n")

    check_signatures(LATER)
    check_signatures(LATER)

    item = WorkItem.objects.get(kind="charter_doubt")
    assert "file_changed" in item.description()
    assert Message.objects.filter(mail_type="charter_doubt").count() == 1
    close_item(item_id=item.pk, resolution="seen", actor=SYSTEM, now=LATER)
    check_signatures(LATER + timedelta(days=1))
    assert WorkItem.objects.open().filter(kind="charter_doubt").count() == 1
    assert Message.objects.filter(mail_type="charter_doubt").count() == 2


# --- the certificate's end -------------------------------------------------------------------------


def test_the_team_is_told_60_30_and_7_days_before_the_certificate_ends_each_once(settings, sealing):
    ends = datetime(2027, 3, 31, 12, tzinfo=UTC)
    settings.PORTAL_SEAL_FILE = str(sealing.seal("Kortlivet", not_after=ends))
    told = []

    for days in (61, 60, 59, 45, 30, 20, 7, 6, 1, -1):
        before = Message.objects.filter(mail_type="charter_seal_expires").count()
        watch_seal(ends - timedelta(days=days))
        watch_seal(ends - timedelta(days=days))
        if Message.objects.filter(mail_type="charter_seal_expires").count() > before:
            told.append(days)

    assert told == [60, 30, 7, -1]
    item = WorkItem.objects.open().get(kind="seal_expires")
    assert "31. marts 2027" in item.description()

    settings.PORTAL_SEAL_FILE = str(sealing.seal("Nyt"))
    assert watch_seal(ends) == 0
    item.refresh_from_db()
    assert item.resolution == "renewed"


def test_a_week_without_the_job_tells_only_the_step_that_is_due(settings, sealing):
    ends = datetime(2027, 3, 31, 12, tzinfo=UTC)
    settings.PORTAL_SEAL_FILE = str(sealing.seal("Kortlivet", not_after=ends))

    watch_seal(ends - timedelta(days=5))

    assert Message.objects.filter(mail_type="charter_seal_expires").count() == 1


def test_a_stored_document_never_changes(signed):
    verify_document(signed.document, now=LATER)
    verify_everything(now=LATER)

    assert stored(signed.signature) == signed.document
