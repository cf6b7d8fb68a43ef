"""The front-end step: what a visitor downloads is lean, complete and ours."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.frontend import ICONS_FILE, FrontendError, build, icons_in_templates, listed_icons

PACKAGE_DIR = settings.ROOT / "node_modules" / "dkfds" / "dist"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The front end, built into a folder of its own."""
    target = tmp_path_factory.mktemp("frontend") / "dkfds"
    build(package_dir=PACKAGE_DIR, target_dir=target, template_dirs=[settings.TEMPLATE_DIR])
    return target


def test_every_file_the_style_sheet_asks_for_is_there(built: Path):
    css = (built / "css" / "dkfds.min.css").read_text()

    asked = re.findall(r"url\(\.\./([^)]+)\)", css)

    assert asked
    assert [name for name in asked if not (built / name).exists()] == []


def test_the_style_sheet_loads_latin_fonts_only_and_nothing_from_elsewhere(built: Path):
    css = (built / "css" / "dkfds.min.css").read_text()

    fonts = set(re.findall(r"\.\./fonts/([^)]+)\)", css))

    assert all(re.fullmatch(r"IBMPlexSans-\w+-Latin[12]\.woff2", name) for name in fonts)
    assert re.findall(r"url\([\"']?(?:https?:)?//[^)]*\)", css) == []
    assert "sourceMappingURL" not in css


def test_a_first_page_with_four_weights_of_the_font_stays_under_the_bar(built: Path):
    # Wire sizes: style sheet and script compress to a quarter or better (br 21.5 and 18.3 kB), fonts not at all.
    fonts = sum((built / "fonts" / f"IBMPlexSans-{name}-Latin1.woff2").stat().st_size for name in
                ("Regular", "Medium", "SemiBold", "Bold"))  # fmt: skip
    sheet_and_script = (built / "css/dkfds.min.css").stat().st_size + (
        built / "js/dkfds.min.js"
    ).stat().st_size

    assert fonts + sheet_and_script / 4 < 160_000


def test_the_sprite_holds_exactly_the_listed_icons(built: Path):
    sprite = (built / "img" / "icons.svg").read_text()

    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == listed_icons()
    assert len(sprite) < 40_000


def test_the_icon_list_is_sorted_and_without_doubles():
    names = json.loads(ICONS_FILE.read_text())

    assert names == sorted(set(names))


@pytest.mark.parametrize(
    "markup",
    [
        '{% include "components/icon.html" with name="tractor" only %}',
        '{% include "components/icon.html" with class="x" name="tractor" only %}',
        "<svg><use href=\"{% static 'dkfds/img/icons.svg' %}#tractor\"></use></svg>",
        '<svg><use xlink:href="#tractor"></use></svg>',
    ],
    ids=["component", "component-later-argument", "use-with-static", "use-with-xlink"],
)
def test_an_icon_named_in_a_template_is_found_and_an_unlisted_one_stops_the_build(
    tmp_path: Path, markup: str
):
    (tmp_path / "page.html").write_text(markup)

    assert icons_in_templates([tmp_path]) == {"tractor"}
    with pytest.raises(FrontendError, match="tractor"):
        build(package_dir=PACKAGE_DIR, target_dir=tmp_path / "out", template_dirs=[tmp_path])
    assert not (tmp_path / "out").exists()


def test_a_missing_npm_package_is_said_in_words(tmp_path: Path):
    with pytest.raises(FrontendError, match="npm ci"):
        build(package_dir=tmp_path, target_dir=tmp_path / "out", template_dirs=[])
