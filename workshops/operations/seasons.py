"""Making a school year's dates again in the next, once (L5)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from charter.models import Provider
from core.audit import log
from core.audit.log import Actor
from workshops.calendars import local_date_of
from workshops.enums import RolledState
from workshops.errors import SeasonChangedError
from workshops.models import Schedule, Session
from workshops.operations.courses import create_course
from workshops.operations.sessions import SessionPlan, create_session
from workshops.recurrence import extra_dates, weekly
from workshops.seasons import RolledDate, propose_season, season_token


@dataclass(frozen=True)
class Rolled:
    """What rolling a season did."""

    made: int = 0
    moved: int = 0
    """How many of those made are in another week."""

    dropped: int = 0
    there: int = 0
    """Made before."""


def roll_season(
    *,
    provider_id: int,
    start_year: int,
    offer_ids: Collection[int],
    opens_at: datetime | None,
    seen: str,
    actor: Actor,
    now: datetime,
) -> Rolled:
    """Make each date of a school year again in the next; those made before are left alone.

    Args:
        start_year: the first calendar year of the school year whose dates are repeated.
        opens_at: when booking opens; None opens it at once.
        seen: `season_token` of what was shown.
    Raises:
        SeasonChangedError: it would do something else than was shown.
    Source: DESIGN.md 5 (Session), rules 2 and 7. The charter gate is not asked: it decides each day who may book.
    """
    with transaction.atomic():
        # Two who roll the same season come one after the other; the second finds everything there.
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
        dates = propose_season(provider_id=provider_id, start_year=start_year, offer_ids=offer_ids, now=now)
        there = sum(one.state == RolledState.EXISTS for one in dates)
        dropped = sum(one.state == RolledState.DROPPED for one in dates)
        made = [one for one in dates if one.is_made]
        if not made:
            return Rolled(dropped=dropped, there=there)
        if season_token(dates) != seen:
            raise SeasonChangedError
        _make(made, opens_at=opens_at, actor=actor, now=now)
        result = Rolled(
            made=len(made),
            moved=sum(one.state == RolledState.MOVED for one in made),
            dropped=dropped,
            there=there,
        )
        log.record(
            "season.rolled",
            f"provider:{provider.pk}",
            actor=actor,
            now=now,
            provider_id=provider.pk,
            school_year=start_year + 1,
            offers=sorted(offer_ids),
            made=result.made,
            moved=result.moved,
            dropped=dropped,
        )
        return result


def _make(made: Sequence[RolledDate], *, opens_at: datetime | None, actor: Actor, now: datetime) -> None:
    schedules = _schedules(made)
    courses: dict[int, list[int]] = defaultdict(list)
    names = {}
    for one in made:
        source, day = one.source, local_date_of(_start_of(one))
        schedule_id, days = schedules.get(source.schedule_id or 0, (None, set()))
        # Two dates of a plan that were moved onto one day: a plan has a day once.
        belongs = day in days
        days.discard(day)
        session = create_session(
            offer_id=source.offer_id,
            plan=_plan_of(one, opens_at=opens_at),
            now=now,
            actor=actor,
            is_open=True,
            schedule_id=schedule_id if belongs else None,
            original_date=day if belongs else None,
            rolled_from_id=source.pk,
            follows_schedule=source.follows_schedule if belongs else True,
        )
        if source.course_id is not None:
            courses[source.course_id].append(session.pk)
            names[source.course_id] = source.offer_id
    for course_id, session_ids in courses.items():
        if len(session_ids) > 1:
            create_course(offer_id=names[course_id], name="", session_ids=session_ids, now=now, actor=actor)


def _plan_of(one: RolledDate, *, opens_at: datetime | None) -> SessionPlan:
    source = one.source
    return SessionPlan(
        starts_at=_start_of(one),
        duration_minutes=source.duration_minutes,
        venue_id=source.venue_id,
        online_url=source.online_url,
        facilitator=source.facilitator,
        max_groups=source.max_groups,
        max_people=source.max_people,
        reserved=source.reserved,
        adults_count=source.adults_count,
        access=source.access,
        booking_opens_at=opens_at,
    )


def _start_of(one: RolledDate) -> datetime:
    assert one.starts_at is not None  # noqa: S101 - what is made has its start
    return one.starts_at


def _schedules(made: Sequence[RolledDate]) -> dict[int, tuple[int, set[date]]]:
    """Make, or extend, a plan of its own for the dates of each plan; return pk and free days by the plan rolled."""
    days: dict[int, set[date]] = defaultdict(set)
    sources: dict[int, Schedule] = {}
    for one in made:
        if one.source.schedule is not None:
            days[one.source.schedule.pk].add(local_date_of(_start_of(one)))
            sources[one.source.schedule.pk] = one.source.schedule
    known = {
        schedule.rolled_from_id: schedule
        for schedule in Schedule.objects.select_for_update().filter(rolled_from__in=sources)
    }
    found = {}
    for pk, source in sources.items():
        schedule = known.get(pk) or Schedule(
            offer_id=source.offer_id,
            start_time=source.start_time,
            duration_minutes=source.duration_minutes,
            skip_holidays=source.skip_holidays,
            venue_id=source.venue_id,
            online_url=source.online_url,
            max_groups=source.max_groups,
            max_people=source.max_people,
            facilitator=source.facilitator,
            rolled_from=source,
        )
        before = set(extra_dates(schedule)) if schedule.pk else set()
        there = set(
            Session.objects.filter(schedule=schedule).values_list("original_date", flat=True)
            if schedule.pk
            else ()
        )
        every = sorted(before | days[pk])
        schedule.first_date, schedule.last_date = every[0], every[-1]
        schedule.recurrence = weekly(weekdays=(), extra=every)
        schedule.save()
        found[pk] = (schedule.pk, days[pk] - there)
    return found


__all__ = ["Rolled", "roll_season"]
