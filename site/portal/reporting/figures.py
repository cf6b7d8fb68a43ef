"""Booked, held and attended: three figures for a period, from the snapshots taken when booked (rule 11).

`read_facts` asks the database four times, whatever the data, and returns sums by day (or by one dimension). Everything
else here adds those sums up. Every figure stands on the same definition:

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

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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
    """What was read of a scope: sums by day, or by the dimension asked for."""

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


def add_up(threes: Iterable[Three]) -> Three:
    """Return the sum."""
    return sum(threes, NOTHING)


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


def read_facts(
    scope: Scope,
    *,
    mapping: SchoolTypeMapping | None,
    now: datetime,
    by: Dimension | None = None,
    by_session: bool = False,
    pupils: bool = True,
    sessions: bool = True,
    reached: bool = True,
    reports: bool = True,
) -> Facts:
    """Read the sums of a scope: at most four statements, whatever the data.

    Args:
        mapping: what school types count as. None where groups are not asked for: then a session counts once.
        by: the dimension whose values are the lines' keys; by day where None. Months come of days (`month_of`).
        by_session: the key is the session's id: for lists, with `scope.session_ids`.
        pupils, sessions: leave out what is not asked for.
        reached, reports: of pupils, leave out that a class counts once as reached, and how many have reported.
    """
    labels: dict[Any, str] = {}
    return Facts(
        scope,
        mapping,
        tuple(_pupil_lines(scope, by, by_session, labels, now, reached=reached)) if pupils else (),
        tuple(_session_lines(scope, by, by_session, labels, now)) if sessions else (),
        tuple(_report_lines(scope, by, by_session, mapping, now)) if pupils and reports else (),
        labels,
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


def _pupil_lines(
    scope: Scope,
    by: Dimension | None,
    by_session: bool,
    labels: dict[Any, str],
    now: datetime,
    *,
    reached: bool,
) -> Iterator[PupilLine]:
    """Two statements: sums, and the classes that are in them more than once."""
    places = _with_reports(scope, by, by_session=by_session)
    label = F(_LABELS[by]) if by in _LABELS else Value("", output_field=CharField())
    is_held = Q(session__state=SessionState.HELD)
    is_open = Q(session__state__in=UPCOMING_STATES)
    rows = (
        places.annotate(label=label)
        .values("programme", "key", "label", "raw_type")
        .order_by()
        .annotate(
            booked=Sum("booked_class__pupils"),
            held=Sum("booked_class__pupils", filter=is_held),
            attended=Sum("report__people", filter=is_held),
            unreported=Sum("booked_class__pupils", filter=is_open & Q(session__ends_at__lte=now)),
            ahead=Sum("booked_class__pupils", filter=is_open & Q(session__ends_at__gt=now)),
            classes=Count("pk"),
            classes_held=Count("pk", filter=is_held),
            classes_attended=Count("pk", filter=is_held & Q(report__people__gt=0)),
        )
    )
    for row in rows:
        if row["label"]:
            labels[row["key"]] = row["label"]
        everybody = Three(row["booked"] or 0, row["held"] or 0, row["attended"] or 0)
        yield PupilLine(
            programme_id=row["programme"],
            key=row["key"],
            school_type=row["raw_type"],
            participations=everybody,
            reached=everybody,
            classes=Three(row["classes"], row["classes_held"], row["classes_attended"]),
            unreported=row["unreported"] or 0,
            ahead=row["ahead"] or 0,
        )
    if reached:
        yield from _counted_again(scope, places)


def _with_reports(scope: Scope, by: Dimension | None, *, by_session: bool) -> QuerySet[Any, Any]:
    return _class_places(scope).annotate(
        report=FilteredRelation(
            "booked_class__attendances",
            condition=Q(booked_class__attendances__booked_session=F("booked_session")),
        ),
        programme=F("session__programme"),
        key=_key_of_place(by, by_session=by_session),
        raw_type=F("booked_session__booking__school_type"),
    )


def _counted_again(scope: Scope, places: QuerySet[Any, Any]) -> Iterator[PupilLine]:
    """Take away what the sums count more than once as reached: all visits of a class but one.

    Of a class counts, as booked and held, the first day with most booked; as attended the first with most there.
    """
    again = (
        _class_places(scope)
        .order_by()
        .values("class_key")
        .annotate(visits=Count("pk"))
        .filter(visits__gt=1)
        .values("class_key")
    )
    visits: dict[tuple[int, str], list[_Visit]] = {}
    rows = places.filter(class_key__in=again).order_by("session__starts_at", "pk")
    for programme_id, class_key, *values in rows.values_list(
        "programme",
        "class_key",
        "key",
        "raw_type",
        "session__state",
        "booked_class__pupils",
        "report__people",
    ):
        visits.setdefault((programme_id, class_key), []).append(_Visit(*values))
    for (programme_id, _class), of_class in visits.items():
        booked = max(of_class, key=lambda visit: visit.pupils)
        held = max(of_class, key=lambda visit: visit.three.held)
        attended = max(of_class, key=lambda visit: visit.three.attended)
        for visit in of_class:
            yield PupilLine(
                programme_id=programme_id,
                key=visit.key,
                school_type=visit.raw_type,
                participations=NOTHING,
                reached=Three(
                    0 if visit is booked else -visit.three.booked,
                    0 if visit is held else -visit.three.held,
                    0 if visit is attended else -visit.three.attended,
                ),
                classes=NOTHING,
            )


@dataclass(frozen=True, eq=False)
class _Visit:
    """One class in one session."""

    key: Any
    raw_type: str
    state: str
    pupils: int
    came: int | None

    @property
    def three(self) -> Three:
        is_held = self.state == SessionState.HELD
        return Three(self.pupils, self.pupils if is_held else 0, (self.came or 0) if is_held else 0)


def _key_of_place(by: Dimension | None, *, by_session: bool) -> Any:
    """Return what a class's place is grouped by: the day where nothing else is asked for."""
    if by_session:
        return F("session")
    if by == Dimension.STAGE:
        stages = [When(booked_class__grade__range=span, then=Value(stage)) for stage, span in STAGES.items()]
        return Case(*stages, default=Value(""), output_field=CharField())
    return F(_FROM_PLACE.get(by, "session__local_date"))


