"""What rolling a school year's dates to the next would do, date by date: kept, moved, dropped, already made (L5)."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from workshops.calendars import (
    LOCAL_ZONE,
    at_local_time,
    days_off,
    known_school_years,
    local_date_of,
    minutes_after,
    public_holidays,
    school_year_days,
    school_year_of,
)
from workshops.clashes import find_clashes, is_refused
from workshops.enums import RolledState, SessionAccess, SessionState
from workshops.models import Offer, Session
from workshops.rules import Slot
from workshops.season_rules import nearest_day, same_day_next_year

type _Key = tuple[int, date, time]
"""Offer, day, wall time: two dates of one offer at one time would be a double."""

_MADE = (RolledState.KEPT, RolledState.MOVED)


@dataclass(frozen=True)
class RolledDate:
    """One date of the season, and what becomes of it."""

    source: Session
    state: RolledState
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""
    """Why it is moved or falls out."""

    notes: tuple[str, ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether it would be made."""
        return self.state in _MADE


def offers_of_season(provider_id: int, start_year: int) -> list[Offer]:
    """Return the open offers of a provider that have dates in a school year."""
    first, last = school_year_days(start_year)
    dates = Session.objects.filter(provider=provider_id, local_date__range=(first, last))
    dates = dates.exclude(state=SessionState.DRAFT)
    return list(Offer.objects.filter(is_open=True, pk__in=dates.values("offer")).order_by("title", "pk"))


def years_to_roll(provider_id: int, *, now: datetime) -> list[int]:
    """Return the school years with dates whose next year is not over, the latest first."""
    this_year = school_year_of(local_date_of(now))
    first, _last = school_year_days(this_year - 1)
    days = Session.objects.filter(provider=provider_id, local_date__gte=first).exclude(
        state=SessionState.DRAFT
    )
    years = {school_year_of(day) for day in days.values_list("local_date", flat=True).distinct()}
    return sorted(years, reverse=True)


def propose_season(
    *, provider_id: int, start_year: int, offer_ids: Collection[int], now: datetime
) -> list[RolledDate]:
    """List what becomes of each date of a school year, in a fixed number of queries."""
    sources = _sources(provider_id, start_year, offer_ids)
    if not sources:
        return []
    first, last = school_year_days(start_year + 1)
    made = {
        session.rolled_from_id: session
        for session in Session.objects.filter(rolled_from__in=[source.pk for source in sources])
    }
    taken = _taken(provider_id, offer_ids, first, last)
    off = {**_public(first, last), **days_off(first, last)}

    def is_free(source: Session, day: date) -> bool:
        return first <= day <= last and day not in off and _key(source, day) not in taken

    found: dict[int, RolledDate] = {}
    on_days_off: list[Session] = []
    for source in sources:
        day = same_day_next_year(source.local_date)
        if source.pk in made:
            there = made[source.pk]
            found[source.pk] = RolledDate(source, RolledState.EXISTS, there.starts_at, there.ends_at)
        elif reason := _why_not(source):
            found[source.pk] = RolledDate(source, RolledState.DROPPED, reason=reason)
        elif _key(source, day) in taken:
            found[source.pk] = RolledDate(
                source, RolledState.DROPPED, reason=_("There is a date at that time already")
            )
        elif is_free(source, day):
            found[source.pk] = _rolled(source, day, RolledState.KEPT, now=now)
            taken.add(_key(source, day))
        else:
            on_days_off.append(source)
    # What keeps its week goes first; the others take what is left beside it.
    for source in on_days_off:
        wanted = same_day_next_year(source.local_date)
        why = off.get(wanted) or _("Outside the school year")
        day_instead = nearest_day(wanted, is_free=lambda day, source=source: is_free(source, day))  # type: ignore[misc]  # bound at once
        if day_instead is None:
            reason = _("%(why)s, and no week beside it is free") % {"why": why}
            found[source.pk] = RolledDate(source, RolledState.DROPPED, reason=reason)
        else:
            found[source.pk] = _rolled(source, day_instead, RolledState.MOVED, now=now, reason=why)
            taken.add(_key(source, day_instead))
    dates = _without_clashes([found[source.pk] for source in sources])
    return _whole_courses(dates)


