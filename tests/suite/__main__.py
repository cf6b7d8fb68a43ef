"""`./run test`: every check and every test, on each database, with the counts at the end.

All steps run even when one fails; the exit code tells whether any did.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.seals import seal_environment
from tests.suite import chromium, postgresql
from tests.suite.migrated import POSTGRESQL_TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "test-results"
BIN = Path(sys.executable).parent
IN_CI = bool(os.environ.get("CI"))

# Enough of a production environment for its settings to load; `check --deploy` then judges them.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "PORTAL_SECRET_KEY": "-".join(["never-a-real-key", *"0123456789abcdefghijklmnopqrstuvwxyz"]),
    "PORTAL_ALLOWED_HOSTS": "dannelsesportalen.example.dk",
    "PORTAL_BASE_URL": "https://dannelsesportalen.example.dk",
}


@dataclass
class Counts:
    """How the tests of one database, or of the browser, went."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    note: str = ""
    rounds: int = 0
    """Rounds of races against server processes, and how many of them went wrong."""
    wrong: int = 0

    def __str__(self) -> str:
        if self.note:
            return self.note
        races = f", {self.rounds} rounds of races with {self.wrong} wrong" if self.rounds else ""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped{races}"


@dataclass(frozen=True)
class Step:
    """One command and its heading."""

    title: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """One run of the suite: what failed so far, and the counts."""

    failures: list[str] = field(default_factory=list)
    counts: dict[str, Counts] = field(default_factory=dict)

    def step(self, title: str, *command: str, env: Mapping[str, str] | None = None) -> bool:
        """Run one command under a heading; remember when it fails."""
        print(f"\n── {title}", flush=True)
        started, used = time.monotonic(), _processor_seconds()
        result = _call(*command, env=env)
        word = "ok" if result.returncode == 0 else "FAILED"
        seconds, used = time.monotonic() - started, _processor_seconds() - used
        print(f"── {title}: {word} ({seconds:.0f} s, {used:.0f} s of processor time)", flush=True)
        if result.returncode:
            self.failures.append(title)
        return result.returncode == 0

    def side_by_side(self, *steps: Step) -> None:
        """Run commands two at a time; tell of each when it is done."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            for step, result in zip(steps, pool.map(_call_quietly, steps), strict=True):
                print(f"\n── {step.title}\n{result.stdout}", end="")
                print(f"── {step.title}: {'FAILED' if result.returncode else 'ok'}", flush=True)
                if result.returncode:
                    self.failures.append(step.title)

    def tests(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """Run pytest and take its counts from the report it writes."""
        report = RESULTS / f"{name.lower()}.xml"
        report.unlink(missing_ok=True)
        self.step(f"Tests: {name}", "pytest", "-q", f"--junitxml={report}", *arguments, env=env)
        self.counts[name] = _read_counts(report)

    def missing(self, name: str, what: str) -> None:
        """Say that a part cannot run on this machine. In CI that is a failure."""
        print(f"\n── Tests: {name}: {what}", flush=True)
        self.counts[name] = Counts(failed=1) if IN_CI else Counts(note="not run")
        if IN_CI:
            self.failures.append(f"Tests: {name}")

    def close(self) -> int:
        """Print the counts and return the exit code."""
        print()
        for title in self.failures:
            print(f"FAILED: {title}")
        passed, failed, skipped = (
            sum(getattr(counts, word) for counts in self.counts.values())
            for word in ("passed", "failed", "skipped")
        )
        print(f"{passed} passed, {failed} failed, {skipped} skipped")
        print("; ".join(f"{name}: {counts}" for name, counts in self.counts.items()), flush=True)
        return 1 if self.failures else 0


def _call(*command: str, env: Mapping[str, str] | None, **options: Any) -> subprocess.CompletedProcess[str]:
    program = BIN / command[0]
    return subprocess.run(
        [program if program.exists() else command[0], *command[1:]],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        check=False,
        **options,
    )


def _call_quietly(step: Step) -> subprocess.CompletedProcess[str]:
    return _call(*step.command, env=step.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _processor_seconds() -> float:
    """Return what the steps so far have used: on a busy machine the clock says little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_counts(report: Path) -> Counts:
    if not report.exists():
        return Counts(failed=1)
    suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314 - our own pytest wrote it
    if suite is None:
        return Counts(failed=1)
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    return Counts(
        passed=int(suite.get("tests", 0)) - failed - skipped,
        failed=failed,
        skipped=skipped,
        rounds=_sum_of(suite, "rounds"),
        wrong=_sum_of(suite, "wrong"),
    )


