"""Database triggers that refuse UPDATE and DELETE of signatures and their records (rule 4).

On SQLite a later migration that rebuilds a table drops its triggers without a word: such a migration must run
`create` again at its end. A test asserts that all triggers stand after all migrations.
"""

from typing import Any

TABLES = ("charter_signature", "charter_signaturerecord")
ACTIONS = ("UPDATE", "DELETE")


def name_of(table: str, action: str) -> str:
    """Return the trigger's name."""
    return f"{table}_no_{action.lower()}"


def create_statements(vendor: str) -> list[str]:
    """Return the SQL that makes the triggers on a database vendor."""
    statements = []
    if vendor == "postgresql":
        statements.append(
            "CREATE OR REPLACE FUNCTION charter_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a signature is never edited (% on %)', TG_OP, TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in TABLES:
        for action in ACTIONS:
            name = name_of(table, action)
            if vendor == "postgresql":
                statements.append(
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {action} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION charter_refuse_change()"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {action} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'a signature is never edited'); END"
                )
    return statements


def drop_statements(vendor: str) -> list[str]:
    """Return the SQL that takes the triggers away (reversing a migration; flushing a test database)."""
    statements = []
    for table in TABLES:
        for action in ACTIONS:
            on_table = f" ON {table}" if vendor == "postgresql" else ""
            statements.append(f"DROP TRIGGER IF EXISTS {name_of(table, action)}{on_table}")
    if vendor == "postgresql":
        statements.append("DROP FUNCTION IF EXISTS charter_refuse_change()")
    return statements


def create(schema_editor: Any) -> None:
    """Make the triggers, for a migration."""
    for statement in create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(schema_editor: Any) -> None:
    """Take the triggers away, for reversing a migration."""
    for statement in drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)
