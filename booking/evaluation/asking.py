"""Asking how it went: one mail to each who booked, when the session is reported as held (R6, rule 5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import batched

from booking.enums import BookingState
from booking.evaluation.links import address_hash
from booking.evaluation.reading import kind_of_link
from booking.evaluation.rules import ASK_DAYS, may_be_asked
from booking.models import BookedSession, EvaluationOptOut
from booking.rules import is_by_day
from core.outbox.operations import Draft, queue_messages
from workshops.enums import SessionState

MAILS = {"teacher": "evaluation_teacher", "participants": "evaluation_participant"}
ASKED_OF = (BookingState.CONFIRMED, BookingState.ATTENDED)
"""Who stayed away is not asked how it was."""

_BATCH = 500


def ask_for_evaluations(now: datetime) -> int:
    """Queue the mail of each booked session that was held and has not been asked about. Returns how many are new.

    By day only, once for each booking and session, and not of those who do not want such mails. A course is asked
    about once, after its last date. Safe to run twice, and at once on every node.
    """
    if not is_by_day(now):
        return 0
    booked = (
        BookedSession.objects.filter(
            state__in=ASKED_OF,
            session__state=SessionState.HELD,
            session__ends_at__gt=now - timedelta(days=ASK_DAYS + 1),
            session__ends_at__lte=now,
            evaluation_answered=None,
        )
        .exclude(booking__contact_email="")
        .select_related("booking", "session")
        .order_by("session__ends_at", "pk")
    )
    return sum(_ask(batch, now=now) for batch in batched(booked, _BATCH, strict=False))


def _ask(booked: Iterable[BookedSession], *, now: datetime) -> int:
    asked = [item for item in booked if may_be_asked(item.session.ends_at, now=now) and not _is_more(item)]
    hashes = {item.pk: address_hash(item.booking.contact_email) for item in asked}
    stopped = set(
        EvaluationOptOut.objects.filter(address_hash__in=set(hashes.values())).values_list(
            "address_hash", flat=True
        )
    )
    drafts = []
    for item in asked:
        kind = kind_of_link(item)
        if kind is None or hashes[item.pk] in stopped:
            continue
        drafts.append(
            Draft(
                mail_type=MAILS[kind],
                to=item.booking.contact_email,
                ids={"booked": item.pk, "to": item.booking.contact_email},
                language=item.booking.language,
                key=f"{MAILS[kind]}:{item.pk}",
                about=f"booking:{item.booking_id}",
            )
        )
    return queue_messages(drafts, now=now)


def _is_more(item: BookedSession) -> bool:
    """Say whether a later date of the same course is still to be held: then it is asked about."""
    if item.session.course_id is None:
        return False
    later = BookedSession.objects.filter(
        booking=item.booking_id,
        session__course=item.session.course_id,
        session__starts_at__gt=item.session.starts_at,
        state__in=ASKED_OF,
    )
    return later.exclude(session__state__in=(SessionState.CANCELLED, SessionState.NOT_HELD)).exists()
