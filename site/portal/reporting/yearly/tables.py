"""The tables of a report, each as texts and whole numbers (see portal.reporting.yearly.documents)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format

from portal.reporting.goals import Period as Days
from portal.reporting.goals import Standing
from portal.reporting.models import AnnualGoal
from portal.reporting.questions import period_label
from portal.reporting.yearly.goals import GoalLine, SchoolTypes, goal_lines
from portal.reporting.yearly.periods import Period
from portal.reporting.yearly.rows import DUE, ClassRow, Fate, SessionRow, kept_classes, reached
from portal.reporting.yearly.wording import reported_text, words

SEVERAL = ("parents", "adults", "professionals")
"""Audiences that are counted as people, not by class."""

_COUNTS = ("Booket", "På afholdte", "Deltog")


def goals_table(standing: Standing) -> dict[str, Any]:
    """Return the goals of the period: figure, target, how it stands, how complete; below what milestones rest on."""
    goals = goal_lines(standing.goals)
    notes = _goal_notes(goals)
    if standing.others and not goals:
        notes.append("De mål, der rækker ind i perioden, står i næste tabel.")
    return _table(
        "goals",
        "Målene",
        ["Mål", "Resultat", "Måltal", "Status", "Indberettet"],
        [[goal.title, goal.value, goal.target, goal.status, goal.reported] for goal in goals],
        " ".join(notes),
    )


def other_goals_tables(standing: Standing, period: Period) -> list[dict[str, Any]]:
    """Return the goals whose period is another than the report's: how they stood on its last day. None where all have it.

    The period is named with the goal: a goal of a school year may be there with two of them.
    """
    if not standing.others:
        return []
    goals = goal_lines([other.own for other in standing.others])
    return [
        _table(
            "other_goals",
            "Mål med deres egen periode",
            ["Mål og periode", f"I {period.label}", "I målets periode", "Måltal", "Status", "Indberettet"],
            [
                [
                    f"{goal.title} ({_own_period(other.own.goal)})",
                    other.there.figure,
                    goal.value,
                    goal.target,
                    goal.status,
                    goal.reported,
                ]
                for goal, other in zip(goals, standing.others, strict=True)
            ],
            " ".join(
                [
                    "Målene her gælder en anden periode end årsopgørelsen. Resultatet i målets periode er talt fra "
                    f"dens første dag til og med {date_format(standing.on, 'j. F Y')}, og status er, som den var den "
                    "dag. Løber målet videre, er status efter tempoet indtil da.",
                    *_goal_notes(goals),
                ]
            ),
        )
    ]


def _own_period(goal: AnnualGoal) -> str:
    label = period_label(Days(goal.first_day, goal.last_day))
    return label[:1].lower() + label[1:]


def _goal_notes(goals: Iterable[GoalLine]) -> list[str]:
    """Return what milestones rest on, a sentence each."""
    return [f"{goal.title}: {'; '.join(goal.notes)}".rstrip(".") + "." for goal in goals if goal.notes]


def three_figures(rows: Sequence[SessionRow], types: SchoolTypes) -> dict[str, Any]:
    """Return booked, at sessions held, and came: pupils by group of schools, people by audience (rule 11)."""
    due = [row for row in rows if row.fate in DUE]
    found: list[list[Any]] = []
    for slug, name in _groups(types):
        pairs = [(row, item) for row, item in kept_classes(due) if types.group_of(item.school_type) == slug]
        if pairs or slug:
            found.append([f"Elever: {name}", *_pupils(pairs)])
    found.append(["Elever i alt", *_pupils(kept_classes(due))])
    for audience in SEVERAL:
        of_audience = _of(due, audience)
        booked, held, came = _people_figures(of_audience)
        name = words()["audiences"][audience]
        found.append([name, booked, held, came, None, reported_text(of_audience)])
    return _table(
        "three_figures",
        "Booket, afholdt og fremmødt",
        ["Hvem", *_COUNTS, "Elever nået", "Indberettet"],
        found,
        "Mangler en indberetning, er fremmødet ukendt og tælles ikke med. Ordene er forklaret sidst i årsopgørelsen.",
        "Booket, afholdt, fremmødt",
    )


def sessions_by_audience(rows: Sequence[SessionRow]) -> dict[str, Any]:
    """Return what became of the sessions."""
    names = words()["audiences"]
    groups = [(names[audience], _of(rows, audience)) for audience in ("school", *SEVERAL)]
    groups.append(("I alt", list(rows)))
    fates = (Fate.HELD, Fate.NOT_HELD, Fate.MISSING, Fate.CANCELLED)
    return _table(
        "sessions_by_audience",
        "Afholdelser",
        ["Målgruppe", *(words()["fates"][fate] for fate in fates)],
        [[name, *(sum(row.fate == fate for row in group) for fate in fates)] for name, group in groups],
    )


def breakdowns(rows: Sequence[SessionRow], types: SchoolTypes) -> list[dict[str, Any]]:
    """Return pupils by district and stage, and people by offer, provider and month."""
    stages = words()["stages"]
    pairs = kept_classes(rows)
    columns = [*_COUNTS, "Elever nået"]
    by_class: list[tuple[str, str, str, Callable[[SessionRow, ClassRow], str], Sequence[str]]] = [
        (
            "by_district",
            "Elever efter skolens bydel",
            "Bydel",
            lambda row, item: item.district or "Uden bydel",
            (),
        ),
        (
            "by_stage",
            "Elever efter trin",
            "Trin",
            lambda row, item: stages.get(item.stage, "Uden trin"),
            tuple(stages.values()),
        ),
    ]
    tables = []
    for key, title, heading, named, order in by_class:
        groups: dict[str, list[tuple[SessionRow, ClassRow]]] = defaultdict(list)
        for row, item in pairs:
            groups[named(row, item)].append((row, item))
        names = [name for name in order if name in groups] or sorted(groups, key=_danish)
        tables.append(
            _table(key, title, [heading, *columns], [[name, *_pupil_figures(groups[name])] for name in names])
        )
    tables += [
        _by_session(rows, "by_offer", "Deltagere efter tilbud", "Tilbud", lambda row: row.title),
        _by_session(rows, "by_provider", "Deltagere efter udbyder", "Udbyder", lambda row: row.provider),
        _by_session(
            rows,
            "by_month",
            "Deltagere efter måned",
            "Måned",
            lambda row: f"{words()['months'][row.day.month - 1]} {row.day.year}",
            is_sorted=False,
        ),
    ]
    return tables


def schools_table(schools: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Return how many schools had a visit, by district."""
    rows = [
        [district or "Uden bydel", number, seen, number - seen]
        for district, (number, seen) in schools.items()
    ]
    total = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)] or [0, 0, 0]
    return _table(
        "schools",
        "Skoler med og uden besøg",
        ["Bydel", "Skoler", "Med besøg", "Uden besøg"],
        [*rows, ["I alt", *total]],
        "Skoler, der kunne booke på periodens sidste dag. Et besøg er en workshop for en klasse, som blev holdt.",
    )


