"""Runs the whole portal on one machine for the demo: web server, worker, periodic jobs.

Each is a process of its own, as in production. When one ends, all end: a half-running demo misleads.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

STOP_SECONDS = 10
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemoError(Exception):
    """The demo cannot start or go on; the text says why."""


@dataclass(frozen=True)
class Program:
    """One process of the portal."""

    title: str
    command: Sequence[str]


def programs(*, port: int, broker_port: int | None = None) -> list[Program]:
    """Return the processes that make up the portal; with a port for it, the demo's identity broker too."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "portal.wsgi:application"]
    portal = [sys.executable, "-m", "portal.cli"]
    return [
        Program(
            "web server",
            [*granian, "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
             "--blocking-threads", "4", "--backpressure", "256", "--log-level", "warning"],
        ),
        Program("worker", [*portal, "worker"]),
        Program("periodic jobs", [*portal, "jobs"]),
        *(
            [Program("demo broker", [*portal, "demo_broker", "--port", str(broker_port)])] if broker_port else []
        ),
    ]  # fmt: skip


def free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens to on this machine."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DemoError(f"No free port between {first} and {first + 99}.")


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Make SIGTERM and SIGHUP end the block as Ctrl-C does, and Ctrl-C where a shell had it ignored."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """Starts programs and ends them together."""

    def __init__(self, programs: Sequence[Program], *, env: Mapping[str, str]) -> None:
        self._programs = programs
        self._env = dict(env)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start all programs."""
        try:
            for program in self._programs:
                # A session of its own: Ctrl-C reaches us alone, and we end them in order.
                self._running[program.title] = subprocess.Popen(  # noqa: S603 - our own commands
                    program.command, env=self._env, start_new_session=True
                )
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all programs."""
        self.stop()

    def check(self) -> None:
        """Raise DemoError when a program has ended."""
        for title, process in self._running.items():
            if process.poll() is not None:
                raise DemoError(f"The {title} stopped with exit code {process.returncode}.")

    def wait_for_answer(self, urls: Sequence[str], *, seconds: float = 90) -> None:
        """Return when one of the addresses answers without a server error."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            if any(_answers(url) for url in urls):
                return
            time.sleep(0.2)
        raise DemoError(f"The web server gave no answer within {seconds:.0f} seconds.")

    def process_ids(self) -> list[int]:
        """Return the programs' processes and all that they have started."""
        found = [process.pid for process in self._running.values()]
        for number in found:
            for task in Path(f"/proc/{number}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def watch(self) -> None:
        """Return never: raise when a program ends, KeyboardInterrupt when asked to stop."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Ask all programs to end, then make them."""
        # A second Ctrl-C must not leave processes behind.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOP_SIGNALS}
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
        self._running.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 - our own server on this machine
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
