"""A private PostgreSQL cluster for one run: made in a temporary folder, removed at the end."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class PostgreSQLMissingError(Exception):
    """No PostgreSQL server programs on this machine."""


def find_programs() -> Path | None:
    """Return the folder that holds initdb and pg_ctl, newest version first, or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((path for path in folders if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


def _user_arguments() -> list[str]:
    """Return what to put before a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return ["runuser", "-u", user, "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def private_cluster() -> Iterator[str]:
    """Start a cluster that keeps nothing; yield the URL of an empty database in it.

    Raises:
        PostgreSQLMissingError: initdb or pg_ctl cannot be found.
    """
    programs = find_programs()
    if programs is None:
        raise PostgreSQLMissingError("Install PostgreSQL's server (Debian: apt-get install postgresql).")
    prefix = _user_arguments()
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    if prefix:
        shutil.chown(folder, user=prefix[2])
    data, log, port = folder / "data", folder / "log", _free_port()

    def run(*command: str | Path) -> None:
        result = subprocess.run(
            [*prefix, *map(str, command)], capture_output=True, text=True, check=False, cwd=folder
        )
        if result.returncode:
            kept = log.read_text()[-2000:] if log.exists() else ""
            raise RuntimeError(f"{command[0]} failed: {result.stdout}{result.stderr}{kept}")

    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": 300,
        "shared_buffers": "128MB",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        run(programs / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--no-sync", "-E", "UTF8",
            "--locale=C.UTF-8")  # fmt: skip
        run(programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start")
        try:
            run(programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "portal", "portal")
            yield f"postgres://portal@127.0.0.1:{port}/portal"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