def _sum_of(suite: ElementTree.Element, name: str) -> int:
    """Return the sum of a property that tests recorded."""
    return sum(int(found.get("value", 0)) for found in suite.findall(f".//property[@name='{name}']"))


def check_statically(run: Run) -> None:
    """Everything that needs no test database; beside it, the test database that the suite copies."""
    production = {
        **PRODUCTION,
        **seal_environment(RESULTS / "seal"),
        "PORTAL_DATABASE_URL": f"sqlite:///{RESULTS}/never-made.sqlite3",
    }
    run.side_by_side(
        Step("Types", ["mypy"]),
        Step("The migrated database", ["pytest", "-q", "tests/suite"]),
        Step("Format", ["ruff", "format", "--check", "--quiet", "."]),
        Step("Lint", ["ruff", "check", "--quiet", "."]),
        Step("Templates", ["djlint", "templates", "--lint", "--quiet"]),
        Step("Imports go downwards", ["lint-imports", "--no-logo"]),
        Step("Migrations are complete", ["portal", "makemigrations", "--check", "--dry-run"]),
        Step("Danish is complete", ["portal", "messages", "--check"]),
        Step("Production settings", ["portal", "check", "--deploy", "--fail-level", "WARNING"], production),
    )


def test_on_postgresql(run: Run, *, only_races: bool) -> None:
    """Run the tests on the database named by PORTAL_TEST_DATABASE_URL, or on a private cluster."""
    given = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if given is None and postgresql.find_programs() is None:
        run.missing("PostgreSQL", "no server programs on this machine (Debian: apt-get install postgresql)")
        return
    with nullcontext(given) if given else postgresql.private_cluster() as url:
        env = {"PORTAL_DATABASE_URL": url, **({} if given else {POSTGRESQL_TEMPLATE: "migrated"})}
        if not only_races:
            run.tests(
                "PostgreSQL",
                "-n",
                "2",
                "--dist",
                "worksteal",
                "-m",
                "not browser and not slow and not race",
                env=env,
            )
        run.tests("PostgreSQL races", "-n", "2", "-m", "race", env=env)


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="./run test", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--quick", action="store_true", help="no PostgreSQL, no browser, nothing slow")
    choice.add_argument(
        "--races", action="store_true", help="only the races, ten times as many rounds, on both databases"
    )
    options = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    # The suite chooses its databases itself; a developer's own must not be tested on by accident.
    os.environ.pop("PORTAL_DATABASE_URL", None)
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    run = Run()
    if options.races:
        os.environ["PORTAL_TEST_ROUNDS"] = "200"
        run.tests("SQLite races", "-n", "2", "-m", "race")
        test_on_postgresql(run, only_races=True)
        return run.close()
    check_statically(run)
    if options.quick:
        run.tests(
            "SQLite",
            "-n",
            "2",
            "--dist",
            "worksteal",
            "-m",
            "not browser and not slow and not walk and not race",
        )
        return run.close()
    run.tests("SQLite", "-n", "2", "--dist", "worksteal", "-m", "not browser and not race")
    run.tests("SQLite races", "-n", "2", "-m", "race")
    test_on_postgresql(run, only_races=False)
    if chromium.find() is None:
        run.missing("browser", "no Chromium on this machine (Debian: apt-get install chromium)")
    else:
        run.tests("browser", "-n", "2", "--dist", "worksteal", "-m", "browser")
    return run.close()


if __name__ == "__main__":
    sys.exit(main())
