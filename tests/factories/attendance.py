"""Sessions that are over, booked as people book them and then set back in time."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from booking.attendance.reading import what_was_booked
from booking.enums import ReportSource
from booking.models import SessionReport
from booking.operations.reporting import Count, Figures, report_session
from core.audit.log import LINK, Actor
from workshops.calendars import local_date_of
from workshops.models import Session


def set_back(session: Session, *, ended_at: datetime | None = None) -> Session:
    """Let a session with its bookings have ended at a moment, an hour ago by default."""
    ends_at = ended_at or timezone.now() - timedelta(hours=1)
    session.refresh_from_db()
    starts_at = ends_at - (session.ends_at - session.starts_at)
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts_at,
        ends_at=ends_at,
        local_date=local_date_of(starts_at),
        booking_closes_at=starts_at - timedelta(days=3),
        withdrawal_closes_at=starts_at - timedelta(days=7),
    )
    session.refresh_from_db()
    return session


def report(
    session: Session,
    *,
    classes: tuple[int, ...] = (),
    people: int = 0,
    not_held: str = "",
    seen: int = 0,
    source: ReportSource = ReportSource.LINK,
    actor: Actor = LINK,
    now: datetime | None = None,
    **more: Any,
) -> SessionReport:
    """Report a session: how many pupils of each class, or how many in all, or why it was not held."""
    lines = what_was_booked(session).classes
    figures = Figures(
        is_held=not not_held,
        reason=not_held,
        classes={
            (line.booked_id, line.class_id): Count(number, 1 if number else 0)
            for line, number in zip(lines, classes, strict=False)
        },
        total=Count(people),
        **more,
    )
    return report_session(
        session_id=session.pk,
        figures=figures,
        seen=seen,
        source=source,
        actor=actor,
        now=now or timezone.now(),
    )
