"""The chart of a report, as SVG: bars month by month, drawn from the table that stands below it and nothing else."""

from collections.abc import Mapping
from html import escape
from math import ceil
from typing import Any

from portal.reporting.charts import round_step

MONTHS = "by_month"
"""Key of the table it is drawn from."""

_CAME = "Deltog"
_WIDTH, _HEIGHT = 640, 230
_LEFT, _TOP, _BOTTOM = 46, 20, 30
_GREY, _LINE, _BAR = "#454545", "#bfbfbf", "#1b5e8c"


def months_chart(table: Mapping[str, Any]) -> dict[str, str] | None:
    """Return {"svg", "alt"} of who came month by month; None where there is nothing to see.

    Each bar says its figure, so it is read without colour; the text for those who do not see it names all of them.
    """
    if table["key"] != MONTHS or _CAME not in table["columns"]:
        return None
    came = table["columns"].index(_CAME)
    months = [(str(row[0]), row[came] or 0) for row in table["rows"]]
    most = max((number for _name, number in months), default=0)
    if not most:
        return None
    step = round_step(most)
    top = ceil(most / step) * step
    across, ground = (_WIDTH - _LEFT) / len(months), _HEIGHT - _BOTTOM

    def y(value: float) -> float:
        return round(_TOP + (ground - _TOP) * (1 - value / top), 1)

    drawn = [
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y(step * mark)}" y2="{y(step * mark)}" stroke="{_LINE}" stroke-width="1"/>'
        + _text(_LEFT - 8, y(step * mark) + 4, _written(round(step * mark)), "end")
        for mark in range(round(top / step) + 1)
    ]
    for index, (name, number) in enumerate(months):
        left = round(_LEFT + across * (index + 0.18), 1)
        middle = round(_LEFT + across * (index + 0.5), 1)
        drawn += [
            f'<rect x="{left}" y="{y(number)}" width="{round(across * 0.64, 1)}" height="{round(ground - y(number), 1)}" fill="{_BAR}"/>',
            _text(middle, y(number) - 5, _written(number), "middle"),
            _text(middle, ground + 18, name[:3], "middle"),
        ]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(drawn)}</svg>'
    told = ", ".join(f"{name} {_written(number)}" for name, number in months)
    return {"svg": svg, "alt": f"Søjlediagram: deltagere, der kom, måned for måned: {told}."}


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x}" y="{round(y, 1)}" text-anchor="{anchor}" font-family="Libertinus Serif" font-size="13" fill="{_GREY}">'
        f"{escape(text)}</text>"
    )


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")
