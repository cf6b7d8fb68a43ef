"""Booked, held and attended: three figures for a period, from the snapshots taken when booked (rule 11).

`read_figures` asks the database twice, whatever the data, and `Figures` adds up what it found by day, by one dimension
or by session. Every figure stands on the same definition:

- A period is days, first and last included; a session lies on its local date.
- **Booked**: places that were kept: confirmed bookings and what became of them (came, stayed away). Not withdrawn or
  cancelled ones, whenever that happened, and not sessions that were cancelled.
- **Held**: of these, in sessions that were reported as held.
- **Attended**: what the reports in force say of sessions held. Classes by class; evenings and talks by the report's
  total, since who came without a sign-up came too.
- Pupils count as **participations** each time, and as **reached** once for each class in the period, with the most of it
  that came at one time: in a course as in two workshops. A class is a school, a school year and a name.
- A school counts by its type when it booked, mapped to a group by the version of the mapping that is in force.
- **Complete** are figures whose sessions have all reported: due are sessions that are over with somebody booked, or
  that have a report.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from booking.attendance.reading import REPORTED_OF
from booking.models import BookedSession, ClassPlace, SessionReport
from portal.reporting.enums import Dimension
from portal.reporting.models import SchoolTypeMapping
from workshops.enums import STAGES, UPCOMING_STATES, Audience, SessionState
from workshops.models import Session

PLANNED = (*UPCOMING_STATES, SessionState.HELD, SessionState.NOT_HELD)
"""States of sessions that were to take place; cancelled ones and drafts are left out."""

REPORTED = (SessionState.HELD, SessionState.NOT_HELD)

SCHOOL_DIMENSIONS = frozenset({Dimension.STAGE, Dimension.SCHOOL_TYPE})
"""Dimensions that only pupils have."""


@dataclass(frozen=True, slots=True)
class Three:
    """Booked, held and attended, never mixed (rule 11)."""

    booked: int = 0
    held: int = 0
    attended: int = 0

    def __add__(self, other: "Three") -> "Three":
        return Three(self.booked + other.booked, self.held + other.held, self.attended + other.attended)


NOTHING = Three()


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the sessions that should have reported have done it (R3)."""

    due: int = 0
    reported: int = 0

    @property
    def missing(self) -> int:
        """Sessions that are over and have not reported. Not the same as a report of 0."""
        return self.due - self.reported

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.due == self.reported

    def __add__(self, other: "Completeness") -> "Completeness":
        return Completeness(self.due + other.due, self.reported + other.reported)


@dataclass(frozen=True)
class Scope:
    """Which sessions, and whose classes, the figures are about."""

    first_day: date
    last_day: date
    programme_id: int | None = None
    audience: str = ""
    """A value of workshops.enums.Audience; empty for all."""

    school_types: frozenset[str] | None = None
    """Raw types of schools; None for all. Only classes have one."""

    dimension: Dimension | None = None
    value: Any = None
    """With `dimension`: only what has this value there (`value_of`)."""

    session_ids: tuple[int, ...] | None = None
    of_classes: bool = True
    """False where sessions for schools are counted as sessions: they then lie where they are held."""


@dataclass(frozen=True, slots=True)
class PupilLine:
    """Classes of one day (or one value of a dimension) and raw school type."""

    programme_id: int
    key: Any
    school_type: str
    participations: Three
    reached: Three
    classes: Three
    """Visits of classes: booked, of sessions held, and with somebody there."""

    unreported: int = 0
    """Booked participations of sessions that are over and have not reported."""

    ahead: int = 0
    """Booked participations of sessions that are not over yet."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """Sessions of one day (or one value of a dimension), audience and state, and the people of sign-ups in them."""

    programme_id: int
    key: Any
    audience: str
    state: str
    is_over: bool
    has_booked: bool
    sessions: int
    with_people: int
    """Of them, held with at least one person there."""

    booked: int
    """Places kept: seats of sign-ups; pupils where a class came."""

    came: int
    """The total of the reports in force."""

    @property
    def people(self) -> Three:
        """Booked seats, those of sessions held, and who came."""
        is_held = self.state == SessionState.HELD
        booked = self.booked if self.state in PLANNED else 0
        return Three(booked, booked if is_held else 0, self.came if is_held else 0)

    @property
    def waits(self) -> bool:
        """Whether they are over, had somebody booked, and have not reported."""
        return self.state in UPCOMING_STATES and self.is_over and self.has_booked

    @property
    def is_ahead(self) -> bool:
        """Whether they are still to take place, with somebody booked."""
        return self.state in UPCOMING_STATES and not self.is_over and self.has_booked

    @property
    def held_sessions(self) -> Three:
        """Sessions with somebody booked (or a report of being held), held, and held with somebody there."""
        is_held = self.state == SessionState.HELD
        counts = is_held or (self.state in PLANNED and self.has_booked)
        return Three(
            self.sessions if counts else 0,
            self.sessions if is_held else 0,
            self.with_people if is_held else 0,
        )

    @property
    def completeness(self) -> Completeness:
        """Whether they should have reported, and have."""
        if self.state in REPORTED:
            return Completeness(self.sessions, self.sessions)
        return Completeness(self.sessions, 0) if self.waits else Completeness()


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Sessions with classes of one group of schools, each counted once in its group."""

    programme_id: int
    key: Any
    group: str
    completeness: Completeness


