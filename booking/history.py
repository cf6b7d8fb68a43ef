"""What happened to a booking, in words: its audit entries as staff read them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.enums import (
    CancelReason,
    DeclineReason,
    PickReason,
    RequestDeclineReason,
    SessionCancelReason,
    UrgentEndReason,
    WithdrawalReason,
)
from core.audit.models import Entry

_ACTIONS = {
    "booking_sent": gettext_lazy("Sent"),
    "booking_changed": gettext_lazy("Changed"),
    "booking_handover_offered": gettext_lazy("Offered to a new contact, who must confirm the address"),
    "booking_handover_taken_back": gettext_lazy("The offer to a new contact was taken back"),
    "booking_handed_over": gettext_lazy("Handed over to a new contact; the old links no longer work"),
    "address_proven": gettext_lazy("E-mail address confirmed"),
    "booking_approved": gettext_lazy("Approved"),
    "booking_declined": gettext_lazy("Declined"),
    "booking_withdrawn": gettext_lazy("Withdrawn"),
    "booking_part_withdrawn": gettext_lazy("A part of it withdrawn"),
    "booking_cancelled": gettext_lazy("Cancelled"),
    "booking_moved": gettext_lazy("Moved to another date"),
    "booking_session_moved": gettext_lazy("Its date was moved, and the booking with it"),
    "booking_session_cancelled": gettext_lazy("One of its days was cancelled"),
    "place_offered": gettext_lazy("Offered a place"),
    "offer_accepted": gettext_lazy("Said yes to the offered place"),
    "offer_declined": gettext_lazy("Said no to the offered place"),
    "offer_expired": gettext_lazy("The offered place ran out"),
    "queue_closed": gettext_lazy("The waiting list closed without a place"),
    "queue_unproven": gettext_lazy("Left the waiting list: the address was not confirmed in time"),
    "approval_overdue": gettext_lazy("Not answered in time"),
    "booking_expired": gettext_lazy("Let go: the address was not confirmed in time"),
    "booking_arrival_registered": gettext_lazy("Registered that they came"),
    "booking_receipt_sent_again": gettext_lazy("E-mail sent again"),
    "booking_link_renewed": gettext_lazy("New personal link; the old one no longer works"),
    "affected_booking_kept": gettext_lazy("Kept although the charter no longer covers it"),
    "booking_read": gettext_lazy("Read by staff"),
    "request_sent": gettext_lazy("Request sent"),
    "request_proven": gettext_lazy("E-mail address confirmed"),
    "request_answered": gettext_lazy("Times proposed"),
    "request_wished_anew": gettext_lazy("No proposed time suited: new dates wished for"),
    "request_declined": gettext_lazy("Request declined"),
    "request_withdrawn": gettext_lazy("Request withdrawn"),
    "request_expired": gettext_lazy("Lapsed: nobody chose a time"),
    "request_agreed": gettext_lazy("Time agreed: session and booking made"),
    "request_times_moved": gettext_lazy("A proposed date was moved, and the asker told"),
    "request_times_cancelled": gettext_lazy("A proposed date was cancelled"),
    "request_read": gettext_lazy("Read by staff"),
    "session.created": gettext_lazy("Session made"),
    "session.held": gettext_lazy("Session held"),
    "session.not_held": gettext_lazy("Session not held"),
    "session.cancelled": gettext_lazy("Session cancelled"),
}
_ENDS = {
    "offer_declined": gettext_lazy("said no to the offered place"),
    "offer_expired": gettext_lazy("the offered place ran out"),
    "queue_closed": gettext_lazy("the waiting list closed"),
    "queue_unproven": gettext_lazy("the address was not confirmed in time"),
}
_ACTORS = {
    "link": gettext_lazy("by the personal link"),
    "visitor": gettext_lazy("on the website"),
    "system": gettext_lazy("by itself"),
}
_REASONS: Mapping[str, Any] = {
    str(reason.value): reason.label
    for reasons in (
        SessionCancelReason,
        WithdrawalReason,
        DeclineReason,
        CancelReason,
        PickReason,
        RequestDeclineReason,
        UrgentEndReason,
    )
    for reason in reasons
}


@dataclass(frozen=True)
class Event:
    """One line of a booking's history."""

    at: datetime
    what: str
    who: str
    reason: str


def history_of(booking_id: int, *, with_readings: bool = True) -> list[Event]:
    """Return what happened to a booking, newest first, in one query."""
    entries = Entry.objects.filter(subject=f"booking:{booking_id}").select_related("actor")
    if not with_readings:
        entries = entries.exclude(action="booking_read")
    return [_event(entry) for entry in entries]


def events_about(subjects: Collection[str]) -> list[Event]:
    """Return what happened to several things that belong together, newest first, in one query."""
    entries = Entry.objects.filter(subject__in=subjects).select_related("actor")
    return [_event(entry) for entry in entries]


def reason_text(reason: str) -> str:
    """Return why a booking ended, in words; empty where nothing was said."""
    return str(_REASONS.get(reason) or _ENDS.get(reason, ""))


def audit_actions() -> Iterable[str]:
    """Return the actions that have words (a test compares them with what the operations write)."""
    return _ACTIONS.keys()


def _event(entry: Entry) -> Event:
    who = str(entry.actor) if entry.actor else str(_ACTORS.get(entry.actor_kind, _("a person who has left")))
    return Event(
        at=entry.at,
        what=str(_ACTIONS.get(entry.action, entry.action)),
        who=who,
        reason=reason_text(entry.data.get("reason", "")),
    )
