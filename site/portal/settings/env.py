"""Typed readers of the environment. Every variable begins with PORTAL_; a bad value stops the start."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KNOWN: dict[str, str] = {}
"""Every variable read so far, with its default as text: compared with docs/configuration.md by a test."""

_REQUIRED = object()

_ASKED_BEFORE_PREPARED = 2
"""How often a connection sends a statement before PostgreSQL keeps it: most of ours are asked every time."""


def text(name: str, default: str | object = _REQUIRED) -> str:
    """Return a variable as text. Raises ImproperlyConfigured when it is missing and has no default."""
    KNOWN[name] = "" if default is _REQUIRED else str(default)
    value = os.environ.get(name)
    if value is None:
        if default is _REQUIRED:
            raise ImproperlyConfigured(f"Set {name}: it has no safe default.")
        return str(default)
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return a variable as a boolean: 1/true/yes/on or 0/false/no/off."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")


def integer(name: str, default: int) -> int:
    """Return a variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number.") from error


def choice(name: str, default: str, allowed: set[str]) -> str:
    """Return a variable that must be one of the allowed words."""
    value = text(name, default).strip()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}: write one of {', '.join(sorted(allowed))}.")
    return value


def words(name: str, default: str) -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def json_list(name: str) -> list[Any]:
    """Return the list in the JSON file that a variable names; empty when there is none."""
    path = text(name, "")
    if not path:
        return []
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read as JSON ({error}).") from error
    if not isinstance(found, list):
        raise ImproperlyConfigured(f"{name}: {path} must hold a list.")
    return found


def database(name: str, *, sqlite_path: Path) -> dict[str, Any]:
    """Return Django's database settings from a URL (`postgres://...` or `sqlite:///path`).

    SQLite runs in WAL with IMMEDIATE transactions and synchronous=FULL: a booking that was
    acknowledged survives a power cut, and writers queue instead of failing (DESIGN.md 7).

    PostgreSQL gets values beside the SQL and keeps its plan of what a connection asks again and again: planning the
    charter gate was half of its work for a booking. A pooler that hands a connection from one client to another
    must know of prepared statements (PgBouncer from 1.21); for one that does not, PORTAL_DATABASE_POOLED=1.
    """
    url, is_pooled = text(name, ""), flag("PORTAL_DATABASE_POOLED", default=False)
    if not url or url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///")) if url else sqlite_path
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
                    "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-16000;PRAGMA secure_delete=ON;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} begins with {parts.scheme!r}: write postgres://... or sqlite:///..."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": None if is_pooled else _ASKED_BEFORE_PREPARED,
            **dict(parse_qsl(parts.query)),
        },
    }
