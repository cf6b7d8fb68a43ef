"""The kinds of tasks: each package registers its own in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.worklist.models import WorkItem


@dataclass(frozen=True)
class Kind:
    """One kind of task: what it is called, what one says, and where it is dealt with."""

    name: str
    title: Any
    """In the singular (a lazy translation)."""

    describe: "Callable[[WorkItem], str]"
    url: "Callable[[WorkItem], str]"
    """The page where a person decides; an empty text when there is none."""


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind. Registering the same name again replaces it (ready() may run twice in tests)."""
    _KINDS[kind.name] = kind
    return kind


def get(name: str) -> Kind:
    """Return a kind. A name nobody registered is shown as it is: an item outlives a renamed kind."""
    return _KINDS.get(name) or Kind(name, name, lambda item: item.subject, lambda item: "")


def all_kinds() -> list[Kind]:
    """Return every registered kind by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def unregister(name: str) -> None:
    """Remove a kind."""
    _KINDS.pop(name, None)
