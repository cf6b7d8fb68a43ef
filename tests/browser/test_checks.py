"""The checks themselves: each finds what it is there to find."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.checks import assert_fits_the_width, axe_findings, eventually
from tests.browser.conftest import Watch

GOOD = (
    "<!doctype html><html lang=da><head><title>Prøve</title>"
    '<meta name=viewport content="width=device-width"></head>'
    "<body><main><h1>Prøve</h1><p>Tekst</p></main></body></html>"
)


def test_axe_finds_a_picture_without_text_and_nothing_on_a_good_page(page: Page):
    page.set_content(GOOD)
    clean = axe_findings(page)
    page.set_content(GOOD.replace("<p>Tekst</p>", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'))
    broken = axe_findings(page)

    assert clean == []
    assert [finding.split(":")[0] for finding in broken] == ["image-alt"]


def test_axe_refuses_a_page_without_javascript_instead_of_hanging(page_nojs: Page):
    page_nojs.goto("about:blank")

    with pytest.raises(AssertionError, match="axe needs"):
        axe_findings(page_nojs)


def test_a_page_wider_than_the_phone_is_noticed(page_mobile: Page):
    page_mobile.set_content(GOOD.replace("<p>", '<p style="width:600px">'))

    with pytest.raises(AssertionError):
        assert_fits_the_width(page_mobile)


def test_script_errors_and_requests_to_other_hosts_are_noticed(
    open_page: Callable[..., Page], portal: LiveServer
):
    watch = Watch(host=portal.url.removeprefix("http://"))
    page = open_page().context.browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="x"))
    page.on("console", watch.console)
    page.on("request", watch.request)

    page.set_content(
        '<img src="https://elsewhere.example/x.png" alt=""><script>console.error("bad")</script>'
    )

    eventually(lambda: len(watch.findings) == 2)
    assert sorted(watch.findings) == [
        "console: bad",
        "request to another host: https://elsewhere.example/x.png",
    ]


def test_the_portal_answers(page: Page, portal: LiveServer):
    response = page.goto("/robots.txt")

    assert response is not None
    assert response.status in {200, 404}
