"""The words of a report: labels and definitions in Danish, and the sentences that sum a year up."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from portal.reporting.yearly.goals import SchoolTypes
from portal.reporting.yearly.rows import DUE, Fate, SessionRow, kept_classes, reached
from workshops.enums import Audience


@cache
def words() -> Mapping[str, Any]:
    """Return the labels and definitions."""
    path = Path(__file__).parent / "data" / "words_da.json"
    found: Mapping[str, Any] = json.loads(path.read_text())
    return found


def reported_text(rows: Iterable[SessionRow]) -> str:
    """Return «14 af 16»: how many of the sessions that are over have been reported."""
    due = [row for row in rows if row.fate in DUE]
    return f"{sum(row.fate != Fate.MISSING for row in due)} af {len(due)}"


def completeness_text(rows: Sequence[SessionRow]) -> str:
    """Say how many of the sessions that are over have been reported."""
    missing = sum(row.fate == Fate.MISSING for row in rows)
    due = sum(row.fate in DUE for row in rows)
    if not due:
        return "Ingen afholdelser i perioden"
    if not missing:
        return (
            f"Alle {count(due)} afholdelser er indberettet"
            if due > 1
            else "Den ene afholdelse er indberettet"
        )
    return f"{reported_text(rows)} afholdelser er indberettet, {count(missing)} mangler"


def summary(rows: Sequence[SessionRow], types: SchoolTypes) -> list[str]:
    """Return the sentences that sum the year up, for a committee."""
    pairs = kept_classes(rows)
    counts = {fate: sum(row.fate == fate for row in rows) for fate in Fate}
    held = [row for row in rows if row.fate == Fate.HELD]
    groups = []
    for slug, name in types.groups.items():
        of_group = [item for _row, item in pairs if types.group_of(item.school_type) == slug]
        groups.append(f"{count(reached(of_group))} fra {name[:1].lower()}{name[1:]}")
    parents = [row for row in held if row.audience == Audience.PARENTS]
    talks = [row for row in held if row.audience == Audience.PROFESSIONALS]
    classes = [item for _row, item in pairs]
    came = sum(item.came for item in classes)
    apart = [
        f"{count(number)} {what}"
        for number, what in (
            (counts[Fate.CANCELLED], "blev aflyst på forhånd"),
            (counts[Fate.NOT_HELD], "faldt væk på dagen"),
        )
        if number
    ]
    number_held = _number(len(held), "workshop, aften eller oplæg", "workshops, aftener og oplæg")
    sentences = [f"Der blev holdt {number_held}.", *([f"{', og '.join(apart)}."] if apart else [])]
    texts = [" ".join(sentences)]
    if classes:
        again = f" Nogle klasser var med flere gange, så der var i alt {count(came)} deltagelser."
        texts.append(
            f"Workshops for klasser nåede {_number(reached(classes), 'elev', 'elever')}: {_joined(groups)}."
            f"{again if came > reached(classes) else ''}"
        )
    people = [
        f"{_number(sum(row.came for row in of_audience), one, several)} deltog i {_number(len(of_audience), *what)}"
        for of_audience, one, several, what in (
            (parents, "forælder", "forældre", ("aften", "aftener")),
            (talks, "fagperson", "fagpersoner", ("oplæg", "oplæg")),
        )
        if of_audience
    ]
    if people:
        texts.append(f"{', og '.join(people)}.")
    missing = [row for row in rows if row.fate == Fate.MISSING]
    if missing:
        texts.append(
            f"{reported_text(rows)} afholdelser er indberettet. "
            f"{_number(len(missing), 'afholdelse mangler', 'afholdelser mangler')}, og tallene for fremmødet er derfor "
            f"for lave. Der var booket {_number(sum(row.booked for row in missing), 'plads', 'pladser')} på "
            f"{'den' if len(missing) == 1 else 'dem'}."
        )
    elif held:
        texts.append(f"{completeness_text(rows)}.")
    return texts


def _number(number: int, one: str, several: str) -> str:
    return f"{count(number)} {one if number == 1 else several}"


def _joined(parts: Sequence[str]) -> str:
    return " og ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def count(number: int) -> str:
    """Return a number as people write it in Danish: 1.234."""
    return f"{number:,}".replace(",", ".")
