"""What somebody asks of the figures by an address: programme, period, whose figures, broken down by what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.attendance.reading import sessions_without_report
from charter.models import Programme, Provider
from portal.reporting.enums import Dimension, Subject
from portal.reporting.figures import (
    NOTHING,
    SCHOOL_DIMENSIONS,
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
    read_figures,
    sessions_of,
)
from portal.reporting.goals import COUNTED, Period, default_period, periods_of, scope_of
from portal.reporting.models import AnnualGoal, SchoolTypeMapping
from portal.reporting.wording import stage_label
from workshops.calendars import local_date_of
from workshops.enums import STAGES, Audience, SchoolType
from workshops.models import District, Offer, Session

_AUDIENCES = {
    Subject.PUPILS: Audience.SCHOOL,
    Subject.PARENTS: Audience.PARENTS,
    Subject.ADULTS: Audience.ADULTS,
    Subject.PROFESSIONALS: Audience.PROFESSIONALS,
    Subject.SESSIONS: "",
}

_ROWS: dict[Dimension, Any] = {
    Dimension.DISTRICT: District,
    Dimension.OFFER: Offer,
    Dimension.PROVIDER: Provider,
}

_LONGEST_ID = 9
"""Digits: longer ones are no id of ours."""


@dataclass(frozen=True)
class Question:
    """A question, always one that can be answered: what makes no sense in an address is left out."""

    programmes: tuple[Programme, ...]
    programme: Programme
    periods: tuple[Period, ...]
    period: Period
    of: str
    """A value of Subject, or "goal-<pk>"."""

    scope: Scope
    by: Dimension
    value: str = ""
    """One value of the dimension, as addresses write it; empty for all."""

    mapping: SchoolTypeMapping | None = None
    """Where the question has needed it: then nobody needs to read it again."""

    goal: AnnualGoal | None = None
    only_missing: bool = False

    @property
    def counts_pupils(self) -> bool:
        """Whether classes are counted; else people, or sessions."""
        return self.scope.audience == Audience.SCHOOL and self.scope.of_classes

    @property
    def counts_sessions(self) -> bool:
        """Whether sessions are counted."""
        if self.goal is None:
            return self.of == Subject.SESSIONS
        return self.goal.measure == AnnualGoal.Measure.SESSIONS

    @property
    def query_period(self) -> str:
        """The period as addresses write it."""
        return period_key(self.period)

    def query(self, **changes: Any) -> str:
        """Return the address' query of this question, some of it changed; what is None is left out."""
        values: dict[str, Any] = {
            "programme": self.programme.pk,
            "period": period_key(self.period),
            "of": self.of,
            "by": self.by.value,
            "value": self.value or None,
            "missing": "1" if self.only_missing else None,
        }
        return urlencode({key: value for key, value in {**values, **changes}.items() if value is not None})


@dataclass(frozen=True)
class Row:
    """One row of a breakdown."""

    key: str
    """As addresses write it."""

    label: str
    three: Three
    reached: Three | None
    completeness: Completeness


def ask(values: Mapping[str, str], *, now: datetime) -> Question | None:
    """Return the question of an address, or None where there is no programme. Two or three statements."""
    today = local_date_of(now)
    programmes = tuple(Programme.objects.prefetch_related("goals").order_by("name", "pk"))
    if not programmes:
        return None
    programme = next(
        (row for row in programmes if str(row.pk) == values.get("programme")),
        max(programmes, key=lambda row: (len(row.goals.all()), -row.pk)),
    )
    periods = tuple(periods_of(programme, today=today))
    period = next(
        (row for row in periods if period_key(row) == values.get("period")),
        default_period(programme, today=today),
    )
    of, goal, scope, mapping = _asked_of(values.get("of", ""), programme, period)
    by = _dimension(values.get("by", ""), scope)
    key = _key_of(by, values.get("value", ""))
    if key is not None:
        scope = replace(scope, dimension=by, value=key)
    return Question(
        programmes=programmes,
        programme=programme,
        periods=periods,
        period=period,
        of=of,
        scope=scope,
        by=by,
        mapping=mapping,
        value=values.get("value", "") if key is not None else "",
        goal=goal,
        only_missing=values.get("missing") == "1",
    )


