"""The booking mails: what each says, read from the database when it is sent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking import links, wording
from booking.enums import BookingKind, BookingState
from booking.ical import calendar_attachments, cancelled_copy
from booking.mail_types import Build, register_mail
from booking.models import BookedSession, Booking
from booking.packages import evening_lines
from booking.reading import booked_of, booking_with_details
from booking.reminders import DAY_WINDOW, NO_REMINDER_BELOW, Reminder, reminder_ids
from core.links.tokens import absolute_url
from core.outbox.registry import Attachment, Content
from workshops.enums import UPCOMING_STATES, PlaceKind

_DATES = ("reference", "title", "dates")
type Fill = Callable[[Booking, datetime], Mapping[str, str]]


def _dates(booking: Booking) -> str:
    return wording.dates_text([booked.session for booked in booked_of(booking)])


def _basics(booking: Booking, now: datetime) -> dict[str, str]:
    """Nothing typed: safe for an address that nobody has proven."""
    first = booked_of(booking)[0].session
    return {
        "reference": booking.reference,
        "title": first.title_in(booking.language),
        "dates": _dates(booking),
    }


def _details(booking: Booking, now: datetime) -> dict[str, str]:
    first = booked_of(booking)[0].session
    return {
        **_basics(booking, now),
        "party": wording.party_text(booking),
        "school": booking.school_name,
        "place": wording.places_of(booking, [booked.session for booked in booked_of(booking)]),
        "practical": "\n".join([*wording.practical_lines(booking, first), *evening_lines(booking)]),
        "provider": first.provider.name,
        "manage_url": links.manage_url(booking),
        "withdrawal_deadline": wording.moment_text(first.withdrawal_closes_at),
        "online_url": "",
    }


def _build(
    *,
    states: tuple[BookingState, ...],
    fill: Fill,
    placeholders: tuple[str, ...],
    has_calendar: bool = False,
    only_before_start: bool = False,
    for_provider: bool = False,
    only_if: Callable[[Booking], bool] = lambda booking: True,
) -> Build:
    """Return a build function: None once the booking has left the states the mail is about (rule 5).

    `has_calendar`: the mail carries calendar objects; each session's own state decides which.
    """

    def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
        booking = booking_with_details(ids["booking"])
        if booking is None or booking.state not in states or not booked_of(booking):
            return None
        if not only_if(booking):
            return None
        if not for_provider and ids["to"] != booking.contact_email:
            # Handed over since: its personal link is the new contact's alone.
            return None
        if ids.get("changes", booking.changes) != booking.changes:
            return None  # Changed once more: the mail of that change says how it is now.
        upcoming = [booked for booked in booked_of(booking) if booked.session.starts_at > now]
        if only_before_start and not any(booked.session.state in UPCOMING_STATES for booked in upcoming):
            return None
        with translation.override(language):
            values = fill(booking, now)
            attachments: Sequence[Attachment] = ()
            if has_calendar:
                attachments = calendar_attachments(
                    booked_of(booking), language, to=ids["to"], for_provider=for_provider
                )
        return Content(
            placeholders={name: values[name] for name in placeholders},
            attachments=attachments,
            delete_on=booking.delete_after,
        )

    return build


def _confirm(booking: Booking, now: datetime) -> dict[str, str]:
    deadline = wording.moment_text(booking.held_until) if booking.held_until else ""
    return {**_basics(booking, now), "confirm_url": links.confirm_url(booking), "deadline": deadline}


def _receipt(booking: Booking, now: datetime) -> dict[str, str]:
    """The link of an online session comes with the reminder; who books too late for one gets it here (F4)."""
    soon = (
        _online_url(booked)
        for booked in booked_of(booking)
        if booked.state == BookingState.CONFIRMED
        and booked.session.ends_at > now
        and booked.session.starts_at - now <= NO_REMINDER_BELOW
    )
    return {**_details(booking, now), "online_url": next((url for url in soon if url), "")}


def _online_url(booked: BookedSession) -> str:
    return booked.session.online_url if booked.session.place_kind == PlaceKind.ONLINE else ""


def _reminder(reminder: Reminder, placeholders: tuple[str, ...]) -> Build:
    """Return the build function of a reminder: of one session of a booking, the right one or nothing (rule 5)."""

    def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
        booking = booking_with_details(ids["booking"])
        booked = (
            next((item for item in booked_of(booking) if item.pk == ids["booked"]), None) if booking else None
        )
        if booking is None or booked is None or reminder_ids(booked) != dict(ids):
            return None
        is_on = booked.state == BookingState.CONFIRMED and booked.session.state in UPCOMING_STATES
        # A mail held up until the day before leaves the word to the day's reminder.
        until = booked.session.starts_at - (DAY_WINDOW if reminder == Reminder.WEEK else timedelta(0))
        if not is_on or now >= until:
            return None
        with translation.override(language):
            values = {**_details(booking, now), **_of_one(booked, booking)}
        return Content(
            placeholders={name: values[name] for name in placeholders}, delete_on=booking.delete_after
        )

    return build


def _of_one(booked: BookedSession, booking: Booking) -> dict[str, str]:
    """What a reminder says of its own session, whatever else the booking holds (F4: the link too)."""
    session = booked.session
    return {
        "title": session.title_in(booking.language),
        "dates": wording.when_text(session),
        "place": wording.place_text(booking, session),
        "practical": "\n".join(wording.practical_lines(booking, session)),
        "online_url": _online_url(booked),
    }


def _for_provider(booking: Booking, now: datetime) -> dict[str, str]:
    """For the provider: counts and the teacher's contact; of others only the number of seats (rule 10)."""
    contact = ""
    if booking.kind == BookingKind.SCHOOL:
        contact = "\n".join(
            part for part in (booking.contact_name, booking.contact_email, booking.contact_phone) if part
        )
    first = booked_of(booking)[0].session
    return {
        **_details(booking, now),
        "title": first.title,
        "practical": "\n".join(wording.practical_lines(booking, first, is_for_booker=False)),
        "contact": contact,
        "provider_url": absolute_url("/udbyder/"),
    }


