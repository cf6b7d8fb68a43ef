"""What booking holds of persons, and how it lets go (rule 10)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from booking.attendance.retention import NOTE_DAYS, TICK_DAYS, old_notes, old_ticks, told_reports
from booking.enums import LIVE_STATES, BookingKind, BookingState, RequestState, WithdrawalReason
from booking.models import (
    BookedSession,
    Booking,
    DateNotice,
    DateRequest,
    DoorTick,
    Feed,
    ProposedTime,
    SessionReport,
)
from booking.operations import bookings_to_anonymise, withdraw_booking
from booking.operations.anonymising import empty_contacts
from booking.operations.ending import FREE_TO_LEAVE, abandoned_forms, can_withdraw
from booking.operations.handing_over import ended_handovers
from booking.operations.holding import release_hold
from booking.operations.noticing import old_notices
from booking.operations.request_upkeep import empty_requests, requests_to_anonymise, unproven_requests
from booking.operations.requesting import withdraw_request
from booking.operations.subscribing import ended_feeds
from booking.places import lock_sessions
from booking.requesting.rules import PROOF_TIME
from booking.wording import day_text
from core.outbox.models import Message, MessageState
from core.outbox.operations import forget_messages
from core.privacy.people import Person, has_email, has_phone, mentions
from core.privacy.registry import Asked, Holding, dated, delete_rows, exempt, register
from workshops.calendars import local_date_of
from workshops.personal_data import FACILITATOR_KEPT

_CONTACT = (
    "contact_name",
    "contact_email",
    "contact_phone",
    "organisation",
    "needs",
    "interpreter_language",
)
_OPEN_REQUESTS = (RequestState.UNPROVEN, RequestState.SENT, RequestState.ANSWERED)


def _kept(**conditions: Any) -> QuerySet[Any]:
    """Return sent bookings whose contact is still there."""
    rows = Booking.objects.filter(submitted_at__isnull=False, anonymised_at=None)
    return dated(rows.filter(**conditions), since="submitted_at", until="delete_after")


def _unsent() -> QuerySet[Any]:
    return dated(Booking.objects.filter(submitted_at=None, anonymised_at=None), since="started_at", days=1)


def _of_contact(person: Person) -> Q:
    return has_email(person, "contact_email") | has_phone(
        person, "contact_phone", "phone_on_day", "sms_phone"
    )


def _of_asker(person: Person) -> Q:
    return has_email(person, "contact_email") | has_phone(person, "contact_phone")


def _ahead(booking: Any, asked: Asked) -> list[BookedSession]:
    """Return what is still booked, where any of it lies ahead; nothing where all is over."""
    if booking.state not in LIVE_STATES or not booking.submitted_at:
        return []
    booked = list(booking.booked_sessions.filter(state__in=LIVE_STATES).select_related("session"))
    return booked if any(item.session.starts_at > asked.now for item in booked) else []


def _why_booking_stays(booking: Any, asked: Asked) -> Any:
    """Say why a booking is kept: what the withdrawal itself would refuse."""
    booked = _ahead(booking, asked)
    if not booked:
        return ""
    if any(item.session.starts_at <= asked.now for item in booked):
        last = max(local_date_of(item.session.ends_at) for item in booked)
        return _("It is under way, and the last date is %(day)s. Ask again after that day.") % {
            "day": day_text(last)
        }
    is_free = booking.state in FREE_TO_LEAVE
    if not asked.by_staff and not is_free and not can_withdraw(booked, now=asked.now):
        return _("The deadline for withdrawing has passed. Call us: then we withdraw and delete it.")
    return ""


def _booking_also(booking: Any, asked: Asked) -> Any:
    return (
        _("It lies ahead and is withdrawn: the place is free for others.") if _ahead(booking, asked) else ""
    )


def _erase_bookings(rows: Sequence[Any], asked: Asked) -> None:
    """Withdraw what lies ahead, then empty the contacts as the retention job does."""
    ids = [row.pk for row in rows]
    # All of them at once, in pk order: each withdrawal then finds its own locked (one lock order).
    lock_sessions(
        sorted(set(BookedSession.objects.filter(booking__in=ids).values_list("session_id", flat=True)))
    )
    for row in rows:
        if _ahead(row, asked):
            withdraw_booking(
                booking_id=row.pk,
                reason=WithdrawalReason.OTHER,
                actor=asked.actor,
                now=asked.now,
                by_staff=asked.by_staff,
            )
    empty_contacts(ids, now=asked.now)
    _forget_sent_mails([f"booking:{pk}" for pk in ids])


def _erase_unsent(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        release_hold(booking_id=row.pk, now=asked.now)
    Booking.objects.filter(pk__in=[row.pk for row in rows], submitted_at=None).exclude(
        booked_sessions__state=BookingState.HELD
    ).delete()


def _erase_handovers(rows: Sequence[Any], asked: Asked) -> None:
    Booking.objects.filter(pk__in=[row.pk for row in rows]).update(
        pending_name="", pending_email="", pending_until=None
    )


def _erase_requests(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        if row.state in _OPEN_REQUESTS:
            withdraw_request(request_id=row.pk, actor=asked.actor, now=asked.now)
    empty_requests([row.pk for row in rows], now=asked.now)
    _forget_sent_mails([f"request:{row.pk}" for row in rows])


def _forget_sent_mails(about: Sequence[str]) -> None:
    """Delete what was mailed to anybody about them: the demo keeps texts. What is still to be sent says no name."""
    forget_messages(Message.objects.filter(about__in=about).exclude(state=MessageState.QUEUED))


def _request_also(row: Any, asked: Asked) -> Any:
    return _("It still awaits an answer and is withdrawn.") if row.state in _OPEN_REQUESTS else ""


def _erase_notes(rows: Sequence[Any], asked: Asked) -> None:
    SessionReport.objects.filter(pk__in=[row.pk for row in rows]).update(note="")


def old_proposed_facilitators(now: datetime) -> QuerySet[ProposedTime]:
    """Return the proposed times two years back that still say who would have held them."""
    return ProposedTime.objects.exclude(facilitator="").filter(starts_at__lt=now - FACILITATOR_KEPT)


def forget_proposed_facilitators(now: datetime) -> int:
    """Empty who would have held dates proposed two years back. Returns how many."""
    return old_proposed_facilitators(now).update(facilitator="")


def _mails_about(kind: str, rows: Callable[[datetime], QuerySet[Any]]) -> Callable[[datetime], QuerySet[Any]]:
    """Return the mails about rows that are due: they go with them."""

    def due(now: datetime) -> QuerySet[Any]:
        reference = Concat(Value(f"{kind}:"), Cast("pk", CharField()), output_field=CharField())
        return Message.objects.filter(
            Exists(rows(now).annotate(subject=reference).filter(subject=OuterRef("about")))
        )

    return due


def register_all() -> None:
    """Register what booking holds."""
    _register_bookings()
    _register_requests()
    _register_rest()
    exempt(
        "booking.Booking",
        "reference",
        "language",
        "school_number",
        "school_name",
        "heads",
        "approval_reasons",
        "end_reason",
        reason="references, snapshots of the register, counts of occupations, fixed reasons",
    )
    exempt("booking.BookedSession", "uid", reason="a random name of a calendar entry")
    exempt("booking.BookedClass", reason="names of classes and counts; no pupil (rule 10)")
    exempt("booking.ClassPlace", reason="a key of school, year and class")
    exempt("booking.Feed", "language", reason="a language")
    exempt("booking.SessionReport", "counts", reason="counts")
    exempt(
        "booking.DateRequest",
        "reference",
        "language",
        "classes",
        "end_reason",
        reason="references and counts",
    )
    exempt("booking.ProposedTime", "online_url", reason="the address of a meeting")
    exempt("booking.DateNotice", "language", reason="a language")


def _register_bookings() -> None:
    rules = {
        "booking_contacts": {"kind": BookingKind.SCHOOL},
        "sign_up_contacts": {"kind__in": ["person", "organisation"]},
    }
    for name, conditions in rules.items():
        register(
            Holding(
                name=name,
                rule=name,
                model="booking.Booking",
                fields=(*_CONTACT, "room", "entrance", "phone_on_day", "sms_phone", "browser_key"),
                shown=("reference", "school_name", "state", "submitted_at"),
                rows=lambda conditions=conditions: _kept(**conditions),  # type: ignore[misc]  # bound per rule
                due=lambda now, conditions=conditions: bookings_to_anonymise(now).filter(**conditions),  # type: ignore[misc]
                of=_of_contact,
                stays=_why_booking_stays,
                also=_booking_also,
                erase=_erase_bookings,
                contact="contact_email",
                url=lambda row: reverse("booking_admin_detail", args=[row.pk]),
                order=10,
            )
        )
        register(
            Holding(
                name=f"{name}_mails",
                rule=name,
                model="outbox.Message",
                fields=("to_email",),
                rows=Message.objects.all,
                due=_mails_about(
                    "booking",
                    lambda now, conditions=conditions: bookings_to_anonymise(now).filter(**conditions),  # type: ignore[misc]
                ),
                unfound="found as mails to the address",
                is_counted=False,
            )
        )
    register(
        Holding(
            name="abandoned_forms",
            rule="abandoned_forms",
            model="booking.Booking",
            fields=(*_CONTACT, "room", "entrance", "phone_on_day", "sms_phone", "browser_key"),
            shown=("reference", "started_at"),
            rows=_unsent,
            due=abandoned_forms,
            of=_of_contact,
            erase=_erase_unsent,
            contact="contact_email",
            order=11,
        )
    )
    register(
        Holding(
            name="handovers",
            rule="handovers",
            model="booking.Booking",
            fields=("pending_name", "pending_email"),
            shown=("reference", "pending_until"),
            rows=lambda: dated(
                Booking.objects.exclude(pending_email=""), since="started_at", until="pending_until"
            ),
            due=ended_handovers,
            of=lambda person: has_email(person, "pending_email"),
            erase=_erase_handovers,
            contact="pending_email",
            url=lambda row: reverse("booking_admin_detail", args=[row.pk]),
            order=9,
        )
    )


def _register_requests() -> None:
    proven = {"anonymised_at": None}
    register(
        Holding(
            name="request_contacts",
            rule="request_contacts",
            model="booking.DateRequest",
            fields=_CONTACT,
            shown=("reference", "state", "sent_at"),
            rows=lambda: dated(
                DateRequest.objects.filter(**proven).exclude(state=RequestState.UNPROVEN),
                since="sent_at",
                until="delete_after",
            ),
            due=lambda now: requests_to_anonymise(now).exclude(state=RequestState.UNPROVEN),
            of=_of_asker,
            also=_request_also,
            erase=_erase_requests,
            contact="contact_email",
            url=lambda row: reverse("request_admin_detail", args=[row.pk]),
            order=12,
        )
    )
    register(
        Holding(
            name="request_contacts_mails",
            rule="request_contacts",
            model="outbox.Message",
            fields=("to_email",),
            rows=Message.objects.all,
            due=_mails_about("request", requests_to_anonymise),
            unfound="found as mails to the address",
            is_counted=False,
        )
    )
    register(
        Holding(
            name="unproven_requests",
            rule="unproven_requests",
            model="booking.DateRequest",
            fields=_CONTACT,
            shown=("reference", "sent_at"),
            rows=lambda: dated(
                DateRequest.objects.filter(state=RequestState.UNPROVEN), since="sent_at"
            ).annotate(kept_until=F("sent_at") + PROOF_TIME),
            due=unproven_requests,
            of=_of_asker,
            erase=delete_rows,
            contact="contact_email",
            order=13,
        )
    )


def _register_rest() -> None:
    register(
        Holding(
            name="date_notices",
            rule="date_notices",
            model="booking.DateNotice",
            fields=("email",),
            shown=("offer", "created_at"),
            rows=lambda: dated(DateNotice.objects.all(), since="created_at", until="delete_after"),
            due=old_notices,
            of=lambda person: has_email(person, "email"),
            erase=delete_rows,
            contact="email",
        )
    )
    register(
        Holding(
            name="calendar_feeds",
            rule="calendar_feeds",
            model="booking.Feed",
            fields=("email", "user"),
            shown=("kind", "created_at"),
            rows=lambda: dated(Feed.objects.all(), since="created_at", until="delete_after"),
            due=ended_feeds,
            of=lambda person: has_email(person, "email", "user__email"),
            erase=delete_rows,
            url=lambda row: reverse("feeds:inspect", args=[row.pk]),
        )
    )
    register(
        Holding(
            name="report_notes",
            rule="report_notes",
            model="booking.SessionReport",
            fields=("note", "reported_by"),
            shown=("session", "reported_at"),
            rows=lambda: dated(told_reports(), since="reported_at").annotate(
                kept_until=F("session__starts_at") + timedelta(days=NOTE_DAYS)
            ),
            due=old_notes,
            of=lambda person: mentions(person, "note"),
            erase=_erase_notes,
        )
    )
    register(
        Holding(
            name="proposed_facilitators",
            rule="facilitators",
            model="booking.ProposedTime",
            fields=("facilitator",),
            rows=lambda: dated(ProposedTime.objects.exclude(facilitator=""), since="proposed_at").annotate(
                kept_until=F("starts_at") + FACILITATOR_KEPT
            ),
            due=old_proposed_facilitators,
            unfound="a name and no address",
        )
    )
    register(
        Holding(
            name="door_ticks",
            rule="door_ticks",
            model="booking.DoorTick",
            fields=("made_by",),
            rows=lambda: dated(DoorTick.objects.all(), since="made_at").annotate(
                kept_until=F("session__starts_at") + timedelta(days=TICK_DAYS)
            ),
            due=old_ticks,
            unfound="a number and a reference to the account; no name",
        )
    )
