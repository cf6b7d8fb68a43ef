"""What waits without being a task: a count that leads to its own list. Each package registers its own in ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Watch:
    """One figure, nought when all is well. A person deals with it on the page it leads to."""

    name: str
    title: Any
    """In the plural (a lazy translation)."""

    count: Callable[[datetime], int]
    """Counts now, in one query."""

    url: Callable[[], str]
    permission: str
    """Who may open that page, as "charter.view_signature"."""


_WATCHES: dict[str, Watch] = {}


def register(watch: Watch) -> None:
    """Add a figure. Registering the same name again replaces it (ready() may run twice in tests)."""
    _WATCHES[watch.name] = watch


def unregister(name: str) -> None:
    """Remove a figure."""
    _WATCHES.pop(name, None)


def waiting(*, user: Any, now: datetime) -> list[dict[str, Any]]:
    """Return the figures above nought that a user may see: title, count and address, one query each."""
    rows = []
    for watch in _WATCHES.values():
        if user.has_perm(watch.permission) and (count := watch.count(now)):
            rows.append({"title": watch.title, "count": count, "url": watch.url()})
    return rows