@dataclass(frozen=True)
class Facts:
    """Sums of a scope: by day, by value of a dimension, or by session."""

    scope: Scope
    mapping: SchoolTypeMapping | None
    pupils: tuple[PupilLine, ...] = ()
    sessions: tuple[SessionLine, ...] = ()
    reports: tuple[ReportLine, ...] = ()
    labels: Mapping[Any, str] = field(default_factory=dict)
    """Names of the keys where rows have them: districts, offers, providers."""

    def pupil_lines(self, *, programme_id: int | None = None, group: str = "") -> list[PupilLine]:
        """Return the lines of a programme and a group of schools; all where left out."""
        types = self.mapping.types_of(group) if group and self.mapping else None
        return [
            line
            for line in self.pupils
            if programme_id in (None, line.programme_id) and (types is None or line.school_type in types)
        ]

    def session_lines(self, *, programme_id: int | None = None, audience: str = "") -> list[SessionLine]:
        """Return the lines of a programme and an audience; all where left out."""
        return [
            line
            for line in self.sessions
            if programme_id in (None, line.programme_id) and audience in ("", line.audience)
        ]

    def completeness(
        self, *, programme_id: int | None = None, audience: str = "", group: str = ""
    ) -> Completeness:
        """Return how complete the figures are, of one group of schools where one is named."""
        if group:
            of_group = [
                line.completeness
                for line in self.reports
                if line.group == group and programme_id in (None, line.programme_id)
            ]
            return sum(of_group, Completeness())
        lines = self.session_lines(programme_id=programme_id, audience=audience)
        return sum((line.completeness for line in lines), Completeness())


@dataclass(slots=True)
class _Visit:
    """The classes of one session, raw school type and value of a dimension together; a class that comes again alone."""

    session_id: int
    programme_id: int
    day: date
    state: str
    is_over: bool
    school_type: str
    value: Any
    label: str | None
    counted_apart: str
    """The class that comes more than once; empty where each of the classes comes once."""

    pupils: int
    came: int
    classes: int
    classes_there: int
    reached: Three = NOTHING

    @property
    def three(self) -> Three:
        is_held = self.state == SessionState.HELD
        return Three(self.pupils, self.pupils if is_held else 0, self.came if is_held else 0)

    @property
    def three_classes(self) -> Three:
        is_held = self.state == SessionState.HELD
        return Three(self.classes, self.classes if is_held else 0, self.classes_there if is_held else 0)

    @property
    def waits(self) -> bool:
        return self.is_over and self.state in UPCOMING_STATES


@dataclass(frozen=True, slots=True)
class _SessionRow:
    """One session."""

    session_id: int
    programme_id: int
    day: date
    audience: str
    state: str
    is_over: bool
    value: Any
    label: str | None
    seats: int | None
    """Places kept; None where there are none."""

    people: int | None
    """The total of the report in force; None where there is none."""


