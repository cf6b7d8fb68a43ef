"""Database triggers that refuse UPDATE and DELETE of signatures and their records, and of signed words (rule 4).

A version that has been signed (`locked_at`) keeps its number, its days and its texts; only `accepted_until` still
moves, when a later version is published or taken back.

On SQLite a later migration that rebuilds a table drops its triggers without a word: such a migration must run
`create` again at its end. A test asserts that all triggers stand after all migrations.
"""

from collections.abc import Sequence
from typing import Any

TABLES = ("charter_signature", "charter_signaturerecord")
ACTIONS = ("UPDATE", "DELETE")
TEXTS, VERSIONS = "charter_chartertext", "charter_charterversion"
KEPT_COLUMNS = ("number", "published_at", "required_from", "locked_at")
"""What of a signed version never changes."""

LOCKS = {
    f"{TEXTS}_locked_update": (TEXTS, "UPDATE"),
    f"{TEXTS}_locked_delete": (TEXTS, "DELETE"),
    f"{VERSIONS}_locked_update": (VERSIONS, "UPDATE"),
}
"""The triggers that lock signed words, with table and action."""


def name_of(table: str, action: str) -> str:
    """Return the trigger's name."""
    return f"{table}_no_{action.lower()}"


def create_statements(vendor: str) -> list[str]:
    """Return the SQL that makes the triggers on a database vendor."""
    return refusing_statements(vendor, TABLES, "charter_refuse_change", "a signature is never edited")


def refusing_statements(vendor: str, tables: Sequence[str], function: str, says: str) -> list[str]:
    """Return the SQL that makes tables refuse UPDATE and DELETE, with the words of the refusal."""
    statements = []
    if vendor == "postgresql":
        statements.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{says} (% on %)', TG_OP, TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in tables:
        for action in ACTIONS:
            name = name_of(table, action)
            if vendor == "postgresql":
                statements.append(
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {action} ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION {function}()"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
                )
    return statements


def lock_statements(vendor: str) -> list[str]:
    """Return the SQL that locks the texts and days of signed versions. Both tables must stand."""
    is_locked = (
        f"EXISTS (SELECT 1 FROM {VERSIONS} "  # noqa: S608 - our own constant
        "WHERE id = OLD.version_id AND locked_at IS NOT NULL)"
    )
    differs = " OR ".join(
        f"NEW.{column} IS {'DISTINCT FROM' if vendor == 'postgresql' else 'NOT'} OLD.{column}"
        for column in KEPT_COLUMNS
    )
    days_change = f"OLD.locked_at IS NOT NULL AND ({differs})"
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF {condition} THEN RAISE EXCEPTION 'a signed charter version is never edited' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        statements = [
            function.format(name="charter_refuse_signed_text", condition=is_locked),
            function.format(name="charter_refuse_signed_days", condition=days_change),
        ]
        for name, (table, action) in LOCKS.items():
            call = "charter_refuse_signed_text" if table == TEXTS else "charter_refuse_signed_days"
            statements.append(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {action} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {call}()"
            )
        return statements
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {action} ON {table} "
        f"WHEN {is_locked if table == TEXTS else days_change} "
        "BEGIN SELECT RAISE(ABORT, 'a signed charter version is never edited'); END"
        for name, (table, action) in LOCKS.items()
    ]


def unlock_statements(vendor: str) -> list[str]:
    """Return the SQL that takes those locks away."""
    statements = [
        f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")
        for name, (table, _action) in LOCKS.items()
    ]
    if vendor == "postgresql":
        statements += [
            "DROP FUNCTION IF EXISTS charter_refuse_signed_text()",
            "DROP FUNCTION IF EXISTS charter_refuse_signed_days()",
        ]
    return statements


def lock_texts(schema_editor: Any) -> None:
    """Make the locks of signed versions, for a migration."""
    for statement in lock_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def unlock_texts(schema_editor: Any) -> None:
    """Take the locks of signed versions away, for reversing a migration."""
    for statement in unlock_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop_statements(vendor: str) -> list[str]:
    """Return the SQL that takes the triggers away (reversing a migration; flushing a test database)."""
    return unrefusing_statements(vendor, TABLES, "charter_refuse_change")


def unrefusing_statements(vendor: str, tables: Sequence[str], function: str) -> list[str]:
    """Return the SQL that takes the triggers of `refusing_statements` away."""
    statements = []
    for table in tables:
        for action in ACTIONS:
            on_table = f" ON {table}" if vendor == "postgresql" else ""
            statements.append(f"DROP TRIGGER IF EXISTS {name_of(table, action)}{on_table}")
    if vendor == "postgresql":
        statements.append(f"DROP FUNCTION IF EXISTS {function}()")
    return statements


def create(schema_editor: Any) -> None:
    """Make the triggers, for a migration."""
    for statement in create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(schema_editor: Any) -> None:
    """Take the triggers away, for reversing a migration."""
    for statement in drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)
