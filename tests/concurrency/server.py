"""Starts the portal's processes against a database, for races and the bench."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from portal.demo_server import Program, Supervisor, free_port, stopped_by_signals

ROOT = Path(__file__).resolve().parents[2]
PORTAL = "portal.wsgi:application"


@dataclass(frozen=True)
class RunningPortal:
    """The processes under way."""

    url: str
    supervisor: Supervisor

    def process_ids(self) -> list[int]:
        """Return every process and its children: granian's workers are children of the first."""
        return self.supervisor.process_ids()


def database_url(connection: BaseDatabaseWrapper) -> str:
    """Return PORTAL_DATABASE_URL for the database of a connection: server processes open it too."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgres://{quote(settings['USER'])}{password}@{settings['HOST']}{port}/{settings['NAME']}"


@contextmanager
def running_portal(
    *,
    url: str,
    wsgi: str = PORTAL,
    settings: str = "tests.concurrency.settings",
    workers: int = 2,
    threads: int = 4,
    with_worker: bool = False,
    answers_at: str = "/healthz/web",
) -> Iterator[RunningPortal]:
    """Run the web server, and the outbox's worker if asked for, on the database `url`; stop them at the end."""
    # Two runs on one machine must not choose the same port: granian shares it, and each would answer for the other.
    port = free_port(18000 + os.getpid() % 4000)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", wsgi]
    programs = [
        Program(
            "web server",
            [*granian, "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
             "--blocking-threads", str(threads), "--backlog", "1024", "--backpressure", "512",
             "--log-level", "warning"],
        )
    ]  # fmt: skip
    if with_worker:
        programs.append(Program("worker", [sys.executable, "-m", "portal.cli", "worker", "--pause", "1"]))
    with tempfile.TemporaryDirectory(prefix="portal-race-") as var:
        (Path(var) / "static").mkdir()
        env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | {
            "DJANGO_SETTINGS_MODULE": settings,
            "PORTAL_DATABASE_URL": url,
            "PORTAL_VAR_DIR": var,
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
        }
        # A run that is ended by SIGTERM must not leave servers behind.
        with stopped_by_signals(), Supervisor(programs, env=env) as supervisor:
            address = f"http://127.0.0.1:{port}"
            supervisor.wait_for_answer([address + answers_at])
            yield RunningPortal(address, supervisor)
