"""Every page of ours in the administration: empty, with data, and with wrong answers (A1, A2).

The pages are found from the URL configuration and the rows of the access matrix, so that a new page is looked
at without anybody writing it down here.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources

import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Error, Page, Response

from booking.models import DateRequest
from charter.content import ensure_charter
from charter.models import IdentityBinding
from core.worklist.operations import open_item
from portal.reporting.models import AnnualGoal
from portal.reporting.yearly.models import AnnualReport
from tests.access.discovery import addresses, rows_by_package
from tests.access.test_admin import make
from tests.access.world import make_world
from tests.browser.checks import axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import log_in
from tests.factories.booking import book, known_school
from tests.factories.charter import ProgrammeFactory
from tests.factories.workshops import HolidayFactory, SchoolFactory, SessionFactory
from workshops.models import Course, PublicHoliday, Subject, Topic

VIEWSETS = list(
    {
        (address.view_class, address.name.split(":")[-1]): address
        for address in addresses()
        if address.is_viewset_of_ours
    }.values()
)
"""One address a view: thirteen plain lists are one page with other words."""

UPSTREAMS_OWN = {"delete", "usage", "history", "copy", "index_results", "results"}
"""Pages of a viewset that are Wagtail's as they are."""

FILES = {"export", "document", "authority_document", "journal", "scan"}

MADE_BY_OTHERS = (AnnualReport, Course, DateRequest, IdentityBinding)
"""Their pages have rows in the access matrix, a test of their own, or are a list's own; no factory makes one."""

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


def _lists(world) -> Iterator[str]:
    for address in VIEWSETS:
        if address.name.endswith((":index", ":list", ":month")):
            yield reverse(address.name)


def _new_forms(world) -> Iterator[str]:
    for address in VIEWSETS:
        if address.name.endswith(":add"):
            yield reverse(address.name)


def _objects(world) -> Iterator[str]:
    """The pages of one object of each viewset. A plain form for editing is the one for adding."""
    for address in VIEWSETS:
        step = address.name.split(":")[-1]
        if (
            address.route.count("<") != 1
            or step in UPSTREAMS_OWN | FILES
            or step.startswith("action_")
            or step.endswith("results")
            or not hasattr(address.view_class, "get")  # it only takes answers
        ):
            continue
        if step == "edit" and not address.is_ours:
            continue
        found = address.model._default_manager.first() or make(address.model)
        assert found is not None or address.model in MADE_BY_OTHERS, f"data for {address.model.__name__}"
        if found is not None:
            yield reverse(address.name, args=[str(found.pk)])


def _own_pages(world, *, method: str = "get", status: int = 200) -> Iterator[str]:
    """The addresses below /admin/ that have rows in the access matrix, as the administration gets them."""
    seen = set()
    for rows in rows_by_package().values():
        for row in rows:
            if (row.method, row.expected["administration"]) != (method, status) or row.url in seen:
                continue
            if method == "post" and row.data:
                continue
            url = reverse(row.url, kwargs=dict(row.kwargs(world)) if row.kwargs else {})
            if url.startswith("/admin/") and not url.endswith(
                ("/results/", ".pdf")
            ):  # part of a list; a file
                seen.add(row.url)
                yield url


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


UPSTREAM = (("aria-required-parent", 'href="#tab-roles"'),)
"""What axe finds in Wagtail's own parts: the button to a user's roles is a tab outside the list of tabs."""


NO_PAGE = ("Download is starting", "ERR_HTTP_RESPONSE_CODE_FAILURE")
"""What Chromium says instead of showing something."""


class Look:
    """Collects what is wrong with the pages looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def open(self, url: str) -> Response | None:
        """Go to an address; None when the answer is no page: a file, or a refusal without a body."""
        try:
            return self.page.goto(url)
        except Error as error:
            if not any(words in error.message for words in NO_PAGE):
                raise
            return None

    def at(self, url: str) -> None:
        """Open a page and look at it."""
        response = self.open(url)
        if response is None or response.status != 200 or "text/html" not in response.headers["content-type"]:
            self.wrong.append(f"{url}: {response and response.status}")
            return
        self.at_this(url)

    def at_this(self, url: str) -> None:
        """Look at the page that is open."""
        self.wrong += [
            f"{url}: {finding}"
            for finding in axe_findings(self.page)
            if not any(finding.startswith(f"{rule}:") and html in finding for rule, html in UPSTREAM)
        ]
        english = _english() & set(self.page.evaluate(TEXTS))
        self.wrong += [f"{url}: in English: {text!r}" for text in sorted(english)]


@pytest.fixture
def world(portal):
    return make_world()


@pytest.fixture
def look(page: Page, world) -> Look:
    enter_as(page, world.people["administration"])
    return Look(page)


def _fill(world) -> None:
    """Make what lists and pages show in their fullest states."""
    ensure_charter(timezone.now() - timedelta(days=1))
    school = known_school(domain="skole.example")
    book(SessionFactory(at_venue=True), school=school)
    book(SessionFactory(), school=SchoolFactory())  # awaits approval
    HolidayFactory(school=school)
    Subject.objects.create(slug="dansk", name="Dansk")
    Topic.objects.create(slug="feed", name="Feed")
    PublicHoliday.objects.create(day=date(2026, 12, 25), name="Juledag")
    AnnualGoal.objects.create(
        programme=ProgrammeFactory(),
        key="pupils",
        title="4.000 elever",
        measure=AnnualGoal.Measure.PUPILS,
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        target_low=4000,
    )
    open_item(key="sample", kind="sample", subject="school:1", now=timezone.now())


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


@pytest.mark.parametrize("pages", [_lists, _new_forms, _objects, _own_pages])
def test_pages_with_data_have_no_findings(look, world, pages):
    _fill(world)

    for url in dict.fromkeys(("/admin/", *pages(world))):
        look.at(url)

    assert look.wrong == [], "\n".join(look.wrong)


def _our_new_forms(world) -> Iterator[str]:
    """Forms of ours only: Wagtail's show errors all alike, and one of them stands for them."""
    yield "/admin/holidays/new/"
    for address in VIEWSETS:
        if address.name.endswith(":add") and address.is_ours:
            yield reverse(address.name)


def _decisions(world) -> Iterator[str]:
    """Forms about one object."""
    yield from (url for url in _objects(world) if "inspect" not in url)


def _answered(world) -> Iterator[str]:
    """Forms whose wrong answers have a row in the access matrix."""
    yield from _own_pages(world, method="post", status=422)


def _has_a_form(client: Client, url: str) -> bool:
    """Whether a page opens with a form that takes answers; asked without a browser, which takes its time."""
    response = client.get(url)
    is_page = response.status_code == 200 and response.headers["content-type"].startswith("text/html")
    return is_page and b'method="post"' in response.content.lower().partition(b"<main")[2]


@pytest.mark.parametrize("pages", [_our_new_forms, _decisions, _answered])
def test_forms_with_wrong_answers_have_no_findings(look, world, client, pages):
    _fill(world)
    log_in(client, world.people["administration"])

    seen = 0
    for url in dict.fromkeys(pages(world)):
        if not _has_a_form(client, url):
            continue
        look.page.goto(url)
        forms = look.page.locator("main form[method=post i]")
        with look.page.expect_navigation():
            forms.last.evaluate("form => form.requestSubmit()")
        look.at_this(f"{url} posted empty")
        seen += 1

    assert look.wrong == [], "\n".join(look.wrong)
    assert seen > 1
