"""Public addresses of workshops that are no pages: calendar feeds."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from core.cms.restrictions import open_to_all
from workshops.calendar_response import calendar_response
from workshops.enums import Audience
from workshops.feeds import MOST_DATES, announced_sessions, feed
from workshops.forms import FilterForm
from workshops.models import Offer, OfferPage
from workshops.querysets import SessionQuerySet

HIGHEST_GRADE = 10
FRESH_SECONDS = 300


class FeedForm(FilterForm):
    """Which sessions a subscriber wants; the same Danish parameters as the catalogue's."""

    parameters = {"audience": "maalgruppe", "district": "bydel", "grade": "klassetrin"}

    audience = forms.ChoiceField(
        required=False,
        choices=Audience.choices,
        error_messages={
            "invalid_choice": _lazy("maalgruppe must be one of: school, parents, adults, professionals.")
        },
    )
    district = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _lazy("bydel must be a district's number from 1 to 10.")
        ),
    )
    grade = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=HIGHEST_GRADE,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _lazy("klassetrin must be a number from 0 to 10.")
        ),
    )

    def apply_to(self, sessions: SessionQuerySet) -> SessionQuerySet:
        """Keep what is wanted. An offer without districts or grades is for all of them."""
        audience, district, grade = (self.cleaned_data[name] for name in ("audience", "district", "grade"))
        if audience:
            sessions = sessions.filter(audience=audience)
        if district is not None:
            # EXISTS instead of joins: a join would repeat the sessions of an offer with several districts.
            offers = Offer.objects.filter(pk=OuterRef("offer_id"))
            served = Exists(offers.filter(Q(districts=None) | Q(districts=district)))
            sessions = sessions.filter(Q(venue__district_id=district) | (Q(venue=None) & served))
        if grade is not None:
            sessions = sessions.filter(
                Q(offer__grade_from=None) | Q(offer__grade_from__lte=grade),
                Q(offer__grade_to=None) | Q(offer__grade_to__gte=grade),
            )
        return sessions


@require_safe
def all_sessions_feed(request: HttpRequest) -> HttpResponse:
    """Serve /kalender/alle.ics: every announced session, narrowed by audience, district and grade."""
    return _feed_response(
        request, announced_sessions(now=timezone.now()), name=_("Dannelsesportalen: all dates")
    )


@require_safe
def offer_feed(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Serve /kalender/tilbud/<id>.ics: the announced sessions of one offer with a published page."""
    if offer_id > BigIntegerField.MAX_BIGINT:  # SQLite raises instead of finding nothing
        raise Http404
    page = get_object_or_404(
        open_to_all(OfferPage.objects.live().filter(offer_id=offer_id))
        .select_related("offer")
        .order_by("pk")[:1]
    )
    sessions = announced_sessions(now=timezone.now()).for_offer(offer_id)
    return _feed_response(request, sessions, name=page.offer.title_in(get_language() or "da"))


def _feed_response(request: HttpRequest, sessions: SessionQuerySet, *, name: str) -> HttpResponse:
    form = FeedForm(request.GET)
    if not form.is_valid():
        text = "\n".join(str(message) for messages in form.errors.values() for message in messages)
        return HttpResponse(text + "\n", status=400, content_type="text/plain; charset=utf-8")
    found = list(form.apply_to(sessions)[:MOST_DATES])
    body = feed(found, name=name, page_urls=_page_urls({session.offer_id for session in found}))
    changed_at = max((session.changed_at for session in found), default=None)
    return calendar_response(
        request, body, changed_at=changed_at, cache_control=f"public, max-age={FRESH_SECONDS}"
    )


def _page_urls(offer_ids: set[int]) -> dict[int, str]:
    """Return the offers' pages in the active language, else in Danish, as absolute addresses."""
    pages = open_to_all(
        OfferPage.objects.live()
        .filter(offer_id__in=offer_ids, locale__language_code__in={"da", get_language()})
        .select_related("locale")
    )
    urls: dict[int, str] = {}
    for page in sorted(pages, key=lambda page: page.locale.language_code == get_language()):
        urls[page.offer_id] = _absolute(page)
    return urls


def _absolute(page: Any) -> str:
    parts = page.get_url_parts()
    return f"{settings.PORTAL_BASE_URL}{parts[2]}" if parts else ""
