"""The goals of a programme in a period: each with its figure, how complete it is, how it stands and where it heads."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from charter.models import Agreement, Programme
from portal.reporting.enums import Counting, Dimension, GoalStatus, MilestoneSource, StatedStatus
from portal.reporting.figures import (
    NOTHING,
    Completeness,
    Facts,
    Figures,
    Scope,
    Three,
    add_up,
    by_key,
    by_month,
    mapping_in_force,
    month_of,
    next_month,
    read_figures,
)
from portal.reporting.milestones import Part, parts_of_pilots
from portal.reporting.models import AnnualGoal, SchoolTypeMapping
from portal.reporting.rules import Forecast, SchoolDays, SoFar, forecast_of, status_of
from workshops.calendars import days_between, days_off, local_date_of, school_year_days, school_year_of
from workshops.enums import Audience

Measure = AnnualGoal.Measure

COUNTED = (Measure.PUPILS, Measure.PARENTS, Measure.SESSIONS)
"""Measures that sessions give; agreements and milestones come from elsewhere."""

_FRIDAY = 4


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first_day: date
    last_day: date

    @property
    def calendar_year(self) -> int | None:
        """The calendar year that it is, or None."""
        is_year = (self.first_day.month, self.first_day.day, self.last_day.month, self.last_day.day) == (
            1,
            1,
            12,
            31,
        )
        return self.first_day.year if is_year and self.first_day.year == self.last_day.year else None

    @property
    def school_year(self) -> int | None:
        """First calendar year of the school year that it is, or None."""
        start = school_year_of(self.first_day)
        return start if (self.first_day, self.last_day) == school_year_days(start) else None


@dataclass(frozen=True)
class Month:
    """One month of a goal."""

    first_day: date
    three: Three
    completeness: Completeness
    attended_so_far: int
    is_ahead: bool
    """Whether it has not begun."""


@dataclass(frozen=True)
class GoalFigure:
    """A goal and what has been counted for it."""

    goal: AnnualGoal
    figure: int | None
    """What stands against the goal; None where nothing is counted (a milestone)."""

    three: Three | None
    """Booked, held and attended in the unit of the goal."""

    completeness: Completeness | None
    status: GoalStatus
    is_own_period: bool
    """Whether the period looked at is the goal's: else there is a figure and no status."""

    scope: Scope | None = None
    """The sessions behind it."""

    participations: Three | None = None
    reached: Three | None = None
    classes: Three | None = None
    people: Three | None = None
    """Of a goal that counts sessions: the people there."""

    forecast: Forecast | None = None
    months: tuple[Month, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def share(self) -> float | None:
        """How much of the goal is reached, 0 to 1 and above."""
        if self.figure is None or not self.goal.target_low:
            return None
        return self.figure / self.goal.target_low


@dataclass(frozen=True)
class Progress:
    """A programme in a period: its goals, and the sums they come from."""

    programme: Programme
    period: Period
    figures: Figures
    facts: Facts
    """The figures by day."""

    goals: tuple[GoalFigure, ...]
    days: SchoolDays


def progress_of(
    *,
    programme: Programme,
    period: Period,
    now: datetime,
    mapping: SchoolTypeMapping | None = None,
    by: Dimension | None = None,
) -> Progress:
    """Return the goals of a programme that touch a period, with figures of that period; a fixed number of statements.

    Args:
        mapping: what school types count as, where it has been read already; else the version in force.
        by: the dimension that the figures are broken down by beside the goals.
    """
    today = local_date_of(now)
    goals = _touching(programme, period)
    scope = Scope(period.first_day, period.last_day, programme_id=programme.pk)
    mapping = mapping or mapping_in_force()
    figures = read_figures(scope, now=now, by=by)
    facts = figures.by_day(mapping)
    days = school_days_of(period, today=today)
    elsewhere = _Elsewhere(programme, period)
    goal_figures = [
        _figure_of(
            goal,
            period=period,
            facts=facts,
            elsewhere=elsewhere,
            days=days,
            today=today,
            is_own=_own_period(goal) == period,
        )
        for goal in _newest_of_key(goals)
    ]
    return Progress(programme, period, figures, facts, tuple(goal_figures), days)


@dataclass(frozen=True)
class OtherGoal:
    """A goal whose period is another than the one looked at."""

    there: GoalFigure
    """What was counted in the period looked at: a figure and no status."""

    own: GoalFigure
    """What was counted in the goal's own period as far as it had come, with its status then."""


@dataclass(frozen=True)
class Standing:
    """A programme's goals as they stand when a period ends."""

    facts: Facts
    """The period's figures by day."""

    on: date
    """The period's last day; today while it runs."""

    goals: tuple[GoalFigure, ...]
    """Those whose period it is."""

    others: tuple[OtherGoal, ...]
    """Those that touch it: of a school year, of several years, of a spring."""


def standing_of(*, programme: Programme, period: Period, now: datetime) -> Standing:
    """Return how the goals that touch a period stood on its last day, each by its own period.

    What comes after that day is left out, so that the answer is the same whenever it is asked for; a goal that runs on
    is judged by the pace until then. The number of statements grows with the periods that goals have, not with data.
    """
    on = min(period.last_day, local_date_of(now))
    # The day that the rules look back from: whatever lies before it is over.
    today = min(period.last_day + timedelta(days=1), local_date_of(now))
    goals = _touching(programme, period)
    own_periods = [_own_period(goal) for goal in goals]
    first = min([period.first_day, *(own.first_day for own in own_periods)])
    last = max([period.last_day, *(own.last_day for own in own_periods)])
    figures = read_figures(Scope(first, period.last_day, programme_id=programme.pk), now=now)
    mapping, off = mapping_in_force(), days_off(first, last)
    facts: dict[Period, Facts] = {}
    elsewhere: dict[Period, _Elsewhere] = {}

    def figure(goal: AnnualGoal, counted: Period, *, is_own: bool) -> GoalFigure:
        if counted not in facts:
            facts[counted] = figures.within(counted.first_day, counted.last_day).by_day(mapping)
            elsewhere[counted] = _Elsewhere(programme, counted)
        return _figure_of(
            goal,
            period=counted,
            facts=facts[counted],
            elsewhere=elsewhere[counted],
            days=_school_days(_own_period(goal), off, today=today),
            today=today,
            is_own=is_own,
        )

    others = [
        OtherGoal(
            there=figure(goal, period, is_own=False),
            own=figure(goal, Period(own.first_day, min(own.last_day, period.last_day)), is_own=True),
        )
        for goal, own in zip(goals, own_periods, strict=True)
        if own != period
    ]
    of_period = sorted((goal for goal in goals if _own_period(goal) == period), key=lambda goal: goal.pk)
    return Standing(
        facts=facts.get(period) or figures.within(period.first_day, period.last_day).by_day(mapping),
        on=on,
        goals=tuple(figure(goal, period, is_own=True) for goal in of_period),
        others=tuple(others),
    )


def _touching(programme: Programme, period: Period) -> list[AnnualGoal]:
    """Return the goals that have a day in common with a period, the earliest first."""
    return [
        goal
        for goal in sorted(programme.goals.all(), key=lambda goal: (goal.first_day, goal.pk))
        if goal.first_day <= period.last_day and goal.last_day >= period.first_day
    ]


def _own_period(goal: AnnualGoal) -> Period:
    return Period(goal.first_day, goal.last_day)


def periods_of(programme: Programme, *, today: date) -> list[Period]:
    """Return the periods that can be looked at, the newest first: those of goals, calendar years, school years."""
    own = {Period(goal.first_day, goal.last_day) for goal in programme.goals.all()}
    first, last = programme.first_day, min(programme.last_day, today)
    years = {Period(date(year, 1, 1), date(year, 12, 31)) for year in range(first.year, last.year + 1)}
    school = {
        Period(*school_year_days(year)) for year in range(school_year_of(first), school_year_of(last) + 1)
    }
    return sorted(own | years | school, key=lambda period: (period.first_day, period.last_day), reverse=True)


def default_period(programme: Programme, *, today: date) -> Period:
    """Return the period of the goals that run today, else of the latest, else this calendar year."""
    found = sorted(
        {Period(goal.first_day, goal.last_day) for goal in programme.goals.all()},
        key=lambda period: (period.first_day <= today <= period.last_day, period.last_day),
    )
    return found[-1] if found else Period(date(today.year, 1, 1), date(today.year, 12, 31))


def school_days_of(period: Period, *, today: date) -> SchoolDays:
    """Count the weekdays of a period that are no days off, until yesterday and from today."""
    return _school_days(period, days_off(period.first_day, period.last_day), today=today)


def _school_days(period: Period, off: Container[date], *, today: date) -> SchoolDays:
    days = [
        day
        for day in days_between(period.first_day, period.last_day)
        if day.weekday() <= _FRIDAY and day not in off
    ]
    past = sum(day < today for day in days)
    return SchoolDays(past=past, left=len(days) - past)


def _newest_of_key(goals: Iterable[AnnualGoal]) -> list[AnnualGoal]:
    """Where a period touches two years' goals of one key, the later stands for both."""
    found: dict[str, AnnualGoal] = {}
    for goal in goals:
        found[goal.key] = goal
    return sorted(found.values(), key=lambda goal: goal.pk)


def scope_of(goal: AnnualGoal, period: Period, mapping: SchoolTypeMapping | None) -> Scope:
    """Return which sessions of a period, and whose classes, a goal counts."""
    has_types = goal.measure == Measure.PUPILS and goal.school_bucket and mapping is not None
    return Scope(
        period.first_day,
        period.last_day,
        programme_id=goal.programme_id,
        audience=_audience_of(goal),
        school_types=mapping.types_of(goal.school_bucket) if has_types and mapping else None,
        of_classes=goal.measure == Measure.PUPILS,
    )


def _audience_of(goal: AnnualGoal) -> str:
    if goal.measure == Measure.PUPILS:
        return Audience.SCHOOL
    return Audience.PARENTS if goal.measure == Measure.PARENTS else goal.audience


@dataclass(frozen=True)
class _Elsewhere:
    """What goals count that no session gives: read once, when the first goal asks."""

    programme: Programme
    period: Period

    @cached_property
    def organisations(self) -> int:
        """How many organisations have an agreement: a prolonged one counts once."""
        return Agreement.objects.counting_for_goal(
            programme_id=self.programme.pk, first_day=self.period.first_day, last_day=self.period.last_day
        ).organisations()

    @cached_property
    def parts_of_pilots(self) -> tuple[Part, ...]:
        """How far material has been tried."""
        return parts_of_pilots(first_day=self.period.first_day, last_day=self.period.last_day)


def _figure_of(
    goal: AnnualGoal,
    *,
    period: Period,
    facts: Facts,
    elsewhere: _Elsewhere,
    days: SchoolDays,
    today: date,
    is_own: bool,
) -> GoalFigure:
    """Return what a goal has in some days.

    Args:
        days: of the goal's period, past and left.
        is_own: whether they are the goal's, as far as they have come: else there is no status.
    """
    if goal.measure == Measure.MILESTONE:
        return _milestone(goal, elsewhere, is_own=is_own)
    if goal.measure == Measure.AGREEMENTS:
        return _agreements(goal, elsewhere.organisations, is_own=is_own, today=today)
    if goal.measure == Measure.PUPILS:
        return _of_pupils(goal, period, facts, days, today, is_own=is_own)
    return _of_sessions(goal, period, facts, days, today, is_own=is_own)


def _status(
    goal: AnnualGoal, figure: int, *, is_own: bool, today: date, forecast: Forecast | None
) -> GoalStatus:
    if not is_own:
        return GoalStatus.NOT_MEASURED
    return status_of(
        figure,
        low=goal.target_low,
        high=goal.target_high,
        first_day=goal.first_day,
        last_day=goal.last_day,
        today=today,
        forecast=forecast,
    )


def _of_pupils(
    goal: AnnualGoal, period: Period, facts: Facts, days: SchoolDays, today: date, *, is_own: bool
) -> GoalFigure:
    lines = facts.pupil_lines(group=goal.school_bucket)
    participations = add_up(line.participations for line in lines)
    reached = add_up(line.reached for line in lines)
    name = "reached" if goal.counting == Counting.REACHED else "participations"
    three = reached if goal.counting == Counting.REACHED else participations
    unreported, ahead = sum(line.unreported for line in lines), sum(line.ahead for line in lines)
    forecast = forecast_of(
        SoFar(three.attended, participations.booked - unreported - ahead, unreported, ahead), days
    )
    if goal.school_bucket:
        completeness = by_key(
            (line for line in facts.reports if line.group == goal.school_bucket),
            lambda line: line.completeness,
            Completeness(),
        )
    else:
        of_school = facts.session_lines(audience=Audience.SCHOOL)
        completeness = by_key(of_school, lambda line: line.completeness, Completeness())
    return GoalFigure(
        goal=goal,
        figure=three.attended,
        three=three,
        completeness=sum(completeness.values(), Completeness()),
        status=_status(goal, three.attended, is_own=is_own, today=today, forecast=forecast),
        is_own_period=is_own,
        scope=scope_of(goal, period, facts.mapping),
        participations=participations,
        reached=reached,
        classes=add_up(line.classes for line in lines),
        forecast=forecast if is_own else None,
        months=_months(
            period, by_key(lines, lambda line: getattr(line, name), NOTHING), completeness, today=today
        ),
    )


def _of_sessions(
    goal: AnnualGoal, period: Period, facts: Facts, days: SchoolDays, today: date, *, is_own: bool
) -> GoalFigure:
    lines = facts.session_lines(audience=_audience_of(goal))
    counts_sessions = goal.measure == Measure.SESSIONS
    read = (lambda line: line.held_sessions) if counts_sessions else (lambda line: line.people)
    three = add_up(read(line) for line in lines)
    unreported = sum(line.sessions if counts_sessions else line.booked for line in lines if line.waits)
    ahead = sum(line.sessions if counts_sessions else line.booked for line in lines if line.is_ahead)
    forecast = forecast_of(SoFar(three.attended, three.booked - unreported - ahead, unreported, ahead), days)
    completeness = by_key(lines, lambda line: line.completeness, Completeness())
    return GoalFigure(
        goal=goal,
        figure=three.attended,
        three=three,
        completeness=sum(completeness.values(), Completeness()),
        status=_status(goal, three.attended, is_own=is_own, today=today, forecast=forecast),
        is_own_period=is_own,
        scope=scope_of(goal, period, facts.mapping),
        people=add_up(line.people for line in lines) if counts_sessions else None,
        forecast=forecast if is_own else None,
        months=_months(period, by_key(lines, read, NOTHING), completeness, today=today),
    )


def _agreements(goal: AnnualGoal, figure: int, *, is_own: bool, today: date) -> GoalFigure:
    return GoalFigure(
        goal=goal,
        figure=figure,
        three=None,
        completeness=None,
        status=_status(goal, figure, is_own=is_own, today=today, forecast=None),
        is_own_period=is_own,
    )


_STATED = {
    StatedStatus.REACHED: GoalStatus.REACHED,
    StatedStatus.ON_TRACK: GoalStatus.ON_TRACK,
    StatedStatus.BEHIND: GoalStatus.BEHIND,
}


def _milestone(goal: AnnualGoal, elsewhere: _Elsewhere, *, is_own: bool) -> GoalFigure:
    """Say how a milestone stands: by its pilots where they are what is asked for, else as stated."""
    parts: tuple[Part, ...] = ()
    status = (
        _STATED.get(StatedStatus(goal.stated_status), GoalStatus.NOT_MEASURED) if goal.stated_status else None
    )
    if goal.milestone_source == MilestoneSource.PILOTS:
        parts = elsewhere.parts_of_pilots
        if parts and all(part.is_reached for part in parts):
            status = GoalStatus.REACHED
        elif status in (None, GoalStatus.REACHED):
            # One stage alone is not reached, whatever was stated.
            status = GoalStatus.ON_TRACK if any(part.has_begun for part in parts) else None
    return GoalFigure(
        goal=goal,
        figure=None,
        three=None,
        completeness=None,
        status=(status or GoalStatus.NOT_MEASURED) if is_own else GoalStatus.NOT_MEASURED,
        is_own_period=is_own,
        parts=parts,
    )


def _months(
    period: Period, threes: Mapping[Any, Three], completeness: Mapping[Any, Completeness], *, today: date
) -> tuple[Month, ...]:
    """Add days up to months, and months to what has been reached."""
    months: list[Month] = []
    threes, completeness = by_month(threes, NOTHING), by_month(completeness, Completeness())
    first, so_far = month_of(period.first_day), 0
    while first <= period.last_day:
        three = threes.get(first, NOTHING)
        so_far += three.attended
        complete = completeness.get(first, Completeness())
        months.append(Month(first, three, complete, so_far, is_ahead=first > today))
        first = next_month(first)
    return tuple(months)
