"""The catalogue: which offers fit what a visitor asks, and what can be said of their dates (P3, P4, P8)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from charter.gate import local_day, shows_badge
from core.cms.search import find_ids
from core.prepared import prepared
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


@dataclass(frozen=True)
class FreeDates:
    """An offer's free dates in the wanted period."""

    first: datetime
    number: int


def free_dates(
    *, now: datetime, wanted: Wanted | None = None, offer_ids: Collection[int] | None = None
) -> dict[int, FreeDates]:
    """Return the free dates by offer id, in one statement; offers without any are left out."""
    rows = _free_dates(
        now=now,
        first_day=wanted.first_day if wanted else None,
        last_day=wanted.last_day if wanted else None,
        offer_ids=offer_ids,
    )
    return {row["offer_id"]: FreeDates(first=row["first"], number=row["number"]) for row in rows}


@prepared(derives={"now": [local_date_of]})
def _free_dates(
    *, now: datetime, first_day: date | None, last_day: date | None, offer_ids: Collection[int] | None
) -> QuerySet[Any, Any]:
    wanted = Wanted(first_day=first_day, last_day=last_day)
    sessions = free_sessions(now=now, wanted=wanted).order_by()
    if offer_ids is not None:
        sessions = sessions.filter(offer_id__in=offer_ids)
    return sessions.values("offer_id").annotate(first=Min("starts_at"), number=Count("pk"))


def find_pages(pages: Any, wanted: Wanted) -> Any:
    """Return the offer pages that fit all that is asked for except dates.

    Args:
        pages: live offer pages in one language.
    """
    found = pages
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
    return found


def catalogue_page(
    pages: Any, wanted: Wanted, *, number: str | None, now: datetime
) -> tuple[ResultPage[Any], list[Hit]]:
    """Return one page of the catalogue, offers with the nearest free date first.

    Free dates are asked for once, for all offers: that costs less than asking per row, whatever the number
    of offers (there are tens) or dates (there are thousands). A page number that does not exist gives the
    nearest that does.
    """
    free = free_dates(now=now, wanted=wanted)
    found = find_pages(pages, wanted)
    if wanted.asks_for_dates:
        found = found.filter(offer_id__in=free)
    rows = [
        (free[offer_id].first if offer_id in free else None, title.lower(), pk)
        for pk, offer_id, title in found.order_by().values_list("pk", "offer_id", "title")
    ]
    rows.sort(key=lambda row: (row[0] is None, row[0] or now, row[1:]))
    page = Paginator([pk for _first, _title, pk in rows], PAGE_SIZE).get_page(number)
    shown = {row.pk: row for row in _with_offers(page_ids=list(page.object_list), today=local_day(now))}
    hits = [shown[pk] for pk in page.object_list]
    dates = dates_of([row.offer for row in hits], free=free, now=now)
    return page, [Hit(page=row, dates=dates[row.offer_id]) for row in hits]


@prepared
def _with_offers(*, page_ids: Collection[int], today: date) -> QuerySet[Any]:
    from workshops.models.pages import OfferPage  # reads this module

    return (
        OfferPage.objects.filter(pk__in=page_ids)
        .select_related("offer")
        .annotate(
            has_signed=ExpressionWrapper(
                shows_badge(today=today, provider="offer__provider"), output_field=BooleanField()
            )
        )
    )


def dates_of(offers: Sequence[Any], *, free: Mapping[int, FreeDates], now: datetime) -> dict[int, OfferDates]:
    """Return what can be said of each offer's dates, in at most one statement."""
    upcoming = _upcoming_counts([offer.pk for offer in offers if offer.pk not in free], now=now)
    return {
        offer.pk: _dates_from(offer, free=free.get(offer.pk), upcoming=upcoming.get(offer.pk))
        for offer in offers
    }


def _dates_from(offer: Any, *, free: FreeDates | None, upcoming: Any) -> OfferDates:
    if free:
        return OfferDates(next_free=free.first, free_dates=free.number, is_announced=True)
    return OfferDates(notice=str(notice_of(offer, **upcoming or {})), is_announced=bool(upcoming))


def _upcoming_counts(offer_ids: Collection[int], *, now: datetime) -> dict[int, dict[str, int]]:
    """Count announced public dates by offer: all, those still to be booked, and of those inside the gate."""
    if not offer_ids:
        return {}
    rows = _upcoming(offer_ids=offer_ids, now=now)
    return {row.pop("offer_id"): row for row in rows}


@prepared(derives={"now": [local_date_of]})
def _upcoming(*, offer_ids: Collection[int], now: datetime) -> QuerySet[Any, Any]:
    today = local_date_of(now)
    taking = Session.objects.public().filter(offer_id__in=offer_ids, booking_closes_at__gt=now)
    upcoming = taking.filter(state__in=UPCOMING_STATES)
    gate = Q(pk__in=taking.gate_open(today=today).values("pk"))
    return (
        upcoming.order_by()
        .values("offer_id")
        .annotate(
            dates=Count("pk"),
            inside_gate=Count("pk", filter=gate),
            not_open_yet=Count("pk", filter=gate & Q(booking_opens_at__gt=now)),
        )
    )


def notice_of(offer: Any, *, dates: int = 0, inside_gate: int = 0, not_open_yet: int = 0) -> Any:
    """Return why an offer has no free date and what to do, the most lasting reason first (P8).

    Neutral where the reason is the provider's charter: nobody is named as not having signed.
    """
    if not offer.is_open:
        return _("Booking is closed at the moment. Call us if you have questions.")
    if not dates:
        return _("No dates yet. Look again later, or write to us what you need.")
    if not inside_gate:
        return _(
            "The dates open when the provider's agreements with the municipality are in place. Look again later, or call us."
        )
    if not_open_yet == inside_gate:
        return _("Booking of the dates has not opened yet.")
    return _("All dates are taken. Look again later, or write to us.")
