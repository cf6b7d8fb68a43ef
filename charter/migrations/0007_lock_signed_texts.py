"""Triggers: the words and days of a signed version are never edited (rule 4).

On SQLite a later migration that rebuilds charter_charterversion or charter_chartertext takes them away first
(`triggers.unlock_texts`) and makes them again at its end (`triggers.lock_texts`).
"""

from typing import Any

from django.db import migrations

from charter import triggers


def lock(apps: Any, schema_editor: Any) -> None:
    triggers.lock_texts(schema_editor)


def unlock(apps: Any, schema_editor: Any) -> None:
    triggers.unlock_texts(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("charter", "0006_papers_and_authority")]

    operations = [migrations.RunPython(lock, unlock)]
