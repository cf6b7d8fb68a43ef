"""Template tags of the page frame: languages, menu, breadcrumb, paging."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page as PaginatorPage
from django.db.models import QuerySet
from django.template import Context
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from wagtail.models import Page

from core.cms import frame
from core.cms.frame import LanguageLink, home_path, language_names
from core.cms.models import BasePage
from core.prepared import prepared

register = template.Library()


@register.simple_tag
def home_url() -> str:
    """Return the address of the front page in the active language."""
    return home_path(get_language() or "")


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[LanguageLink]:
    """Return links to this page in the other languages.

    A page of the site leads to its translation, or to that language's front page where there is none. Other
    addresses exist in every language.
    """
    request = context.get("request")
    if request is None:
        return []
    active = get_language()
    others = {code: name for code, name in language_names().items() if code != active}
    page = context.get("page")
    if isinstance(page, BasePage):
        translations = page.translation_urls(request)
        return [
            LanguageLink(code, name, translations.get(code, home_path(code))) for code, name in others.items()
        ]
    return [
        LanguageLink(code, name, translate_url(request.get_full_path(), code))
        for code, name in others.items()
    ]


@register.simple_tag(takes_context=True)
def is_current(context: Context, url: str) -> str:
    """Return `aria-current` for a menu item: "page" on the page itself, "true" below it."""
    request = context.get("request")
    if request is None or not url:
        return ""
    if request.path == url:
        return format_html(' aria-current="{}"', "page")
    return format_html(' aria-current="{}"', "true") if request.path.startswith(url) else ""


@register.simple_tag(takes_context=True)
def page_breadcrumb(context: Context, page: BasePage) -> list[tuple[str, str]]:
    """Return (title, url) of the pages above this one, the front page first. One query."""
    front_page_depth = 2
    return [
        (
            gettext("Front page") if ancestor.depth == front_page_depth else ancestor.title,
            ancestor.get_url(context.get("request")) or "/",
        )
        for ancestor in _pages_at(paths=_paths_above(page.path, from_depth=front_page_depth))
    ]


def _paths_above(path: str, *, from_depth: int) -> list[str]:
    step = Page.steplen
    return [path[:end] for end in range(from_depth * step, len(path), step)]


@prepared
def _pages_at(*, paths: list[str]) -> QuerySet[Page]:
    return Page.objects.filter(path__in=paths).order_by("depth").only("title", "depth", "url_path")


@register.simple_tag
def page_query(number: int, query: str = "", name: str = "") -> str:
    """Return the query string that leads to one page of a paged list, keeping the other parameters."""
    own = urlencode({name or "page": number})
    return f"?{query}&{own}" if query else f"?{own}"


@register.simple_tag
def page_numbers(page: PaginatorPage[Any]) -> list[int]:
    """Return the page numbers to show: first, last and those around this one; 0 stands for a gap."""
    last = page.paginator.num_pages
    shown = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    numbers: list[int] = []
    for number in shown:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


@register.filter
def phone_link(phone: str) -> str:
    """Return a phone number as a `tel:` link wants it."""
    return frame.phone_link(phone)
