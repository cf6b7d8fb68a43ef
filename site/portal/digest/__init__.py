"""Open tasks by mail, as often as each of the staff wants (N5)."""
