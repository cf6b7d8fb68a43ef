"""How lower templates show booking's data: dates of an offer with their state, and small wordings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from booking import links, wording
from booking.forms import school_label as label_of_school
from booking.messaging.reading import has_somebody_to_write_to, messages_of
from booking.models import BookedSession, Booking
from booking.packages import is_waiting_for_a_school
from booking.permissions import user_can_change, user_can_change_sessions, user_can_see
from booking.presentation import course_title, dates_of_courses
from booking.requesting.rules import asking_kind
from booking.rules import has_queue
from booking.session_steps import CANCEL, LIMITS, MOVE
from booking.standing import Standing, standings
from core.links.tokens import absolute_url
from core.prepared import prepared
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES, PlaceKind, SessionAccess, SessionState, WhyNotBookable
from workshops.models import Offer, OfferIndexPage, OfferPage, School, Session
from workshops.operations.sessions import EDITABLE_STATES
from workshops.rules import why_course_not_bookable, why_not_bookable

register = template.Library()
PER_PAGE = 12
_ADDRESS = ("url_path", "locale", "locale__language_code")
"""What a page's address is made of: its texts are long and stay where they are."""

FEW_LEFT = 5
_REPORTABLE = (*UPCOMING_STATES, SessionState.HELD, SessionState.NOT_HELD)


@dataclass(frozen=True)
class SessionChoice:
    """One date as a row: its state in words and where it can be booked."""

    session: Session
    place: str
    note: str
    state: str
    kind: str
    url: str
    label: str
    hidden: str
    title: str = ""
    more_dates: tuple[Session, ...] = ()
    """The other dates of a course: it is one row, and booked as one (S20)."""


@register.inclusion_tag("booking/session_choices.html", takes_context=True)
def session_choices(context: Context, offer: Offer) -> dict[str, Any]:
    """List an offer's coming dates, each with its state and a link to book it (P8)."""
    now = timezone.now()
    request = context.get("request")
    number = sum(_upcoming_count(offer_id=offer.pk, now=now))
    page = Paginator(range(number), PER_PAGE).get_page(request.GET.get("tider") if request else 1)
    sessions = _upcoming(offer_id=offer.pk, now=now, first=page.object_list[0] if number else 0)
    mine = standings(request, [session.pk for session in sessions], now=now) if request else {}
    courses = dates_of_courses(sessions, now=now)
    rows = [
        _course_choice(courses[session.course_id], now=now, standing=mine.get(session.pk))
        if session.course_id
        else _choice(session, now=now, standing=mine.get(session.pk))
        for session in sessions
    ]
    try:
        feed_url = reverse("calendar_offer", args=[offer.pk])
    except NoReverseMatch:
        feed_url = ""
    return {
        "rows": rows,
        "page": page,
        "offer": offer,
        "feed_url": feed_url if rows else "",
        "reason": (
            _("New dates are published here. Look again later, or call us and hear when the next ones come.")
            if offer.is_open
            else _("This offer cannot be booked at the moment. Call us if you would like to hear more.")
        ),
    }


@prepared
def _upcoming_count(*, offer_id: int, now: datetime) -> QuerySet[Any, int]:
    dates = Session.objects.for_offer(offer_id).public().upcoming(now=now).one_a_course().order_by()
    return dates.values("offer_id").annotate(number=Count("pk")).values_list("number", flat=True)


@prepared(derives={"now": [local_date_of]}, in_sql=["first"])
def _upcoming(*, offer_id: int, now: datetime, first: int) -> QuerySet[Any]:
    dates = Session.objects.for_offer(offer_id).public().with_booking_facts(now=now).upcoming(now=now)
    return dates.one_a_course().select_related("offer", "venue")[first : first + PER_PAGE]


def _choice(session: Session, *, now: datetime, standing: Standing | None) -> SessionChoice:
    why = why_not_bookable(session.booking_facts, now)
    is_school = session.audience == "school"
    state, kind, note = _state(session, why)
    url, label = "", _("Book") if is_school else _("Sign up")
    if why is None:
        url = reverse("booking_form", args=[session.pk])
    elif why is WhyNotBookable.FULL and has_queue(session):
        url, label = reverse("booking_form", args=[session.pk]), _("Join the waiting list")
    if standing is not None:
        state, kind, note = standing.text, standing.kind, ""
        url, label = standing.url, standing.label
    return SessionChoice(
        session=session,
        place=_place(session),
        note=note,
        state=state,
        kind=kind,
        url=url,
        label=label,
        hidden=wording.date_text(session.starts_at),
    )