def dimensions_of(scope: Scope) -> list[Dimension]:
    """Return by what figures of an audience can be broken down: only classes have a stage and a school type."""
    has_classes = scope.audience == Audience.SCHOOL and scope.of_classes
    return [item for item in Dimension if has_classes or item not in SCHOOL_DIMENSIONS]


def figures_asked(question: Question, *, now: datetime, sessions: Iterable[Session] | None = None) -> Figures:
    """Read the figures of a question, of its one value where it asks for one; one statement.

    Args:
        sessions: only those of these sessions.
    """
    scope = question.scope
    if sessions is not None:
        scope = replace(scope, session_ids=tuple(session.pk for session in sessions))
    return read_figures(
        scope,
        now=now,
        by=question.by,
        pupils=question.counts_pupils,
        sessions=not question.counts_pupils,
    )


def breakdown(question: Question, figures: Figures) -> list[Row]:
    """Return the rows of a breakdown.

    Args:
        figures: read by the question's dimension, of every value; they may be of more audiences and schools.
    """
    figures = figures.of_types(question.scope.school_types)
    facts = figures.by_day() if question.by == Dimension.MONTH else figures.by_value()
    threes, reached, completeness = _sums(facts, question)
    keys = set(threes) | set(completeness)
    return [
        Row(
            key=_written(key),
            label=label_of(question.by, key, facts.labels),
            three=threes.get(key, NOTHING),
            reached=reached.get(key, NOTHING) if question.counts_pupils else None,
            completeness=completeness.get(key, Completeness()),
        )
        for key in sorted(keys, key=lambda key: _rank(question.by, key, facts.labels))
    ]


def totals_of(question: Question, figures: Figures) -> Row:
    """Return the figures of a question's sessions in one row."""
    threes, reached, completeness = _sums(figures.by_day(), question)
    return Row(
        key="",
        label=_("In all"),
        three=add_up(threes.values()),
        reached=add_up(reached.values()) if question.counts_pupils else None,
        completeness=sum(completeness.values(), Completeness()),
    )


def figures_by_session(
    question: Question, figures: Figures, sessions: Iterable[Session]
) -> tuple[dict[int, Three], dict[int, Completeness]]:
    """Return the figures of some of a question's sessions one by one."""
    one_by_one = figures.by_session({session.pk for session in sessions})
    threes, _reached, completeness = _sums(one_by_one, question)
    return threes, completeness


def sessions_asked(question: Question, *, now: datetime) -> QuerySet[Session]:
    """Return the sessions behind a question, the oldest first."""
    found = sessions_of(question.scope).order_by("starts_at", "pk")
    if question.only_missing:
        found = found.filter(pk__in=sessions_without_report(now=now).values("pk"))
    return found


def period_key(period: Period) -> str:
    """Return a period as addresses write it."""
    return f"{period.first_day.isoformat()}_{period.last_day.isoformat()}"


def period_label(period: Period) -> str:
    """Name a period: a calendar year, a school year, or its days."""
    if period.calendar_year:
        return _("The calendar year %(year)s") % {"year": period.calendar_year}
    if period.school_year:
        year = period.school_year
        return _("The school year %(year)s") % {"year": f"{year}/{(year + 1) % 100:02d}"}
    return f"{date_format(period.first_day, 'j. F Y')} – {date_format(period.last_day, 'j. F Y')}"


def of_label(question: Question) -> str:
    """Name whose figures are asked for."""
    return question.goal.title if question.goal else str(Subject(question.of).label)


