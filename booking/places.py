"""The guard of rule 1: taking and giving back a session's places. Called by booking.operations only.

Order everywhere: lock the session rows (pk order), release what ran out, claim by one conditional UPDATE, then
ask the gate in a fresh statement. Whatever ends coverage locks the same rows first (charter.observers), so either
it sees our booking or we see its end.
"""

import enum
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Subquery, Value, When

from booking.enums import BookingState
from booking.errors import (
    CharterNotCoveredError,
    OtherSchoolHostsError,
    SessionClosedError,
    SessionFullError,
)
from booking.models import SESSION_MOVED, BookedSession, Booking, ClassPlace
from booking.rules import QUEUE_ENDS
from core.prepared import prepared
from workshops.calendars import local_date_of
from workshops.enums import NOT_TAKING_PLACE, Audience, PlaceKind, SessionAccess, SessionState
from workshops.models import Session
from workshops.querysets import SessionQuerySet


class Claimant(enum.Enum):
    """Who takes places: decides until when a session takes bookings, never how many or past the gate."""

    VISITOR = "visitor"
    QUEUE = "queue"
    STAFF = "staff"


def lock_sessions(session_ids: Iterable[int]) -> dict[int, Session]:
    """Lock sessions in pk order and return them fresh. On SQLite the transaction is the lock."""
    return {session.pk: session for session in _locked(session_ids=session_ids)}


def lock_bookable(session_id: int, *, others: Iterable[int] = ()) -> dict[int, Session]:
    """Lock what is booked together in pk order, in one statement: a session, all of its course, and others.

    Of a course, what is cancelled is left out: the rest can still be booked.
    """
    ids = sorted({session_id, *others})
    return {session.pk: session for session in _locked_bookable(session_ids=ids, course_of=session_id)}


def lock_sessions_of(booking_id: int) -> dict[int, Session]:
    """Lock the sessions of a booking in pk order and return them fresh, offers beside."""
    return {session.pk: session for session in _locked_of(booking_id=booking_id)}


@prepared
def _locked(*, session_ids: Iterable[int]) -> QuerySet[Any]:
    return Session.objects.filter(pk__in=session_ids).locked()


@prepared
def _locked_bookable(*, session_ids: Iterable[int], course_of: int) -> QuerySet[Any]:
    course = Session.objects.filter(pk=course_of).values("course_id")[:1]
    of_course = Q(course_id=Subquery(course)) & ~Q(state__in=NOT_TAKING_PLACE)
    return Session.objects.filter(Q(pk__in=session_ids) | of_course).locked()


@prepared
def _locked_of(*, booking_id: int) -> QuerySet[Any]:
    ids = BookedSession.objects.filter(booking_id=booking_id).values("session_id")
    return Session.objects.filter(pk__in=ids).locked()


def release_expired(session_id: int, *, now: datetime) -> list[int]:
    """Give back places whose hold or offer ran out; return the bookings that ended by it.

    The session row must be locked, and whoever calls runs the queue after (booking.queue).
    """
    ended = []
    for booked in _expired_holds(session_id=session_id, now=now):
        if end_place(booked, state=BookingState.EXPIRED):
            reason = "offer_expired" if booked.state == BookingState.OFFERED else "hold_expired"
            # A form whose date was moved keeps its mark: it can be taken up again, and must be read anew then.
            kept = When(end_reason=SESSION_MOVED, then=F("end_reason"))
            Booking.objects.filter(pk=booked.booking_id, state=booked.state).update(
                state=BookingState.EXPIRED,
                ended_at=now,
                end_reason=Case(kept, default=Value(reason)),
                held_until=None,
            )
            ended.append(booked.booking_id)
    return ended


@prepared
def _expired_holds(*, session_id: int, now: datetime) -> QuerySet[BookedSession]:
    return BookedSession.objects.filter(session_id=session_id).expired_holds(now=now).order_by("pk")


def end_place(booked: BookedSession, *, state: BookingState) -> bool:
    """Move a booked session out of an active state: give its places back, or leave the queue.

    Returns False when somebody else already did: the counters move once. The session row must be locked.
    """
    changed = BookedSession.objects.filter(pk=booked.pk, state=booked.state).update(
        state=state, held_until=None
    )
    if not changed:
        return False
    ClassPlace.objects.filter(booked_session=booked).update(is_active=False)
    if booked.state != BookingState.WAITING:
        give_back(booked.session_id, groups=booked.groups, people=booked.people)
    elif booked.queued_at is not None:
        Session.objects.filter(pk=booked.session_id).update(waiting=F("waiting") - 1)
    return True


_EVENING = Q(access=SessionAccess.SCHOOL, audience=Audience.PARENTS, place_kind=PlaceKind.AT_SCHOOL)
"""Evenings that a school takes whole, together with a visit; without `for_school` they wait for one."""


