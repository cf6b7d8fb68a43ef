"""Reporting a session: held or not, and how many came. A figure is never overwritten without trace (rule 11)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from booking.attendance.asking import ask_for_report
from booking.attendance.door import Arrivals, arrivals_of, arrived
from booking.attendance.errors import (
    CorrectionClosedError,
    ReportChangedError,
    SessionCancelledError,
    SessionNotBegunError,
)
from booking.attendance.reading import REPORTED_OF, booked_rows, report_in_force, what_was_booked
from booking.attendance.rules import correction_ends
from booking.attendance.tasks import REPORT_MISSING
from booking.enums import BookingKind, BookingState, NotHeldReason, ReportSource
from booking.errors import WrongStateError
from booking.models import Attendance, BookedSession, Booking, DoorTick, SessionReport
from booking.places import lock_sessions, lock_sessions_of
from core.audit.log import Actor, record
from core.worklist.operations import close_items
from workshops.enums import NOT_TAKING_PLACE, UPCOMING_STATES, SessionState
from workshops.models import Session

_NOT_REPORTABLE = (SessionState.DRAFT, SessionState.CANCELLED)
_CAME, _STAYED_AWAY, _UNKNOWN = BookingState.ATTENDED, BookingState.NO_SHOW, BookingState.CONFIRMED


@dataclass(frozen=True)
class Count:
    """How many came of one class, or of all."""

    people: int
    adults: int = 0


@dataclass(frozen=True)
class Figures:
    """What is reported of a session.

    `classes` by (pk of BookedSession, pk of BookedClass) where the session is counted by class, else `total`.
    """

    is_held: bool
    reason: str = ""
    classes: Mapping[tuple[int, int], Count] = field(default_factory=dict)
    total: Count = Count(0)
    note: str = ""


@transaction.atomic
def report_session(
    *,
    session_id: int,
    figures: Figures,
    seen: int,
    source: ReportSource,
    actor: Actor,
    now: datetime,
) -> SessionReport:
    """Report a session, or correct its report, and let bookings follow. The same figures again change nothing.

    Nobody is mailed, and no place is given back. A correction is a new row after the one it corrects (ADR 9).

    Args:
        seen: the number of the report that the form showed; 0 for none.
        source: staff may correct at any time, the provider for some days.
    Raises:
        SessionNotBegunError: it has not begun.
        SessionCancelledError: it is cancelled or a draft.
        CorrectionClosedError: the provider corrects too late.
        ReportChangedError: somebody has reported since the form was shown.
    Source: DESIGN.md rule 11.
    """
    session = lock_sessions([session_id])[session_id]
    if session.state in _NOT_REPORTABLE:
        raise SessionCancelledError
    if session.starts_at > now:
        raise SessionNotBegunError
    rows = booked_rows(session)
    before = report_in_force(session_id)
    report = _report(session, figures, rows)
    if before is not None and _says(before) == _says(report):
        return before
    if seen != (before.number if before else 0):
        raise ReportChangedError
    if before is not None and source != ReportSource.STAFF and now >= correction_ends(session.ends_at):
        raise CorrectionClosedError
    report.number = before.number + 1 if before else 1
    report.source, report.reported_at, report.reported_by_id = source, now, actor.user_id
    report.save(force_insert=True)
    state = SessionState.HELD if report.is_held else SessionState.NOT_HELD
    Session.objects.filter(pk=session_id).update(state=state)
    door = arrivals_of(session_id)
    _write_attendance(report, rows, door, now=now)
    _settle(rows, _states(report, rows, door))
    subject = f"session:{session_id}"
    record(
        "session_reported" if before is None else "session_report_corrected",
        subject,
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        source=source.value,
        number=report.number,
        after=_figures_of(report),
        before=_figures_of(before) if before else None,
    )
    close_items(kind=REPORT_MISSING, subject=subject, resolution="reported", actor=actor, now=now)
    return report


@transaction.atomic
def register_arrival(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Write down that a sign-up came, of whom the door list does not say so: as if all of it had been ticked off.

    The report's total, which goals count, stays as it is. Twice changes nothing.

    Raises:
        WrongStateError: a school's booking, a course (nobody can say to which dates), not over, or not held.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    rows = list(booking.booked_sessions.filter(state__in=REPORTED_OF).select_related("booking"))
    if booking.kind == BookingKind.SCHOOL or len(rows) != 1:
        raise WrongStateError
    row, session = rows[0], sessions[rows[0].session_id]
    if session.ends_at > now or session.state in NOT_TAKING_PLACE:
        raise WrongStateError
    is_reported = report_in_force(session.pk) is not None
    if row.state == _CAME or (not is_reported and arrived([row.pk]).get(row.pk) == row.people):
        return booking
    DoorTick.objects.create(
        session=session,
        booked_session=row,
        people=row.people,
        client_id=uuid.uuid4(),
        made_at=now,
        made_by_id=actor.user_id,
    )
    if is_reported:  # else the report finds the tick when it comes
        Attendance.objects.update_or_create(
            booked_session=row,
            booked_class=None,
            defaults={"people": row.people, "reported_at": now, "reported_by_id": actor.user_id},
        )
        _settle([row], {row.pk: _CAME})
        booking.refresh_from_db()
    record(
        "booking_arrival_registered",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        people=row.people,
    )
    return booking


@transaction.atomic
def renew_report_link(*, session_id: int, actor: Actor, now: datetime) -> Session:
    """Make the links to report a session that were sent so far stop working, and mail new ones."""
    session = lock_sessions([session_id])[session_id]
    Session.objects.filter(pk=session_id).update(link_generation=F("link_generation") + 1)
    session.refresh_from_db(fields=["link_generation"])
    record(
        "session_report_link_renewed",
        f"session:{session_id}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        generation=session.link_generation,
    )
    ask_for_report(session, now=now)
    return session


def _report(session: Session, figures: Figures, rows: Sequence[BookedSession]) -> SessionReport:
    """Return the report that figures make: a class that was not counted came with nobody."""
    if not figures.is_held:
        return SessionReport(
            session=session,
            is_held=False,
            reason=NotHeldReason(figures.reason).value,
            note=figures.note,
        )
    booked = what_was_booked(session, rows)
    counts = []
    for line in booked.classes:
        count = figures.classes.get((line.booked_id, line.class_id), Count(0))
        counts.append(
            {
                "booked": line.booked_id,
                "class": line.class_id,
                "people": count.people,
                "adults": count.adults,
            }
        )
    if booked.is_by_class:
        total = Count(sum(item["people"] for item in counts), sum(item["adults"] for item in counts))
    else:
        total = figures.total
    return SessionReport(
        session=session,
        is_held=True,
        people=total.people,
        adults=total.adults,
        counts=counts,
        note=figures.note,
    )


def _says(report: SessionReport) -> tuple[object, ...]:
    return (report.is_held, report.reason, report.people, report.adults, report.counts, report.note)


def _figures_of(report: SessionReport) -> dict[str, Any]:
    return {
        "held": report.is_held,
        "reason": report.reason,
        "people": report.people,
        "adults": report.adults,
    }


def _write_attendance(
    report: SessionReport, rows: Iterable[BookedSession], door: Arrivals, *, now: datetime
) -> None:
    """Let the attendance say what the report in force says, and of sign-ups what the door counted.

    Earlier figures stand in the reports before.
    """
    row_ids = [row.pk for row in rows]
    Attendance.objects.filter(booked_session__in=row_ids).delete()
    if report.is_held:
        Attendance.objects.bulk_create(
            Attendance(
                booked_session_id=booked_id,
                people=people,
                reported_at=now,
                reported_by_id=report.reported_by_id,
            )
            for booked_id, people in door.by_booked.items()
            if booked_id in row_ids
        )
    Attendance.objects.bulk_create(
        Attendance(
            booked_session_id=item["booked"],
            booked_class_id=item["class"],
            people=item["people"],
            adults=item["adults"],
            reported_at=now,
            reported_by_id=report.reported_by_id,
        )
        for item in report.counts
    )


def _states(report: SessionReport, rows: Sequence[BookedSession], door: Arrivals) -> dict[int, BookingState]:
    """Return what each booked session becomes, by pk (ADR 9)."""
    if not report.is_held:
        state = _STAYED_AWAY if report.reason == NotHeldReason.NOBODY_CAME else _UNKNOWN
        return {row.pk: state for row in rows}
    came: dict[int, int] = {}
    for item in report.counts:
        came[item["booked"]] = came.get(item["booked"], 0) + item["people"] + item["adults"]
    return {row.pk: _state_of(row, came, report, door) for row in rows}


def _state_of(
    row: BookedSession, came: Mapping[int, int], report: SessionReport, door: Arrivals
) -> BookingState:
    if row.pk in came:
        return _CAME if came[row.pk] else _STAYED_AWAY
    if report.people + report.adults == 0:
        return _STAYED_AWAY
    if row.booking.kind == BookingKind.SCHOOL:
        return _CAME  # it had the whole evening, and was there with its parents
    if door.by_booked.get(row.pk):
        return _CAME
    # Only a door list that accounts for everybody reported says who stayed away.
    return _STAYED_AWAY if door.is_used and door.total >= report.people else _UNKNOWN


def _settle(rows: Iterable[BookedSession], states: Mapping[int, BookingState]) -> None:
    """Write the states, and each booking's: attended once any of its dates was, no-show when none was."""
    for row in rows:
        if row.state != states[row.pk]:
            BookedSession.objects.filter(pk=row.pk).update(state=states[row.pk])
    booking_ids = sorted({row.booking_id for row in rows})
    by_booking: dict[int, list[tuple[str, str]]] = {}
    settled = BookedSession.objects.filter(booking__in=booking_ids, state__in=REPORTED_OF)
    for booking_id, state, of_session in settled.values_list("booking_id", "state", "session__state"):
        by_booking.setdefault(booking_id, []).append((state, of_session))
    for booking in Booking.objects.select_for_update().filter(pk__in=booking_ids).order_by("pk"):
        if booking.state in REPORTED_OF and booking.state != (after := _whole(by_booking[booking.pk])):
            Booking.objects.filter(pk=booking.pk).update(state=after)


def _whole(dates: Sequence[tuple[str, str]]) -> BookingState:
    """Return a booking's state from those of its dates, each with its session's: what lies ahead keeps it open."""
    states = {state for state, _of_session in dates}
    if any(state == _UNKNOWN and of_session in UPCOMING_STATES for state, of_session in dates):
        return _UNKNOWN
    if _CAME in states:
        return _CAME
    return _UNKNOWN if _UNKNOWN in states else _STAYED_AWAY