def _course_choice(dates: list[Session], *, now: datetime, standing: Standing | None) -> SessionChoice:
    """Return a course as one row: all its dates, and one way to book them."""
    first = dates[0]
    why = why_course_not_bookable([session.booking_facts for session in dates], now)
    state, kind, note = _state(first, why)
    url = "" if why else reverse("booking_form", args=[first.pk])
    label = _("Book the course") if first.audience == "school" else _("Sign up for the course")
    if standing is not None:
        state, kind, note = standing.text, standing.kind, ""
        url, label = standing.url, standing.label
    return SessionChoice(
        session=first,
        place=_place(first),
        note=note,
        state=state,
        kind=kind,
        url=url,
        label=label,
        hidden=wording.names_text([wording.date_text(session.starts_at) for session in dates]),
        title=course_title(dates),
        more_dates=tuple(dates[1:]),
    )


def _place(session: Session) -> str:
    if session.place_kind == PlaceKind.ONLINE:
        return _("Online")
    return session.venue.name if session.venue else ""


def _state(session: Session, why: WhyNotBookable | None) -> tuple[str, str, str]:
    """Return a date's state in words, its badge, and what to do."""
    if why is WhyNotBookable.PROVIDER_NOT_COVERED:
        return (
            _("Not open"),
            "neutral",
            _("It opens when the provider's agreements with the municipality cover the date."),
        )
    if why is WhyNotBookable.NOT_OPEN_YET and session.booking_opens_at:
        opens = _("Booking opens %(when)s.") % {"when": wording.moment_text(session.booking_opens_at)}
        return _("Not open yet"), "neutral", opens
    if why is WhyNotBookable.CLOSED:
        return _("Booking closed"), "neutral", _("Too late to book here. Call us if it is urgent.")
    if why is WhyNotBookable.FULL:
        return _("Fully booked"), "neutral", _queue_text(session)
    if why is not None:
        return str(why.label), "neutral", ""
    free: int | None = session.free_people  # type: ignore[attr-defined]  # annotated by with_booking_facts
    if free is not None and free <= FEW_LEFT and not session.max_groups:
        return (
            ngettext("%(count)s place left", "%(count)s places left", free) % {"count": free},
            "warning",
            "",
        )
    return _("Free places"), "success", ""


def _queue_text(session: Session) -> str:
    """Return how many wait, where one can wait (S12)."""
    if not has_queue(session):
        return ""
    if not session.waiting:
        return _("Nobody is waiting yet.")
    text = ngettext(
        "%(count)s is on the waiting list.", "%(count)s are on the waiting list.", session.waiting
    )
    return text % {"count": session.waiting}


@register.inclusion_tag("booking/sign_up_link.html", takes_context=True)
def sign_up_link(context: Context, session: Session, *, can_renew: bool = False) -> dict[str, Any]:
    """Show staff, or the provider, the address to pass on for a session that is not open to all (F6, V1).

    Args:
        can_renew: shows the button of the administration that makes a new one.
    """
    is_invitation = session.access == SessionAccess.INVITATION
    is_restricted = session.access == SessionAccess.OPEN and bool(session.offer.allowed_domains)
    if is_waiting_for_a_school(session) or (session.access == SessionAccess.OPEN and not is_restricted):
        return {"url": ""}
    has_token = is_invitation or is_restricted
    path = links.invitation_path(session) if has_token else reverse("booking_form", args=[session.pk])
    request = context.get("request")
    may_renew = can_renew and has_token and request and user_can_change_sessions(request.user)
    return {
        "url": absolute_url(path),
        "is_invitation": is_invitation,
        "is_restricted": is_restricted,
        "renew_url": reverse("session_admin_invitation", args=[session.pk]) if may_renew else "",
        "csrf_token": context.get("csrf_token"),
        "is_admin": can_renew,
    }


@register.inclusion_tag("booking/requests/offer_links.html")
def request_links(offer: Offer, *, has_free_dates: bool) -> dict[str, str]:
    """Show where another date can be asked for (S16), and, without dates, where one leaves an address (S25)."""
    takes = offer.takes_requests and offer.is_open and asking_kind(offer.audience) is not None
    return {
        "request_url": reverse("request_form", args=[offer.pk]) if takes else "",
        "notice_url": "" if has_free_dates else reverse("notice_form", args=[offer.pk]),
    }


