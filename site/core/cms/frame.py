"""The page frame: who is responsible, whom to contact, what the menu holds."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from wagtail.models import Page

from core.cms.models import SiteFrame

_DEPTH_BELOW_HOME = 3


@dataclass(frozen=True)
class LanguageLink:
    """A link to the same page in another language."""

    code: str
    label: str
    url: str


@dataclass(frozen=True)
class MenuItem:
    """One page of the main menu."""

    title: str
    url: str


@dataclass(frozen=True)
class Frame:
    """What header and footer show on every page."""

    authority: str
    email: str
    phone: str
    phone_link: str
    hotline_name: str
    hotline_phone: str
    hotline_phone_link: str
    hotline_hours: str
    controller: str
    dpo_contact: str
    was_url: str
    was_reviewed_on: date | None
    bookings_url: str
    is_demo: bool
    menu: tuple[MenuItem, ...]


def language_names() -> Mapping[str, str]:
    """Return the site's languages, each named in itself."""
    return {"da": "Dansk", "en": "English"}


def home_path(language: str) -> str:
    """Return the path of a language's front page: Danish has no prefix."""
    return "/" if language in {"", settings.LANGUAGE_CODE} else f"/{language}/"


def localized_path(path: str, language: str) -> str:
    """Return a Danish path in another language."""
    return home_path(language) + path.lstrip("/")


_kept: dict[str, tuple[float, Frame]] = {}
"""What this process last read, per language. Never the truth: it lives settings.PORTAL_FRAME_CACHE_SECONDS."""


def current_frame(language: str) -> Frame:
    """Return the frame in a language: at most two queries, and none while this process remembers it."""
    seconds = settings.PORTAL_FRAME_CACHE_SECONDS
    kept = _kept.get(language)
    if kept is not None and time.monotonic() - kept[0] < seconds:
        return kept[1]
    frame = _read_frame(language)
    if seconds:
        _kept[language] = (time.monotonic(), frame)
    return frame


def _read_frame(language: str) -> Frame:
    own = SiteFrame.objects.filter(site__is_default_site=True).first() or SiteFrame()
    phone = own.phone or settings.PORTAL_CONTACT_PHONE
    return Frame(
        authority=own.in_language("authority", language) or settings.PORTAL_DEPARTMENT,
        email=own.email or settings.PORTAL_CONTACT_EMAIL,
        phone=phone,
        phone_link=phone_link(phone),
        hotline_name=own.in_language("hotline_name", language),
        hotline_phone=own.hotline_phone,
        hotline_phone_link=phone_link(own.hotline_phone),
        hotline_hours=own.in_language("hotline_hours", language),
        controller=own.controller or own.in_language("authority", language) or settings.PORTAL_DEPARTMENT,
        dpo_contact=own.dpo_contact,
        was_url=own.was_url or settings.PORTAL_WAS_URL,
        was_reviewed_on=own.was_reviewed_on,
        bookings_url=localized_path(settings.LOGIN_REDIRECT_URL, language),
        is_demo=settings.PORTAL_IS_DEMO,
        menu=_menu(language),
    )


def _menu(language: str) -> tuple[MenuItem, ...]:
    """Return the pages right below a language's front page that editors put in the menu."""
    pages = (
        Page.objects.live()
        .in_menu()
        .filter(depth=_DEPTH_BELOW_HOME, locale__language_code=language)
        .order_by("path")
        .values_list("title", "url_path")
    )
    # url_path begins with the front page's own slug, which is no part of the address.
    return tuple(
        MenuItem(title, localized_path(url_path.split("/", 2)[2], language)) for title, url_path in pages
    )


def phone_link(phone: str) -> str:
    """Return a phone number as a `tel:` link wants it: digits, Danish country code where none is given."""
    digits = re.sub(r"[^\d+]", "", phone)
    return digits if not digits or digits.startswith("+") else f"+45{digits}"
