"""Builds static/dkfds/ from the npm packages: the design system, lean enough for a first visit (DESIGN.md 8).

The package's own style sheet asks for complete fonts (78 kB a weight) and its sprite holds every icon there is.
We keep its rules, give them the Latin parts of the same fonts, and keep the icons we show.
"""

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ICONS_FILE = Path(__file__).resolve().parent / "icons.json"
"""The icons that pages may show: a sorted list of names in the design system's sprite."""

FONT_FAMILY = "IBM Plex Sans"
FONT_FACES = [
    ("Regular", "normal", 400),
    ("Italic", "italic", 400),
    ("Medium", "normal", 500),
    ("SemiBold", "normal", 600),
    ("Bold", "normal", 700),
]
# The ranges the split files are cut to. A browser fetches a file only for a character in its range:
# Latin1 on every page, Latin2 for a name such as Łukasz or Ağca.
FONT_RANGES = {
    "Latin1": (
        "U+0000,U+000D,U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2013-2014,"
        "U+2018-201A,U+201C-201E,U+2020-2022,U+2026,U+2030,U+2039-203A,U+2044,U+20AC,U+2122,U+2212,U+FB01-FB02"
    ),
    "Latin2": "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E80-1E85,U+1EF2-1EF3",
}

_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_SOURCE_MAP = re.compile(r"\n?/\*# sourceMappingURL=[^*]*\*/|\n?//# sourceMappingURL=\S+")
_SYMBOL = re.compile(r'<symbol id="(?P<name>[^"]+)".*?</symbol>', re.DOTALL)
_ICON_IN_TEMPLATE = re.compile(
    r'components/icon\.html"\s+with\s+[^%]*?\bname="(?P<include>[\w-]+)"'
    r'|<use\s+(?:xlink:)?href="[^"#]*#(?P<use>[\w-]+)"'
)
_CSS_URL = re.compile(r"url\(\.\./(?P<path>[^)\"']+)\)")


class FrontendError(Exception):
    """The front end cannot be built: a package, a file or an icon is missing."""


@dataclass(frozen=True)
class BuiltFrontend:
    """What was written: names relative to the target folder, with their sizes in bytes."""

    files: dict[str, int]


def build(*, package_dir: Path, target_dir: Path, template_dirs: Iterable[Path]) -> BuiltFrontend:
    """Write the design system's files into `target_dir`, replacing what was there.

    Args:
        package_dir: the `dist` folder of the installed npm package `dkfds`.
        template_dirs: where icons are looked for; a template naming an unlisted one stops the build.
    Raises:
        FrontendError: the package is not installed, or an icon is unlisted or unknown.
    """
    css_source = package_dir / "css" / "dkfds.min.css"
    if not css_source.exists():
        raise FrontendError(f"{css_source} is missing: run `npm ci --ignore-scripts` first.")
    listed = listed_icons()
    unlisted = icons_in_templates(template_dirs) - listed
    if unlisted:
        raise FrontendError(
            f"Templates use icons that {ICONS_FILE.name} does not list: {', '.join(sorted(unlisted))}."
        )
    sprite = _sprite((package_dir / "img" / "all-svg-icons.svg").read_text(), listed)

    shutil.rmtree(target_dir, ignore_errors=True)
    for folder in ("css", "js", "fonts", "img"):
        (target_dir / folder).mkdir(parents=True)
    rules = _FONT_FACE.sub("", _without_source_map(css_source.read_text()))
    (target_dir / "css" / "dkfds.min.css").write_text(_font_faces() + rules)
    script = _without_source_map((package_dir / "js" / "dkfds.min.js").read_text())
    (target_dir / "js" / "dkfds.min.js").write_text(script)
    (target_dir / "img" / "icons.svg").write_text(sprite)
    for cut, _unused in FONT_RANGES.items():
        for weight_name, _style, _weight in FONT_FACES:
            name = f"IBMPlexSans-{weight_name}-{cut}.woff2"
            shutil.copy(package_dir / "fonts/IBMPlexSans/split/woff2" / name, target_dir / "fonts" / name)
    shutil.copy(
        package_dir / "fonts/IBMPlexSans/split/woff2/license.txt", target_dir / "fonts" / "license.txt"
    )
    shutil.copy(package_dir / "LICENSE.md", target_dir / "LICENSE.md")
    # Pictures the style sheet itself asks for: the manifest storage refuses a reference without a file.
    for match in _CSS_URL.finditer(rules):
        copied = target_dir / match["path"]
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package_dir / match["path"], copied)
    return BuiltFrontend(
        files={
            str(path.relative_to(target_dir)): path.stat().st_size
            for path in sorted(target_dir.rglob("*"))
            if path.is_file()
        }
    )


def listed_icons() -> set[str]:
    """Return the icons that pages may show."""
    names: list[str] = json.loads(ICONS_FILE.read_text())
    return set(names)


def icons_in_templates(template_dirs: Iterable[Path]) -> set[str]:
    """Return the icons that templates name literally, by the icon component or by `<use>`."""
    return {
        match["include"] or match["use"]
        for folder in template_dirs
        for template in folder.rglob("*.html")
        for match in _ICON_IN_TEMPLATE.finditer(template.read_text())
    }


def _sprite(source: str, names: set[str]) -> str:
    symbols = {match["name"]: match[0] for match in _SYMBOL.finditer(source)}
    unknown = names - symbols.keys()
    if unknown:
        raise FrontendError(f"The design system has no icon {', '.join(sorted(unknown))}.")
    kept = "".join(symbols[name] for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{kept}</svg>\n'


def _font_faces() -> str:
    return "".join(
        f"@font-face{{font-display:swap;font-family:{FONT_FAMILY};font-style:{style};font-weight:{weight};"
        f'src:url(../fonts/IBMPlexSans-{name}-{cut}.woff2) format("woff2");unicode-range:{characters}}}'
        for name, style, weight in FONT_FACES
        for cut, characters in FONT_RANGES.items()
    )


def _without_source_map(text: str) -> str:
    # The manifest storage follows the comment to a file we do not ship.
    return _SOURCE_MAP.sub("", text)
