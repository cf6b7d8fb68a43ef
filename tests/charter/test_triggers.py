"""Rule 4: the database refuses UPDATE and DELETE of signatures and their records."""

import pytest
from django.db import DatabaseError, connection, transaction

from charter.chain import verify_chain
from charter.models import Signature, SignatureRecord
from charter.triggers import ACTIONS, TABLES, drop_statements, name_of
from tests.factories.charter import SignatureFactory


def trigger_names() -> set[str]:
    """Read the triggers from the database's own catalogue."""
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def drop_triggers() -> None:
    """Act as somebody who has the database to himself."""
    with connection.cursor() as cursor:
        for statement in drop_statements(connection.vendor):
            cursor.execute(statement)


@pytest.mark.django_db
def test_all_triggers_stand_after_all_migrations():
    assert {name_of(table, action) for table in TABLES for action in ACTIONS} <= trigger_names()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Signature, SignatureRecord])
def test_database_refuses_to_update_a_row(model):
    SignatureFactory()
    column = "reference" if model is Signature else "content"

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**{column: "x"})


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_database_refuses_to_delete_a_row(table):
    SignatureFactory()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own constants


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_can_still_be_cleaned_up():
    SignatureFactory()

    assert trigger_names()


def edit_content() -> None:
    SignatureRecord.objects.filter(pk=SignatureRecord.objects.first().pk).update(content="{}")


def edit_hash_as_well() -> None:
    first = SignatureRecord.objects.order_by("pk").first()
    SignatureRecord.objects.filter(pk=first.pk).update(record_hash="f" * 64)


def edit_kind() -> None:
    SignatureRecord.objects.filter(pk=SignatureRecord.objects.first().pk).update(kind="superseded")


def edit_signature() -> None:
    Signature.objects.filter(pk=Signature.objects.first().pk).update(covers_until="2040-12-31")


def delete_last_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM charter_signaturerecord WHERE id = (SELECT max(id) FROM charter_signaturerecord)"
        )


def delete_first_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM charter_signaturerecord WHERE id = (SELECT min(id) FROM charter_signaturerecord)"
        )


def edit_evidence() -> None:
    signature = Signature.objects.first()
    signature.evidence.signer_name = "En Anden"
    signature.evidence.save()


def delete_evidence() -> None:
    Signature.objects.first().evidence.delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "codes"),
    [
        (
            edit_content,
            {"edited_content", "edited_columns", "edited_signature", "edited_evidence", "wrong_number"},
        ),
        (edit_hash_as_well, {"edited_content", "broken_link"}),
        (edit_kind, {"edited_columns", "no_record"}),
        (edit_signature, {"edited_signature"}),
        (delete_last_record, {"cut_off", "no_record"}),
        (delete_first_record, {"broken_link", "cut_off", "no_record", "wrong_number"}),
        (edit_evidence, {"edited_evidence"}),
        (delete_evidence, {"evidence_missing"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_verify_chain_finds_what_was_changed_behind_its_back(act, codes):
    SignatureFactory.create_batch(2)
    assert verify_chain().is_intact
    drop_triggers()

    act()

    assert {problem.code for problem in verify_chain().problems} == codes


@pytest.mark.django_db
def test_verify_chain_of_an_empty_database_is_intact():
    assert verify_chain().is_intact
