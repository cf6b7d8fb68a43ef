"""The mails of moved and cancelled sessions, read from the database when they are sent (rules 3, 5 and 6).

They go to whoever is touched, also to addresses that are not proven yet: they carry our own data only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking import links, wording
from booking.enums import ACTIVE_STATES, BookingState, SessionCancelReason
from booking.free_dates import dates_as_links, dates_for
from booking.ical import calendar_attachments
from booking.mail_types import register_mail
from booking.models import BookedSession, Booking
from booking.reading import booked_of, booking_with_details
from booking.reminders import NO_REMINDER_BELOW
from core.links.tokens import absolute_url
from core.outbox.registry import Content
from workshops.enums import UPCOMING_STATES, PlaceKind, SessionState
from workshops.models import Session

_MOVED = ("reference", "title", "dates", "place", "online_url", "note", "manage_url", "sessions")
_CANCELLED = ("reference", "title", "dates", "cause", "note", "sessions", "offers_url")
_PROVIDER_MOVED = ("title", "dates", "session_url")
_PROVIDER_CANCELLED = ("title", "dates", "cause", "session_url")


def register_session_mails() -> None:
    """Register the mails of this module (called when Django is ready)."""
    for kind in ("booking", "sign_up"):
        who = gettext_lazy("booking") if kind == "booking" else gettext_lazy("sign-up")
        moved = gettext_lazy("The session is moved (%(who)s)") % {"who": who}
        cancelled = gettext_lazy("The session is cancelled (%(who)s)") % {"who": who}
        register_mail(f"{kind}_session_moved", "unproven", moved, _MOVED, _build_moved)
        register_mail(f"{kind}_session_cancelled", "unproven", cancelled, _CANCELLED, _build_cancelled)
    register_mail(
        "provider_session_moved",
        "provider",
        gettext_lazy("The session is moved (to the provider)"),
        _PROVIDER_MOVED,
        _build_provider_moved,
    )
    register_mail(
        "provider_session_cancelled",
        "provider",
        gettext_lazy("The session is cancelled (to the provider)"),
        _PROVIDER_CANCELLED,
        _build_provider_cancelled,
    )


def _build_moved(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Nothing once all its dates have ended, begun or been given up: another mail tells that."""
    booking = booking_with_details(ids["booking"])
    items = [
        item
        for item in _items(booking, ids)
        if item.state in ACTIVE_STATES
        and item.session.state in UPCOMING_STATES
        and item.session.starts_at > now
    ]
    if booking is None or not items:
        return None
    first = items[0]
    with translation.override(language):
        is_online_soon = (
            first.state == BookingState.CONFIRMED and first.session.starts_at - now <= NO_REMINDER_BELOW
        )
        values = {
            "reference": booking.reference,
            "title": first.session.title_in(language),
            "dates": "\n".join(_moved_line(item.session, ids["booked"][str(item.pk)]) for item in items),
            "place": _place(first.session),
            "online_url": first.session.online_url if is_online_soon else "",
            "note": "\n".join(
                [*_notes_on_move(first, has_tasks=ids["has_tasks"]), *_unmoved(booking, items)]
            ),
            "manage_url": links.manage_url(booking),
            "sessions": dates_as_links(dates_for(first, booking, now=now)),
        }
        return Content(
            placeholders=values,
            attachments=calendar_attachments(items, language, to=ids["to"]),
            delete_on=booking.delete_after,
        )