def label_of(by: Dimension, key: Any, labels: Mapping[Any, str]) -> str:
    """Name one value of a dimension."""
    if by == Dimension.MONTH:
        return date_format(key, "F Y")
    if by == Dimension.STAGE:
        return stage_label(key)
    if by == Dimension.SCHOOL_TYPE:
        return str(SchoolType(key).label) if key in SchoolType.values else _("Not known")
    return labels.get(key) or _("Not known")


def value_label(question: Question, figures: Figures) -> str:
    """Name the one value that is asked for; empty for all. A statement where the figures have no row of it."""
    key = question.scope.value
    if question.scope.dimension is None:
        return ""
    labels, model = figures.labels, _ROWS.get(question.by)
    if model is not None and key not in labels:
        labels = {row.pk: str(row) for row in model.objects.filter(pk=key)}
    return label_of(question.by, key, labels)


def _asked_of(
    of: str, programme: Programme, period: Period
) -> tuple[str, AnnualGoal | None, Scope, SchoolTypeMapping | None]:
    """Return what is asked for: a goal that sessions count for, else everybody of an audience."""
    goal = next((goal for goal in programme.goals.all() if f"goal-{goal.pk}" == of), None)
    if goal is not None and goal.measure in COUNTED:
        mapping = mapping_in_force() if goal.school_bucket else None
        return of, goal, scope_of(goal, period, mapping), mapping
    subject = Subject(of) if of in Subject.values else Subject.PUPILS
    audience = _AUDIENCES[subject]
    scope = Scope(
        period.first_day,
        period.last_day,
        programme_id=programme.pk,
        audience=audience,
        of_classes=subject == Subject.PUPILS,
    )
    return subject.value, None, scope, None


def _dimension(by: str, scope: Scope) -> Dimension:
    found = dimensions_of(scope)
    return next((item for item in found if item.value == by), Dimension.MONTH)


def _key_of(by: Dimension, value: str) -> Any:
    """Return a dimension's value from an address, None where it is none."""
    if by == Dimension.MONTH:
        try:
            return month_of(date.fromisoformat(value))
        except ValueError:
            return None
    if by == Dimension.STAGE:
        return value if value in STAGES else None
    if by == Dimension.SCHOOL_TYPE:
        return value if value in SchoolType.values else None
    return id_of(value)


def id_of(value: str) -> int | None:
    """Return an id from an address, None where it is none of ours."""
    return int(value) if value.isdecimal() and len(value) <= _LONGEST_ID else None


def _written(key: Any) -> str:
    if key is None:
        return ""
    return key.isoformat() if isinstance(key, date) else str(key)


def _rank(by: Dimension, key: Any, labels: Mapping[Any, str]) -> Any:
    """Put months and stages in their order, the rest by name, what is not known last."""
    if by == Dimension.MONTH:
        return key
    if by == Dimension.STAGE:
        return list(STAGES).index(key) if key in STAGES else len(STAGES)
    label = label_of(by, key, labels)
    return (key in (None, ""), label.casefold())


def _sums(
    facts: Facts, question: Question
) -> tuple[dict[Any, Three], dict[Any, Three], dict[Any, Completeness]]:
    if question.counts_pupils:
        pupils = facts.pupil_lines()
        threes = by_key(pupils, lambda line: line.participations, NOTHING)
        reached = by_key(pupils, lambda line: line.reached, NOTHING)
        completeness = by_key(facts.reports, lambda line: line.completeness, Completeness())
    else:
        lines = facts.session_lines(audience=question.scope.audience)
        by_sessions = question.counts_sessions
        threes = by_key(lines, lambda line: line.held_sessions if by_sessions else line.people, NOTHING)
        reached = {}
        completeness = by_key(lines, lambda line: line.completeness, Completeness())
        # A line of sessions nobody booked and that nobody held says nothing.
        threes = {key: three for key, three in threes.items() if three != NOTHING or completeness[key].due}
        completeness = {key: value for key, value in completeness.items() if value.due}
    return by_month(threes, NOTHING), by_month(reached, NOTHING), by_month(completeness, Completeness())
