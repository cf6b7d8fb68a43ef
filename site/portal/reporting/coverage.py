"""Which schools have taken part in a period, and which never booked: by district, type and stage (R7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, FilteredRelation, Max, Q

from booking.attendance.reading import REPORTED_OF
from booking.models import ClassPlace
from portal.reporting.enums import Reach
from portal.reporting.figures import PLANNED
from portal.reporting.goals import Period
from workshops.calendars import local_date_of
from workshops.enums import STAGES, SchoolType, SessionState
from workshops.models import School


@dataclass(frozen=True)
class CoveredSchool:
    """A school and how far it has been reached in the period."""

    school: School
    reach: Reach
    stages: frozenset[str]
    """Stages with a class that took part."""

    classes: int
    """Visits of its classes with somebody there."""

    last_day: Any
    """Day of its last visit ever, None where it never had one."""


@dataclass(frozen=True)
class Group:
    """A row of a table of coverage."""

    key: Any
    label: str
    schools: int
    took_part: int
    booked: int
    """Booked, and not (yet) there."""

    @property
    def never(self) -> int:
        """Schools that never booked in the period."""
        return self.schools - self.took_part - self.booked

    @property
    def share(self) -> int:
        """Percentage that took part."""
        return round(100 * self.took_part / self.schools) if self.schools else 0


@dataclass(frozen=True)
class Coverage:
    """All schools that could book on the period's last day, or today while it runs."""

    schools: tuple[CoveredSchool, ...]

    @property
    def total(self) -> Group:
        """Everybody in one row."""
        return _group(None, "", self.schools)

    def by_district(self) -> list[Group]:
        """Return a row a district, those without one last."""
        return _grouped(
            self.schools,
            lambda row: row.school.district_id,
            lambda row: row.school.district.name if row.school.district else "",
        )

    def by_type(self) -> list[Group]:
        """Return a row a school type."""
        return _grouped(
            self.schools,
            lambda row: row.school.school_type,
            lambda row: str(SchoolType(row.school.school_type).label),
        )

    def by_stage(self) -> list[Group]:
        """Return for each stage how many schools had a class of it there. Schools have no list of their stages."""
        return [
            Group(stage, stage, len(self.schools), sum(stage in row.stages for row in self.schools), 0)
            for stage in STAGES
        ]


def coverage_of(*, programme_id: int | None, period: Period, now: datetime) -> Coverage:
    """Return how far each school has been reached. Three statements.

    Visits of a school that has been merged count for the one that took it over.
    """
    on = min(period.last_day, local_date_of(now))
    schools = list(School.objects.bookable(on=on).select_related("district").order_by("name", "pk"))
    heirs = _heirs()
    places = ClassPlace.objects.filter(
        is_active=True, booked_session__state__in=REPORTED_OF, session__state__in=PLANNED
    )
    if programme_id is not None:
        places = places.filter(session__programme=programme_id)
    in_period = Q(session__local_date__range=(period.first_day, period.last_day))
    came = Q(session__state=SessionState.HELD, report__people__gt=0)
    rows = (
        places.annotate(
            report=FilteredRelation(
                "booked_class__attendances",
                condition=Q(booked_class__attendances__booked_session=F("booked_session")),
            ),
            school=F("booked_session__booking__school"),
            grade=F("booked_class__grade"),
        )
        .values("school", "grade")
        .order_by()
        .annotate(
            booked=Count("pk", filter=in_period),
            came=Count("pk", filter=in_period & came),
            last=Max("session__local_date", filter=came),
        )
    )
    seen: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        school_id: int = row["school"] or 0
        seen.setdefault(heirs.get(school_id, school_id), []).append(dict(row))
    return Coverage(tuple(_covered(school, seen.get(school.pk, [])) for school in schools))


def _covered(school: School, rows: list[dict[str, Any]]) -> CoveredSchool:
    classes = sum(row["came"] for row in rows)
    booked = sum(row["booked"] for row in rows)
    stages = {
        stage
        for row in rows
        if row["came"]
        for stage, (first, last) in STAGES.items()
        if first <= row["grade"] <= last
    }
    days = [row["last"] for row in rows if row["last"]]
    return CoveredSchool(
        school=school,
        reach=Reach.TOOK_PART if classes else Reach.BOOKED if booked else Reach.NEVER,
        stages=frozenset(stages),
        classes=classes,
        last_day=max(days, default=None),
    )


def _heirs() -> dict[int, int]:
    """Return which school stands for each merged one, through several mergers."""
    into: dict[int, int] = dict(
        School.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")  # type: ignore[arg-type]  # not null here
    )
    found = {}
    for pk in into:
        last, passed = pk, {pk}
        while into.get(last) is not None and into[last] not in passed:
            last = into[last]
            passed.add(last)
        found[pk] = last
    return found


def _grouped(
    rows: Iterable[CoveredSchool],
    key_of: Callable[[CoveredSchool], Any],
    label_of: Callable[[CoveredSchool], str],
) -> list[Group]:
    members: dict[Any, list[CoveredSchool]] = {}
    for row in rows:
        members.setdefault(key_of(row), []).append(row)
    groups = [_group(key, label_of(found[0]), found) for key, found in members.items()]
    return sorted(groups, key=lambda group: (group.key is None, group.label.casefold()))


def _group(key: Any, label: str, rows: Iterable[CoveredSchool]) -> Group:
    found = list(rows)
    return Group(
        key,
        label,
        len(found),
        sum(row.reach == Reach.TOOK_PART for row in found),
        sum(row.reach == Reach.BOOKED for row in found),
    )
