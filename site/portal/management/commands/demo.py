"""`portal demo`: the whole portal on this machine, with a year of demo data."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo_server import DemoError, Supervisor, free_port, programs, stopped_by_signals


class Command(BaseCommand):
    help = (
        "Set up and run the whole portal on this machine. Ctrl-C stops it; running it again keeps its data."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose a fresh start and a port."""
        parser.add_argument("--fresh", action="store_true", help="throw away what was there and start over")
        parser.add_argument("--port", type=int, default=8000, help="the first port to try (default 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up, start, say where, and wait."""
        folder = Path(settings.VAR_DIR) / "demo"
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (folder.parent / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CommandError("The demo is already running from this folder.") from error
            if options["fresh"]:
                if os.environ.get("PORTAL_DATABASE_URL", "").startswith("postgres"):
                    raise CommandError(
                        "--fresh does not empty a PostgreSQL database: make an empty one and start again."
                    )
                shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with stopped_by_signals():
                    self._run(folder, first_port=options["port"])
            except DemoError as error:
                raise CommandError(f"{error} The demo has stopped.") from error
            except KeyboardInterrupt:
                self.stdout.write("\nThe demo has stopped. ./run demo starts it again with the same data.")

    def _run(self, folder: Path, *, first_port: int) -> None:
        port = free_port(first_port)
        broker_port = free_port(port + 1)
        address = f"http://localhost:{port}"
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings.demo",
            "PORTAL_BASE_URL": address,
            "PORTAL_DEMO_BROKER": f"http://localhost:{broker_port}",
            "PORTAL_VAR_DIR": str(settings.VAR_DIR),
            "PYTHONUNBUFFERED": "1",
        }
        self._set_up(folder, env)
        known = get_commands()
        chosen = [program for program in programs(port=port, broker_port=broker_port) if program.command[2] != "portal.cli"
                  or program.command[3] in known]  # fmt: skip
        self.stdout.write("Starting: " + ", ".join(program.title for program in chosen))
        with Supervisor(chosen, env=env) as supervisor:
            supervisor.wait_for_answer([f"{address}/healthz", f"{address}/"])
            self.stdout.write("")
            if "demo_logins" in known:
                self._portal("demo_logins", env=env)
            self.stdout.write(f"\nThe portal        {address}/")
            self.stdout.write(f"Who to be         {address}/demo/")
            self.stdout.write(f"For editors       {address}/admin/")
            self.stdout.write(f"Every mail sent   {address}/demo/postkasse/")
            self.stdout.write("\nCtrl-C stops it.")
            self.stdout.flush()
            supervisor.watch()

    def _set_up(self, folder: Path, env: dict[str, str]) -> None:
        self.stdout.write("Setting up the database")
        self._portal("migrate", "--verbosity", "0", env=env)
        # For a demo from before there was a seal, too.
        self._portal("charter", "make-demo-seal", env=env)
        # Written last: a load that broke off is done again.
        loaded = folder / "loaded"
        if "load_demo" in get_commands() and not loaded.exists():
            self.stdout.write("Loading a year of demo data")
            self._portal("load_demo", env=env)
            loaded.touch()
        stamp, present = folder / "static.stamp", _static_fingerprint()
        if not stamp.exists() or stamp.read_text() != present:
            self.stdout.write("Collecting static files")
            self._portal("collectstatic", "--noinput", "--clear", "--verbosity", "0", env=env)
            stamp.write_text(present)

    def _portal(self, *arguments: str, env: dict[str, str]) -> None:
        self.stdout.flush()
        result = subprocess.run([sys.executable, "-m", "portal.cli", *arguments], env=env, check=False)  # noqa: S603
        if result.returncode:
            raise DemoError(f"`portal {arguments[0]}` failed.")


def _static_fingerprint() -> str:
    """Return a value that changes when a static file does."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
