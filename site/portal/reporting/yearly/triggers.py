"""Database triggers that refuse every change of closed years and their documents (ADR 11).

On SQLite a later migration that rebuilds one of the tables drops its triggers without a word: it must run `create`
again at its end. A test asserts that they stand after all migrations.
"""

from collections.abc import Mapping
from typing import Any

from charter.triggers import Keys, refusing_statements, unrefusing_statements

TABLES: Mapping[str, Keys] = {
    "reporting_annualreport": (
        ("id",),
        ("corrects_id",),
        ("sha256",),
        ("programme_id", "first_day", "last_day", "number"),
    ),
    "reporting_annualreportdocument": (("id",), ("report_id", "format")),
}
FUNCTION = "reporting_refuse_change"
SAYS = "a closed year is never edited"


def create(apps: Any, schema_editor: Any) -> None:
    """Make the triggers, for a migration."""
    for statement in refusing_statements(schema_editor.connection.vendor, TABLES, FUNCTION, SAYS):
        schema_editor.execute(statement, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away, for reversing a migration."""
    for statement in unrefusing_statements(schema_editor.connection.vendor, TABLES, FUNCTION):
        schema_editor.execute(statement, params=None)