def _session_lines(
    scope: Scope, by: Dimension | None, by_session: bool, labels: dict[Any, str], now: datetime
) -> Iterator[SessionLine]:
    """One statement: seats and reports are summed within each session first."""
    seats = (
        BookedSession.objects.filter(session=OuterRef("pk"), state__in=REPORTED_OF)
        .order_by()
        .values("session")
        .annotate(total=Sum("people"))
        .values("total")
    )
    reports = SessionReport.objects.filter(session=OuterRef("pk")).order_by("-number").values("people")[:1]
    found = Session.objects.filter(_of_sessions(scope, "")).exclude(state=SessionState.DRAFT)
    key: Any = F("local_date")
    label: Any = Value("", output_field=CharField())
    if by_session:
        key = F("pk")
    elif by == Dimension.DISTRICT:
        key = _place_district()
        label = Coalesce("venue__district__name", "for_school__district__name", "host_school__district__name")
    elif by in (Dimension.OFFER, Dimension.PROVIDER):
        key, label = F(by), F("offer__title" if by == Dimension.OFFER else "provider__name")
    if scope.dimension == Dimension.DISTRICT:
        found = found.annotate(place=_place_district()).filter(place=scope.value)
    rows = (
        found.annotate(
            line_key=key,
            label=label,
            seats=Subquery(seats, output_field=IntegerField()),
            people=Subquery(reports, output_field=IntegerField()),
            is_over=Case(When(ends_at__lte=now, then=Value(True)), default=Value(False)),
            has_booked=Case(When(seats__isnull=False, then=Value(True)), default=Value(False)),
        )
        .values("programme", "line_key", "label", "audience", "state", "is_over", "has_booked")
        .order_by()
        .annotate(
            sessions=Count("pk"),
            booked=Sum("seats"),
            came=Sum("people"),
            with_people=Count("pk", filter=Q(people__gt=0)),
        )
    )
    for row in rows:
        if row["label"]:
            labels[row["line_key"]] = row["label"]
        yield SessionLine(
            programme_id=row["programme"],
            key=row["line_key"],
            audience=row["audience"],
            state=row["state"],
            is_over=row["is_over"],
            has_booked=row["has_booked"],
            sessions=row["sessions"],
            with_people=row["with_people"],
            booked=row["booked"] or 0,
            came=row["came"] or 0,
        )


def _report_lines(
    scope: Scope, by: Dimension | None, by_session: bool, mapping: SchoolTypeMapping | None, now: datetime
) -> Iterator[ReportLine]:
    """One statement: a session with classes of two types of one group is one session of that group."""
    group = Case(
        *[
            When(booked_session__booking__school_type=raw, then=Value(slug))
            for raw, slug in (mapping.groups if mapping else {}).items()
        ],
        default=Value(""),
        output_field=CharField(),
    )
    is_due = Q(session__state__in=REPORTED) | Q(session__state__in=UPCOMING_STATES, session__ends_at__lte=now)
    rows = (
        _class_places(scope)
        .filter(is_due)
        .annotate(
            group=group, programme=F("session__programme"), key=_key_of_place(by, by_session=by_session)
        )
        .values("programme", "key", "group")
        .order_by()
        .annotate(
            due=Count("session", distinct=True),
            reported=Count("session", distinct=True, filter=Q(session__state__in=REPORTED)),
        )
    )
    for row in rows:
        yield ReportLine(
            programme_id=row["programme"],
            key=row["key"],
            group=row["group"],
            completeness=Completeness(row["due"], row["reported"]),
        )


def _place_district() -> Coalesce:
    """Where a session without classes lies: its venue, or the school it is held at."""
    return Coalesce("venue__district", "for_school__district", "host_school__district")
