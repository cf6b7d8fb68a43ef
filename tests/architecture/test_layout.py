"""The tree is the architecture (DESIGN.md 2): imports go down, names collide with nobody's."""

import importlib.metadata
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from django.conf import settings

OUR_PACKAGES = ("portal", "booking", "workshops", "charter", "core")
DISTRIBUTION = "dannelsesportalen"


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder, env={"PYTHONPATH": f"{folder}:{folder / 'site'}", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """Packages of our names with nothing in them, under our own import contract."""
    (tmp_path / "pyproject.toml").write_text((settings.ROOT / "pyproject.toml").read_text())
    for name in OUR_PACKAGES:
        package = tmp_path / ("site" if name in {"portal", "core"} else "") / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
    return tmp_path


def test_imports_go_downwards_only():
    result = _lint_imports(settings.ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("site/core", "charter"), ("charter", "workshops"), ("workshops", "booking"), ("booking", "portal")],
)
def test_the_import_contract_reports_a_planted_upward_import(small_tree: Path, importer: str, imported: str):
    before = _lint_imports(small_tree)
    (small_tree / importer / "planted.py").write_text(f"import {imported}\n")
    after = _lint_imports(small_tree)

    assert before.returncode == 0, before.stdout + before.stderr
    assert after.returncode == 1
    assert f"{Path(importer).name} is not allowed to import {imported}" in after.stdout


def test_no_other_distribution_owns_a_package_of_our_name():
    owners = importlib.metadata.packages_distributions()

    foreign = {name: set(owners.get(name, [])) - {DISTRIBUTION} for name in OUR_PACKAGES}

    assert foreign == {name: set() for name in OUR_PACKAGES}


def test_our_packages_are_imported_from_this_tree():
    found = {name: Path(__import__(name).__file__).is_relative_to(settings.ROOT) for name in OUR_PACKAGES}

    assert found == dict.fromkeys(OUR_PACKAGES, True)


def test_site_is_still_the_standard_librarys():
    standard_library = Path(sysconfig.get_path("stdlib"))

    assert Path(site.__file__).is_relative_to(standard_library)
    assert not (settings.ROOT / "site" / "__init__.py").exists()


def test_nothing_in_the_site_folder_takes_a_name_of_the_standard_library():
    names = {path.stem for path in (settings.ROOT / "site").iterdir() if not path.name.startswith((".", "_"))}

    assert names & sys.stdlib_module_names == set()
