"""Negative controls need a database on which two can write at once."""

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _skip_controls_on_sqlite(request):
    """SQLite serialises writers, so a guard that is taken away does not show there."""
    if request.node.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL can show this race")
