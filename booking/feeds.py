"""Personal calendar feeds: what a teacher, a provider and the team see in their own calendar (K2, K5, rule 12).

A feed is read by whoever holds its address. It therefore carries no link that changes anything: entries lead to
pages that ask for a log-in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Event

from booking import wording
from booking.enums import FeedKind
from booking.ical import ENDED_STATES, FIRM_STATES, TENTATIVE_STATES, changed_at
from booking.models import BookedSession, Feed
from booking.provider_pages import SchoolVisit, sign_ups_of, visits_of, with_what_is_shown
from core.links.tokens import absolute_url
from workshops.enums import PlaceKind, SessionState
from workshops.feeds import CANCELLED_STAY, HORIZON, MOST_DATES, public_place, session_uid
from workshops.ical import calendar, event
from workshops.models import Session
from workshops.querysets import SessionQuerySet

PAST = timedelta(days=90)
TEAM_PAST = timedelta(days=14)
"""How far back the feeds of a provider and of the team go."""

REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class FeedContent:
    """A feed's bytes, and when the newest of its entries changed."""

    body: bytes
    changed_at: datetime | None


def content_of(feed: Feed, *, now: datetime) -> FeedContent:
    """Return a feed in its own language; the number of queries does not grow with it."""
    with translation.override(feed.language):
        match feed.kind:
            case FeedKind.TEACHER:
                name = _("Dannelsesportalen: my bookings")
                entries = _teachers(feed.email, language=feed.language, now=now)
            case FeedKind.PROVIDER:
                name = f"Dannelsesportalen: {feed.provider}"
                entries = _providers(feed.provider_id, language=feed.language, now=now)
            case _:
                name = _("Dannelsesportalen: the whole programme")
                entries = _teams(language=feed.language, now=now)
        body = calendar(entries, name=name, method="PUBLISH", refresh_after=REFRESH)
    return FeedContent(body, max((entry.decoded("dtstamp") for entry in entries), default=None))


def _teachers(email: str, *, language: str, now: datetime) -> list[Event]:
    """The bookings made with an address: under the UID of the mail, firm or tentative; waiting ones are none."""
    since = now - CANCELLED_STAY
    gone = Q(state__in=ENDED_STATES, booking__confirmed_at__isnull=False) & (
        Q(booking__ended_at__gt=since) | Q(booking__ended_at=None, session__changed_at__gt=since)
    )
    shown = Q(state__in=[*FIRM_STATES, *TENTATIVE_STATES])
    booked = (
        BookedSession.objects.filter(shown | gone, booking__contact_email=email)
        .with_session()
        .select_related("booking__school")
        .prefetch_related("booking__classes")
        .order_by("session__starts_at", "pk")
    )
    url = absolute_url(reverse("booking_list"))
    return [_teachers_entry(item, language=language, url=url) for item in booked]


def _teachers_entry(booked: BookedSession, *, language: str, url: str) -> Event:
    booking, session = booked.booking, booked.session
    classes = [wording.class_text(item) for item in booking.classes.all()]
    lines = [
        *(classes or [wording.seats_text(booked.people)]),
        *wording.practical_lines(booking, session),
        _("Reference: %(reference)s") % {"reference": booking.reference},
    ]
    if booked.state in TENTATIVE_STATES:
        lines.insert(0, str(booked.get_state_display()))
    return event(
        booked.uid,
        booked.sequence,
        session.starts_at,
        session.ends_at,
        session.title_in(language),
        stamp=changed_at(booked, booking),
        location=wording.place_text(booking, session),
        description="\n".join(lines),
        url=url,
        is_cancelled=booked.state in ENDED_STATES,
        is_tentative=booked.state in TENTATIVE_STATES,
        organizer=_organizer(),
    )


