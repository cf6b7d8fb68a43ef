"""The search page: offers, teaching material and other pages in the visitor's language."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe
from wagtail.models import Locale, Page

from core.cms.frame import home_path
from core.cms.search import MAX_QUERY_LENGTH, find_ids
from core.limits.limits import limited
from workshops.models import OfferPage, TeachingMaterialPage

PAGE_SIZE = 10


class SearchForm(forms.Form):
    """One box."""

    show_optional = False

    q = forms.CharField(
        label=_lazy("What are you looking for?"),
        required=False,
        max_length=MAX_QUERY_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _lazy("Write at most %(limit_value)d characters.")},
    )


@dataclass(frozen=True)
class SearchHit:
    """One page found."""

    title: str
    url: str
    kind: str
    text: str


@require_safe
@limited("search_ip", methods=("GET", "HEAD"))
def search(request: HttpRequest) -> HttpResponse:
    """Show the box and, once something is typed, what was found. The text stays in the address."""
    language = get_language() or "da"
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    pages = Page.objects.live().public().filter(locale=Locale.get_active(), depth__gt=1)
    results = Paginator(find_ids(pages, text), PAGE_SIZE).get_page(request.GET.get("side"))
    context = {
        "form": form,
        "text": text,
        "results": results,
        "hits": _hits(list(results.object_list), request),
        "home": home_path(language),
        "breadcrumb_items": [(_("Front page"), home_path(language))],
        "query": _query(request),
    }
    return render(request, "pages/search.html", context)


def _query(request: HttpRequest) -> str:
    params = request.GET.copy()
    params.pop("side", None)
    return params.urlencode()


def _hits(ids: list[int], request: HttpRequest) -> list[SearchHit]:
    rows = {page.pk: page for page in Page.objects.filter(pk__in=ids).specific()}
    return [_hit(rows[pk], request) for pk in ids if pk in rows]


def _plain(text: str) -> str:
    return Truncator(strip_tags(text)).chars(200)


def _hit(page: Any, request: HttpRequest) -> SearchHit:
    if isinstance(page, OfferPage):
        kind = _("Offer")
    elif isinstance(page, TeachingMaterialPage):
        kind = _("Teaching material")
    else:
        kind = _("Page")
    text = getattr(page, "teaser", "") or page.search_description or _plain(getattr(page, "lead", ""))
    return SearchHit(title=page.title, url=page.get_url(request) or "/", kind=kind, text=text)
