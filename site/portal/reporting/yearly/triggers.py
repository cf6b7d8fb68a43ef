"""Database triggers that refuse UPDATE and DELETE of closed years and their documents (ADR 11).

On SQLite a later migration that rebuilds one of the tables drops its triggers without a word: it must run `create`
again at its end. A test asserts that they stand after all migrations.
"""

from typing import Any

from charter.triggers import refusing_statements, unrefusing_statements

TABLES = ("reporting_annualreport", "reporting_annualreportdocument")
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
