"""Rule 4: the database refuses UPDATE and DELETE of signatures and their records, and what does the same unseen."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from charter.chain import verify_chain
from charter.models import Signature, SignatureRecord
from charter.triggers import (
    TABLES,
    TEXT_KEYS,
    TEXTS,
    VERSION_KEYS,
    VERSIONS,
    Keys,
    drop_statements,
    names_on,
)
from portal.reporting.yearly.triggers import TABLES as YEARLY_TABLES
from tests.factories.charter import CharterTextFactory, CharterVersionFactory, SignatureFactory


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
    assert names_on(connection.vendor, TABLES) <= trigger_names()


def unique_keys(table: str) -> set[frozenset[str]]:
    """Read a table's unique columns from its model: each is a way to replace a row."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    single = {frozenset([field.column]) for field in model._meta.concrete_fields if field.unique}
    return single | {
        frozenset(model._meta.get_field(name).column for name in constraint.fields)
        for constraint in model._meta.total_unique_constraints
    }


@pytest.mark.parametrize(
    ("table", "keys"),
    [*TABLES.items(), *YEARLY_TABLES.items(), (TEXTS, TEXT_KEYS), (VERSIONS, VERSION_KEYS)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_triggers_know_every_key_by_which_a_row_can_be_replaced(table: str, keys: Keys):
    assert {frozenset(key) for key in keys} == unique_keys(table)


def row_of(table: str) -> dict[str, Any]:
    """Read the first row of a table as it lies there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 1")  # noqa: S608 - our own constants
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def replace(table: str, row: Mapping[str, Any]) -> None:
    """Write a row over the one that has one of its keys (SQLite)."""
    with transaction.atomic(), connection.cursor() as cursor:
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", list(row.values()))  # noqa: S608


def truncate(table: str) -> None:
    """Empty a table and all that refers to it (PostgreSQL)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "kept", "changed"),
    [
        ("charter_signature", "id", {"reference": "CH-ANDEN", "covers_until": "2040-12-31"}),
        ("charter_signature", "reference", {"id": 4711, "covers_until": "2040-12-31"}),
        ("charter_signaturerecord", "id", {"content": "{}", "record_hash": "1", "previous_hash": "2"}),
        ("charter_signaturerecord", "record_hash", {"id": 4711, "content": "{}", "previous_hash": "2"}),
        ("charter_signaturerecord", "previous_hash", {"id": 4711, "content": "{}", "record_hash": "1"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sqlite_refuses_to_replace_a_row(table, kept, changed):
    SignatureFactory()
    before = row_of(table)

    with pytest.raises(DatabaseError, match="never edited"):
        replace(table, {**before, **changed})

    assert kept not in changed
    assert row_of(table) == before


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_postgresql_refuses_to_empty_a_table(table):
    SignatureFactory()

    with pytest.raises(DatabaseError, match="never edited"):
        truncate(table)

    assert Signature.objects.exists()
    assert SignatureRecord.objects.exists()


@pytest.mark.django_db
def test_the_words_of_a_signed_version_are_neither_replaced_nor_emptied():
    signed = SignatureFactory().version
    CharterTextFactory(version=signed)
    draft = CharterTextFactory(version=CharterVersionFactory(number=signed.number + 1, draft=True))
    signed.refresh_from_db()
    if not signed.locked_at:
        signed.locked_at = signed.published_at
        signed.save(update_fields=["locked_at"])
    text, version = row_of(TEXTS), row_of(VERSIONS)

    if connection.vendor == "sqlite":
        for table, row in (
            (TEXTS, {**text, "body": "<p>Noget andet.</p>"}),
            (TEXTS, {**text, "id": 4711, "body": "<p>Noget andet.</p>"}),
            (TEXTS, {**text, "version_id": draft.version_id, "language": "kl"}),
            (VERSIONS, {**version, "required_from": "2040-01-01"}),
            (VERSIONS, {**version, "id": 4711, "required_from": "2040-01-01"}),
        ):
            with pytest.raises(DatabaseError, match="never edited"):
                replace(table, row)
        replace(TEXTS, {**text, "id": draft.pk, "version_id": draft.version_id, "body": "<p>Nyt udkast.</p>"})
        draft.refresh_from_db()
        assert draft.body == "<p>Nyt udkast.</p>"
    else:
        for table in (TEXTS, VERSIONS):
            with pytest.raises(DatabaseError, match="never edited"):
                truncate(table)

    assert (row_of(TEXTS), row_of(VERSIONS)) == (text, version)


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