def _waiting(booking: Booking, now: datetime) -> dict[str, str]:
    return {**_details(booking, now), "position": wording.position_text(booked_of(booking)[0])}


def _too_large(booking: Booking, now: datetime) -> dict[str, str]:
    return {**_details(booking, now), "note": wording.too_large_text(booked_of(booking)[0])}


def _received(booking: Booking, now: datetime) -> dict[str, str]:
    return {**_details(booking, now), "note": wording.answer_text(booking, now=now)}


def _offered(booking: Booking, now: datetime) -> dict[str, str]:
    deadline = wording.moment_text(booking.held_until) if booking.held_until else ""
    return {**_details(booking, now), "answer_url": links.answer_url(booking), "deadline": deadline}


def _changed(booking: Booking, now: datetime) -> dict[str, str]:
    return {**_receipt(booking, now), "note": _change_note(booking)}


def _changed_for_provider(booking: Booking, now: datetime) -> dict[str, str]:
    return {**_for_provider(booking, now), "note": _change_note(booking)}


def _change_note(booking: Booking) -> str:
    """Say what a changed booking still waits for."""
    if booking.state == BookingState.AWAITING_APPROVAL:
        return gettext("The change must be approved first. The date is held meanwhile.")
    if booking.state == BookingState.WAITING:
        return wording.position_text(booked_of(booking)[0])
    return ""


def _ended(booking: Booking, now: datetime) -> dict[str, str]:
    return {
        **_basics(booking, now),
        "offers_url": absolute_url("/tilbud/" if booking.language == "da" else "/en/"),
    }


_HELD = (BookingState.HELD,)
_CHANGEABLE = (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.WAITING)
_CONFIRMED = (BookingState.CONFIRMED,)
_CONFIRMED_ONCE = (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL)
"""What a provider counts on: a change may have put it back to approval."""

_DETAILS = (
    "reference",
    "title",
    "dates",
    "party",
    "place",
    "online_url",
    "practical",
    "provider",
    "manage_url",
    "withdrawal_deadline",
)


