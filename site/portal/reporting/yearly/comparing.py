"""What differs between two revisions of a year, figure by figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.reporting.yearly.documents import tables_to_read, written


@dataclass(frozen=True)
class Change:
    """One figure that differs. `before` or `after` is empty where the row was not there."""

    table: str
    row: str
    column: str
    before: str
    after: str


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return every cell that differs, table by table, and the definitions that were reworded.

    A row is known by its first cell. Rows that came or went are told with all their cells.
    """
    old = {table["key"]: table for table in [*tables_to_read(before), before["sessions"]]}
    found: list[Change] = []
    for table in [*tables_to_read(after), after["sessions"]]:
        found += _of_table(old.get(table["key"], {**table, "rows": []}), table)
    texts = dict(before["definitions"])
    found += [
        Change(after["words"]["definitions"], term, after["words"]["meaning"], texts.get(term, ""), meaning)
        for term, meaning in after["definitions"]
        if texts.get(term) != meaning
    ]
    return found


def _of_table(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    before, after = _cells(old), _cells(new)
    found = []
    for key in list(dict.fromkeys([*after, *before])):
        was, now = before.get(key), after.get(key)
        if was != now:
            found.append(Change(new["title"], *key, _shown(was), _shown(now)))
    return found


def _cells(table: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    rows: Sequence[Sequence[Any]] = table["rows"]
    return {
        (row[0], column): [cell]
        for row in rows
        for column, cell in zip(table["columns"][1:], row[1:], strict=True)
    }


def _shown(cell: list[Any] | None) -> str:
    """Return a cell as it is read: empty where there was no such row, a dash where nothing was known."""
    return "" if cell is None else written(cell[0])
