"""How long each kind of personal data is kept, as data (rule 10): shown to people, proved to have a job."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RetentionRule:
    """One kind of personal data: what, why, how long, and which periodic job deletes it."""

    name: str
    title: Any
    """What the data is called (a lazy translation)."""

    what: Any
    """Which facts about a person it holds (a lazy translation)."""

    purpose: Any
    """Why it is kept (a lazy translation)."""

    days: int | None
    """Days after `counted_from`; None where the date stands on each row."""

    counted_from: Any
    """What the days are counted from (a lazy translation)."""

    deleted_by: str
    """The name of the periodic job."""


_RULES: dict[str, RetentionRule] = {}


def register(rule: RetentionRule) -> RetentionRule:
    """Add a rule. Registering the same name again replaces it (ready() may run twice in tests)."""
    _RULES[rule.name] = rule
    return rule


def all_rules() -> list[RetentionRule]:
    """Return every rule by name."""
    return [_RULES[name] for name in sorted(_RULES)]
