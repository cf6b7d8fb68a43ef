"""The demo's processes start together and end together."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from portal.demo_server import DemoError, Program, Supervisor, free_port, programs, stopped_by_signals

# Writes its process number, then sleeps; a child of its own shows that whole groups are ended.
SLEEPER = (
    "import subprocess, sys, os, pathlib\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "path = pathlib.Path(sys.argv[1])\n"
    "path.with_suffix('.part').write_text(f'{os.getpid()} {child.pid}')\n"
    "path.with_suffix('.part').rename(path)\n"
    "child.wait()\n"
)


def _sleeper(title: str, folder: Path) -> Program:
    return Program(title, [sys.executable, "-c", SLEEPER, str(folder / title)])


def _process_numbers(folder: Path, *titles: str) -> list[int]:
    end = time.monotonic() + 30
    while not all((folder / title).exists() for title in titles):
        assert time.monotonic() < end
        time.sleep(0.02)
    return [int(number) for title in titles for number in (folder / title).read_text().split()]


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _gone(numbers: list[int]) -> bool:
    end = time.monotonic() + 10
    while any(_alive(number) for number in numbers) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(_alive(number) for number in numbers)


def test_leaving_ends_every_program_and_its_children(tmp_path: Path):
    with Supervisor([_sleeper("one", tmp_path), _sleeper("two", tmp_path)], env=os.environ) as supervisor:
        numbers = _process_numbers(tmp_path, "one", "two")
        supervisor.check()
        assert all(_alive(number) for number in numbers)

    assert len(numbers) == 4
    assert _gone(numbers)


def test_a_program_that_crashes_is_named_and_ends_the_others(tmp_path: Path):
    crash = Program("worker", [sys.executable, "-c", "raise SystemExit(3)"])

    with (  # noqa: PT012 - the crash is noticed wherever the programs are looked at
        pytest.raises(DemoError, match=r"The worker stopped with exit code 3\."),
        Supervisor([_sleeper("one", tmp_path), crash], env=os.environ) as supervisor,
    ):
        numbers = _process_numbers(tmp_path, "one")
        supervisor.watch()

    assert _gone(numbers)


def test_sigterm_ends_everything_as_ctrl_c_does(tmp_path: Path):
    with (  # noqa: PT012 - the signal arrives on any line after it was sent
        pytest.raises(KeyboardInterrupt),
        stopped_by_signals(),
        Supervisor([_sleeper("one", tmp_path)], env=os.environ) as supervisor,
    ):
        numbers = _process_numbers(tmp_path, "one")
        os.kill(os.getpid(), signal.SIGTERM)
        supervisor.watch()

    assert _gone(numbers)


def test_the_next_free_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port(port) > port


def test_the_portal_runs_as_web_server_worker_and_periodic_jobs():
    assert [program.title for program in programs(port=8000)] == ["web server", "worker", "periodic jobs"]
