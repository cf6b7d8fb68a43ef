"""Refusals of the work list."""


class ItemClosedError(Exception):
    """A closed task is neither assigned nor closed again by another."""

    code = "item_closed"
