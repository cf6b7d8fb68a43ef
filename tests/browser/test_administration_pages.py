"""The front page and the lists of the administration while nothing is there: axe, and no English (A1, A2)."""

from functools import cache
from importlib import resources

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

from tests.access.world import make_world
from tests.browser.checks import axe_findings
from tests.browser.sessions import enter_as
from tests.browser.upstream import FINDINGS

SAME_IN_DANISH = {"ID", "Administrator", "System", "Status", "Tags", "Version", "Titel", "Type"}

TEXTS = """() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        if (!node.parentElement.closest("script, style, template, noscript, [lang=en]")) {
            found.add(node.textContent.trim().replace(/\\s+/g, " "));
        }
    }
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) found.add(element.getAttribute(name).trim());
    }
    return [...found];
}"""


@cache
def _english() -> frozenset[str]:
    """Wagtail's English texts that have no Danish: none of them may stand on a page."""
    found = set()
    with translation.override("da"):
        for package in ("wagtail.admin", "wagtail.users", "wagtail.contrib.settings"):
            folder = resources.files(package) / "locale" / "en" / "LC_MESSAGES"
            for file in folder.iterdir():
                if file.name.endswith(".po"):
                    entries = polib.pofile(file.read_text(encoding="utf-8"))
                    found |= {entry.msgid for entry in entries if gettext(entry.msgid) == entry.msgid}
    return frozenset(text for text in found if len(text) > 2) - SAME_IN_DANISH


class Look:
    """Collects what is wrong with the pages looked at, and which of upstream's findings were met."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.met: set[str] = set()

    def at(self, url: str) -> None:
        """Open a page."""
        response = self.page.goto(url)
        if response is None or response.status != 200 or "text/html" not in response.headers["content-type"]:
            self.wrong.append(f"{url}: {response and response.status}")
            return
        self.at_this(url)

    def at_this(self, url: str) -> None:
        """Look at the page that is open."""
        for finding in axe_findings(self.page):
            known = [upstream for upstream in FINDINGS if upstream.is_in(finding)]
            self.met |= {upstream.html for upstream in known}
            if not known:
                self.wrong.append(f"{url}: {finding}")
        english = _english() & set(self.page.evaluate(TEXTS))
        self.wrong += [f"{url}: in English: {text!r}" for text in sorted(english)]


@pytest.fixture
def world(portal):
    return make_world()


@pytest.fixture
def look(page: Page, world) -> Look:
    enter_as(page, world.people["administration"])
    return Look(page)


def test_empty_pages_have_no_findings(look):
    for url in (
        "/admin/",
        "/admin/bookinger/",
        "/admin/sessions/",
        "/admin/sessions/month/",
        "/admin/tasks/",
    ):
        look.at(url)

    assert look.wrong == [], "\n".join(look.wrong)
