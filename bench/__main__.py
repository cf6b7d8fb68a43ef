"""Runs the bench on both databases and at three sizes; writes JSON and says which bars hold."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.signing import BAR_MS
from tests.suite.postgresql import PostgreSQLMissingError, private_cluster

ROOT = Path(__file__).resolve().parents[1]
SIZES = (300, 2_000, 20_000)


@dataclass(frozen=True)
class Bar:
    """One promise of DESIGN.md 8, as measured."""

    name: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.value <= self.limit


def bars_of(name: str, found: dict[str, Any]) -> Iterator[Bar]:
    """Judge one database at one size."""
    for kind in ("sign_up", "class"):
        cost = found["booking"][f"{kind}_1"]
        yield Bar(f"{name}: {kind}, server CPU in floors", _in_floors(cost), 20)
        yield Bar(f"{name}: {kind}, requests", cost["requests"], 6)
        yield Bar(f"{name}: {kind}, SQL statements", found["statements"][kind]["statements"], 60)
    for page in ("catalogue", "offer"):
        cost = found["pages"][page]
        yield Bar(f"{name}: {page} page, server CPU in minimal Wagtail pages", _in_floors(cost), 3)
    race = found["race"]
    wrong = abs(race["held"] - race["seats"]) + abs(race["confirmed"] - race["seats"]) + race["errors"]
    yield Bar(f"{name}: race, places or answers that are wrong", wrong, 0)
    yield Bar(f"{name}: race, seconds", race["seconds"], 38)
    yield Bar(f"{name}: signature, ms of server CPU", found["signature"]["server_cpu_ms"], BAR_MS)


def _in_floors(cost: dict[str, Any]) -> float:
    """Return a cost as a multiple of the floor measured beside it."""
    return round(cost["server_cpu_ms"] / cost["floor_server_cpu_ms"], 1)


def growth_bars(name: str, sizes: dict[str, Any]) -> Iterator[Bar]:
    """Judge whether pages cost more where there is more: the largest size against the smallest."""
    if len(sizes) == 1:
        return
    first, *_between, last = sorted(sizes, key=int)
    for page, cost in sizes[first]["pages"].items():
        ratio = _in_floors(sizes[last]["pages"][page]) / _in_floors(cost)
        yield Bar(f"{name}: {page}, {int(last):,} sessions against {int(first):,}", round(ratio, 1), 2)


def lighthouse_bars(found: dict[str, Any]) -> Iterator[Bar]:
    """Judge what Lighthouse said: points short of 100."""
    for page, scores in found.items():
        for category, allowed in (("accessibility", 0), ("best-practices", 0), ("performance", 5)):
            yield Bar(f"Lighthouse: {page}, {category}, points short of 100", 100 - scores[category], allowed)


@contextmanager
def sqlite_database() -> Iterator[str]:
    """Yield the URL of a database that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        yield f"sqlite:///{folder}/portal.sqlite3"


def portal(url: str, var: str, *arguments: str, settings: str = "portal.settings.demo") -> None:
    """Run a management command, on the demo settings unless told otherwise: only they may load the demo year."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "PORTAL_DATABASE_URL": url,
        "PORTAL_VAR_DIR": var,
    }
    subprocess.run([sys.executable, "-m", "portal.cli", *arguments], env=env, check=True, stdout=sys.stderr)  # noqa: S603


def measure(url: str, size: int, turns: int, var: str, *more: str) -> dict[str, Any]:
    """Measure in a process of its own: Django knows one database a process."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PORTAL_DATABASE_URL": url,
        "PORTAL_VAR_DIR": var,
    }
    command = [
        sys.executable,
        "-m",
        "bench.measure",
        "--url",
        url,
        "--size",
        str(size),
        "--turns",
        str(turns),
        *more,
    ]
    result = subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.json", help="where the JSON goes")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="sessions, separated by commas")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--turns", type=int, default=40, help="how often each thing is done (40)")
    parser.add_argument("--no-lighthouse", action="store_true", help="leave the browser out")
    options = parser.parse_args()
    databases = {"sqlite": sqlite_database, "postgresql": private_cluster}
    report: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "databases": {},
    }
    bars: list[Bar] = []
    for name in options.databases.split(","):
        try:
            with databases[name]() as url, tempfile.TemporaryDirectory() as var:
                print(f"{name}: loading the demo year", file=sys.stderr, flush=True)
                portal(url, var, "migrate", "--verbosity", "0")
                portal(url, var, "load_demo")
                for size in sorted(int(size) for size in options.sizes.split(",")):
                    print(f"{name}: measuring with {size:,} sessions", file=sys.stderr, flush=True)
                    found = measure(url, size, options.turns, var)
                    report["databases"].setdefault(name, {})[str(size)] = found
                    bars += bars_of(f"{name} {size:,}", found)
                    options.out.parent.mkdir(parents=True, exist_ok=True)
                    options.out.write_text(json.dumps(report, indent=2) + "\n")
                if "lighthouse" not in report and not options.no_lighthouse:
                    # Once: what a browser makes of a page does not depend on the database.
                    print("Lighthouse: five runs of three pages", file=sys.stderr, flush=True)
                    portal(
                        url, var, "collectstatic", "--noinput", "--verbosity", "0",
                        settings="bench.lighthouse_settings",
                    )  # fmt: skip
                    report["lighthouse"] = measure(url, 0, 0, var, "--lighthouse")
                    bars += lighthouse_bars(report["lighthouse"])
        except PostgreSQLMissingError as error:
            report["databases"][name] = {"error": str(error)}
        else:
            bars += growth_bars(name, report["databases"][name])
    report["bars"] = [asdict(bar) | {"holds": bar.holds} for bar in bars]
    options.out.write_text(json.dumps(report, indent=2) + "\n")
    for bar in bars:
        print(f"{'ok    ' if bar.holds else 'MISSED'} {bar.name}: {bar.value} (at most {bar.limit})")
    print(f"All figures: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