def give_back(session_id: int, *, groups: int, people: int) -> None:
    """Lower the counters; a visit at a school forgets its host when the last class leaves.

    So does an evening that a school took: it waits for a school again, unless parents have signed up.
    """
    leaves_nobody = Q(place_kind=PlaceKind.AT_SCHOOL, groups_taken__lte=groups, people_taken__lte=people)
    was_taken = Q(host_school_id=F("for_school_id"))
    Session.objects.filter(pk=session_id).update(
        groups_taken=F("groups_taken") - groups,
        people_taken=F("people_taken") - people,
        host_school=Case(
            When(leaves_nobody, then=Value(None)),
            default=F("host_school_id"),
            output_field=BigIntegerField(),
        ),
        for_school=Case(
            When(leaves_nobody & _EVENING & was_taken, then=Value(None)),
            default=F("for_school_id"),
            output_field=BigIntegerField(),
        ),
    )


def claim_places(
    session_id: int,
    *,
    groups: int,
    people: int,
    school_id: int | None,
    now: datetime,
    claimant: Claimant = Claimant.VISITOR,
    use_reserved: bool = False,
) -> Session:
    """Take places in a session and return it with its offer, or refuse.

    Staff may book after the public window has closed, and the queue goes on for longer than it; nobody goes over
    a limit or past the gate.

    Args:
        use_reserved: an urgent request takes the places kept back for it first, and what it takes is no longer
            kept back (V5).

    Raises:
        SessionClosedError: draft, closed, cancelled, or outside its booking window.
        OtherSchoolHostsError: a visit at a school that another school has.
        SessionFullError: too few places; carries what is left.
        CharterNotCoveredError: the gate is shut (rule 2).
    Source: DESIGN.md rules 1, 2 and 9.
    """
    room = _room(groups=groups, people=people, use_reserved=use_reserved)
    taken: dict[str, Any] = {
        "groups_taken": F("groups_taken") + groups,
        "people_taken": F("people_taken") + people,
    }
    if use_reserved:
        taken["reserved"] = _still_reserved(groups=groups, people=people)
    sessions = Session.objects.filter(pk=session_id)
    open_sessions = sessions.filter(_takes(now=now, claimant=claimant))
    if school_id is None:
        claimed = open_sessions.filter(room).update(**taken)
    else:
        host = ~Q(place_kind=PlaceKind.AT_SCHOOL) | Q(host_school=None) | Q(host_school_id=school_id)
        host &= ~Q(access=SessionAccess.SCHOOL) | Q(for_school=None) | Q(for_school_id=school_id)
        claimed = open_sessions.filter(room, host).update(
            **taken,
            for_school=Case(
                # A whole evening becomes the evening of the school that takes it (packages).
                When(_EVENING, then=Value(school_id)),
                default=F("for_school_id"),
                output_field=BigIntegerField(),
            ),
            host_school=Case(
                When(place_kind=PlaceKind.AT_SCHOOL, then=Value(school_id)),
                default=F("host_school_id"),
                output_field=BigIntegerField(),
            ),
        )
    if not claimed:
        _explain(session_id, school_id=school_id, now=now, claimant=claimant)
    return _through_the_gate(session_id, now=now)


def change_places(
    session_id: int,
    *,
    groups: int,
    people: int,
    school_id: int | None,
    now: datetime,
    claimant: Claimant = Claimant.VISITOR,
) -> None:
    """Take more places, or give some back, in one statement: differences, below zero for less.

    What grows is refused like a claim, the gate included; what only shrinks never is. The session must be locked,
    and whoever gives back runs the queue after (booking.queue).

    Raises: as claim_places.
    """
    sessions = Session.objects.filter(pk=session_id)
    grows = groups > 0 or people > 0
    if grows:
        room = _room(groups=groups, people=people)
        sessions = sessions.filter(_takes(now=now, claimant=claimant)).filter(room)
    changed = sessions.update(
        groups_taken=F("groups_taken") + groups, people_taken=F("people_taken") + people
    )
    if not changed:
        _explain(session_id, school_id=school_id, now=now, claimant=claimant)
    if grows:
        _through_the_gate(session_id, now=now)


def _room(*, groups: int, people: int, use_reserved: bool = False) -> Q:
    """Return the condition that so many more fit; a limit is asked only where its number grows (rule 9)."""
    kept_back = Value(0) if use_reserved else F("reserved")
    room = Q()
    if groups > 0:
        room &= Q(max_groups=None) | Q(max_groups__gte=F("groups_taken") + kept_back + groups)
    if people > 0:
        room &= (
            Q(max_people=None)
            | Q(max_groups__isnull=False, max_people__gte=F("people_taken") + people)
            | Q(max_groups=None, max_people__gte=F("people_taken") + kept_back + people)
        )
    return room


