"""The snapshot of a year: everything its report says, as values in Danish (ADR 11).

What is built here is what is hashed, shown before closing, and drawn as documents. It holds only texts, whole numbers,
lists and mappings, so that canonical JSON has one way to write it. Tables: see portal.reporting.yearly.documents.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import override

from charter.models import Programme
from portal.reporting.goals import Standing
from portal.reporting.yearly import tables
from portal.reporting.yearly.canonical import canonical, sha256_of
from portal.reporting.yearly.goals import SchoolTypes
from portal.reporting.yearly.models import AnnualReport, PeriodKind
from portal.reporting.yearly.periods import Period
from portal.reporting.yearly.rows import Fate, SessionRow
from portal.reporting.yearly.wording import completeness_text, summary, words
from workshops.calendars import LOCAL_ZONE, local_date_of
from workshops.models import School

FORMAT = 1
"""Raised when a snapshot's shape changes: documents are drawn from old ones, too."""

_FIGURES = ("goals", "tables", "missing", "school_types", "sessions", "definitions", "period", "programme")
"""The parts of a snapshot that say something of the year. The rest says who closed it, when, and in which words."""


@dataclass(frozen=True)
class Facts:
    """What a snapshot is built from; read by portal.reporting.yearly.operations."""

    programme: Programme
    period: Period
    rows: Sequence[SessionRow]
    standing: Standing
    school_types: SchoolTypes
    schools: Mapping[str, tuple[int, int]]
    """By district: schools that can book, and those of them that had a visit."""


def figures_of(facts: Facts) -> dict[str, Any]:
    """Return what a snapshot says of the year, without who closed it: what is compared and seen before closing."""
    with override("da"):
        return _figures(facts)


def figures_hash(figures: Mapping[str, Any]) -> str:
    """Return the hash of the figures of a snapshot, or of what would be closed now."""
    kept = {key: value for key, value in figures.items() if key in _FIGURES}
    return sha256_of(canonical(kept))


def closed(
    figures: Mapping[str, Any],
    *,
    by: str,
    corrects: AnnualReport | None,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the whole snapshot: the figures, who closed them, and what it corrects."""
    number = corrects.number + 1 if corrects else 1
    with override("da"):
        local = now.astimezone(LOCAL_ZONE)
        moment = f"{date_format(local, 'j. F Y')} kl. {local:%H.%M}"
        edition = f"{number}, retter udgave {corrects.number}" if corrects else "1"
        about = [
            *figures["facts"],
            ["Udgave", edition],
            *([["Hvorfor tallene er rettet", reason]] if reason else []),
            ["Lukket", f"{moment} af {by}"],
            ["Lavet med", f"Dannelsesportalen {installed_version('dannelsesportalen')}"],
        ]
    return {
        **figures,
        "facts": about,
        "closed": {"at": now.astimezone(UTC).isoformat(), "by": by},
        "revision": {
            "number": number,
            "reason": reason,
            "corrects": {"number": corrects.number, "sha256": corrects.sha256} if corrects else None,
        },
    }


def school_facts(rows: Iterable[SessionRow], period: Period, *, now: datetime) -> dict[str, tuple[int, int]]:
    """Return by district how many schools can book, and how many of them had a visit that was held: one query."""
    visited = {item.school_id for row in rows if row.fate == Fate.HELD for item in row.classes}
    found: dict[str, list[bool]] = defaultdict(list)
    day = min(period.days[1], local_date_of(now))
    schools = School.objects.bookable(on=day).select_related("district").order_by("district__number", "pk")
    for school in schools:
        found[school.district.name if school.district else ""].append(school.pk in visited)
    return {district: (len(visits), sum(visits)) for district, visits in found.items()}


def _figures(facts: Facts) -> dict[str, Any]:
    labels, types = words(), facts.school_types
    period, programme = facts.period, facts.programme
    first, last = period.days
    rows = facts.rows
    missing = [row for row in rows if row.fate == Fate.MISSING]
    span = f"{date_format(first, 'j. F Y')} – {date_format(last, 'j. F Y')}"
    is_school_year = period.kind == PeriodKind.SCHOOL
    return {
        "format": FORMAT,
        "title": f"Årsopgørelse for skoleåret {period.label}"
        if is_school_year
        else f"Årsopgørelse {period.label}",
        "lead": programme.name,
        "department": programme.department,
        "programme": programme.slug,
        "period": {
            "kind": period.kind.value,
            "label": period.label,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
        },
        "facts": [
            ["Indsats", programme.name],
            ["Forvaltning", programme.department],
            ["Periode", span],
            ["Indberettet", completeness_text(rows)],
        ],
        "words": labels["labels"],
        "summary": summary(rows, types),
        "goals": tables.goals_table(facts.standing),
        "tables": [
            *tables.other_goals_tables(facts.standing, period),
            tables.three_figures(rows, types),
            tables.sessions_by_audience(rows),
            *tables.breakdowns(rows, types),
            tables.schools_table(facts.schools),
        ],
        "missing": tables.missing_table(missing),
        "school_types": tables.school_types_table(types),
        "definitions": [list(item) for item in labels["definitions"]],
        "sessions": tables.sessions_table(rows, types),
        "unreported": len(missing),
    }
