"""What happens elsewhere when a school closes or merges (S29).

Workshops knows no bookings. A higher package registers an observer in `AppConfig.ready()`; closing a school
calls it in its own transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class SchoolObserver(Protocol):
    """What a higher package does when a school ends."""

    def schools_end(self, school_ids: Sequence[int], *, now: datetime) -> int:
        """Make tasks for what lies on or after the schools' last day; return how many bookings are touched."""


_observers: list[SchoolObserver] = []


def register(observer: SchoolObserver) -> None:
    """Add an observer, once."""
    if observer not in _observers:
        _observers.append(observer)


def schools_end(school_ids: Sequence[int], *, now: datetime) -> int:
    """Tell every observer that schools close or merge; return how many bookings are touched."""
    return sum(observer.schools_end(school_ids, now=now) for observer in _observers)
