"""Milestones that can be seen: pilots of teaching material, stage by stage (P7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Part:
    """One part of a milestone, as words: what, how far, and whether it is there."""

    label: str
    detail: str
    is_reached: bool
    has_begun: bool
    url: str = ""


type ReadParts = Callable[[date, date], tuple[Part, ...]]

_readers: list[ReadParts] = []


def register_pilots(read: ReadParts) -> None:
    """Say who knows the pilots: called with the first and last day of the period, in `AppConfig.ready`."""
    _readers.append(read)


def parts_of_pilots(*, first_day: date, last_day: date) -> tuple[Part, ...]:
    """Return how far the pilots are on each stage that the goal asks for; nothing where none are known."""
    return tuple(part for read in _readers for part in read(first_day, last_day))
