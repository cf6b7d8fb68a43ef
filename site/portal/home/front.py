"""What the front page shows beside its own text: the next dates and the latest news."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.prepared import prepared
from portal.home.models import ContentPage, HomePage
from workshops.calendars import local_date_of
from workshops.enums import Audience, PlaceKind
from workshops.models import OfferIndexPage, OfferPage, Session

DATES_SHOWN = 4
NEWS_SHOWN = 3
FEW_PLACES = 8


@dataclass(frozen=True)
class NextDate:
    """One row of the front page's dates."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    state_kind: str
    url: str


def next_dates(*, language: str, now: datetime) -> list[NextDate]:
    """Return the next dates that people can sign up for one by one: evenings and talks. Two queries.

    School dates come nearly every day and are chosen by class and district: they belong to the catalogue.
    """
    sessions: list[Session] = _next_sessions(now=now)
    offer_ids = {session.offer_id for session in sessions}
    pages = {page.offer_id: page for page in _pages(language=language, offer_ids=offer_ids)}
    return [
        _next_date(session, pages[session.offer_id], language)
        for session in sessions
        if session.offer_id in pages
    ]


@prepared(derives={"now": [local_date_of]})
def _next_sessions(*, now: datetime) -> QuerySet[Any]:
    dates = Session.objects.exclude(audience=Audience.SCHOOL).upcoming(now=now).public().bookable(now=now)
    return dates.select_related("venue")[:DATES_SHOWN]


@prepared
def _pages(*, language: str, offer_ids: set[int]) -> QuerySet[Any]:
    pages = OfferPage.objects.live().filter(locale__language_code=language, offer_id__in=offer_ids)
    return pages.only("url_path", "offer_id")


def _next_date(session: Session, page: OfferPage, language: str) -> NextDate:
    if session.place_kind == PlaceKind.ONLINE:
        place = _("Online")
    else:
        place = session.venue.name if session.venue else _("At the school")
    free: int | None = session.free_people  # type: ignore[attr-defined]  # annotated by bookable()
    is_scarce = free is not None and free <= FEW_PLACES
    return NextDate(
        title=session.title_en if language == "en" and session.title_en else session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=place,
        state=ngettext("%(count)s place left", "%(count)s places left", free or 0) % {"count": free}
        if is_scarce
        else _("Places free"),
        state_kind="warning" if is_scarce else "success",
        url=page.get_url() or "",
    )


def latest_news(home: HomePage, request: HttpRequest) -> list[tuple[ContentPage, str]]:
    """Return the latest news below a front page, each with its address. One query."""
    news = ContentPage.objects.descendant_of(home).live().exclude(news_on=None).order_by("-news_on", "-pk")
    return [(page, page.get_url(request) or "") for page in news[:NEWS_SHOWN]]


def catalogue_url(home: HomePage, request: HttpRequest) -> str:
    """Return the catalogue's address, or nothing where it is not published. One query."""
    catalogue = OfferIndexPage.objects.child_of(home).live().first()
    return (catalogue.get_url(request) or "") if catalogue else ""
