"""Triggers: signatures and their records are never edited or deleted (rule 4)."""

from typing import Any

from django.db import migrations

from charter import triggers


def create(apps: Any, schema_editor: Any) -> None:
    triggers.create(schema_editor)


def drop(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("charter", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