def _build_cancelled(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    booking = booking_with_details(ids["booking"])
    items = [item for item in _items(booking, ids) if item.state == BookingState.CANCELLED]
    if booking is None or not items:
        return None
    first = items[0]
    rest = [item for item in booking.booked_sessions.all() if item.state in ACTIVE_STATES]
    with translation.override(language):
        values = {
            "reference": booking.reference,
            "title": first.session.title_in(language),
            "dates": "\n".join(wording.when_text(item.session) for item in items),
            "cause": _cause(ids["cause"]),
            "note": "\n".join(_notes_on_cancellation(ids["state"], rest)),
            # One day of a course is not replaced by booking a single date beside it.
            "sessions": "" if rest else dates_as_links(dates_for(first, booking, now=now)),
            "offers_url": absolute_url("/tilbud/" if language == "da" else "/en/"),
        }
        return Content(
            placeholders=values,
            attachments=calendar_attachments(items, language, to=ids["to"]),
            delete_on=booking.delete_after,
        )


def _build_provider_moved(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    sessions = [
        session for session in _sessions(ids) if session.state in UPCOMING_STATES and session.starts_at > now
    ]
    if not sessions:
        return None
    entries = _entries(ids, state=BookingState.CONFIRMED, sessions=sessions)
    with translation.override(language):
        values = {
            "title": sessions[0].title,
            "dates": "\n".join(
                _moved_line(session, ids["sessions"][str(session.pk)]) for session in sessions
            ),
            "session_url": _session_url(sessions[0]),
        }
        attachments = calendar_attachments(entries, language, to=ids["to"], for_provider=True)
        return Content(placeholders=values, attachments=attachments)


def _build_provider_cancelled(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    sessions = [session for session in _sessions(ids) if session.state == SessionState.CANCELLED]
    if not sessions:
        return None
    entries = _entries(ids, state=BookingState.CANCELLED, sessions=sessions)
    with translation.override(language):
        values = {
            "title": sessions[0].title,
            "dates": "\n".join(wording.when_text(session) for session in sessions),
            "cause": _cause(ids["cause"]),
            "session_url": _session_url(sessions[0]),
        }
        attachments = calendar_attachments(entries, language, to=ids["to"], for_provider=True)
        return Content(placeholders=values, attachments=attachments)


def _items(booking: Booking | None, ids: Mapping[str, Any]) -> list[BookedSession]:
    """Return the booked sessions the mail is about, in the order they are held."""
    if booking is None:
        return []
    about = [item for item in booking.booked_sessions.all() if str(item.pk) in ids["booked"]]
    return sorted(about, key=lambda item: item.session.starts_at)


def _sessions(ids: Mapping[str, Any]) -> list[Session]:
    found = Session.objects.filter(pk__in=[int(pk) for pk in ids["sessions"]]).select_related("venue")
    return list(found.order_by("starts_at", "pk"))


def _entries(
    ids: Mapping[str, Any], *, state: BookingState, sessions: Sequence[Session]
) -> list[BookedSession]:
    entries = BookedSession.objects.filter(pk__in=ids["entries"], state=state, session__in=sessions)
    return list(
        entries.select_related(
            "booking__school", "session__venue", "session__provider", "session__offer", "session__for_school"
        )
        .prefetch_related("booking__classes", "booking__booked_sessions__session")
        .order_by("session__starts_at", "pk")
    )


def _moved_line(session: Session, was: str) -> str:
    """Return the new time, and the old one behind it where it is another."""
    before = datetime.fromisoformat(was)
    if before == session.starts_at:
        return wording.when_text(session)
    return _("%(new)s (moved from %(old)s)") % {
        "new": wording.when_text(session),
        "old": wording.moment_text(before),
    }


def _place(session: Session) -> str:
    """Return where it is held; at the school nothing has changed."""
    if session.place_kind == PlaceKind.ONLINE:
        return _("Online")
    if session.place_kind == PlaceKind.VENUE and session.venue:
        return f"{session.venue.name}, {session.venue.full_address}"
    return ""


def _cause(value: str) -> str:
    """Return the reason in words; «another reason» says nothing, so the line falls out."""
    if value == SessionCancelReason.OTHER or value not in SessionCancelReason.values:
        return ""
    return str(SessionCancelReason(value).label)


def _notes_on_move(item: BookedSession, *, has_tasks: bool) -> list[str]:
    """Return what the new time means for this one, by where it stands."""
    notes = {
        BookingState.CONFIRMED: _(
            "You do not need to do anything if the new time suits you. Open the attached calendar file, and the entry in your calendar will move with it."
        ),
        BookingState.AWAITING_APPROVAL: _("We are still looking at your booking and will write to you."),
        BookingState.WAITING: _("You keep your place on the waiting list."),
        BookingState.OFFERED: _("The place we have offered you is on the new date. Remember to answer."),
        BookingState.HELD: _("Remember to confirm your e-mail address with the link we have sent you."),
    }
    found = [notes[BookingState(item.state)]] if item.state in notes else []
    if has_tasks and item.state in (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL):
        found.append(_("We will call or write to hear whether the new time suits you."))
    return found


def _unmoved(booking: Booking, moved: Sequence[BookedSession]) -> list[str]:
    """Say that the rest stands where it was: the evening of a package whose visit has moved, the days of a course."""
    rest = [item for item in booked_of(booking) if item not in moved and item.state in ACTIVE_STATES]
    if not rest:
        return []
    days = "; ".join(wording.titled_date_text(item.session) for item in rest)
    return [_("This stays where it was: %(days)s.") % {"days": days}]


def _notes_on_cancellation(state: str, rest: Sequence[BookedSession]) -> list[str]:
    if rest:
        days = ", ".join(wording.moment_text(item.session.starts_at) for item in rest)
        first = _("The other days stand: %(days)s. Call us, and we will find a new day together.")
        notes = [first % {"days": days}]
    elif state == BookingState.WAITING:
        notes = [_("That also closes the waiting list you were on.")]
    else:
        notes = []
    if state == BookingState.CONFIRMED:
        notes.append(_("Open the attached calendar file to remove the date from your calendar."))
    return notes


def _session_url(session: Session) -> str:
    return absolute_url(reverse("provider_session", args=[session.pk]))
