"""What a provider sees of its sessions: counts, classes, needs as sums, the teacher's contact; no participant's name."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking import wording
from booking.attendance.reading import REPORTED_OF
from booking.enums import BookingKind, BookingState
from booking.models import BookedSession, Booking
from booking.permissions import provider_decides, user_registered
from booking.rules import is_evening_of_package
from workshops.enums import UPCOMING_STATES, Audience, SessionState
from workshops.models import Session
from workshops.querysets import SessionQuerySet

_SHOWN = (
    BookingState.AWAITING_APPROVAL,
    BookingState.CONFIRMED,
    BookingState.ATTENDED,
    BookingState.NO_SHOW,
)
"""A provider hears of a booking when it is confirmed, or waits for an answer."""


@dataclass(frozen=True)
class SchoolVisit:
    """A school's booking, as the provider needs it on the day."""

    booking: Booking
    school: str
    classes: list[str]
    place: str
    practical: list[str]
    contact: list[str]
    """Name, e-mail, phone: only of what is confirmed (rule 10)."""

    is_awaiting: bool
    can_decide: bool
    together: list[str]
    """What else is booked with it: the other dates of a course, the visit or the evening of a package."""

    is_evening: bool
    """The school has the whole evening; those who come are its parents."""


@dataclass(frozen=True)
class SignUps:
    """Sign-ups of persons and organisations, as sums."""

    seats: int
    sign_ups: int
    needs: list[str]
    """With the interpreter's language, as sums (F3)."""

    heads: list[str]
    """Occupations, as sums over all who signed up (V4)."""


@dataclass(frozen=True)
class ToDecide:
    """A sign-up that waits for the provider's answer: its size only."""

    booking: Booking
    what: str


def sessions_of(provider_id: int, *, now: datetime) -> SessionQuerySet:
    """Return a provider's sessions that have not ended, soonest first, with what is booked."""
    sessions: SessionQuerySet = (
        Session.objects.filter(provider_id=provider_id, state__in=UPCOMING_STATES, ends_at__gt=now)
        .select_related("venue", "offer")
        .prefetch_related(_shown_bookings())
        .order_by("starts_at", "pk")
    )
    return sessions


def with_what_is_shown(sessions: SessionQuerySet) -> SessionQuerySet:
    """Fetch everything a provider sees of sessions, in three queries whatever their number."""
    shown: SessionQuerySet = sessions.select_related(
        "venue", "offer", "provider", "for_school"
    ).prefetch_related(_shown_bookings())
    return shown


def earlier_sessions_of(provider_id: int, *, now: datetime) -> SessionQuerySet:
    """Return a provider's sessions that are over or cancelled, the latest first, with what was booked."""
    over = Q(ends_at__lte=now) | Q(state=SessionState.CANCELLED)
    sessions: SessionQuerySet = (
        Session.objects.filter(over, provider_id=provider_id)
        .exclude(state=SessionState.DRAFT)
        .select_related("venue", "offer")
        .prefetch_related(_shown_bookings())
        .order_by("-starts_at", "-pk")
    )
    return sessions


def whole_session(session_id: int) -> Session | None:
    """Return a session with everything its provider's page shows."""
    session: Session | None = with_what_is_shown(Session.objects.filter(pk=session_id)).first()
    return session


def _shown_bookings() -> "Prefetch[Any]":
    shown = BookedSession.objects.filter(state__in=_SHOWN).select_related("booking__school")
    return Prefetch("booked_sessions", shown.prefetch_related("booking__classes").order_by("pk"), "shown")