@dataclass(frozen=True)
class Figures:
    """What was read of a scope, session by session: every sum is made of it, so all agree."""

    scope: Scope
    visits: tuple[_Visit, ...]
    sessions: tuple[_SessionRow, ...]

    @cached_property
    def labels(self) -> dict[Any, str]:
        """Return the names of the dimension's values where rows have them: districts, offers, providers."""
        rows: Iterable[_Visit | _SessionRow] = (*self.visits, *self.sessions)
        return {row.value: row.label for row in rows if row.label}

    def within(self, first_day: date, last_day: date) -> "Figures":
        """Return those of some of the days, both included: a class that came once in them is reached then."""
        if (first_day, last_day) == (self.scope.first_day, self.scope.last_day):
            return self
        visits = tuple(replace(row) for row in self.visits if first_day <= row.day <= last_day)
        _count_once(visits)
        return Figures(
            replace(self.scope, first_day=first_day, last_day=last_day),
            visits,
            tuple(row for row in self.sessions if first_day <= row.day <= last_day),
        )

    def of_types(self, school_types: frozenset[str] | None) -> "Figures":
        """Return those of classes whose schools were of some raw types; all where None."""
        if school_types is None:
            return self
        return replace(self, visits=tuple(row for row in self.visits if row.school_type in school_types))

    def by_day(self, mapping: SchoolTypeMapping | None = None) -> Facts:
        """Add them up by day; reports by group of schools where a mapping says what types count as."""
        return self._added_up(mapping, lambda row: row.day)

    def by_value(self) -> Facts:
        """Add them up by value of the dimension that they were read by, with the names of the values."""
        return self._added_up(None, lambda row: row.value)

    def by_session(self, session_ids: Collection[int]) -> Facts:
        """Return those of some sessions one by one."""
        these = replace(
            self,
            visits=tuple(row for row in self.visits if row.session_id in session_ids),
            sessions=tuple(row for row in self.sessions if row.session_id in session_ids),
        )
        return these._added_up(None, lambda row: row.session_id)

    def _added_up(self, mapping: SchoolTypeMapping | None, key_of: Callable[[Any], Any]) -> Facts:
        return Facts(
            self.scope,
            mapping,
            tuple(_pupil_lines(self.visits, key_of)),
            tuple(_session_lines(self.sessions, key_of)),
            tuple(_report_lines(self.visits, key_of, mapping)),
            self.labels,
        )


def _pupil_lines(visits: Iterable[_Visit], key_of: Callable[[Any], Any]) -> Iterator[PupilLine]:
    lines: dict[Any, list[_Visit]] = defaultdict(list)
    for visit in visits:
        lines[visit.programme_id, key_of(visit), visit.school_type].append(visit)
    for (programme_id, key, school_type), of_line in lines.items():
        yield PupilLine(
            programme_id=programme_id,
            key=key,
            school_type=school_type,
            participations=add_up(visit.three for visit in of_line),
            reached=add_up(visit.reached for visit in of_line),
            classes=add_up(visit.three_classes for visit in of_line),
            unreported=sum(visit.pupils for visit in of_line if visit.waits),
            ahead=sum(
                visit.pupils for visit in of_line if visit.state in UPCOMING_STATES and not visit.is_over
            ),
        )


def _session_lines(rows: Iterable[_SessionRow], key_of: Callable[[Any], Any]) -> Iterator[SessionLine]:
    lines: dict[Any, list[_SessionRow]] = defaultdict(list)
    for row in rows:
        has_booked = row.seats is not None
        lines[row.programme_id, key_of(row), row.audience, row.state, row.is_over, has_booked].append(row)
    for (programme_id, key, audience, state, is_over, has_booked), of_line in lines.items():
        yield SessionLine(
            programme_id=programme_id,
            key=key,
            audience=audience,
            state=state,
            is_over=is_over,
            has_booked=has_booked,
            sessions=len(of_line),
            with_people=sum(bool(row.people) for row in of_line),
            booked=sum(row.seats or 0 for row in of_line),
            came=sum(row.people or 0 for row in of_line),
        )


def _report_lines(
    visits: Iterable[_Visit], key_of: Callable[[Any], Any], mapping: SchoolTypeMapping | None
) -> Iterator[ReportLine]:
    """A session with classes of two types of one group is one session of that group."""
    groups = mapping.groups if mapping else {}
    has_reported: dict[Any, dict[int, bool]] = defaultdict(dict)
    for visit in visits:
        if visit.waits or visit.state in REPORTED:
            line = visit.programme_id, key_of(visit), groups.get(visit.school_type, "")
            has_reported[line][visit.session_id] = visit.state in REPORTED
    for (programme_id, key, group), sessions in has_reported.items():
        yield ReportLine(programme_id, key, group, Completeness(len(sessions), sum(sessions.values())))


def add_up(threes: Iterable[Three]) -> Three:
    """Return the sum, without an object for each step: a year has thousands."""
    booked = held = attended = 0
    for three in threes:
        booked += three.booked
        held += three.held
        attended += three.attended
    return Three(booked, held, attended)


def by_key(lines: Iterable[Any], read: Callable[[Any], Any], zero: Any) -> dict[Any, Any]:
    """Return what `read` gives of each line, added up by the lines' key."""
    found: dict[Any, Any] = {}
    for line in lines:
        found[line.key] = found.get(line.key, zero) + read(line)
    return found


