"""What the roles meet in the administration is Danish: a text without a translation carries a mark, and none is found.

The walk goes from link to link as each role, opens each page once, and submits every form twice: as it stands,
and emptied, so that messages and refusals are read too. That no text of Wagtail lacks its Danish is proved word by
word in tests/portal/test_messages.py; this proves that what pages really say is asked for through the catalogue.
"""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gettext import NullTranslations

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import override, trans_real
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, Page

from charter.content import ensure_charter
from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR
from tests.access.rows import undone
from tests.access.test_admin import VIEWSET_PAGES, make
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import book, known_school
from tests.factories.workshop_pages import material_page, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # walks everything: once per run, on SQLite

MARK = re.compile(r"⟦(.*?)⟧", re.DOTALL)
ADDRESS = re.compile(r"/admin/[\w/-]*")
NOT_OPENED = ("logout", "log-af", "jsi18n", "sprite", "/djadmin/")
READ = ("text/html", "application/json")


class Marking(NullTranslations):
    """Answers for what the Danish catalogue does not know."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message.strip() else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, singular: str, plural: str, number: int) -> str:
        return self.ngettext(singular, plural, number)


@contextmanager
def untranslated_texts_marked() -> Iterator[None]:
    """Let the Danish catalogue answer ⟦like this⟧ for what it does not know."""
    catalogue = trans_real.translation("da")
    before = catalogue._fallback
    catalogue._fallback = Marking()
    try:
        with override("da"):
            yield
    finally:
        catalogue._fallback = before


def marked(text: str) -> list[str]:
    """Return the texts with a mark; the menu and other data for scripts hold it escaped."""
    return MARK.findall(re.sub(r"\\u27[eE]([67])", lambda match: "⟦" if match[1] == "6" else "⟧", text))


@dataclass
class Walk:
    """What has been opened, by anybody, and the untranslated texts met, each with the first place it stood."""

    opened: set[object] = field(default_factory=set)
    met: dict[str, str] = field(default_factory=dict)
    submitted: int = 0

    def go(self, client: Client, starts: list[str]) -> None:
        """Walk from link to link, then submit every form that stood there, and undo that."""
        waiting, forms = deque(starts), []
        while waiting:
            url = waiting.popleft()
            html = self._read(client.get(url), url)
            forms += [(url, form) for form in _forms(html)]
            for link in ADDRESS.findall(html):  # in the menu, too, which is data for a script
                if (page := _page(link)) and page not in self.opened:
                    self.opened.add(page)
                    waiting.append(link)
        for url, form in forms:
            action = str(form.get("action") or url)
            if (
                any(part in action for part in NOT_OPENED)
                or (key := ("submit", _page(action))) in self.opened
            ):
                continue
            self.opened.add(key)
            for fields in _submissions(form):
                with undone():
                    self._read(client.post(action, fields, follow=True), f"POST {action}")
                self.submitted += 1

    def _read(self, response: object, url: str) -> str:
        if not response.headers.get("Content-Type", "").startswith(READ):
            return ""
        html = response.content.decode()
        for text in marked(html):
            self.met.setdefault(text, url)
        return html


def _page(url: str) -> object:
    """Return what two addresses of the same kind of page share, or None for what is not opened."""
    if any(part in url for part in NOT_OPENED):
        return None
    try:
        match = resolve(url.split("?")[0])
    except Resolver404:
        return None
    # Each type of page has its own form; elsewhere, one object of a kind stands for the others.
    return match.view_name, match.args if match.view_name == "wagtailadmin_pages:add" else ()


def _forms(html: str) -> list[Tag]:
    if "<form" not in html or html.startswith("{"):
        return []
    return [
        form
        for form in BeautifulSoup(html, "lxml").find_all("form")
        if form.get("method", "").lower() == "post"
    ]


def _submissions(form: Tag) -> Iterator[dict[str, list[str]]]:
    """Return the form's fields as they stand, and emptied but for what is hidden."""
    stands: dict[str, list[str]] = {}
    emptied: dict[str, list[str]] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or kind in {"submit", "button", "file"}:
            continue
        if kind in {"checkbox", "radio"}:
            if control.has_attr("checked"):
                stands.setdefault(name, []).append(control.get("value", "on"))
            continue
        if control.name == "select":
            chosen = [str(option.get("value")) for option in control.find_all("option", selected=True)]
        else:
            chosen = [str(control.get("value") or "") if control.name == "input" else control.text]
        stands.setdefault(name, []).extend(chosen)
        emptied.setdefault(name, []).extend(chosen if kind == "hidden" else [""])
    yield stands
    if emptied != stands:
        yield emptied


def _fill() -> list[str]:
    """Make something of everything, and return the addresses of pages that no link leads to with this data."""
    ensure_charter(timezone.now())
    book(SessionFactory(at_venue=True), school=known_school(domain="skole.example"))
    for model in {address.model for address in VIEWSET_PAGES}:
        make(model)
    pages = [offer_page(title="Et tilbud"), material_page(title="Et materiale")]
    pages[0].save_revision()
    image = get_image_model().objects.create(title="Et billede", file=get_test_image_file())
    image.tags.add("robot")
    get_document_model().objects.create(title="Et dokument", file=ContentFile(b"Tekst", "tekst.txt"))
    Collection.get_first_root_node().add_child(instance=Collection(name="En samling"))
    Redirect.add_redirect("/gammel/", "/ny/")
    return [
        *(reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in Page.objects.filter(depth__gt=1)),
        reverse("wagtailadmin_pages:edit", args=[pages[0].pk]),
        reverse("wagtailadmin_pages:search") + "?q=tilbud",
        reverse("wagtailadmin_pages:search") + "?q=findesikke",
        reverse("wagtailimages:index") + "?q=findesikke",
        reverse("wagtaildocs:index") + "?q=findesikke",
        reverse("wagtailadmin_home") + "findes-ikke/",
    ]


# Wagtail makes the small versions of an image in temporary files and leaves closing them to Python.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_nothing_is_left_in_english(portal_site):
    walk = Walk()
    also = _fill()

    with untranslated_texts_marked():
        for role in (ADMINISTRATION, EDITOR, CASEWORKER, AUDITOR):
            walk.go(log_in(Client(), UserFactory(roles=[role])), ["/admin/", "/admin/pages/", *also])

    assert len(walk.opened) > 150
    assert walk.submitted > 100
    assert walk.met == {}


def test_what_wagtail_does_not_ask_the_catalogue_for_is_danish_too(portal_site, staff_client):
    OfferFactory()

    html = staff_client(ADMINISTRATION).get(reverse("offers:index")).content.decode()

    assert re.search(r"icon-check.*?>\s*Ja\s*<", html, re.DOTALL)  # the mark in «Kan bookes», read aloud
    assert not re.search(r">\s*True\s*<", html)
    assert 'aria-label="Handlinger"' in html
    assert 'aria-label="Actions"' not in html
    assert reverse("wagtailadmin_reports:page_types_usage") not in html  # names code


def test_the_walk_would_notice_an_untranslated_text():
    with untranslated_texts_marked():
        catalogue = trans_real.translation("da")

        assert marked(catalogue.gettext("Nobody has translated this")) == ["Nobody has translated this"]
        assert marked(catalogue.ngettext("%(n)s untold", "%(n)s untolds", 2)) == ["%(n)s untolds"]
        assert catalogue.gettext("Save") == "Gem"
    assert marked(r'{"label": "\u27e6Reports\u27e7"}') == ["Reports"]
    assert trans_real.translation("da").gettext("Nobody has translated this") == "Nobody has translated this"