def summary_of(session: Session) -> str:
    """Return what is booked of a session on one line: classes and school, seats, needs, what waits."""
    booked: list[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    visits = [item for item in booked if item.booking.kind == BookingKind.SCHOOL]
    parts = [
        _("%(school)s has the evening") % {"school": item.booking.school_name}
        if is_evening_of_package(item.booking.kind, session)
        else f"{item.booking.school_name}: "
        + ", ".join(wording.class_text(one) for one in item.booking.classes.all())
        for item in visits
    ]
    others = sign_ups_of(session)
    if others.seats:
        parts.append(_("%(seats)s booked") % {"seats": wording.seats_text(others.seats)})
    parts += others.heads + others.needs
    waiting = sum(1 for item in booked if item.state == BookingState.AWAITING_APPROVAL)
    if waiting:
        parts.append(
            ngettext("%(count)s awaits an answer", "%(count)s await an answer", waiting) % {"count": waiting}
        )
    return " · ".join(parts) or _("Nobody has booked yet.")


def state_of(session: Session, *, now: datetime) -> tuple[str, str]:
    """Return a session's state as a badge, text and kind; nothing for one that is simply open.

    What is over and had somebody booked is reported, or its report is missing (rule 11).
    """
    if session.state in (SessionState.HELD, SessionState.NOT_HELD):
        is_held = session.state == SessionState.HELD
        return (_("Reported: held"), "success") if is_held else (_("Reported: not held"), "neutral")
    if session.ends_at <= now and session.state in UPCOMING_STATES and _had_somebody(session):
        return _("Report is missing"), "warning"
    if session.state == SessionState.CANCELLED:
        return (
            f"{_('Cancelled')}: {session.state_reason}" if session.state_reason else _("Cancelled")
        ), "error"
    if session.state == SessionState.CLOSED:
        return _("Closed for booking"), "warning"
    return "", ""


def _had_somebody(session: Session) -> bool:
    booked: Iterable[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    return any(item.state in REPORTED_OF for item in booked)


def places_of(session: Session) -> str:
    """Return how full a session is, and how many wait: "24 of 30 people · 2 on the waiting list"."""
    parts = []
    if session.max_groups is not None:
        parts.append(
            _("%(taken)d of %(limit)d classes") % {"taken": session.groups_taken, "limit": session.max_groups}
        )
    if session.max_people is not None:
        parts.append(
            _("%(taken)d of %(limit)d people") % {"taken": session.people_taken, "limit": session.max_people}
        )
    if session.waiting:
        parts.append(
            ngettext("%(count)s on the waiting list", "%(count)s on the waiting list", session.waiting)
            % {"count": session.waiting}
        )
    return " · ".join(parts)


def sign_ups_of(session: Session) -> SignUps:
    """Return the sign-ups of a session that are not a school's, as sums."""
    booked: Iterable[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    others = [item for item in booked if item.booking.kind != BookingKind.SCHOOL]
    needs: Counter[str] = Counter()
    for item in others:
        needs.update(wording.needs_lines([item.booking]))
    return SignUps(
        seats=sum(item.people for item in others),
        sign_ups=len(others),
        needs=[f"{count} × {need}" for need, count in needs.most_common()],
        heads=wording.heads_lines(head for item in others for head in item.booking.heads),
    )


def visits_of(session: Session, *, user: Any) -> list[SchoolVisit]:
    """Return the school bookings of a session."""
    booked: Iterable[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    visits = [item for item in booked if item.booking.kind == BookingKind.SCHOOL]
    together = _booked_together(session, [item.booking_id for item in visits])
    return [
        _visit(item.booking, session, user=user, together=together.get(item.booking_id, []))
        for item in visits
    ]


def _booked_together(session: Session, booking_ids: list[int]) -> dict[int, list[str]]:
    """Return what else is booked with a session, by booking: other dates of a course, the rest of a package."""
    may_be_more = session.course_id or session.offer.evening_offer_id or session.audience != Audience.SCHOOL
    if not may_be_more or not booking_ids:
        return {}
    others = (
        BookedSession.objects.filter(booking__in=booking_ids, state__in=_SHOWN)
        .exclude(session=session)
        .select_related("session")
        .order_by("session__starts_at", "pk")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for item in others:
        found[item.booking_id].append(wording.titled_date_text(item.session))
    return found


def to_decide(session: Session, *, user: Any) -> list[ToDecide]:
    """Return the sign-ups of others than schools that wait for this user's answer."""
    booked: Iterable[BookedSession] = session.shown  # type: ignore[attr-defined]  # prefetched
    return [
        ToDecide(item.booking, wording.seats_text(item.people))
        for item in booked
        if item.booking.kind != BookingKind.SCHOOL
        and item.state == BookingState.AWAITING_APPROVAL
        and _can_decide(item.booking, session, user=user)
    ]


def _visit(booking: Booking, session: Session, *, user: Any, together: list[str]) -> SchoolVisit:
    is_evening = is_evening_of_package(booking.kind, session)
    is_awaiting = booking.state == BookingState.AWAITING_APPROVAL
    contact = [] if is_awaiting else [booking.contact_name, booking.contact_email, booking.contact_phone]
    return SchoolVisit(
        booking=booking,
        school=booking.school_name,
        classes=[] if is_evening else [wording.class_text(item) for item in booking.classes.all()],
        place=wording.place_text(booking, session),
        practical=[] if is_awaiting else wording.practical_lines(booking, session, is_for_booker=False),
        contact=[part for part in contact if part],
        is_awaiting=is_awaiting,
        can_decide=is_awaiting and not is_evening and _can_decide(booking, session, user=user),
        together=together,
        is_evening=is_evening,
    )


def _can_decide(booking: Booking, session: Session, *, user: Any) -> bool:
    return provider_decides(user, booking, session.offer) and not user_registered(user, booking)