def by_month(sums: Mapping[Any, Any], zero: Any) -> dict[Any, Any]:
    """Add days up to months; other keys stay."""
    found: dict[Any, Any] = {}
    for key, value in sums.items():
        whole = month_of(key) if isinstance(key, date) else key
        found[whole] = found.get(whole, zero) + value
    return found


def read_figures(
    scope: Scope, *, now: datetime, by: Dimension | None = None, pupils: bool = True, sessions: bool = True
) -> Figures:
    """Read a scope session by session: at most two statements, whatever the data.

    Args:
        by: the dimension that the figures can be added up by; months come of days (`by_month`).
        pupils, sessions: leave out what is not asked for.
    """
    return Figures(
        scope,
        tuple(_visits(scope, by, now)) if pupils else (),
        tuple(_session_rows(scope, by, now)) if sessions else (),
    )


def mapping_in_force() -> SchoolTypeMapping:
    """Return the newest version of what school types count as; one that counts nothing where there is none."""
    return SchoolTypeMapping.objects.order_by("-number").first() or SchoolTypeMapping(number=0, groups={})


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the month after the one that begins on this day."""
    return month_of(first + timedelta(days=31))


def sessions_of(scope: Scope) -> QuerySet[Session]:
    """Return the sessions that a scope's figures come from, cancelled ones and drafts left out.

    With school types or a dimension that only classes have: those with a class that has them.
    """
    found = Session.objects.filter(_of_sessions(scope, ""), state__in=PLANNED)
    asks_classes = scope.school_types is not None or (
        scope.of_classes
        and scope.dimension in {*SCHOOL_DIMENSIONS, Dimension.DISTRICT}
        and scope.audience == Audience.SCHOOL
    )
    if asks_classes:
        return found.filter(Exists(_class_places(scope).filter(session=OuterRef("pk"))))
    if scope.dimension == Dimension.DISTRICT:
        found = found.annotate(place=_place_district()).filter(place=scope.value)
    return found


# How each dimension is reached from a class's place, and from a session. District and type are the booking's
# snapshots; a session without classes lies where it is held.
_FROM_PLACE: dict[Dimension | None, str] = {
    Dimension.DISTRICT: "booked_session__booking__district",
    Dimension.SCHOOL_TYPE: "booked_session__booking__school_type",
    Dimension.OFFER: "session__offer",
    Dimension.PROVIDER: "session__provider",
}
_LABELS: dict[Dimension | None, str] = {
    Dimension.DISTRICT: "booked_session__booking__district__name",
    Dimension.OFFER: "session__offer__title",
    Dimension.PROVIDER: "session__provider__name",
}
_NO_LABEL = Value("", output_field=CharField())


def _of_sessions(scope: Scope, path: str) -> Q:
    """Return the condition on sessions, seen from a row whose session is at `path`."""
    first, last = scope.first_day, scope.last_day
    if scope.dimension == Dimension.MONTH:
        first, last = max(first, scope.value), min(last, next_month(scope.value) - timedelta(days=1))
    found = Q(**{f"{path}local_date__range": (first, last)})
    if scope.programme_id is not None:
        found &= Q(**{f"{path}programme": scope.programme_id})
    if scope.audience:
        found &= Q(**{f"{path}audience": scope.audience})
    if scope.session_ids is not None:
        found &= Q(**{f"{path}pk__in": scope.session_ids})
    if scope.dimension == Dimension.OFFER:
        found &= Q(**{f"{path}offer": scope.value})
    if scope.dimension == Dimension.PROVIDER:
        found &= Q(**{f"{path}provider": scope.value})
    return found


def _class_places(scope: Scope) -> QuerySet[ClassPlace]:
    """Return the places that classes kept: one row for each class and session."""
    found = ClassPlace.objects.filter(
        _of_sessions(scope, "session__"),
        session__state__in=PLANNED,
        session__audience=Audience.SCHOOL,
        booked_session__state__in=REPORTED_OF,
        is_active=True,
    )
    if scope.school_types is not None:
        found = found.filter(booked_session__booking__school_type__in=scope.school_types)
    if scope.dimension == Dimension.DISTRICT:
        found = found.filter(booked_session__booking__district=scope.value)
    elif scope.dimension == Dimension.SCHOOL_TYPE:
        found = found.filter(booked_session__booking__school_type=scope.value)
    elif scope.dimension == Dimension.STAGE:
        found = found.filter(booked_class__grade__range=STAGES[scope.value])
    return found


def _visits(scope: Scope, by: Dimension | None, now: datetime) -> list[_Visit]:
    """One statement: the classes of each session together, those that come more than once each by itself."""
    again = (
        _class_places(scope)
        .order_by()
        .values("class_key")
        .annotate(visits=Count("pk"))
        .filter(visits__gt=1)
        .values("class_key")
    )
    rows = (
        _class_places(scope)
        .annotate(
            report=FilteredRelation(
                "booked_class__attendances",
                condition=Q(booked_class__attendances__booked_session=F("booked_session")),
            ),
            is_over=_is_over("session__", now),
            value=_value_of_place(by),
            label=F(_LABELS[by]) if by in _LABELS else _NO_LABEL,
            counted_apart=Case(
                When(class_key__in=again, then=F("class_key")), default=Value(""), output_field=CharField()
            ),
        )
        .values_list(
            "session",
            "session__programme",
            "session__local_date",
            "session__state",
            "is_over",
            "booked_session__booking__school_type",
            "value",
            "label",
            "counted_apart",
        )
        .annotate(
            pupils=Sum("booked_class__pupils"),
            came=Coalesce(Sum("report__people"), 0),
            classes=Count("pk"),
            classes_there=Count("pk", filter=Q(report__people__gt=0)),
        )
        .order_by("session__starts_at", "session")
    )
    visits = [_Visit(*row) for row in rows]
    _count_once(visits)
    return visits


def _count_once(visits: Iterable[_Visit]) -> None:
    """Say how many each visit reaches: of a class that comes again, only the visits with most of it do.

    As booked and held counts its first day with most booked, as attended the first with most there.
    """
    again: dict[tuple[int, str], list[_Visit]] = defaultdict(list)
    for visit in visits:
        visit.reached = visit.three
        if visit.counted_apart:
            again[visit.programme_id, visit.counted_apart].append(visit)
    for of_class in again.values():
        booked = max(of_class, key=lambda visit: visit.three.booked)
        held = max(of_class, key=lambda visit: visit.three.held)
        attended = max(of_class, key=lambda visit: visit.three.attended)
        for visit in of_class:
            visit.reached = Three(
                visit.three.booked if visit is booked else 0,
                visit.three.held if visit is held else 0,
                visit.three.attended if visit is attended else 0,
            )


def _value_of_place(by: Dimension | None) -> Any:
    """Return the value of a dimension that a class's place has; the day where none is asked for."""
    if by == Dimension.STAGE:
        stages = [When(booked_class__grade__range=span, then=Value(stage)) for stage, span in STAGES.items()]
        return Case(*stages, default=Value(""), output_field=CharField())
    return F(_FROM_PLACE.get(by, "session__local_date"))


