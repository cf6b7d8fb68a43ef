"""What everybody may know: who is covered now, since when and until when. Of anybody else nothing is said (C16)."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.core.paginator import Page, Paginator
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from charter.coverage import coverage_of, coverages
from charter.enums import CoverageState, ProviderState
from charter.gate import local_day
from charter.models import Provider
from charter.rules import Coverage

PER_PAGE = 25
SEARCH_FROM = 10
"""A shorter list is read faster than searched."""

_SIGNED = frozenset({CoverageState.COVERED, CoverageState.RENEWAL_OPEN})


@dataclass(frozen=True)
class Badge:
    """What stands beside a provider's name in public."""

    text: str
    kind: str


def badge_of(provider: Provider, *, now: datetime) -> Badge | None:
    """Return a provider's badge, or None: one query, none for a municipal team.

    The same people as on the public list: a paused provider has no badge, whatever it has signed, so that nothing
    can be read from the difference.
    """
    if provider.state != ProviderState.ACTIVE:
        return None
    if not provider.needs_charter:
        return Badge(_("The municipality's own team: it signs no charter"), "neutral")
    coverage = coverage_of(provider, today=local_day(now))
    if coverage.state not in _SIGNED:
        return None
    return Badge(_("Charter signed, valid until %(day)s") % {"day": _day(coverage.until)}, "success")


def card_badge(*, has_signed: bool) -> Badge | None:
    """Return the badge of a card in a list, from `charter.gate.shows_badge`; the date stands on the offer's page."""
    return Badge(_("Charter signed"), "success") if has_signed else None


def _day(day: date | None) -> str:
    return formats.date_format(day, "j. F Y" if get_language() == "da" else "j F Y") if day else ""


class CoveredForm(forms.Form):
    """Looks for a name on the list."""

    q = forms.CharField(
        label=gettext_lazy("Name of the provider"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("Write at most %(limit_value)d characters.")},
    )


@dataclass(frozen=True)
class CoveredList:
    """A page of the public list."""

    page: "Page[Provider]"
    rows: list[tuple[Provider, Coverage]]
    is_long: bool
    """Whether it is worth searching."""


def covered_list(*, now: datetime, text: str = "", number: str | None = None) -> CoveredList:
    """Return who is covered now, by name: three queries, whatever the number of providers."""
    today = local_day(now)
    providers = Provider.objects.covered_on(today).order_by("name", "pk")
    if text:
        providers = providers.filter(name__icontains=text)
    page = Paginator(providers, PER_PAGE).get_page(number)
    shown = list(page.object_list)
    found = coverages(shown, today=today)
    return CoveredList(
        page,
        [(provider, found[provider.pk]) for provider in shown],
        is_long=bool(text) or page.paginator.count > SEARCH_FROM,
    )
