"""Making, changing and dissolving courses: dates that are only booked together (S20)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from django.db import transaction
from django.db.models import Q

from core.audit import log
from core.audit.log import Actor
from workshops.availability import active_ids
from workshops.courses import FEWEST, MOST
from workshops.enums import NOT_TAKING_PLACE
from workshops.errors import (
    CourseDatesError,
    CourseDatesOverlapError,
    CourseHasBookingsError,
    CourseSizeError,
)
from workshops.models import Course, Session
from workshops.operations.sessions import EDITABLE_STATES


@transaction.atomic
def create_course(
    *, offer_id: int, name: str, session_ids: Collection[int], now: datetime, actor: Actor
) -> Course:
    """Make a course of two or three dates of an offer; from now on they are only booked together.

    Raises:
        CourseSizeError: not two or three dates.
        CourseDatesError: a date is over, cancelled, of another offer or course, or for others than the rest.
        CourseDatesOverlapError: two of them are held at the same time.
        CourseHasBookingsError: somebody has booked one of them, or waits for it (rule 3).
    """
    locked = _locked(session_ids)
    _check_dates(locked, session_ids, offer_id=offer_id, course_id=None, now=now)
    _refuse_booked(locked)
    course = Course.objects.create(offer_id=offer_id, name=name or _name_of(locked))
    Session.objects.filter(pk__in=[session.pk for session in locked]).update(course=course)
    log.record(
        "course.created",
        f"course:{course.pk}",
        actor=actor,
        now=now,
        provider_id=locked[0].provider_id,
        offer=offer_id,
        sessions=[session.pk for session in locked],
    )
    return course


@transaction.atomic
def create_courses(
    *, offer_id: int, groups: Sequence[Collection[int]], now: datetime, actor: Actor
) -> list[Course]:
    """Make several courses at once, all or none.

    Raises: as create_course.
    """
    _locked({session_id for group in groups for session_id in group})
    return [
        create_course(offer_id=offer_id, name="", session_ids=group, now=now, actor=actor) for group in groups
    ]


@transaction.atomic
def change_course(
    *, course_id: int, name: str, session_ids: Collection[int], now: datetime, actor: Actor
) -> Course:
    """Give a course another name or other dates; a date that is taken out can be booked by itself again.

    Dates that are cancelled stay with the course they were booked in, whatever is asked.

    Raises:
        CourseSizeError, CourseDatesError, CourseDatesOverlapError: see create_course.
        CourseHasBookingsError: dates would change, and somebody has booked or waits (rule 3).
    """
    locked = _locked(session_ids, course_id=course_id)
    course = Course.objects.get(pk=course_id)
    before = {
        session.pk
        for session in locked
        if session.course_id == course_id and session.state not in NOT_TAKING_PLACE
    }
    after = set(session_ids)
    if after != before:
        chosen = [session for session in locked if session.pk in after]
        _check_dates(chosen, after, offer_id=course.offer_id, course_id=course_id, now=now)
        _refuse_booked([session for session in locked if session.pk in before | after])
        Session.objects.filter(pk__in=before - after).update(course=None)
        Session.objects.filter(pk__in=after - before).update(course=course)
    elif name == course.name:
        return course
    course.name = name or course.name
    course.save(update_fields=["name"])
    log.record(
        "course.changed",
        f"course:{course.pk}",
        actor=actor,
        now=now,
        provider_id=locked[0].provider_id if locked else None,
        sessions=[sorted(before), sorted(after)],
    )
    return course


@transaction.atomic
def dissolve_course(*, course_id: int, now: datetime, actor: Actor) -> None:
    """Take all dates out of a course: each can be booked by itself again. Twice changes nothing.

    The course itself stays, without dates: bookings that have ended may name it.

    Raises:
        CourseHasBookingsError: somebody has booked it, or waits (rule 3).
    """
    locked = _locked((), course_id=course_id)
    course = Course.objects.filter(pk=course_id).first()
    if course is None:
        return
    _refuse_booked(locked)
    Session.objects.filter(course=course).update(course=None)
    log.record(
        "course.dissolved",
        f"course:{course.pk}",
        actor=actor,
        now=now,
        provider_id=locked[0].provider_id if locked else None,
        sessions=[session.pk for session in locked],
    )


def _locked(session_ids: Collection[int], *, course_id: int | None = None) -> list[Session]:
    """Lock the dates, and those the course has, in pk order in one statement; return them, the soonest first."""
    wanted = Q(pk__in=list(session_ids))
    if course_id is not None:
        wanted |= Q(course_id=course_id)
    return sorted(Session.objects.filter(wanted).locked(), key=lambda session: session.starts_at)


def _check_dates(
    sessions: Sequence[Session],
    session_ids: Collection[int],
    *,
    offer_id: int,
    course_id: int | None,
    now: datetime,
) -> None:
    if not FEWEST <= len(set(session_ids)) <= MOST:
        raise CourseSizeError
    if len(sessions) != len(set(session_ids)):
        raise CourseDatesError
    for session in sessions:
        is_of_offer = session.offer_id == offer_id and session.course_id in (None, course_id)
        if not is_of_offer or session.state not in EDITABLE_STATES or session.starts_at <= now:
            raise CourseDatesError
    if len({(session.access, session.for_school_id) for session in sessions}) > 1:
        raise CourseDatesError
    for before, after in pairwise(sessions):  # the soonest first
        if after.starts_at < before.ends_at:
            raise CourseDatesOverlapError(before, after)


def _refuse_booked(sessions: Sequence[Session]) -> None:
    active = active_ids([session.pk for session in sessions])
    booked = [session for session in sessions if session.pk in active]
    if booked:
        raise CourseHasBookingsError(booked)


def _name_of(sessions: Sequence[Session]) -> str:
    first, last = sessions[0].local_date, sessions[-1].local_date
    return f"{first:%d.%m.}–{last:%d.%m.%Y}"


__all__ = ["change_course", "create_course", "create_courses", "dissolve_course"]
