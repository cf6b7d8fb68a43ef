"""Triggers: no REPLACE (SQLite) and no TRUNCATE (PostgreSQL) of signatures, records and signed words (rule 4)."""

from typing import Any

from django.db import migrations

from charter import triggers


def lock(apps: Any, schema_editor: Any) -> None:
    triggers.create(schema_editor)
    triggers.lock_texts(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("charter", "0007_lock_signed_texts")]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
