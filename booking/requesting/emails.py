"""The mails of requests and notices: what each says, read from the database when it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from booking import wording as booking_wording
from booking.enums import RequestState
from booking.mail_types import Build, register_mail
from booking.models import DateNotice, DateRequest
from booking.requesting import links, wording
from booking.requesting.rules import PROOF_TIME
from core.cms.frame import current_frame
from core.links.tokens import absolute_url
from core.outbox.registry import Content
from workshops.models import Offer, OfferPage, Session

_DATES_IN_MAIL = 5

type Fill = Callable[[DateRequest, datetime], Mapping[str, str]]


def _build(*, states: tuple[RequestState, ...], fill: Fill, placeholders: tuple[str, ...]) -> Build:
    """Return a build function: None once the request has left the states the mail is about (rule 5)."""

    def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
        request = DateRequest.objects.with_details().filter(pk=ids["request"]).first()
        if request is None or request.state not in states:
            return None
        with translation.override(language):
            values = fill(request, now)
        return Content({name: values[name] for name in placeholders}, delete_on=request.delete_after)

    return build


def _basics(request: DateRequest, now: datetime) -> dict[str, str]:
    """Nothing typed: safe for an address that nobody has proven."""
    language = translation.get_language() or request.language
    return {"reference": request.reference, "title": wording.title_text(request, language)}


def _confirm(request: DateRequest, now: datetime) -> dict[str, str]:
    return {
        **_basics(request, now),
        "dates": wording.wishes_text(request),
        "confirm_url": absolute_url(links.confirm_path(request)),
        "deadline": booking_wording.moment_text(request.sent_at + PROOF_TIME),
    }


def _for_asker(request: DateRequest, now: datetime) -> dict[str, str]:
    lapses = wording.expires_at(request)
    return {
        **_basics(request, now),
        "dates": wording.wishes_text(request),
        "times": wording.times_text(request),
        "party": wording.party_text(request),
        "deadline": booking_wording.moment_text(lapses) if lapses else "",
        "reason": wording.reason_text(request.end_reason),
        "manage_url": links.manage_url(request),
        "offers_url": absolute_url("/tilbud/" if request.language == "da" else "/en/"),
    }


def _for_answerer(request: DateRequest, now: datetime) -> dict[str, str]:
    """Counts and the school's name; the asker's contact comes with the booking (rule 10)."""
    return {
        **_for_asker(request, now),
        "school": wording.who_text(request),
        "provider_url": absolute_url(reverse("provider_request", args=[request.pk])),
    }


def _urgent(request: DateRequest, now: datetime) -> dict[str, str]:
    frame = current_frame(translation.get_language() or "da")
    return {
        **_basics(request, now),
        "school": wording.who_text(request),
        "staff_url": absolute_url(reverse("request_admin_detail", args=[request.pk])),
        "hotline": f"{frame.hotline_phone} ({frame.hotline_hours})" if frame.hotline_phone else "",
    }


def _build_notice_confirm(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    notice = DateNotice.objects.select_related("offer").filter(pk=ids["notice"]).first()
    if notice is None:
        return None
    values = {
        "title": notice.offer.title_in(language),
        "notice_url": absolute_url(links.notice_path(notice)),
    }
    return Content(values, delete_on=notice.delete_after)


def _build_notice_dates_open(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """The notice itself is deleted already: the mail is all there is of it."""
    offer = Offer.objects.filter(pk=ids["offer"]).first()
    if offer is None:
        return None
    dates = Session.objects.for_offer(offer.pk).public().bookable(now=now).upcoming(now=now)[:_DATES_IN_MAIL]
    with translation.override(language):
        values = {
            "title": offer.title_in(language),
            "dates": "\n".join(booking_wording.date_text(session.starts_at) for session in dates),
            "offer_url": absolute_url(_offer_path(offer.pk, language)),
        }
    return Content(values)


def _offer_path(offer_id: int, language: str) -> str:
    """Return where the offer can be read: its page in the language, else in Danish, else the catalogue."""
    pages = {
        page.locale.language_code: page
        for page in OfferPage.objects.live()
        .filter(Q(locale__language_code=language) | Q(locale__language_code="da"), offer_id=offer_id)
        .select_related("locale")
    }
    page = pages.get(language) or pages.get("da")
    return (page.get_url() if page else None) or "/tilbud/"


_SENT, _ANSWERED = (RequestState.SENT,), (RequestState.ANSWERED,)


def register_mail_types() -> None:
    """Register the mails of requests and notices (called when Django is ready)."""
    asker = ("reference", "title")
    _register(
        "request_confirm_address",
        "unproven",
        _("Confirm the address (request)"),
        (*asker, "dates", "confirm_url", "deadline"),
        states=(RequestState.UNPROVEN,),
        fill=_confirm,
    )
    _register(
        "request_received",
        "person",
        _("Received (request)"),
        (*asker, "dates", "party", "manage_url"),
        states=_SENT,
        fill=_for_asker,
    )
    _register(
        "request_urgent_received",
        "unproven",
        _("Received (urgent request)"),
        (*asker, "hotline"),
        states=_SENT,
        fill=_urgent,
    )
    _register(
        "request_answered",
        "person",
        _("Times proposed (request)"),
        (*asker, "times", "deadline", "manage_url"),
        states=_ANSWERED,
        fill=_for_asker,
    )
    _register(
        "request_reminder",
        "person",
        _("Reminder of proposed times (request)"),
        (*asker, "times", "deadline", "manage_url"),
        states=_ANSWERED,
        fill=_for_asker,
    )
    _register(
        "request_declined",
        "person",
        _("Declined (request)"),
        (*asker, "reason", "offers_url"),
        states=(RequestState.DECLINED,),
        fill=_for_asker,
    )
    _register(
        "request_expired",
        "person",
        _("Expired (request)"),
        (*asker, "offers_url"),
        states=(RequestState.EXPIRED,),
        fill=_for_asker,
    )
    _register(
        "request_new",
        "provider",
        _("New request (to the provider)"),
        (*asker, "dates", "party", "school", "provider_url"),
        states=_SENT,
        fill=_for_answerer,
    )
    _register(
        "request_withdrawn",
        "provider",
        _("Request withdrawn (to the provider)"),
        (*asker, "school"),
        states=(RequestState.WITHDRAWN,),
        fill=_for_answerer,
    )
    _register(
        "request_urgent",
        "staff",
        _("Urgent request (to the team)"),
        (*asker, "school", "staff_url"),
        states=_SENT,
        fill=_urgent,
    )
    register_mail(
        "notice_confirm",
        "unproven",
        _("Confirm the address (notice of dates)"),
        ("title", "notice_url"),
        _build_notice_confirm,
    )
    register_mail(
        "notice_dates_open",
        "person",
        _("Dates have opened"),
        ("title", "dates", "offer_url"),
        _build_notice_dates_open,
        retention_days=30,
    )


def _register(name: str, audience: str, title: object, placeholders: tuple[str, ...], **build: Any) -> None:
    register_mail(name, audience, title, placeholders, _build(placeholders=placeholders, **build))