def missing_table(missing: Sequence[SessionRow]) -> dict[str, Any]:
    """Return the sessions that nobody has reported."""
    names = words()["audiences"]
    return _table(
        "missing",
        "Afholdelser uden indberetning",
        ["Nr.", "Dato", "Tilbud", "Udbyder", "Målgruppe", "Booket"],
        [
            [str(row.pk), _day(row.day), row.title, row.provider, names[row.audience], row.booked]
            for row in missing
        ],
        "Fremmødet ved dem er ukendt og indgår ikke i tallene." if missing else "",
    )


def school_types_table(types: SchoolTypes) -> dict[str, Any]:
    """Return what each type of the register counts as, and by which version."""
    return _table(
        "school_types",
        "Sådan tælles skoletyperne",
        ["Registrets type", "Tæller som"],
        types.rows(),
        types.note(),
        "Skoletyper",
    )


def sessions_table(rows: Sequence[SessionRow], types: SchoolTypes) -> dict[str, Any]:
    """Return the sessions one by one: where each figure comes from."""
    labels = words()
    found = []
    for row in rows:
        is_known = row.fate in (Fate.HELD, Fate.NOT_HELD)
        kinds = {types.name_of(item.school_type) for item in row.classes}
        found.append(
            [
                str(row.pk),
                _day(row.day),
                row.title,
                row.provider,
                labels["audiences"][row.audience],
                labels["fates"][row.fate],
                ", ".join(sorted(kinds)),
                ", ".join(sorted({item.district for item in row.classes if item.district})),
                len(row.classes) if row.is_by_class else None,
                row.booked if row.fate != Fate.CANCELLED else 0,
                row.came if is_known else None,
                row.adults if is_known else None,
                row.reports,
            ]
        )
    return _table(
        "sessions",
        "Afholdelserne en for en",
        [
            "Nr.",
            "Dato",
            "Tilbud",
            "Udbyder",
            "Målgruppe",
            "Hvad det blev til",
            "Skoletype",
            "Bydel",
            "Klasser",
            "Booket",
            "Deltog",
            "Voksne",
            "Indberetninger",
        ],
        found,
        "Flere indberetninger betyder, at tallet er rettet; det nyeste gælder. Et tomt felt betyder, at tallet ikke kendes.",
        "Alle afholdelser",
    )


