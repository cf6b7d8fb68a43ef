"""A migrated SQLite database kept between runs: migrating takes longer than most of what is tested.

Kept under a name made of everything that migrations are; a change of any of it makes a new one. PostgreSQL is
always migrated from nothing, so the whole way is walked in every full run: once, and the other processes of that
run copy what the first one made.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

_SUFFIXES = ("", "-wal", "-shm", "-journal")


def template_path() -> Path:
    """Return where the migrated database for the present code is kept."""
    root: Path = settings.ROOT
    digest = hashlib.sha256((root / "uv.lock").read_bytes())
    for folder in ("site", "workshops", "booking", "charter"):
        for path in sorted((root / folder).rglob("*")):
            is_input = (
                "migrations" in path.parts or "data" in path.parts or path.name in {"models.py", "apps.py"}
            )
            if path.is_file() and is_input and "__pycache__" not in path.parts:
                digest.update(f"{path}\n".encode() + path.read_bytes())
    return Path(settings.VAR_DIR) / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def put_in_place(connection: BaseDatabaseWrapper) -> bool:
    """Copy the kept database to where the test database belongs; return whether there was one."""
    target = connection.creation._get_test_db_name()  # type: ignore[attr-defined]  # SQLite's
    for suffix in _SUFFIXES:
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    template = template_path()
    if not template.exists():
        return False
    shutil.copyfile(template, target)
    return True


def keep(connection: BaseDatabaseWrapper) -> None:
    """Keep the test database, just migrated, for the next runs; drop those of older code."""
    template = template_path()
    part = template.with_suffix(f".{os.getpid()}.part")
    # Not a copy of the file: closing it would drop this process's locks on it, and another process that
    # closes its connection then takes itself for the last and removes the write-ahead log under us.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(part)])
    part.replace(template)
    for other in template.parent.glob("migrated-*.sqlite3"):
        if other != template:
            other.unlink(missing_ok=True)


POSTGRESQL_TEMPLATE = "PORTAL_TEST_TEMPLATE"
"""Names the database that processes of one run share, where the cluster is the run's own."""

_LOCK = 20261121


@contextmanager
def one_after_another(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    """Hold a lock of the cluster, and yield whether the shared database is there to be copied."""
    name = os.environ.get(POSTGRESQL_TEMPLATE, "")
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # Django's own way to a server
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_there = cursor.fetchone() is not None
        if is_there:
            connection.settings_dict["TEST"]["TEMPLATE"] = name
        yield is_there
        if not is_there:
            # Nobody may be connected to what is copied.
            made = connection.settings_dict["NAME"]
            connection.close()
            quote = connection.ops.quote_name
            cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(made)}")
