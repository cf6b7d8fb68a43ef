"""docs/configuration.md lists exactly the variables that the settings read, with their defaults."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

READ_ALL = """
import importlib, json, os, sys
sys.path[:0] = sys.argv[1:]
from portal.settings import env
for name in ("base", "production", "demo"):
    importlib.import_module(f"portal.settings.{name}")
os.environ["PORTAL_MAIL_SERVICE"] = "mailjet"  # its settings are more than those of the others
importlib.reload(sys.modules["portal.settings.production"])
print(json.dumps(env.KNOWN))
"""
# Defaults that the page tells in words, because they depend on where the portal stands or do not exist.
IN_WORDS = {
    "PORTAL_SECRET_KEY",
    "PORTAL_MAIL_API_KEY",
    "PORTAL_MAIL_API_SECRET",
    "PORTAL_VAR_DIR",
    "PORTAL_DATABASE_URL",
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables and defaults that base, production and demo read."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
    required = {
        "PORTAL_SECRET_KEY": "x",
        "PORTAL_MAIL_API_KEY": "x",
        "PORTAL_MAIL_API_SECRET": "x",
        "PORTAL_VAR_DIR": str(tmp_path_factory.mktemp("var")),
    }
    result = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(settings.ROOT / "site"), str(settings.ROOT)],
        env={**ours, **required}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(result.stdout)


def _documented() -> list[tuple[str, str]]:
    text = (settings.ROOT / "docs" / "configuration.md").read_text()
    return re.findall(r"^\| `(PORTAL_\w+)` \| (.*?) \|", text, re.MULTILINE)


def test_every_variable_is_documented_once_and_no_other(known: dict[str, str]):
    assert sorted(name for name, _default in _documented()) == sorted(known)


def test_the_documented_defaults_are_those_of_the_code(known: dict[str, str]):
    told = {name: "" if default == "empty" else default.strip("`") for name, default in _documented()}

    assert {name: told[name] for name in known if name not in IN_WORDS} == {
        name: default for name, default in known.items() if name not in IN_WORDS
    }


def test_a_variable_that_is_read_but_not_in_the_settings_would_be_noticed():
    readers = re.compile(r"os\.environ|os\.getenv|getenv\(")
    allowed = {"settings/env.py", "cli.py", "wsgi.py", "management/commands/demo.py", "demo_server.py"}

    found = [
        str(path.relative_to(settings.ROOT))
        for folder in ("site", "workshops", "booking", "charter")
        for path in (settings.ROOT / folder).rglob("*.py")
        if readers.search(path.read_text())
        and not any(str(path).endswith(f"portal/{name}") for name in allowed)
    ]

    assert found == []


def test_the_settings_stop_at_a_value_that_cannot_be_right(tmp_path: Path):
    result = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(settings.ROOT / "site"), str(settings.ROOT)],
        env={"PORTAL_SECRET_KEY": "x", "PORTAL_VAR_DIR": str(tmp_path), "PORTAL_SMTP_PORT": "twenty-five"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode != 0
    assert "PORTAL_SMTP_PORT is 'twenty-five': write a whole number." in result.stderr