def _by_session(
    rows: Sequence[SessionRow],
    key: str,
    title: str,
    heading: str,
    named: Callable[[SessionRow], str],
    *,
    is_sorted: bool = True,
) -> dict[str, Any]:
    groups: dict[str, list[SessionRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.day):
        if row.fate in DUE:
            groups[named(row)].append(row)
    names = sorted(groups, key=_danish) if is_sorted else list(groups)
    return _table(
        key,
        title,
        [heading, "Holdt", *_COUNTS, "Indberettet"],
        [
            [
                name,
                sum(row.fate == Fate.HELD for row in groups[name]),
                *_people_figures(groups[name]),
                reported_text(groups[name]),
            ]
            for name in names
        ],
    )


def _table(
    key: str,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    note: str = "",
    sheet: str = "",
) -> dict[str, Any]:
    found = [list(row) for row in rows]
    return {
        "key": key,
        "title": title,
        "sheet": sheet or title,
        "columns": list(columns),
        "rows": found,
        "note": note,
    }


def _pupil_figures(pairs: Sequence[tuple[SessionRow, ClassRow]]) -> list[int]:
    """Return booked, of these at sessions held, participations, and pupils reached."""
    return [
        sum(item.pupils for _row, item in pairs),
        sum(item.pupils for row, item in pairs if row.fate == Fate.HELD),
        sum(item.came for _row, item in pairs),
        reached(item for _row, item in pairs),
    ]


def _people_figures(rows: Sequence[SessionRow]) -> list[int]:
    """Return booked, of these at sessions held, and came."""
    return [
        sum(row.booked for row in rows),
        sum(row.booked for row in rows if row.fate == Fate.HELD),
        sum(row.came for row in rows),
    ]


def _groups(types: SchoolTypes) -> list[tuple[str, str]]:
    """Return the groups of schools, and last those that count in none."""
    return [*types.groups.items(), ("", "andre skoler")]


def _pupils(pairs: Sequence[tuple[SessionRow, ClassRow]]) -> list[Any]:
    sessions = {row.pk: row for row, _item in pairs}
    return [
        *_pupil_figures(pairs),
        reported_text(sessions.values()),
    ]


def _of(rows: Iterable[SessionRow], audience: str) -> list[SessionRow]:
    return [row for row in rows if row.audience == audience]


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _danish(name: str) -> str:
    """Return what sorts a name as Danes do: æ, ø, å last."""
    return name.casefold().translate({ord("æ"): "{", ord("ø"): "|", ord("å"): "}"})
