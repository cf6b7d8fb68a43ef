"""The demo's page exists in the demo only."""

from tests.access.rows import row

ROWS = [row("demo_logins", everyone=404)]
