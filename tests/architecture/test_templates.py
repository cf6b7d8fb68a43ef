"""Templates keep to the Content-Security-Policy (rule 14): no inline script, style or handler."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

TEMPLATES = sorted(path.relative_to(settings.TEMPLATE_DIR) for path in settings.TEMPLATE_DIR.rglob("*.html"))
# Mail programs know no style sheet; the layout of mails carries its style in attributes.
PAGES = [path for path in TEMPLATES if path.parts[0] != "emails"]

FORBIDDEN = {
    "inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>", re.I
    ),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "javascript address": re.compile(r"=\s*[\"']?javascript:", re.I),
    "address elsewhere": re.compile(
        r"<(?:script|link|img|iframe|source|use)\b[^>]*\b(?:src|href)=[\"']https?://", re.I
    ),
}


def _findings(text: str) -> list[str]:
    return [f"{name}: {match[0][:80]}" for name, rule in FORBIDDEN.items() for match in rule.finditer(text)]


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_a_page_template_holds_nothing_inline_and_nothing_from_elsewhere(template: Path):
    text = (settings.TEMPLATE_DIR / template).read_text()

    assert _findings(re.sub(r"\{#.*?#\}", "", text)) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_template_compiles_and_loads_only_known_tags(template: Path):
    assert get_template(str(template)) is not None


@pytest.mark.parametrize(
    "markup",
    [
        "<script>go()</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<button type="button" onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="https://elsewhere.example/x.png">',
    ],
)
def test_each_rule_finds_what_it_is_there_for(markup: str):
    assert len(_findings(markup)) == 1


@pytest.mark.parametrize(
    "markup",
    [
        "<script src=\"{% static 'x.js' %}\" defer></script>",
        '<script type="application/json" id="x">{}</script>',
        '<a href="https://www.was.digst.dk/x">',
        '<link rel="stylesheet" href="/x.css">',
    ],
)
def test_what_is_allowed_is_not_found(markup: str):
    assert _findings(markup) == []


def test_the_search_for_templates_looks_where_the_pages_are():
    assert Path("base.html") in PAGES
    assert engines["django"].template_dirs[0] == settings.TEMPLATE_DIR
