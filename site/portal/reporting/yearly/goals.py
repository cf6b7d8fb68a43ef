"""What a snapshot takes from the figures of the goal page: goals, how school types count, and whether all agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from portal.reporting.figures import Facts, add_up
from portal.reporting.goals import GoalFigure
from portal.reporting.models import AnnualGoal, SchoolGroup, SchoolTypeMapping
from portal.reporting.yearly.rows import DUE, ClassRow, Fate, SessionRow, reached
from workshops.calendars import LOCAL_ZONE
from workshops.enums import Audience, SchoolType


@dataclass(frozen=True)
class GoalLine:
    """A goal as the report tells it."""

    title: str
    value: int | None
    target: str
    status: str
    reported: str
    notes: list[str]
    """What a milestone rests on."""


@dataclass(frozen=True)
class SchoolTypes:
    """What each type of the register counts as, by the version in force."""

    mapping: SchoolTypeMapping
    groups: Mapping[str, str]
    """Names of the groups of schools by key."""

    def group_of(self, raw_type: str) -> str:
        """Return the key of the group of a raw type; empty where it counts in none."""
        slug = self.mapping.groups.get(raw_type, "")
        return slug if slug in self.groups else ""

    def name_of(self, raw_type: str) -> str:
        """Return what a raw type counts as, in words."""
        return self.groups.get(self.group_of(raw_type), "Ingen af dem")

    def rows(self) -> list[list[str]]:
        """Return every type of the register with what it counts as."""
        return [[str(kind.label), self.name_of(kind)] for kind in SchoolType]

    def note(self) -> str:
        """Say which version it is."""
        made = self.mapping.made_at
        day = f" fra {date_format(made.astimezone(LOCAL_ZONE), 'j. F Y')}" if made else ""
        return f"Udgave {self.mapping.number}{day}. {self.mapping.reason}".strip()


def school_types(mapping: SchoolTypeMapping) -> SchoolTypes:
    """Return what types count as by a version, with the names of the groups."""
    return SchoolTypes(mapping, {group.slug: group.name for group in SchoolGroup.objects.all()})


def agree(rows: Sequence[SessionRow], facts: Facts, types: SchoolTypes) -> bool:
    """Whether the sessions one by one add up to the sums of the goal page, which are read otherwise."""
    return all(_agree_on_pupils(rows, facts, types, group) for group in types.groups) and all(
        _agree_on_people(rows, facts, audience) for audience in Audience
    )


def _agree_on_pupils(rows: Sequence[SessionRow], facts: Facts, types: SchoolTypes, group: str) -> bool:
    classes = [item for item in _classes(rows) if types.group_of(item.school_type) == group]
    lines = facts.pupil_lines(group=group)
    each_time = add_up(line.participations for line in lines)
    once = add_up(line.reached for line in lines)
    return (each_time.booked, each_time.attended, once.attended) == (
        sum(item.pupils for item in classes),
        sum(item.came for item in classes),
        reached(classes),
    )


def _agree_on_people(rows: Sequence[SessionRow], facts: Facts, audience: Audience) -> bool:
    due = [row for row in rows if row.audience == audience and row.fate in DUE]
    complete = facts.completeness(audience=audience)
    if (complete.due, complete.missing) != (len(due), sum(row.fate == Fate.MISSING for row in due)):
        return False
    people = add_up(line.people for line in facts.session_lines(audience=audience))
    return audience == Audience.SCHOOL or people.attended == sum(row.came for row in due)


def _classes(rows: Iterable[SessionRow]) -> list[ClassRow]:
    return [item for row in rows if row.fate != Fate.CANCELLED for item in row.classes]


def goal_lines(goals: Iterable[GoalFigure]) -> list[GoalLine]:
    """Return the goals as the report tells them, in the language in force."""
    return [
        GoalLine(
            title=one.goal.title,
            value=one.figure,
            target=_target(one.goal),
            status=str(one.status.label),
            reported=f"{one.completeness.reported} af {one.completeness.due}" if one.completeness else "–",
            notes=[text for text in (one.goal.stated_note, *_parts(one)) if text],
        )
        for one in goals
    ]


def _target(goal: AnnualGoal) -> str:
    return "–".join(f"{end:,}".replace(",", ".") for end in (goal.target_low, goal.target_high) if end) or "–"


def _parts(one: GoalFigure) -> list[str]:
    return [f"{part.label}: {part.detail}" for part in one.parts]