def _sessions(*, since: datetime, now: datetime) -> SessionQuerySet:
    """The sessions of the feeds of providers and the team: announced; cancelled ones for 30 days."""
    announced = ~Q(state__in=[SessionState.DRAFT, SessionState.CANCELLED])
    cancelled = Q(
        state=SessionState.CANCELLED, announced_at__isnull=False, changed_at__gt=now - CANCELLED_STAY
    )
    sessions: SessionQuerySet = Session.objects.filter(
        announced | cancelled, starts_at__gt=since, starts_at__lt=now + HORIZON
    ).order_by("starts_at", "pk")
    return sessions


def _providers(provider_id: int | None, *, language: str, now: datetime) -> list[Event]:
    """A provider's sessions with what its own page shows of them."""
    own = _sessions(since=now - PAST, now=now).filter(provider_id=provider_id)
    sessions = with_what_is_shown(own)[:MOST_DATES]
    return [_providers_entry(session, language=language) for session in sessions]


def _providers_entry(session: Session, *, language: str) -> Event:
    visits = visits_of(session, user=AnonymousUser())
    others = sign_ups_of(session)
    lines = [line for visit in visits for line in _visit_lines(visit)]
    if others.seats:
        lines.append(_("%(seats)s booked") % {"seats": wording.seats_text(others.seats)})
    title = session.title_in(language)
    schools = ", ".join(dict.fromkeys(visit.school for visit in visits))
    shown: list[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    return event(
        session_uid(session.pk, kind="provider-session"),
        session.sequence,
        session.starts_at,
        session.ends_at,
        f"{title} · {schools}" if schools else title,
        stamp=max([session.changed_at, *(changed_at(item, item.booking) for item in shown)]),
        location=visits[0].place if visits else public_place(session),
        description="\n".join([*lines, *others.needs] or [_("Nobody has booked yet.")]),
        url=absolute_url(reverse("provider_session", args=[session.pk])),
        is_cancelled=session.state == SessionState.CANCELLED,
        organizer=_organizer(),
    )


def _visit_lines(visit: SchoolVisit) -> Iterable[str]:
    yield visit.school
    if visit.is_awaiting:
        yield _("Awaits an answer")
    yield from visit.classes
    yield from visit.practical
    if visit.contact:
        yield _("The teacher: %(contact)s") % {"contact": ", ".join(visit.contact)}


def _teams(*, language: str, now: datetime) -> list[Event]:
    """The whole programme with counts; no name of a person, no address of one (K5)."""

    def total(column: str) -> Coalesce:
        firm = BookedSession.objects.filter(session=OuterRef("pk"), state__in=FIRM_STATES)
        sums = firm.order_by().values("session").annotate(total=Sum(F(column))).values("total")
        return Coalesce(Subquery(sums), 0)

    sessions = (
        _sessions(since=now - TEAM_PAST, now=now)
        .select_related("provider", "venue", "host_school")
        .annotate(booked_groups=total("groups"), booked_people=total("people"))
    )[:MOST_DATES]
    return [_teams_entry(session, language=language) for session in sessions]


def _teams_entry(session: Any, *, language: str) -> Event:
    booked = wording.free_text(session.booked_groups or None, session.booked_people or None)
    lines = [
        _("By %(provider)s") % {"provider": session.provider},
        str(session.get_audience_display()),
        _("Booked: %(what)s") % {"what": booked} if booked else _("Nobody has booked yet."),
    ]
    place = public_place(session)
    if session.place_kind == PlaceKind.AT_SCHOOL and session.host_school:
        place = session.host_school.name
    return event(
        session_uid(session.pk, kind="team-session"),
        session.sequence,
        session.starts_at,
        session.ends_at,
        session.title_in(language),
        stamp=session.changed_at,
        location=place,
        description="\n".join(lines),
        url=absolute_url(reverse("sessions:inspect", args=[session.pk])),
        is_cancelled=session.state == SessionState.CANCELLED,
        organizer=_organizer(),
        is_busy=False,
    )


def _organizer() -> tuple[str, str]:
    return "Dannelsesportalen", settings.PORTAL_CONTACT_EMAIL


def subscription_links(url: str) -> Mapping[str, str]:
    """Return the address for copying, and the one that calendar programs open by themselves."""
    return {"url": url, "webcal": f"webcal:{url.partition(':')[2]}"}
