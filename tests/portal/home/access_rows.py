"""Who opens the pages every site must have: everybody."""

from tests.access.rows import row

ROWS = [
    row("was", everyone=(200, 302)),
    row("cookies", everyone=200),
    row("privacy", everyone=200),
    row("styleguide", everyone=(200, 404)),
    row("robots", everyone=200),
    row("favicon", everyone=200),
]
