"""The catalogue: which offers fit what a visitor asks, and what can be said of their dates (P3, P4, P8)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from core.cms.search import find_ids
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES
from workshops.models.sessions import Session

PAGE_SIZE = 12


@dataclass(frozen=True)
class Wanted:
    """What a visitor asks for; None asks for nothing."""

    text: str = ""
    audience: str | None = None
    grade: int | None = None
    subject: str | None = None
    topic: str | None = None
    district: int | None = None
    language: str | None = None
    provider: str | None = None
    place_kind: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def asks_for_dates(self) -> bool:
        """Whether only offers with a free place in a period are wanted."""
        return self.first_day is not None or self.last_day is not None


@dataclass(frozen=True)
class OfferDates:
    """What can be said of an offer's dates now."""

    next_free: datetime | None = None
    free_dates: int = 0
    notice: str = ""
    """Why there is no free date and what to do; empty when there is one."""

    is_announced: bool = False
    """Whether there are dates at all, free or not."""


@dataclass(frozen=True)
class Hit:
    """One offer in the catalogue."""

    page: Any
    dates: OfferDates


def free_sessions(*, now: datetime, wanted: Wanted | None = None) -> QuerySet[Any]:
    """Return the sessions with a free place that anyone may book now, in the wanted period."""
    sessions = Session.objects.bookable(now=now).public()
    if wanted is not None and wanted.first_day is not None:
        sessions = sessions.filter(local_date__gte=wanted.first_day)
    if wanted is not None and wanted.last_day is not None:
        sessions = sessions.filter(local_date__lte=wanted.last_day)
    return sessions


def find_offers(pages: Any, wanted: Wanted, *, now: datetime) -> Any:
    """Return the offer pages that fit, those with the nearest free date first.

    Args:
        pages: live offer pages in one language.
    """
    found = pages.select_related("offer__provider")
    if wanted.text:
        found = found.filter(pk__in=find_ids(pages, wanted.text))
    plain = {
        "offer__audience": wanted.audience,
        "offer__grade_from__lte": wanted.grade,
        "offer__grade_to__gte": wanted.grade,
        "offer__provider__slug": wanted.provider,
        "offer__place_kind": wanted.place_kind,
    }
    found = found.filter(**{path: value for path, value in plain.items() if value is not None})
    offer_rows = found.model._meta.get_field("offer").related_model.objects.filter(pk=OuterRef("offer_id"))
    # EXISTS instead of joins: a join over two many-to-many tables would repeat pages.
    if wanted.subject is not None:
        found = found.filter(Exists(offer_rows.filter(subjects__slug=wanted.subject)))
    if wanted.topic is not None:
        found = found.filter(Exists(offer_rows.filter(topics__slug=wanted.topic)))
    if wanted.district is not None:
        served = Q(districts=None) | Q(districts=wanted.district)
        found = found.filter(Exists(offer_rows.filter(served)))
    if wanted.language is not None:
        # The languages are a JSON list; "contains" on JSON exists on PostgreSQL only.
        found = found.annotate(languages=Cast("offer__teaching_languages", TextField())).filter(
            languages__contains=f'"{wanted.language}"'
        )
    free = free_sessions(now=now, wanted=wanted).filter(offer_id=OuterRef("offer_id"))
    if wanted.asks_for_dates:
        found = found.filter(Exists(free))
    first_free = free.order_by("starts_at", "pk").values("starts_at")[:1]
    return found.annotate(next_free=Subquery(first_free)).order_by(
        F("next_free").asc(nulls_last=True), "title", "pk"
    )


def dates_of(offers: Sequence[Any], *, now: datetime, wanted: Wanted | None = None) -> dict[int, OfferDates]:
    """Return what can be said of each offer's dates, in two statements whatever the number."""
    offer_ids = [offer.pk for offer in offers]
    free = {
        row["offer_id"]: row
        for row in free_sessions(now=now, wanted=wanted)
        .filter(offer_id__in=offer_ids)
        .order_by()
        .values("offer_id")
        .annotate(next_free=Min("starts_at"), dates=Count("pk"))
    }
    upcoming = _upcoming_counts([pk for pk in offer_ids if pk not in free], now=now)
    return {
        offer.pk: _dates_from(offer, free=free.get(offer.pk), upcoming=upcoming.get(offer.pk))
        for offer in offers
    }


def _dates_from(offer: Any, *, free: Any, upcoming: Any) -> OfferDates:
    if free:
        return OfferDates(next_free=free["next_free"], free_dates=free["dates"], is_announced=True)
    return OfferDates(notice=str(notice_of(offer, **upcoming or {})), is_announced=bool(upcoming))


def _upcoming_counts(offer_ids: Collection[int], *, now: datetime) -> dict[int, dict[str, int]]:
    """Count announced public dates by offer: all, those still to be booked, and of those inside the gate."""
    today = local_date_of(now)
    taking = Session.objects.public().filter(offer_id__in=offer_ids, booking_closes_at__gt=now)
    upcoming = taking.filter(state__in=UPCOMING_STATES)
    gate = Q(pk__in=taking.gate_open(today=today).values("pk"))
    rows = (
        upcoming.order_by()
        .values("offer_id")
        .annotate(
            dates=Count("pk"),
            inside_gate=Count("pk", filter=gate),
            not_open_yet=Count("pk", filter=gate & Q(booking_opens_at__gt=now)),
        )
    )
    return {row.pop("offer_id"): row for row in rows}


def notice_of(offer: Any, *, dates: int = 0, inside_gate: int = 0, not_open_yet: int = 0) -> Any:
    """Return why an offer has no free date and what to do, the most lasting reason first (P8).

    Neutral where the reason is the provider's charter: nobody is named as not having signed.
    """
    if not offer.is_open:
        return _("Booking is closed at the moment. Call us if you have questions.")
    if not dates:
        return _("No dates yet. Look again later, or write to us what you need.")
    if not inside_gate:
        return _("The dates open when the provider has renewed the charter.")
    if not_open_yet == inside_gate:
        return _("Booking of the dates has not opened yet.")
    return _("All dates are taken. Look again later, or write to us.")


def page_of_hits(
    found: Any, *, number: str | None, now: datetime, wanted: Wanted
) -> tuple[ResultPage[Any], list[Hit]]:
    """Return one page of the catalogue; a number that does not exist gives the nearest that does."""
    page = Paginator(found, PAGE_SIZE).get_page(number)
    rows = list(page.object_list)
    dates = dates_of([row.offer for row in rows], now=now, wanted=wanted)
    return page, [Hit(page=row, dates=dates[row.offer_id]) for row in rows]
