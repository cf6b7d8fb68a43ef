"""The map of coverage: districts and schools as shapes, drawn from shipped outlines (rule 14: no tiles)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from portal.reporting.coverage import Coverage, CoveredSchool, Group
from portal.reporting.enums import Reach

WIDTH = 640
_MARGIN = 6
_ARM = 3.5
_LONG_NAME = 16
_OUTLINES = Path(__file__).parent / "data" / "districts.json"


@dataclass(frozen=True)
class Area:
    """A district: its outline, and where its label stands."""

    group: Group
    path: str
    x: float
    y: float
    words: tuple[str, ...]
    """The name, a long one in two lines."""

    shade: int
    """0 to 4: a fifth each of the schools that took part."""


@dataclass(frozen=True)
class Spot:
    """A school."""

    row: CoveredSchool
    x: float
    y: float

    @property
    def shape(self) -> str:
        """A dot, a ring, or a cross: told apart without colour."""
        return {Reach.TOOK_PART: "dot", Reach.BOOKED: "ring", Reach.NEVER: "cross"}[self.row.reach]

    @property
    def cross_path(self) -> str:
        """Two strokes."""
        left, right, top, bottom = (
            round(value, 1) for value in (self.x - _ARM, self.x + _ARM, self.y - _ARM, self.y + _ARM)
        )
        return f"{left},{top} {right},{bottom} M{right},{top} {left},{bottom}"


@dataclass(frozen=True)
class CoverageMap:
    """Everything the template draws."""

    width: int
    height: int
    areas: tuple[Area, ...]
    spots: tuple[Spot, ...]
    unplaced: int
    """Schools without a known place: they are in the tables only."""


def coverage_map(coverage: Coverage) -> CoverageMap:
    """Place districts and schools. North is up; distances are true within the city."""
    outlines = _outlines()
    project = _Projection(outlines)
    groups = {group.key: group for group in coverage.by_district()}
    areas = tuple(
        Area(
            group=groups.get(number, Group(number, "", 0, 0, 0)),
            path=" ".join(f"M{' '.join(f'{x},{y}' for x, y in map(project.place, ring))}Z" for ring in rings),
            x=_middle(rings, project)[0],
            y=_middle(rings, project)[1],
            words=_lines(groups[number].label) if number in groups else (),
            shade=min(4, groups[number].share // 20) if number in groups else 0,
        )
        for number, rings in outlines.items()
    )
    placed = [
        Spot(row, *project.place((row.school.longitude, row.school.latitude)))
        for row in coverage.schools
        if row.school.longitude is not None and row.school.latitude is not None
    ]
    spots = tuple(spot for spot in placed if 0 <= spot.x <= WIDTH and 0 <= spot.y <= project.height)
    return CoverageMap(WIDTH, project.height, areas, spots, len(coverage.schools) - len(spots))


def _lines(name: str) -> tuple[str, ...]:
    """Break a long name after its hyphen, so that it stays within its district."""
    first, hyphen, rest = name.partition("-")
    return (f"{first}-", rest) if hyphen and len(name) > _LONG_NAME else (name,)


class _Projection:
    """Degrees to the drawing: a plain map is true enough for a city of fifteen kilometres."""

    def __init__(self, outlines: Mapping[int, list[list[tuple[float, float]]]]) -> None:
        points = [point for rings in outlines.values() for ring in rings for point in ring]
        self._west, self._north = min(x for x, _y in points), max(y for _x, y in points)
        east, south = max(x for x, _y in points), min(y for _x, y in points)
        self._narrow = cos(radians((self._north + south) / 2))
        self._scale = (WIDTH - 2 * _MARGIN) / ((east - self._west) * self._narrow)
        self.height = round((self._north - south) * self._scale) + 2 * _MARGIN

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return where a point lies."""
        longitude, latitude = point
        return (
            round(_MARGIN + (longitude - self._west) * self._narrow * self._scale, 1),
            round(_MARGIN + (self._north - latitude) * self._scale, 1),
        )


def _middle(rings: list[list[tuple[float, float]]], project: _Projection) -> tuple[float, float]:
    """Return the middle of the largest outline, by its area."""
    ring = max(rings, key=len)
    twice, x_sum, y_sum = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        twice += cross
        x_sum += (x1 + x2) * cross
        y_sum += (y1 + y2) * cross
    return project.place((x_sum / (3 * twice), y_sum / (3 * twice)))


@cache
def _outlines() -> dict[int, list[list[tuple[float, float]]]]:
    shipped = json.loads(_OUTLINES.read_text(encoding="utf-8"))
    return {int(number): [[(x, y) for x, y in ring] for ring in rings] for number, rings in shipped.items()}