def _session_rows(scope: Scope, by: Dimension | None, now: datetime) -> list[_SessionRow]:
    """One statement: every session with the seats kept in it and the total of its report in force."""
    seats = (
        BookedSession.objects.filter(session=OuterRef("pk"), state__in=REPORTED_OF)
        .order_by()
        .values("session")
        .annotate(total=Sum("people"))
        .values("total")
    )
    reports = SessionReport.objects.filter(session=OuterRef("pk")).order_by("-number").values("people")[:1]
    found = Session.objects.filter(_of_sessions(scope, "")).exclude(state=SessionState.DRAFT)
    value, label = _value_of_session(by)
    if scope.dimension == Dimension.DISTRICT:
        found = found.annotate(place=_place_district()).filter(place=scope.value)
    rows = (
        found.annotate(
            line_value=value,
            label=label,
            is_over=_is_over("", now),
            seats=Subquery(seats, output_field=IntegerField()),
            people=Subquery(reports, output_field=IntegerField()),
        )
        .order_by()
        .values_list(
            "pk",
            "programme",
            "local_date",
            "audience",
            "state",
            "is_over",
            "line_value",
            "label",
            "seats",
            "people",
        )
    )
    return [_SessionRow(*row) for row in rows]


def _value_of_session(by: Dimension | None) -> tuple[Any, Any]:
    """Return the value of a dimension that a session has, and its name; the day where none is asked for."""
    if by == Dimension.DISTRICT:
        names = Coalesce("venue__district__name", "for_school__district__name", "host_school__district__name")
        return _place_district(), names
    if by in (Dimension.OFFER, Dimension.PROVIDER):
        return F(by), F("offer__title" if by == Dimension.OFFER else "provider__name")
    return F("local_date"), _NO_LABEL


def _is_over(path: str, now: datetime) -> Case:
    """Return whether the session at `path` is over."""
    return Case(When(**{f"{path}ends_at__lte": now}, then=Value(True)), default=Value(False))


def _place_district() -> Coalesce:
    """Where a session without classes lies: its venue, or the school it is held at."""
    return Coalesce("venue__district", "for_school__district", "host_school__district")
