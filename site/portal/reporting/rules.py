"""How a goal stands and where it is heading: values in, words out."""

from dataclasses import dataclass
from datetime import date

from portal.reporting.enums import GoalStatus

EARLIEST_FORECAST = 0.1
"""Share of the period's school days that must be over before anything is foretold."""


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """Weekdays of a period that are no days off."""

    past: int
    """Up to and with yesterday."""

    left: int

    @property
    def total(self) -> int:
        """All of the period's."""
        return self.past + self.left


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a forecast starts from, in the unit the goal counts (booked: as participations)."""

    attended: int
    booked_reported: int
    """Booked, of sessions that have reported."""

    booked_unreported: int
    """Booked, of sessions that are over and have not."""

    booked_ahead: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the figure is heading, with every step of the way, so that it can be said beside it."""

    attended: int
    unreported: int
    """What the missing reports probably hold."""

    per_day: float
    """Pace per school day so far, missing reports included."""

    days_left: int
    by_pace: int
    """What comes on top at that pace."""

    ahead: int
    """What is booked ahead and probably comes."""

    total: int

    @property
    def rests_on_bookings(self) -> bool:
        """Whether what is booked ahead brings more than the pace."""
        return self.ahead > self.by_pace


def forecast_of(so_far: SoFar, days: SchoolDays) -> Forecast | None:
    """Foretell the figure on the period's last day, or nothing where it is too early, empty or over.

    Attended so far, plus what missing reports hold if they are like those that came, plus the pace per school day for
    the days left, but never less than what is booked ahead.
    """
    if not days.left or days.past < EARLIEST_FORECAST * days.total or not so_far.attended:
        return None
    share = so_far.attended / so_far.booked_reported if so_far.booked_reported else 1.0
    unreported = round(so_far.booked_unreported * share)
    ahead = round(so_far.booked_ahead * share)
    per_day = (so_far.attended + unreported) / days.past
    by_pace = round(per_day * days.left)
    return Forecast(
        attended=so_far.attended,
        unreported=unreported,
        per_day=per_day,
        days_left=days.left,
        by_pace=by_pace,
        ahead=ahead,
        total=so_far.attended + unreported + max(by_pace, ahead),
    )


def status_of(
    figure: int,
    *,
    low: int | None,
    high: int | None,
    first_day: date,
    last_day: date,
    today: date,
    forecast: Forecast | None,
) -> GoalStatus:
    """Say how a figure stands against its goal or range. Above a range is reached, not failed."""
    if low is None:
        return GoalStatus.NOT_MEASURED
    if figure >= low:
        return GoalStatus.ABOVE if high is not None and figure > high else GoalStatus.REACHED
    if today > last_day:
        return GoalStatus.MISSED
    if today < first_day:
        return GoalStatus.NOT_BEGUN
    if forecast is None:
        return GoalStatus.EARLY
    return GoalStatus.ON_TRACK if forecast.total >= low else GoalStatus.BEHIND