@register.filter
def offer_title(offer: Offer) -> str:
    """Return an offer's title in the active language."""
    return offer.title_in(get_language() or "da")


@register.inclusion_tag("booking/admin/session_queue.html")
def session_queue(session: Session) -> dict[str, Any]:
    """List for staff who waits for a session, the first in line first; schools by name, persons by number only."""
    entries = BookedSession.objects.filter(session=session).in_queue().select_related("booking")
    return {
        "entries": [
            {
                "number": number,
                "reference": entry.booking.reference,
                "url": reverse("booking_admin_detail", args=[entry.booking_id]),
                "who": entry.booking.school_name or entry.booking.get_kind_display(),
                "size": wording.party_size_text(entry),
                "since": wording.moment_text(entry.queued_at),
                "was_passed_over": entry.passed_over_at is not None,
            }
            for number, entry in enumerate(entries[:200], start=1)
        ]
    }


@register.inclusion_tag("booking/admin/session_change_links.html", takes_context=True)
def session_change_links(context: Context, session: Session) -> dict[str, Any]:
    """Show staff how a date is moved, cancelled or resized, how those who have booked are written to, and once it
    has begun how it is reported; nothing for others."""
    user, now = context["request"].user, timezone.now()
    has_begun = session.starts_at <= now
    is_ahead = session.state in EDITABLE_STATES and not has_begun
    found = []
    if user_can_change(user) and has_somebody_to_write_to(session, now=now):
        found.append(("session_admin_message", _("Write to all who have booked"), False))
    if has_begun and session.state in _REPORTABLE and user_can_change(user):
        found.append(("session_admin_report", _("Report the session"), False))
    if is_ahead and user_can_change_sessions(user):
        found += [
            (f"session_admin_{name}", step.title, step.is_serious)
            for name, step in (("move", MOVE), ("limits", LIMITS), ("cancel", CANCEL))
        ]
    return {
        "links": [
            {"url": reverse(name, args=[session.pk]), "label": label, "is_serious": is_serious}
            for name, label, is_serious in found
        ]
    }


@register.inclusion_tag("booking/messaging/_history.html", takes_context=True)
def session_messages(context: Context, session: Session) -> dict[str, Any]:
    """Show staff who may see bookings what was written to all who have booked; nothing for others."""
    return {"sent": messages_of(session.pk) if user_can_see(context["request"].user) else []}


@register.filter
def session_title(session: Session) -> str:
    """Return a session's title in the active language."""
    return session.title_in(get_language() or "da")


@register.filter
def session_date(session: Session) -> str:
    """Return "tirsdag 1. december 2026"."""
    return wording.date_text(session.starts_at)


@register.filter
def session_time(session: Session) -> str:
    """Return "kl. 9.00–10.30"."""
    return wording.time_text(session.starts_at, session.ends_at)


@register.filter
def moment(value: datetime | None) -> str:
    """Return "tirsdag 1. december kl. 12.00"."""
    return wording.moment_text(value) if value else ""


@register.filter
def day(value: date | None) -> str:
    """Return "21. november 2028"."""
    return wording.day_text(value) if value else ""


@register.filter
def school_label(school: School) -> str:
    """Return a school's name, address and number."""
    return label_of_school(school)


@register.filter
def offer_path(offer_id: int) -> str:
    """Return where an offer can be read in the active language, or the catalogue."""
    language = get_language() or "da"
    pages = {page.locale.language_code: page for page in _offer_pages(offer_id=offer_id)}
    page = pages.get(language) or pages.get("da")
    return (page.get_url() if page else None) or catalogue_path(offer_id)


@register.filter
def catalogue_path(offer_id: int) -> str:
    """Return the address of the catalogue in the active language."""
    pages = {page.locale.language_code: page for page in _catalogues()}
    page = pages.get(get_language() or "da") or pages.get("da")
    return (page.get_url() if page else None) or "/"


@prepared
def _offer_pages(*, offer_id: int) -> QuerySet[Any]:
    return OfferPage.objects.live().filter(offer_id=offer_id).select_related("locale").only(*_ADDRESS)


@prepared
def _catalogues() -> QuerySet[Any]:
    return OfferIndexPage.objects.live().select_related("locale").only(*_ADDRESS)


@register.filter
def booked_offer_path(booking: Booking) -> str:
    """Return where the booked offer can be read."""
    booked = booking.booked_sessions.all()[0]
    return offer_path(booked.session.offer_id)