def register_mail_types() -> None:
    """Register the mails of this package (called when Django is ready)."""
    for kind, who, audience in (("booking", _("booking"), "school"), ("sign_up", _("sign-up"), "person")):
        details = (*_DETAILS, "school") if kind == "booking" else _DETAILS
        _register(
            f"{kind}_confirm_address",
            "unproven",
            _("Confirm the address (%(who)s)") % {"who": who},
            (*_DATES, "confirm_url", "deadline"),
            states=_HELD,
            fill=_confirm,
            only_before_start=True,
        )
        _register(
            f"{kind}_received",
            audience,
            _("Received, awaits approval (%(who)s)") % {"who": who},
            (*_DATES, "party", "manage_url", "note"),
            states=(BookingState.AWAITING_APPROVAL,),
            fill=_received,
            has_calendar=True,
        )
        _register(
            f"{kind}_receipt",
            audience,
            _("Receipt (%(who)s)") % {"who": who},
            details,
            states=_CONFIRMED,
            fill=_receipt,
            has_calendar=True,
            only_before_start=True,
        )
        _register(
            f"{kind}_delayed",
            audience,
            _("The answer takes longer (%(who)s)") % {"who": who},
            (*_DATES, "party", "manage_url"),
            states=(BookingState.AWAITING_APPROVAL,),
            fill=_details,
            only_before_start=True,
        )
        _register_queue_mails(kind, who, audience)
        _register_handover_mails(kind, who)
        _register(
            f"{kind}_moved",
            audience,
            _("Moved to another date (%(who)s)") % {"who": who},
            details,
            states=_CONFIRMED,
            fill=_receipt,
            has_calendar=True,
            only_before_start=True,
        )
        _register(
            f"{kind}_changed",
            audience,
            _("Changed (%(who)s)") % {"who": who},
            (*details, "note"),
            states=_CHANGEABLE,
            fill=_changed,
            has_calendar=True,
            only_before_start=True,
        )
        for state in ("declined", "withdrawn", "cancelled", "expired"):
            _register(
                f"{kind}_{state}",
                "unproven" if state == "expired" else audience,
                _("%(state)s (%(who)s)") % {"state": BookingState(state).label, "who": who},
                (*_DATES, "offers_url"),
                states=(BookingState(state),),
                fill=_ended,
                has_calendar=True,
            )
        _register_reminder(
            Reminder.DAY,
            f"{kind}_reminder_day",
            audience,
            _("Reminder the day before (%(who)s)") % {"who": who},
            (*_DATES, "party", "place", "practical", "manage_url", "online_url"),
        )
    _register_reminder(
        Reminder.WEEK,
        "booking_reminder_week",
        "school",
        _("Reminder a week before (booking)"),
        (*_DATES, "party", "place", "practical", "manage_url"),
    )
    _register(
        "provider_booking_new",
        "provider",
        _("New booking (to the provider)"),
        (*_DATES, "party", "school", "place", "practical", "contact", "provider_url"),
        states=_CONFIRMED,
        fill=_for_provider,
        has_calendar=True,
        only_before_start=True,
        for_provider=True,
    )
    _register(
        "provider_booking_moved",
        "provider",
        _("Booking moved to another date (to the provider)"),
        (*_DATES, "party", "school", "place", "practical", "contact", "provider_url"),
        states=_CONFIRMED_ONCE,
        fill=_for_provider,
        has_calendar=True,
        only_before_start=True,
        for_provider=True,
    )
    _register(
        "provider_booking_changed",
        "provider",
        _("Booking changed (to the provider)"),
        (*_DATES, "note", "party", "school", "place", "practical", "contact", "provider_url"),
        states=_CONFIRMED_ONCE,
        fill=_changed_for_provider,
        has_calendar=True,
        only_before_start=True,
        for_provider=True,
    )
    _register(
        "provider_booking_ended",
        "provider",
        _("Booking withdrawn or cancelled (to the provider)"),
        (*_DATES, "party", "school", "provider_url"),
        states=(BookingState.WITHDRAWN, BookingState.CANCELLED, BookingState.DECLINED),
        fill=_for_provider,
        has_calendar=True,
        for_provider=True,
    )


