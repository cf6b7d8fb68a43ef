"""Lighthouse on the pages that matter most: the median of five runs in the machine's Chromium."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.suite import chromium

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("accessibility", "best-practices", "performance")
RUNS = 5
_TRIES = 3
"""A run now and then ends without figures (NO_NAVSTART): it is done again."""


class LighthouseMissingError(Exception):
    """Chromium, Node or the package is not there; the text says which."""


def audit(base_url: str, paths: dict[str, str], *, runs: int = RUNS) -> dict[str, Any]:
    """Return each page's median scores, 0 to 100, and what the last run found wanting.

    Args:
        paths: by the page's name.
    Raises:
        LighthouseMissingError: it cannot run here.
    """
    browser, node = chromium.find(), shutil.which("node")
    if browser is None or node is None or not PROGRAM.exists():
        raise LighthouseMissingError("Lighthouse needs Chromium, Node on PATH and `npm ci`.")
    found = {}
    for name, path in paths.items():
        reports = [_run(node, browser, base_url + path) for _number in range(runs)]
        found[name] = {
            "path": path,
            **{
                category: round(
                    statistics.median(report["categories"][category]["score"] * 100 for report in reports)
                )
                for category in CATEGORIES
            },
            "found": _found(reports[-1]),
        }
    return found


def _run(node: str, browser: str, url: str) -> dict[str, Any]:
    for _try in range(_TRIES):
        with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder:
            out = Path(folder) / "report.json"
            subprocess.run(  # noqa: S603
                [
                    node, str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={out}",
                    f"--only-categories={','.join(CATEGORIES)}",
                    f"--chrome-flags=--headless=new --no-sandbox --disable-gpu --user-data-dir={folder}/profile",
                ],
                env={**os.environ, "CHROME_PATH": browser},
                stdout=sys.stderr,
                check=False,
            )  # fmt: skip
            if out.exists():
                report: dict[str, Any] = json.loads(out.read_text())
                if all(report["categories"][category]["score"] is not None for category in CATEGORIES):
                    return report
    raise LighthouseMissingError(f"Lighthouse gave no figures for {url}.")


def _found(report: dict[str, Any]) -> dict[str, str]:
    """Return the audits that took points away, with their titles."""
    wanting = {}
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            result = report["audits"][reference["id"]]
            if reference["weight"] and result["score"] is not None and result["score"] < 1:
                shown = result.get("displayValue", "")
                wanting[reference["id"]] = f"{result['title']} {shown} ({result['score']})"
    return wanting


if __name__ == "__main__":
    pages = {path: path for path in sys.argv[2:]}
    json.dump(audit(sys.argv[1], pages), sys.stdout, indent=2, ensure_ascii=False)
