"""What happens elsewhere when a provider's coverage ends (rule 3).

The charter package knows no sessions and no bookings. A higher package registers an observer in
`AppConfig.ready()`; whatever ends coverage calls it, in this order and in one transaction:

1. `lock_sessions`: lock the providers' future sessions in pk order, so that no claim runs in between
   (DESIGN.md 5, gate race);
2. the change is written;
3. `coverage_changed`: ask the gate again and make a task for each booking that lost its cover.

Where coverage comes back (signed, active again, a version taken back) `coverage_restored` closes the tasks that have
answered themselves by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit.log import Actor


class CauseKind(models.TextChoices):
    """What ended coverage."""

    WITHDRAWN = "withdrawn", _("The signature was withdrawn")
    SUSPENDED = "suspended", _("The provider was suspended")
    ENDED = "ended", _("The cooperation ended")
    DECLINED = "declined", _("The provider declined the charter")
    NEW_VERSION = "new_version", _("A new charter version must be signed")
    REFUSED_RENEWAL = "refused_renewal", _("The renewal was refused")


@dataclass(frozen=True)
class Cause:
    """Why coverage ended, and the first day without it."""

    kind: CauseKind
    from_day: date

    def __str__(self) -> str:
        """Return a stable key part, e.g. "suspended:2026-11-21"."""
        return f"{self.kind.value}:{self.from_day:%Y-%m-%d}"


class CoverageObserver(Protocol):
    """What a higher package does when coverage ends."""

    def lock_sessions(self, provider_ids: Sequence[int], now: datetime) -> None:
        """Lock the providers' future sessions in pk order. Called before the change is written."""

    def coverage_changed(
        self, provider_ids: Sequence[int], cause: Cause, actor: Actor, now: datetime
    ) -> None:
        """Make tasks for what lost its cover. Called after the change, in the same transaction."""

    def coverage_restored(self, provider_ids: Sequence[int], now: datetime) -> None:
        """Close tasks about what is covered again. Called after the change, in the same transaction."""


_observers: list[CoverageObserver] = []


def register(observer: CoverageObserver) -> None:
    """Add an observer, once."""
    if observer not in _observers:
        _observers.append(observer)


def unregister(observer: CoverageObserver) -> None:
    """Take an observer away again (tests)."""
    _observers.remove(observer)


def lock_sessions(provider_ids: Sequence[int], *, now: datetime) -> None:
    """Ask every observer to lock the providers' future sessions."""
    for observer in _observers:
        observer.lock_sessions(sorted(provider_ids), now)


def coverage_changed(provider_ids: Sequence[int], *, cause: Cause, actor: Actor, now: datetime) -> None:
    """Tell every observer that coverage ended."""
    for observer in _observers:
        observer.coverage_changed(sorted(provider_ids), cause, actor, now)


def coverage_restored(provider_ids: Sequence[int], *, now: datetime) -> None:
    """Tell every observer that coverage may have come back."""
    for observer in _observers:
        observer.coverage_restored(sorted(provider_ids), now)
