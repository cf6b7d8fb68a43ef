"""Triggers: no REPLACE (SQLite) and no TRUNCATE (PostgreSQL) of closed years and their documents (ADR 11)."""

from django.db import migrations

from portal.reporting.yearly import triggers


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_annual_reports")]

    operations = [migrations.RunPython(triggers.create, migrations.RunPython.noop)]
