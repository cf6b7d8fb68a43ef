"""Pages of offers and material, below the portal's home page."""

from typing import Any

from wagtail.models import Locale, Page

from portal.home.models import HomePage
from tests.factories.workshops import OfferFactory
from workshops.models import (
    MaterialIndexPage,
    Offer,
    OfferIndexPage,
    OfferPage,
    TeachingMaterialPage,
)


def _below(parent: Page, page: Page, *, live: bool) -> Any:
    page.live = live
    page.locale = parent.locale
    return parent.add_child(instance=page)


def _home(language: str) -> HomePage:
    return HomePage.objects.get(locale=Locale.objects.get(language_code=language))


def offer_index(language: str = "da") -> OfferIndexPage:
    """Return the catalogue in a language, made below that language's home page (fixture `portal_site`)."""
    found = OfferIndexPage.objects.filter(locale__language_code=language).first()
    names = {"da": ("Tilbud", "tilbud"), "en": ("Offers", "offers")}
    title, slug = names[language]
    return found or _below(_home(language), OfferIndexPage(title=title, slug=slug), live=True)


def offer_page(
    offer: Offer | None = None, *, language: str = "da", live: bool = True, **fields: Any
) -> OfferPage:
    """Make a page for an offer (a new one by default)."""
    offer = offer or OfferFactory()
    fields = {
        "title": offer.title_in(language),
        "slug": f"tilbud-{offer.pk}",
        "teaser": "Kort om tilbuddet.",
        "intro": "<p>Mere om tilbuddet.</p>",
        **fields,
    }
    return _below(offer_index(language), OfferPage(offer=offer, **fields), live=live)


def material_index(language: str = "da") -> MaterialIndexPage:
    """Return the library in a language."""
    found = MaterialIndexPage.objects.filter(locale__language_code=language).first()
    names = {"da": ("Materialer", "materialer"), "en": ("Material", "material")}
    title, slug = names[language]
    return found or _below(_home(language), MaterialIndexPage(title=title, slug=slug), live=True)


def material_page(*, language: str = "da", live: bool = True, **fields: Any) -> TeachingMaterialPage:
    """Make a teaching material, a draft in its own state by default."""
    fields = {
        "title": "Feedet og mig",
        "teaser": "Kort om materialet.",
        "intro": "<p>Mere om materialet.</p>",
        "grade_from": 4,
        "grade_to": 6,
        **fields,
    }
    fields.setdefault("slug", fields["title"].lower().replace(" ", "-"))
    return _below(material_index(language), TeachingMaterialPage(**fields), live=live)
