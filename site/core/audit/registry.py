"""What the entries of the audit log are called: each package registers its words in AppConfig.ready()."""

from collections.abc import Mapping
from typing import Any

_ACTIONS: dict[str, Any] = {}
_SUBJECTS: dict[str, Any] = {}


def register(*, actions: Mapping[str, Any], subjects: Mapping[str, Any]) -> None:
    """Add the names of a package's actions, and of what they are done to (lazy translations)."""
    _ACTIONS.update(actions)
    _SUBJECTS.update(subjects)


def action_name(action: str) -> str:
    """Return what an action is called. An entry outlives its word: an unknown one is shown as it was written."""
    return str(_ACTIONS.get(action, action))


def action_choices() -> list[tuple[str, str]]:
    """Return every known action with its name, by name."""
    return sorted(((action, str(name)) for action, name in _ACTIONS.items()), key=lambda pair: pair[1])


def subject_choices() -> list[tuple[str, str]]:
    """Return every known kind of thing that something is done to, by name."""
    return sorted(((kind, str(name)) for kind, name in _SUBJECTS.items()), key=lambda pair: pair[1])


def subject_name(subject: str) -> str:
    """Return what an entry is about, from "<kind>:<pk>"."""
    kind, _colon, number = subject.partition(":")
    return f"{_SUBJECTS.get(kind, kind)} {number}".strip()
