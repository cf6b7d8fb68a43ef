"""When a provider's coverage ends: the bookings it touches become tasks, nothing is cancelled silently (rule 3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from booking.enums import BookingState
from booking.errors import WrongStateError
from booking.models import BookedSession, Booking
from charter.observers import Cause, CauseKind
from core.audit.log import SYSTEM, Actor, record
from core.worklist.models import WorkItem
from core.worklist.operations import close_items, open_item
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES
from workshops.models import Session

_HAS_A_PLACE = (
    BookingState.HELD,
    BookingState.AWAITING_APPROVAL,
    BookingState.OFFERED,
    BookingState.CONFIRMED,
)


class BookingCoverageObserver:
    """Registered with charter.observers: locks the sessions before coverage ends and makes the tasks after."""

    def lock_sessions(self, provider_ids: Sequence[int], now: datetime) -> None:
        """Lock the providers' future sessions in pk order, so that a claim under way is seen, or sees the end."""
        future = Session.objects.filter(
            provider_id__in=provider_ids, starts_at__gt=now, state__in=UPCOMING_STATES
        )
        list(future.locked().values_list("pk", flat=True))

    def coverage_changed(
        self, provider_ids: Sequence[int], cause: Cause, actor: Actor, now: datetime
    ) -> None:
        """Open a task for every active booking of a future session that the gate no longer lets through."""
        sessions = Session.objects.filter(
            provider_id__in=provider_ids, starts_at__gt=now, state__in=UPCOMING_STATES
        )
        affected = (
            BookedSession.objects.filter(
                session__in=sessions.gate_shut(today=local_date_of(now)),
                state__in=_HAS_A_PLACE,
                booking__submitted_at__isnull=False,
            )
            .select_related("booking", "session")
            .order_by("pk")
        )
        open_affected_tasks(affected, cause=cause.kind.value, key=f"{cause}:{now:%Y-%m-%dT%H:%M:%S}", now=now)

    def coverage_restored(self, provider_ids: Sequence[int], now: datetime) -> None:
        """Close the tasks that asked only because coverage had ended, where every date is covered again."""
        items = WorkItem.objects.open().filter(
            kind="affected_booking", provider_id__in=provider_ids, data__cause__in=CauseKind.values
        )
        booking_ids = {int(subject.partition(":")[2]) for subject in items.values_list("subject", flat=True)}
        if not booking_ids:
            return
        ahead = Session.objects.filter(
            booked_sessions__booking__in=booking_ids,
            booked_sessions__state__in=_HAS_A_PLACE,
            starts_at__gt=now,
        )
        uncovered = set(
            BookedSession.objects.filter(
                booking__in=booking_ids,
                state__in=_HAS_A_PLACE,
                session__in=ahead.gate_shut(today=local_date_of(now)),
            ).values_list("booking_id", flat=True)
        )
        for booking_id in sorted(booking_ids - uncovered):
            close_items(
                kind="affected_booking",
                subject=f"booking:{booking_id}",
                resolution="covered_again",
                actor=SYSTEM,
                now=now,
            )


def open_affected_tasks(
    affected: Iterable[BookedSession], *, cause: str, key: str, now: datetime, **data: str
) -> int:
    """Open a task for each booked session, unless its booking has one open already; return how many there are.

    Args:
        cause: what happened; the task's text follows from it (booking.worklist_kinds).
        key: makes a repetition find the same task.
        data: more facts for the text, without personal data (rule 10).
    """
    rows = list(affected)
    subjects = [f"booking:{booked.booking_id}" for booked in rows]
    already = set(
        WorkItem.objects.filter(kind="affected_booking", subject__in=subjects, closed_at=None).values_list(
            "subject", flat=True
        )
    )
    for booked in rows:
        if f"booking:{booked.booking_id}" in already:
            continue
        open_affected_task(booked, booked.session, cause=cause, key=key, now=now, **data)
    return len(rows)


def open_affected_task(
    booked: BookedSession, session: Session, *, cause: str, key: str, now: datetime, **data: str
) -> None:
    """Open the task of one booked session, due before its session as it is now; arguments as above."""
    open_item(
        key=f"affected_booking:{booked.pk}:{key}",
        kind="affected_booking",
        subject=f"booking:{booked.booking_id}",
        provider_id=session.provider_id,
        data={
            "reference": booked.booking.reference,
            "cause": cause,
            "session": session.pk,
            "title": session.title,
            "date": session.local_date.isoformat(),
            **data,
        },
        due_at=session.starts_at,
        now=now,
    )


@transaction.atomic
def keep_affected_booking(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Decide that a booking stays although cover ended; logged with who decided (rule 3, C5).

    Raises:
        WrongStateError: it has ended in the meantime.
    """
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state not in (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.HELD):
        raise WrongStateError
    record("affected_booking_kept", f"booking:{booking.pk}", actor=actor, now=now)
    close_items(
        kind="affected_booking", subject=f"booking:{booking.pk}", resolution="kept", actor=actor, now=now
    )
    return booking
