"""Rows of the access matrix, and the small world in which they are tried. How to: tests/access/__init__.py."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from charter.models import Provider
from core.accounts.models import User
from tests.factories.accounts import log_in

LOGIN = "login"
"""Sent to the log-in page."""

type Status = int | str | tuple[int, ...]

GROUPS: dict[str, tuple[str, ...]] = {
    "persons": ("teacher", "other_person"),
    "providers": ("provider_member_own", "provider_member_other"),
    "staff": ("editor", "caseworker", "auditor", "administration"),
}
LOGGED_IN = tuple(role for roles in GROUPS.values() for role in roles)
ROLES = ("anonymous", *LOGGED_IN)


@dataclass
class World:
    """Two providers with a member each, two persons, four kinds of staff. Rows make what belongs to `provider`."""

    now: datetime
    provider: Provider
    other_provider: Provider
    people: Mapping[str, User] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The address of the teacher, who owns the bookings that rows make."""
        return self.people["teacher"].email


@dataclass(frozen=True)
class Row:
    """One URL, one method, and the status each role gets."""

    url: str
    kwargs: Callable[[World], Mapping[str, Any]] | None
    method: str
    data: Mapping[str, Any] | None
    expected: Mapping[str, Status]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def row(
    url: str,
    kwargs: Callable[[World], Mapping[str, Any]] | None = None,
    *,
    method: str = "get",
    data: Mapping[str, Any] | None = None,
    **statuses: Status,
) -> Row:
    """Describe who gets what at a URL. Later and more special names win, whatever their order here."""
    expected: dict[str, Status] = {}
    levels: list[tuple[str, tuple[str, ...]]] = [
        ("everyone", ROLES),
        ("logged_in", LOGGED_IN),
        *GROUPS.items(),
        *((role, (role,)) for role in ROLES),
    ]
    for name, roles in levels:
        if name in statuses:
            expected |= dict.fromkeys(roles, statuses[name])
    unknown = set(statuses) - {name for name, _roles in levels}
    missing = set(ROLES) - set(expected)
    if unknown or missing:
        raise ValueError(f"Row {url}: unknown {sorted(unknown)}, nothing said for {sorted(missing)}")
    return Row(url, kwargs, method, data, expected)


@dataclass
class Visits:
    """Requests by any role, each undone afterwards: what one role changes is gone before the next one tries."""

    world: World
    sessions: dict[str, str] = field(default_factory=dict)

    def request(self, role: str, method: str, url: str, data: Mapping[str, Any] | None = None) -> Any:
        """Send one request as a role, and undo what it changed."""
        client = Client()
        if role != "anonymous":
            if role not in self.sessions:
                self.sessions[role] = log_in(Client(), self.world.people[role]).session.session_key
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        with undone():
            return getattr(client, method)(url, data or {})


def forged(token: str) -> str:
    """Return a token with another first letter: what somebody guesses."""
    return ("A" if token[0] != "A" else "B") + token[1:]


@contextmanager
def undone() -> Iterator[None]:
    """Undo every change to the database at the end, and forget what was cached."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        cache.clear()
