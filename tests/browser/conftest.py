"""A live server and pages of Chromium: wide, as a phone, and without JavaScript.

Every page watches what happens in it: a script error, a breach of the Content-Security-Policy or a request to
another host fails the test that opened it (rules 13 and 14).
"""

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.conftest import PortalSite
from tests.suite import chromium

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: a browser test forgets nothing."""
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print with a failure what each open page shows: nobody can look at it afterwards."""
    report = yield
    if report.when == "call" and report.failed:
        for context in item.stash.get(_CONTEXTS, []):
            for page in context.pages:
                report.sections.append((f"page {page.url}", _shown(page)))
    return report


_CONTEXTS = pytest.StashKey[list[BrowserContext]]()
_SHOWN_CHARACTERS = 3_000


def _shown(page: Page) -> str:
    """What a screen reader would find in the page, cut to a length that can be read."""
    try:
        content = page.locator("main, #main").first
        shown = content if content.count() else page.locator("body")
        return shown.aria_snapshot(timeout=2_000)[:_SHOWN_CHARACTERS]
    except Error as error:
        return f"not to be read: {error.message}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run. In CI a missing browser fails; elsewhere the tests are skipped."""
    path = chromium.find()
    if path is None:
        message = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Playwright runs an event loop in this thread; Django would take every query in a test for an async one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@dataclass
class Watch:
    """What went wrong in the pages of one test."""

    host: str
    findings: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note errors, except that of a page whose own status the test asks for."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.findings.append(f"console: {message.text}")

    def request(self, request: Request) -> None:
        """Note a request to another host."""
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.findings.append(f"request to another host: {request.url}")


@pytest.fixture
def portal(live_server: LiveServer, portal_site: PortalSite, settings: Settings) -> LiveServer:
    """The running portal; links in mails point to it. `portal.url` is its address."""
    settings.PORTAL_BASE_URL = live_server.url
    return live_server


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, portal: LiveServer
) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of its own session, with options of Playwright's `new_context`."""
    watch = Watch(host=urlsplit(portal.url).netloc)
    contexts: list[BrowserContext] = request.node.stash.setdefault(_CONTEXTS, [])

    def open_(**options: Any) -> Page:
        context = browser.new_context(
            **{"base_url": portal.url, "locale": "da-DK", "timezone_id": "Europe/Copenhagen", **options}
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.findings.append(f"script error: {error}"))
        page.on("request", watch.request)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert watch.findings == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A wide window."""
    return open_page(viewport=DESKTOP)


@pytest.fixture
def page_mobile(open_page: Callable[..., Page]) -> Page:
    """A phone, 375 px wide."""
    return open_page(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


@pytest.fixture
def page_nojs(open_page: Callable[..., Page]) -> Page:
    """A browser that runs no JavaScript."""
    return open_page(viewport=DESKTOP, java_script_enabled=False)
