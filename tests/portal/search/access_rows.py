"""Who searches: everybody."""

from tests.access.rows import row

ROWS = [row("search", everyone=200)]
