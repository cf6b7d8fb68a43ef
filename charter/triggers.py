"""Database triggers that refuse UPDATE and DELETE of signatures and their records, and of signed words (rule 4).

Two statements get past such triggers, so each has one of its own: SQLite's INSERT OR REPLACE deletes the row in its
way without a word, PostgreSQL's TRUNCATE empties a table without looking at its rows.

A version that has been signed (`locked_at`) keeps its number, its days and its texts; only `accepted_until` still
moves, when a later version is published or taken back.

On SQLite a later migration that rebuilds a table drops its triggers without a word: such a migration must run
`create` again at its end. A test asserts that all triggers stand after all migrations.
"""

from collections.abc import Mapping
from typing import Any

type Keys = tuple[tuple[str, ...], ...]
"""The unique columns of a table, one tuple a constraint."""

TABLES: Mapping[str, Keys] = {
    "charter_signature": (("id",), ("reference",)),
    "charter_signaturerecord": (("id",), ("previous_hash",), ("record_hash",)),
}
"""The locked tables, each with every key by which a row could be replaced. A test compares them with the models."""

ACTIONS = ("UPDATE", "DELETE")
TEXTS, VERSIONS = "charter_chartertext", "charter_charterversion"
KEPT_COLUMNS = ("number", "published_at", "required_from", "locked_at")
"""What of a signed version never changes."""

TEXT_KEYS: Keys = (("id",), ("version_id", "language"))
VERSION_KEYS: Keys = (("id",), ("number",))

LOCKS = {
    f"{TEXTS}_locked_update": (TEXTS, "UPDATE"),
    f"{TEXTS}_locked_delete": (TEXTS, "DELETE"),
    f"{VERSIONS}_locked_update": (VERSIONS, "UPDATE"),
}
"""The triggers that lock signed words, with table and action."""

SIDE_DOORS = {"postgresql": "TRUNCATE", "sqlite": "REPLACE"}
"""What gets past a trigger on UPDATE and DELETE of a row, by database vendor."""


def name_of(table: str, action: str) -> str:
    """Return the trigger's name."""
    return f"{table}_no_{action.lower()}"


def names_on(vendor: str, tables: Mapping[str, Keys]) -> set[str]:
    """Return the names of the triggers that stand on locked tables."""
    return {name_of(table, action) for table in tables for action in (*ACTIONS, SIDE_DOORS[vendor])}


def lock_names(vendor: str) -> set[str]:
    """Return the names of the triggers that lock signed words."""
    tables = (TEXTS,) if vendor == "postgresql" else (TEXTS, VERSIONS)
    return set(LOCKS) | {name_of(table, SIDE_DOORS[vendor]) for table in tables}


def _meets(keys: Keys) -> str:
    """Return the SQL that says that a row `it` is one that NEW would replace."""
    return " OR ".join(
        "(" + " AND ".join(f"it.{column} = NEW.{column}" for column in key) + ")" for key in keys
    )


def create_statements(vendor: str) -> list[str]:
    """Return the SQL that makes the triggers on a database vendor."""
    return refusing_statements(vendor, TABLES, "charter_refuse_change", "a signature is never edited")


def refusing_statements(vendor: str, tables: Mapping[str, Keys], function: str, says: str) -> list[str]:
    """Return the SQL that makes tables refuse all but new rows, with the words of the refusal."""
    statements = []
    if vendor == "postgresql":
        statements.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{says} (% on %)', TG_OP, TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, keys in tables.items():
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
        name = name_of(table, SIDE_DOORS[vendor])
        if vendor == "postgresql":
            statements.append(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
        else:
            is_there = f"SELECT 1 FROM {table} it WHERE {_meets(keys)}"  # noqa: S608 - our own constants
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE INSERT ON {table} "
                f"WHEN EXISTS ({is_there}) BEGIN SELECT RAISE(ABORT, '{says}'); END"
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
        # A TRUNCATE of the versions must take their signatures along, and is refused there.
        any_locked = f"SELECT 1 FROM {VERSIONS} WHERE locked_at IS NOT NULL"  # noqa: S608 - our own constant
        return [
            *statements,
            "CREATE OR REPLACE FUNCTION charter_refuse_emptying_texts() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF EXISTS ({any_locked}) THEN "
            "RAISE EXCEPTION 'a signed charter version is never edited' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {name_of(TEXTS, 'TRUNCATE')} BEFORE TRUNCATE ON {TEXTS} "
            "FOR EACH STATEMENT EXECUTE FUNCTION charter_refuse_emptying_texts()",
        ]
    refuses = "BEGIN SELECT RAISE(ABORT, 'a signed charter version is never edited'); END"
    same_text = (
        f"SELECT 1 FROM {TEXTS} it JOIN {VERSIONS} v ON v.id = it.version_id "  # noqa: S608 - our own constants
        f"WHERE v.locked_at IS NOT NULL AND ({_meets(TEXT_KEYS)})"
    )
    same_version = f"SELECT 1 FROM {VERSIONS} it WHERE it.locked_at IS NOT NULL AND ({_meets(VERSION_KEYS)})"  # noqa: S608
    return [
        *(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {action} ON {table} "
            f"WHEN {is_locked if table == TEXTS else days_change} {refuses}"
            for name, (table, action) in LOCKS.items()
        ),
        f"CREATE TRIGGER IF NOT EXISTS {name_of(TEXTS, 'REPLACE')} BEFORE INSERT ON {TEXTS} "
        f"WHEN EXISTS ({same_text}) {refuses}",
        f"CREATE TRIGGER IF NOT EXISTS {name_of(VERSIONS, 'REPLACE')} BEFORE INSERT ON {VERSIONS} "
        f"WHEN EXISTS ({same_version}) {refuses}",
    ]


def unlock_statements(vendor: str) -> list[str]:
    """Return the SQL that takes those locks away."""
    door = SIDE_DOORS[vendor]
    standing = [(name, table) for name, (table, _action) in LOCKS.items()]
    standing += [(name_of(table, door), table) for table in (TEXTS, VERSIONS)]
    statements = [
        f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")
        for name, table in standing
    ]
    if vendor == "postgresql":
        statements += [
            "DROP FUNCTION IF EXISTS charter_refuse_emptying_texts()",
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


def unrefusing_statements(vendor: str, tables: Mapping[str, Keys], function: str) -> list[str]:
    """Return the SQL that takes the triggers of `refusing_statements` away."""
    statements = []
    for table in tables:
        for action in (*ACTIONS, SIDE_DOORS[vendor]):
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
