"""Creates the pages a new portal begins with, and leaves alone what is already there."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from core.cms.models import SiteFrame
from portal.home.content import danish, english
from portal.home.content.texts import HomeText, PageText
from portal.home.models import ContentPage, HomePage
from workshops.models import MaterialIndexPage, OfferIndexPage

PageMaker = Callable[[PageText], Page]


@dataclass(frozen=True)
class SitePages:
    """The pages that demo data and tests hang theirs under."""

    home: HomePage
    english_home: HomePage
    offers: OfferIndexPage
    english_offers: OfferIndexPage
    material: MaterialIndexPage
    english_material: MaterialIndexPage


@dataclass(frozen=True)
class _Plan:
    """One page in both languages."""

    key: str
    danish: PageText
    english: PageText
    make: PageMaker
    in_menu: bool = True


def _offer_index(text: PageText) -> Page:
    return OfferIndexPage(intro=text.lead)


def _material_index(text: PageText) -> Page:
    return MaterialIndexPage(intro=text.lead)


def _content(text: PageText) -> Page:
    return ContentPage(lead=text.lead, body=json.dumps(list(text.body)))


def _news(published_on: date) -> PageMaker:
    return lambda text: ContentPage(lead=text.lead, body=json.dumps(list(text.body)), news_on=published_on)


def _plans(today: date) -> tuple[_Plan, ...]:
    return (
        _Plan("offers", danish.OFFERS, english.OFFERS, _offer_index),
        _Plan("material", danish.MATERIAL, english.MATERIAL, _material_index),
        _Plan("about", danish.ABOUT, english.ABOUT, _content),
        _Plan("charter", danish.CHARTER, english.CHARTER, _content),
        _Plan("help", danish.HELP, english.HELP, _content),
        _Plan("news-booking", danish.NEWS_BOOKING, english.NEWS_BOOKING, _news(today), in_menu=False),
        _Plan(
            "news-parents",
            danish.NEWS_PARENTS,
            english.NEWS_PARENTS,
            _news(today - timedelta(days=14)),
            in_menu=False,
        ),
    )


@transaction.atomic
def ensure_site(*, today: date) -> SitePages:
    """Create the site, its pages in Danish and English and its frame, as far as they are missing.

    Running it again changes nothing: a page is known by its slug, and what editors wrote stays.

    Args:
        today: the news of a new portal are dated by it.
    """
    danish_locale, _created = Locale.objects.get_or_create(language_code="da")
    english_locale, _created = Locale.objects.get_or_create(language_code="en")
    home = _ensure_home(danish.HOME, danish_locale)
    _ensure_default_site(home)
    english_home = _ensure_home(english.HOME, english_locale, original=home)
    pages: dict[str, Page] = {}
    english_pages: dict[str, Page] = {}
    for plan in _plans(today):
        page = _ensure_page(home, plan, plan.danish)
        pages[plan.key] = page
        english_pages[plan.key] = _ensure_page(english_home, plan, plan.english, original=page)
    _fill_home(home, danish.HOME, pages)
    _fill_home(english_home, english.HOME, english_pages)
    _ensure_frame(danish, english, today)
    return SitePages(
        home=home,
        english_home=english_home,
        offers=pages["offers"],
        english_offers=english_pages["offers"],
        material=pages["material"],
        english_material=english_pages["material"],
    )


def _ensure_home(text: HomeText, locale: Locale, original: HomePage | None = None) -> HomePage:
    existing = HomePage.objects.filter(locale=locale).order_by("path").first()
    if existing is not None:
        return existing
    root = Page.get_first_root_node()
    home = HomePage(title=text.title, slug=text.slug, locale=locale)
    if original is not None:
        home.translation_key = original.translation_key
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _ensure_default_site(home: HomePage) -> None:
    """Point the default site at the Danish front page, and remove the page Wagtail's first migration made."""
    address = urlsplit(settings.PORTAL_BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        Site.objects.create(
            hostname=address.hostname or "localhost",
            port=port,
            site_name=settings.WAGTAIL_SITE_NAME,
            root_page=home,
            is_default_site=True,
        )
        return
    former = site.root_page.specific
    if isinstance(former, HomePage):
        return
    site.hostname, site.port = address.hostname or "localhost", port
    site.site_name, site.root_page = settings.WAGTAIL_SITE_NAME, home
    site.save()
    if type(former) is Page and not former.get_children().exists():
        former.delete()


def _ensure_page(home: HomePage, plan: _Plan, text: PageText, original: Page | None = None) -> Page:
    existing = home.get_children().filter(slug=text.slug).specific().first()
    if existing is not None:
        return existing
    page = plan.make(text)
    page.title, page.slug, page.locale = text.title, text.slug, home.locale
    page.show_in_menus = plan.in_menu
    if original is not None:
        page.translation_key = original.translation_key
    # The tree's numbers live in the row: add to a fresh reading, or siblings collide.
    HomePage.objects.get(pk=home.pk).add_child(instance=page)
    page.save_revision().publish()
    return page


def _fill_home(home: HomePage, text: HomeText, pages: Mapping[str, Page]) -> None:
    current = HomePage.objects.get(pk=home.pk)
    if current.headline:
        return
    current.headline, current.lead = text.headline, text.lead
    current.help_title, current.help_text = text.help_title, text.help_text
    current.help_page = pages["help"].page_ptr
    current.entries = json.dumps(
        [
            {
                "type": "entry",
                "value": {
                    "picture": entry.picture,
                    "title": entry.title,
                    "text": entry.text,
                    "page": pages[entry.target].pk,
                    "query": entry.query,
                },
            }
            for entry in text.entries
        ]
    )
    current.save_revision().publish()


def _ensure_frame(danish_texts: ModuleType, english_texts: ModuleType, today: date) -> None:
    site = Site.objects.get(is_default_site=True)
    SiteFrame.objects.get_or_create(
        site=site,
        defaults={
            "hotline_name": danish_texts.HOTLINE_NAME,
            "hotline_name_en": english_texts.HOTLINE_NAME,
            "hotline_phone": danish_texts.HOTLINE_PHONE,
            "hotline_hours": danish_texts.HOTLINE_HOURS,
            "hotline_hours_en": english_texts.HOTLINE_HOURS,
            "was_reviewed_on": today,
        },
    )
