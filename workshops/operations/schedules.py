"""Saving schedules and making their sessions, again and again without doubling (S17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from core.audit import log
from core.audit.log import SYSTEM, Actor
from workshops.availability import booked_ids
from workshops.calendars import at_local_time
from workshops.clashes import lock_against_clashes, refuse_clashes
from workshops.enums import PlaceKind
from workshops.errors import (
    ScheduleRuleError,
    SessionClashError,
    SessionLimitMissingError,
    SessionPlaceMissingError,
)
from workshops.models import Offer, Schedule, Session
from workshops.operations.sessions import (
    EDITABLE_STATES,
    OCCUPYING_FACTS,
    SessionPlan,
    apply_plan,
    create_session,
    facts_of,
)
from workshops.proposals import wanted_days
from workshops.recurrence import expand, weekly


@dataclass(frozen=True)
class ScheduleValues:
    """A schedule as a person describes it."""

    offer_id: int
    first_date: date
    last_date: date
    start_time: time
    duration_minutes: int
    weekdays: Sequence[int] = ()
    """0 is Monday."""

    every_weeks: int = 1
    excluded: Sequence[date] = ()
    extra: Sequence[date] = ()
    skip_holidays: bool = True
    venue_id: int | None = None
    online_url: str = ""
    max_groups: int | None = None
    max_people: int | None = None
    facilitator: str = ""
    publishes_at_once: bool = True


@dataclass(frozen=True)
class Materialised:
    """What making a schedule's sessions did."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    kept: int = 0
    """Left alone: booked, changed by hand, cancelled or past."""

    taken: int = 0
    """Not made, or not moved, because place or facilitator is taken then (S21, where that is refused)."""


def schedule_from(values: ScheduleValues, *, schedule: Schedule | None = None) -> Schedule:
    """Return a schedule with these values, not saved: what the preview shows and `save_schedule` writes."""
    result = schedule or Schedule()
    for name in (
        "offer_id",
        "first_date",
        "last_date",
        "start_time",
        "duration_minutes",
        "skip_holidays",
        "venue_id",
        "online_url",
        "max_groups",
        "max_people",
        "facilitator",
        "publishes_at_once",
    ):
        setattr(result, name, getattr(values, name))
    result.recurrence = weekly(
        weekdays=values.weekdays, every_weeks=values.every_weeks, excluded=values.excluded, extra=values.extra
    )
    return result


def save_schedule(
    *, values: ScheduleValues, now: datetime, actor: Actor, schedule_id: int | None = None
) -> tuple[Schedule, Materialised]:
    """Save a schedule and make its sessions.

    Raises:
        ScheduleRuleError: it proposes no date at all.
        SessionPlaceMissingError: the offer is held at a venue and none is given.
        SessionLimitMissingError: neither the schedule nor the offer says how many there is room for.
    """
    with transaction.atomic():
        lock_against_clashes(
            provider_ids=Offer.objects.filter(pk=values.offer_id).values_list("provider_id", flat=True),
            venue_ids=[values.venue_id],
        )
        offer = Offer.objects.select_for_update().get(pk=values.offer_id)
        known = Schedule.objects.select_for_update().get(pk=schedule_id) if schedule_id is not None else None
        if offer.place_kind == PlaceKind.VENUE and values.venue_id is None:
            raise SessionPlaceMissingError
        if {values.max_groups, values.max_people, offer.max_groups, offer.max_people} == {None}:
            raise SessionLimitMissingError
        schedule = schedule_from(values, schedule=known)
        if not expand(schedule):
            raise ScheduleRuleError
        schedule.save()
        log.record(
            "schedule.created" if known is None else "schedule.changed",
            f"schedule:{schedule.pk}",
            actor=actor,
            now=now,
            provider_id=offer.provider_id,
            offer=offer.pk,
            first_date=values.first_date.isoformat(),
            last_date=values.last_date.isoformat(),
        )
        return schedule, materialise_schedule(schedule_id=schedule.pk, now=now, actor=actor)


def materialise_schedule(*, schedule_id: int, now: datetime, actor: Actor = SYSTEM) -> Materialised:
    """Make the sessions a schedule wants, and bring those that still follow it up to date.

    Only future sessions that nobody has ever booked and nobody changed by hand are updated, or removed when
    the schedule no longer wants their date. A moved, cancelled or booked one stays as it is, and its original
    date is never made again. Repeating it changes nothing. A date whose place or facilitator is taken is left
    out where the setting refuses that; made again later, it comes when nothing is in its way any more.

    Source: DESIGN.md 5 (Session): unique (schedule, original local date).
    """
    with transaction.atomic():
        known = Schedule.objects.filter(pk=schedule_id)
        lock_against_clashes(
            provider_ids=known.values_list("offer__provider_id", flat=True),
            venue_ids=known.values_list("venue_id", flat=True),
        )
        schedule = (
            Schedule.objects.select_for_update(of=("self",)).select_related("offer").get(pk=schedule_id)
        )
        existing = {
            session.original_date: session
            for session in Session.objects.locked().filter(schedule_id=schedule_id)
        }
        booked = booked_ids([session.pk for session in existing.values()])
        wanted = wanted_days(schedule)
        free = {
            day
            for day, session in existing.items()
            if session.follows_schedule
            and session.state in EDITABLE_STATES
            and session.starts_at > now
            and session.pk not in booked
        }
        created = updated = removed = taken = 0
        for day in sorted(wanted):
            plan = plan_for(schedule, day)
            session = existing.get(day)
            if session is None:
                if plan.starts_at <= now:
                    continue
                try:
                    create_session(
                        offer_id=schedule.offer_id,
                        plan=plan,
                        now=now,
                        actor=actor,
                        is_open=schedule.publishes_at_once,
                        schedule_id=schedule.pk,
                        original_date=day,
                    )
                    created += 1
                except SessionClashError:
                    taken += 1
            elif day in free and plan.starts_at > now:
                try:
                    updated += _bring_up_to_date(session, schedule, plan, now=now)
                except SessionClashError:
                    taken += 1
        for day in sorted(free - wanted):
            session = existing[day]
            log.record(
                "session.removed",
                f"session:{session.pk}",
                actor=actor,
                now=now,
                provider_id=session.provider_id,
                schedule=schedule.pk,
                original_date=day.isoformat(),
            )
            session.delete()
            removed += 1
        return Materialised(created, updated, removed, kept=len(existing.keys() - free), taken=taken)


def plan_for(schedule: Schedule, day: date) -> SessionPlan:
    """Return what a schedule wants on one of its dates."""
    return SessionPlan(
        starts_at=at_local_time(day, schedule.start_time),
        duration_minutes=schedule.duration_minutes,
        venue_id=schedule.venue_id,
        online_url=schedule.online_url,
        facilitator=schedule.facilitator,
        max_groups=schedule.max_groups,
        max_people=schedule.max_people,
    )


def _bring_up_to_date(session: Session, schedule: Schedule, plan: SessionPlan, *, now: datetime) -> int:
    before = facts_of(session)
    apply_plan(session, schedule.offer, plan)
    after = facts_of(session)
    if after == before:
        return 0
    if any(after[name] != before[name] for name in OCCUPYING_FACTS):
        refuse_clashes(session.slot)
    session.changed_at = now
    session.sequence += 1
    session.save()
    return 1
