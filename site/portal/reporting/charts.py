"""Charts as coordinates: templates draw them as SVG, and every chart stands beside the table it was drawn from."""

from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format

from portal.reporting.goals import GoalFigure

WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 118, 22, 34
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_LABELS = 7
_DAYS = 30
_LABEL_HEIGHT = 16


@dataclass(frozen=True)
class Mark:
    """A line of the grid with its label, or a point with its value."""

    x: float
    y: float
    label: str
    is_above: bool = True


@dataclass(frozen=True)
class GoalChart:
    """The attended so far month by month, the goal or range as line or band, the forecast as a dashed line."""

    width: int
    height: int
    left: float
    right: float
    bottom: float
    grid: tuple[Mark, ...]
    months: tuple[Mark, ...]
    line: str
    """Points of the polyline."""

    points: tuple[Mark, ...]
    last: Mark | None
    goal_y: float | None
    goal_text_y: float
    goal_label: str
    band_y: float | None
    """Top of the band, where the goal is a range."""

    band_width: float
    band_height: float
    forecast_end: Mark | None
    forecast_text_y: float
    """Moved away from the goal's label where the two would lie on each other."""


def goal_chart(figure: GoalFigure, *, today: date) -> GoalChart | None:
    """Draw a goal; nothing where there are no months or nothing to show."""
    months = figure.months
    low, high = figure.goal.target_low, figure.goal.target_high
    foretold = figure.forecast.total if figure.forecast else 0
    top = max([month.attended_so_far for month in months] + [low or 0, high or 0, foretold], default=0)
    if not months or not top:
        return None
    step = round_step(top)
    most = ceil(top / step) * step
    right = WIDTH - _RIGHT
    across = (right - _LEFT) / len(months)

    def x(index: float) -> float:
        return round(_LEFT + across * index, 1)

    def y(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / most), 1)

    begun = [month for month in months if not month.is_ahead]
    points = [Mark(x(index + 1), y(month.attended_so_far), "") for index, month in enumerate(begun)]
    if begun and len(begun) < len(months):
        # The month that runs is drawn as far as it has come.
        points[-1] = Mark(x(len(begun) - 1 + min(today.day, _DAYS) / _DAYS), points[-1].y, "")
    path = [Mark(x(0), y(0), ""), *points]
    last = Mark(path[-1].x, path[-1].y, _number(begun[-1].attended_so_far)) if begun else None
    end = Mark(x(len(months)), y(foretold), _number(foretold)) if figure.forecast else None
    goal_y = y(low) if low is not None else None
    every = max(1, ceil(len(months) / _MOST_LABELS))
    return GoalChart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=right,
        bottom=HEIGHT - _BOTTOM,
        grid=tuple(
            Mark(_LEFT, y(step * number), _number(step * number)) for number in range(ceil(top / step) + 1)
        ),
        months=tuple(
            Mark(x(index + 0.5), HEIGHT - _BOTTOM, date_format(month.first_day, "M"))
            for index, month in enumerate(months)
            if index % every == 0
        ),
        line=" ".join(f"{mark.x},{mark.y}" for mark in path),
        points=tuple(points),
        last=last,
        goal_y=goal_y,
        goal_text_y=goal_y or 0,
        goal_label=f"{_number(low)}–{_number(high)}"
        if high is not None and low is not None
        else _number(low),
        band_y=y(high) if high is not None else None,
        band_width=right - _LEFT,
        band_height=round(y(low) - y(high), 1) if high is not None and low is not None else 0,
        forecast_end=end,
        forecast_text_y=_apart(end.y, goal_y) if end and goal_y is not None else (end.y if end else 0),
    )


@dataclass(frozen=True)
class Bar:
    """How far a goal is, as parts of a bar 100 wide; the goal stands at `goal`."""

    filled: float
    goal: float
    high: float | None
    forecast: float | None

    @property
    def range_width(self) -> float:
        """How wide the range is."""
        return round(self.high - self.goal, 1) if self.high is not None else 0


def goal_bar(figure: GoalFigure) -> Bar | None:
    """Draw how far a goal is; nothing where no figure is asked for."""
    low, high = figure.goal.target_low, figure.goal.target_high
    if figure.figure is None or not low:
        return None
    foretold = figure.forecast.total if figure.forecast else 0
    most = max(figure.figure, low, high or 0, foretold) * 1.05
    return Bar(
        filled=round(100 * figure.figure / most, 1),
        goal=round(100 * low / most, 1),
        high=round(100 * high / most, 1) if high else None,
        forecast=round(100 * foretold / most, 1) if figure.forecast else None,
    )


def _apart(y: float, other: float) -> float:
    """Return a height for a label at `y` that leaves room for another's."""
    if abs(y - other) >= _LABEL_HEIGHT:
        return y
    return other - _LABEL_HEIGHT if y <= other else other + _LABEL_HEIGHT


def round_step(top: float) -> float:
    """Return a round step that gives four to eight lines."""
    rough = top / 5
    power = 10 ** int(log10(rough)) if rough >= 1 else 1
    return max(1, next(step * power for step in (*_STEPS, 20) if step * power >= rough))


def _number(value: float | None) -> str:
    """Write a number as people do."""
    return str(floatformat(value, "0g")) if value is not None else ""
