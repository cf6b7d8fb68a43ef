"""Public calendar feeds: what is announced, in one language, without a person or a host school (K2, K5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.cms.restrictions import open_to_all
from workshops import ical
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES, PlaceKind, SessionState
from workshops.labels import grades_label
from workshops.models import OfferPage, Session
from workshops.querysets import SessionQuerySet

CANCELLED_STAY = timedelta(days=30)
HORIZON = timedelta(days=550)
"""A school year and a half ahead: enough for any plan, and a bound on a feed's size."""

MOST_DATES = 1_000
"""The soonest dates of a feed: no calendar is read further, and a large programme costs no more."""


def announced_sessions(*, now: datetime) -> SessionQuerySet:
    """Return what public feeds may name, soonest first.

    That is: open to all, its offer's page published, announced, not over, and past the charter gate;
    and for 30 days what was announced and then cancelled.
    """
    announced = Q(state__in=UPCOMING_STATES, ends_at__gt=now, starts_at__lt=now + HORIZON)
    cancelled = Q(
        state=SessionState.CANCELLED, announced_at__isnull=False, changed_at__gt=now - CANCELLED_STAY
    )
    live_pages = open_to_all(OfferPage.objects.live().filter(offer_id=OuterRef("offer_id")))
    gate_open = Session.objects.gate_open(today=local_date_of(now)).filter(pk=OuterRef("pk"))
    return (
        Session.objects.public()
        .filter(Exists(live_pages), cancelled | (announced & Exists(gate_open)))
        .select_related("offer", "provider", "venue")
        .order_by("starts_at", "pk")
    )


def feed(sessions: Iterable[Any], *, name: str, page_urls: dict[int, str]) -> bytes:
    """Return sessions as a calendar in the active language: the same facts give the same bytes.

    Args:
        page_urls: absolute addresses of the offers' pages, by offer id.
    """
    return ical.calendar(
        (_entry(session, page_urls.get(session.offer_id, "")) for session in sessions),
        name=name,
        method="PUBLISH",
    )


def session_uid(session_id: int, *, kind: str = "session") -> str:
    """Return a session's UID in feeds: unique in the world and the same for ever (rule 6)."""
    host = settings.PORTAL_BASE_URL.split("//")[-1].split("/")[0].split(":")[0]
    return f"{kind}-{session_id}@{host}"


def _entry(session: Any, url: str) -> Any:
    offer = session.offer
    facts = [
        str(session.get_audience_display()),
        grades_label(offer.grade_from, offer.grade_to),
        _("By %(provider)s") % {"provider": session.provider},
    ]
    return ical.kept_event(
        session_uid(session.pk),
        session.sequence,
        session.starts_at,
        session.ends_at,
        session.title_in(get_language() or "da"),
        stamp=session.changed_at,
        location=public_place(session),
        description="\n".join(fact for fact in facts if fact),
        url=url,
        is_cancelled=session.state == SessionState.CANCELLED,
        organizer=("Dannelsesportalen", settings.PORTAL_CONTACT_EMAIL),
        is_busy=False,
    )


def public_place(session: Any) -> str:
    """Return where a session is held, for everybody: never the host school (K5)."""
    if session.place_kind == PlaceKind.ONLINE:
        return _("Online")
    if session.place_kind == PlaceKind.VENUE and session.venue is not None:
        return f"{session.venue}, {session.venue.full_address}"
    # Who has invited whom is nobody's business.
    return _("At the school that books")
