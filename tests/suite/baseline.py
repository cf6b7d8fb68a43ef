"""The database as the migrations left it, put back after each test that commits.

Django empties every table after such a test; that would also take what migrations put there (Wagtail's root
page and locale, roles, calendars), and every later test would depend on the order. It would fail, too, where a
trigger refuses DELETE (rule 4).
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass
class Baseline:
    """The rows of every table of one database after its migrations."""

    alias: str
    tables: list[str] = field(default_factory=list)
    rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = field(default_factory=dict)

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The database's connection in this thread."""
        return connections[self.alias]

    def capture(self) -> None:
        """Remember what is there now."""
        quote = self.connection.ops.quote_name
        self.tables = self.connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        with self.connection.cursor() as cursor:
            # The search index of SQLite is fed by triggers on another table.
            fed = self._virtual_tables(cursor)
            for table in self.tables:
                if table in fed:
                    continue
                cursor.execute(f"SELECT * FROM {quote(table)}")  # noqa: S608 - a table's own name
                rows = cursor.fetchall()
                if rows:
                    self.rows[table] = ([column[0] for column in cursor.description], rows)

    def _virtual_tables(self, cursor: Any) -> set[str]:
        if self.connection.vendor != "sqlite":
            return set()
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
        return {row[0] for row in cursor.fetchall()}

    def restore(self) -> None:
        """Make the tables as they were when captured, past every trigger that refuses changes."""
        if self.connection.vendor == "postgresql":
            self._restore_postgresql()
        else:
            self._restore_sqlite()
        ContentType.objects.clear_cache()
        cache.clear()

    def _restore_postgresql(self) -> None:
        quote = self.connection.ops.quote_name
        with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
            guarded = [row[0] for row in cursor.fetchall()]
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {', '.join(quote(table) for table in self.tables)} RESTART IDENTITY")
            self._insert(cursor)
            for statement in self.connection.ops.sequence_reset_sql(no_style(), self._models_with_rows()):
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks cannot be altered
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def _restore_sqlite(self) -> None:
        quote = self.connection.ops.quote_name
        with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
            # Only those that refuse: the triggers that feed the search index must go on working.
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'"
            )
            guards = cursor.fetchall()
            for name, _sql in guards:
                cursor.execute(f"DROP TRIGGER {quote(name)}")
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            for table in self.tables:
                cursor.execute(f"DELETE FROM {quote(table)}")  # noqa: S608 - a table's own name
            cursor.execute("DELETE FROM sqlite_sequence")
            self._insert(cursor)
            for _name, sql in guards:
                cursor.execute(sql)

    def _insert(self, cursor: Any) -> None:
        quote = self.connection.ops.quote_name
        for table, (columns, rows) in self.rows.items():
            names = ", ".join(quote(column) for column in columns)
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", rows)  # noqa: S608

    def _models_with_rows(self) -> list[Any]:
        models = self.connection.introspection.installed_models(self.rows)
        return sorted(models, key=lambda model: model._meta.label)


@dataclass(frozen=True)
class Addition:
    """What something wrote beyond a baseline, to be written again as rows: as code it takes a hundred times as long."""

    before: Baseline
    after: Baseline

    def put_in_place(self) -> None:
        """Write it; the tables concerned must be as they were in the baseline."""
        connection = self.after.connection
        quote = connection.ops.quote_name
        with transaction.atomic(using=self.after.alias), connection.cursor() as cursor:
            for table, (columns, rows) in self.after.rows.items():
                known = {row[0]: row for row in self.before.rows.get(table, ((), ()))[1]}
                for row in rows:
                    if row[0] not in known:
                        names = ", ".join(quote(column) for column in columns)
                        places = ", ".join(["%s"] * len(columns))
                        cursor.execute(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", row)  # noqa: S608
                    elif row != known[row[0]]:
                        changes = ", ".join(f"{quote(column)} = %s" for column in columns)
                        cursor.execute(
                            f"UPDATE {quote(table)} SET {changes} WHERE {quote(columns[0])} = %s",  # noqa: S608
                            (*row, row[0]),
                        )
            for statement in connection.ops.sequence_reset_sql(no_style(), self._models()):
                cursor.execute(statement)

    def concerns(self) -> list[str]:
        """Return the tables that it writes to."""
        return [table for table, found in self.after.rows.items() if found != self.before.rows.get(table)]

    def _models(self) -> list[Any]:
        models = self.after.connection.introspection.installed_models(self.concerns())
        return sorted(models, key=lambda model: model._meta.label)
