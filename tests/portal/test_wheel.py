"""The wheel is all a server needs (O1): templates, Danish and static files travel in it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from tests.seals import seal_environment

pytestmark = pytest.mark.slow

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "PORTAL_SECRET_KEY": "never-a-real-key-0123456789-abcdefghijklmnopqrstuvwxyz-",
    "PORTAL_ALLOWED_HOSTS": "portal.example.dk",
    "PORTAL_BASE_URL": "https://portal.example.dk",
}


def _uv() -> list[str]:
    """`./run` says which uv it found; one on PATH may be a shim that does not run here."""
    for command in (os.environ.get("UV", "").split(), ["uv"]):
        try:
            if command and subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
                # Where ./run made its own uv, it names it from the project's folder; we work elsewhere.
                own = settings.ROOT / command[0]
                return [str(own), *command[1:]] if "/" in command[0] and own.exists() else command
        except FileNotFoundError:
            continue
    if os.environ.get("CI"):
        pytest.fail("no uv")
    pytest.skip("no uv: run this through ./run test")


def _run(*command: str | Path, cwd: Path, **env: str) -> str:
    result = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    _run(*_uv(), "build", "--wheel", "--quiet", "--out-dir", folder, cwd=settings.ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean virtual environment with nothing but the wheel and what it asks for; returns its bin folder."""
    folder = tmp_path_factory.mktemp("clean")
    _run(*_uv(), "venv", "--quiet", "--python", sys.base_prefix, folder / "venv", cwd=folder)
    _run(
        *_uv(), "pip", "install", "--quiet", "--python", folder / "venv" / "bin" / "python", wheel, cwd=folder
    )
    return folder / "venv" / "bin"


def test_the_wheel_holds_templates_danish_and_static_files(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())

    templates = {
        f"portal/_templates/{path.relative_to(settings.TEMPLATE_DIR)}"
        for path in settings.TEMPLATE_DIR.rglob("*")
        if path.is_file()
    }
    static = {
        f"portal/static/{path.relative_to(settings.PACKAGE_DIR / 'static')}"
        for path in (settings.PACKAGE_DIR / "static").rglob("*")
        if path.is_file()
    }
    assert templates - names == set()
    assert static - names == set()
    assert "portal/static/dkfds/css/dkfds.min.css" in names
    assert "portal/locale/da/LC_MESSAGES/django.mo" in names


def test_the_wheel_holds_our_packages_and_no_folder_named_site_or_tests(wheel: Path):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info" not in name}

    assert tops == {"portal", "core", "workshops", "booking", "charter"}


def test_data_files_of_the_packages_travel_too(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {
        str(path.relative_to(settings.ROOT)).removeprefix("site/")
        for folder in ("site/portal", "site/core", "workshops", "booking", "charter")
        for path in (settings.ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".csv", ".json", ".typ", ".txt", ".html"}
    }

    assert data - names == set()


def test_the_installed_wheel_passes_the_deployment_check(installed: Path, tmp_path: Path):
    output = _run(
        installed / "portal",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        cwd=tmp_path,
        **PRODUCTION,
        **seal_environment(tmp_path / "seal"),
    )

    assert "no issues" in output


def test_the_installed_wheel_finds_its_templates_its_danish_and_its_static_files(
    installed: Path, tmp_path: Path
):
    script = (
        "from django.template.loader import get_template; "
        "from django.utils.translation import gettext, override; "
        "print(get_template('base.html').origin.name); "
        "override('da').__enter__(); print(gettext('English'))"
    )

    output = _run(installed / "portal", "shell", "-v0", "-c", script, cwd=tmp_path, **PRODUCTION)
    _run(installed / "portal", "collectstatic", "--noinput", "-v0", cwd=tmp_path, **PRODUCTION)

    origin, danish = output.split()
    assert origin.endswith("site-packages/portal/_templates/base.html")
    assert danish == "Engelsk"
    assert (tmp_path / "var" / "static" / "staticfiles.json").exists()