def season_token(dates: Iterable[RolledDate]) -> str:
    """Return a short hash of what is shown, so that nothing else is made than what was seen."""
    lines = [
        f"{date.source.pk}:{date.state}:{date.starts_at and date.starts_at.isoformat()}" for date in dates
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def is_plan_known_for(start_year: int) -> bool:
    """Return whether the holiday plan of a school year is known; without it only public holidays are respected."""
    return start_year in known_school_years()


def _sources(provider_id: int, start_year: int, offer_ids: Collection[int]) -> list[Session]:
    dates = Session.objects.filter(
        provider=provider_id, offer__in=offer_ids, local_date__range=school_year_days(start_year)
    )
    return list(
        dates.exclude(state=SessionState.DRAFT)
        .select_related("offer", "venue", "schedule", "course")
        .order_by("starts_at", "pk")
    )


def _taken(provider_id: int, offer_ids: Collection[int], first: date, last: date) -> set[_Key]:
    there = Session.objects.filter(
        provider=provider_id, offer__in=offer_ids, local_date__range=(first, last)
    ).exclude(state=SessionState.CANCELLED)
    return {_key(session, session.local_date) for session in there}


def _key(session: Session, day: date) -> _Key:
    return session.offer_id, day, session.starts_at.astimezone(LOCAL_ZONE).time()


def _public(first: date, last: date) -> dict[date, str]:
    """Return the public holidays by calculation: next year's may not be loaded yet."""
    return {
        day: name
        for year in (first.year, last.year)
        for day, name in public_holidays(year).items()
        if first <= day <= last
    }


def _why_not(source: Session) -> str:
    if source.state == SessionState.CANCELLED:
        return _("Was cancelled")
    is_one_schools = source.access == SessionAccess.SCHOOL and not source.max_groups
    if source.access == SessionAccess.INVITATION or is_one_schools:
        return _("Was agreed with one school or organisation")
    return ""


def _rolled(source: Session, day: date, state: RolledState, *, now: datetime, reason: str = "") -> RolledDate:
    starts_at = at_local_time(day, source.starts_at.astimezone(LOCAL_ZONE).time())
    if starts_at <= now:
        return RolledDate(source, RolledState.DROPPED, reason=_("The day is over"))
    ends_at = minutes_after(starts_at, source.duration_minutes)
    return RolledDate(source, state, starts_at, ends_at, reason=reason)


def _without_clashes(dates: Sequence[RolledDate]) -> list[RolledDate]:
    made = [one for one in dates if one.is_made]
    slots = [_slot(one) for one in made]
    clashes = dict(zip((one.source.pk for one in made), find_clashes(slots), strict=True))
    result = []
    for one in dates:
        found = clashes.get(one.source.pk, [])
        if found and is_refused() and any(clash.is_refusable for clash in found):
            result.append(_dropped(one, _("The place or the facilitator is taken then")))
        elif found:
            others = ", ".join(str(clash) for clash in found)
            result.append(replace(one, notes=(_("In the way: %(others)s") % {"others": others},)))
        else:
            result.append(one)
    return result


def _whole_courses(dates: Sequence[RolledDate]) -> list[RolledDate]:
    """Let a course fall out whole when one of its dates does: it is only booked together."""
    broken = {
        one.source.course_id
        for one in dates
        if one.source.course_id is not None and one.state == RolledState.DROPPED
    }
    return [
        _dropped(one, _("Another date of the course falls out"))
        if one.is_made and one.source.course_id in broken
        else one
        for one in dates
    ]


def _dropped(one: RolledDate, reason: str) -> RolledDate:
    return RolledDate(one.source, RolledState.DROPPED, reason=reason)


def _slot(one: RolledDate) -> Slot:
    assert one.starts_at is not None  # noqa: S101 - made dates have both
    assert one.ends_at is not None  # noqa: S101
    source = one.source
    return Slot(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        offer_id=source.offer_id,
        provider_id=source.provider_id,
        place_kind=source.place_kind,
        venue_id=source.venue_id,
        facilitator=source.facilitator,
        session_id=None,
    )