def _register_queue_mails(kind: str, who: object, audience: str) -> None:
    """Register what those on a waiting list are told (S12-S14)."""
    waits, ended = (BookingState.WAITING,), (*_DATES, "offers_url")
    _register(
        f"{kind}_confirm_queue",
        "unproven",
        _("Confirm the address for the waiting list (%(who)s)") % {"who": who},
        (*_DATES, "confirm_url", "deadline"),
        states=waits,
        fill=_confirm,
        only_before_start=True,
    )
    _register(
        f"{kind}_waiting",
        audience,
        _("On the waiting list (%(who)s)") % {"who": who},
        (*_DATES, "party", "position", "manage_url"),
        states=waits,
        fill=_waiting,
        only_before_start=True,
    )
    _register(
        f"{kind}_too_large",
        audience,
        _("The date has become too small (%(who)s)") % {"who": who},
        (*_DATES, "party", "note", "manage_url"),
        states=waits,
        fill=_too_large,
        only_before_start=True,
        only_if=lambda booking: bool(wording.too_large_text(booked_of(booking)[0])),
    )
    _register(
        f"{kind}_offered",
        audience,
        _("A place is offered (%(who)s)") % {"who": who},
        (*_DATES, "party", "deadline", "answer_url"),
        states=(BookingState.OFFERED,),
        fill=_offered,
        only_before_start=True,
    )
    for name, title, states in (
        ("offer_expired", _("An offered place ran out (%(who)s)"), (BookingState.EXPIRED,)),
        (
            "left_queue",
            _("Left the waiting list (%(who)s)"),
            (BookingState.WITHDRAWN, BookingState.DECLINED),
        ),
        ("queue_closed", _("The waiting list closed (%(who)s)"), (BookingState.EXPIRED,)),
    ):
        _register(f"{kind}_{name}", audience, title % {"who": who}, ended, states=states, fill=_ended)


def _build_handover(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Ask a new address: nothing typed, and nothing any more once it was taken back, replaced or accepted."""
    booking = booking_with_details(ids["booking"])
    if booking is None or ids["to"] != booking.pending_email:
        return None
    if booking.state not in _CHANGEABLE or booking.pending_until is None or booking.pending_until <= now:
        return None
    return Content(
        placeholders={
            **_basics(booking, now),
            "accept_url": links.handover_url(booking),
            "deadline": wording.moment_text(booking.pending_until),
        },
        delete_on=booking.delete_after,
    )


def _build_handed_over(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Tell the old contact, and take the entry out of its calendar; not the one who has it back again."""
    booking = booking_with_details(ids["booking"])
    if booking is None or ids["to"] == booking.contact_email:
        return None
    name = "aftale" if language == "da" else "appointment"
    copies = [
        booked for booked in booked_of(booking) if booking.confirmed_at and booked.session.starts_at > now
    ]
    return Content(
        placeholders=_basics(booking, now),
        attachments=[
            Attachment(
                f"{name}-{number}.ics" if number > 1 else f"{name}.ics",
                cancelled_copy(booked, booking, language=language, to=ids["to"]),
                "text/calendar; method=CANCEL; charset=utf-8",
            )
            for number, booked in enumerate(copies, start=1)
        ],
        delete_on=booking.delete_after,
    )


def _register_handover_mails(kind: str, who: object) -> None:
    register_mail(
        f"{kind}_handover",
        "unproven",
        _("Asked to take over (%(who)s)") % {"who": who},
        (*_DATES, "accept_url", "deadline"),
        _build_handover,
    )
    register_mail(
        f"{kind}_handed_over",
        "person",
        _("Handed over, to the old contact (%(who)s)") % {"who": who},
        _DATES,
        _build_handed_over,
    )


def _register(name: str, audience: str, title: object, placeholders: tuple[str, ...], **build: Any) -> None:
    register_mail(name, audience, title, placeholders, _build(placeholders=placeholders, **build))


def _register_reminder(
    reminder: Reminder, name: str, audience: str, title: object, placeholders: tuple[str, ...]
) -> None:
    register_mail(name, audience, title, placeholders, _reminder(reminder, placeholders))
