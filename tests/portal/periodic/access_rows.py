"""Who may open the health pages: everyone, they tell nothing of a person."""

from tests.access.rows import row

ROWS = [row("healthz", everyone=(200, 503)), row("healthz_web", everyone=200)]