def _still_reserved(*, groups: int, people: int) -> Case:
    """Return what stays kept back when so much of it is taken; it is counted in the session's first limit."""
    return Case(
        When(max_groups__isnull=False, reserved__gt=groups, then=F("reserved") - groups),
        When(max_groups=None, reserved__gt=people, then=F("reserved") - people),
        default=Value(0),
    )


def _through_the_gate(session_id: int, *, now: datetime) -> Session:
    """Ask the gate in a fresh statement, which sees what was committed while the claim waited for its row."""
    passed: list[Session] = _past_the_gate(session_ids=[session_id], today=local_date_of(now))
    if not passed:
        raise CharterNotCoveredError
    return passed[0]


def require_gate(session_ids: Iterable[int], *, now: datetime) -> None:
    """Raise CharterNotCoveredError unless every session passes the gate at this moment (rule 2)."""
    ids = set(session_ids)
    if len(_ids_past_the_gate(session_ids=ids, today=local_date_of(now))) != len(ids):
        raise CharterNotCoveredError


@prepared
def _past_the_gate(*, session_ids: Collection[int], today: date) -> QuerySet[Any]:
    return Session.objects.filter(pk__in=session_ids).gate_open(today=today).select_related("offer")


@prepared
def _ids_past_the_gate(*, session_ids: Collection[int], today: date) -> QuerySet[Any, int]:
    return Session.objects.filter(pk__in=session_ids).gate_open(today=today).values_list("pk", flat=True)


def _takes(*, now: datetime, claimant: Claimant) -> Q:
    """Return the condition under which a session takes bookings.

    Own columns only: a join would move the claim's conditions into a subquery, which PostgreSQL does not
    check again after waiting for the row.
    """
    if claimant is Claimant.STAFF:
        return Q(state__in=[SessionState.OPEN, SessionState.CLOSED], starts_at__gt=now)
    if claimant is Claimant.QUEUE:
        return Q(state=SessionState.OPEN, starts_at__gt=now + QUEUE_ENDS)
    opens = Q(booking_opens_at=None) | Q(booking_opens_at__lte=now)
    return Q(opens, state=SessionState.OPEN, booking_closes_at__gt=now)


def _explain(session_id: int, *, school_id: int | None, now: datetime, claimant: Claimant) -> None:
    """Raise the refusal that fits a claim that took nothing."""
    sessions = Session.objects.filter(pk=session_id)
    if not sessions.filter(_takes(now=now, claimant=claimant)).exists():
        raise SessionClosedError
    session = sessions.with_free_places(now=now).get()
    is_visit = session.place_kind == PlaceKind.AT_SCHOOL
    if school_id is not None and is_visit and session.host_school_id not in (None, school_id):
        raise OtherSchoolHostsError
    is_for_school = session.access == SessionAccess.SCHOOL
    if school_id is not None and is_for_school and session.for_school_id not in (None, school_id):
        raise OtherSchoolHostsError
    raise SessionFullError(groups_left=session.free_groups, people_left=session.free_people)


def bookable_by_staff(*, now: datetime, or_waitable: bool = False) -> SessionQuerySet:
    """Return the sessions staff can book for a caller now, soonest first: what `claim_places` would take.

    After the public window too; never past the gate, never where nothing is free (S24).

    Args:
        or_waitable: full ones too where a caller can be put on the waiting list.
    """
    free = Q(Q(free_groups=None) | Q(free_groups__gt=0), Q(free_people=None) | Q(free_people__gt=0))
    if or_waitable:
        free |= Q(offer__has_waiting_list=True, course=None)
    sessions: SessionQuerySet = (
        Session.objects.filter(_takes(now=now, claimant=Claimant.STAFF))
        .gate_open(today=local_date_of(now))
        .with_free_places(now=now)
        .filter(free)
        .exclude(access=SessionAccess.SCHOOL, for_school=None)
        .order_by("starts_at", "pk")
    )
    return sessions


def urgent_choices(*, now: datetime, until: datetime) -> SessionQuerySet:
    """Return the sessions an urgent request may have, soonest first: what is kept back counts as free (V5)."""
    room = Q(max_groups=None) | Q(max_groups__gt=F("groups_taken"))
    room &= Q(max_people=None) | Q(max_people__gt=F("people_taken"))
    sessions: SessionQuerySet = (
        Session.objects.filter(_takes(now=now, claimant=Claimant.STAFF), room, starts_at__lte=until)
        .exclude(audience=Audience.PARENTS)
        .gate_open(today=local_date_of(now))
        .order_by("starts_at", "pk")
    )
    return sessions
