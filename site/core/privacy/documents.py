"""What is held about a person, as a file they can take along: JSON for programs, an accessible PDF for people."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from core.cms.frame import current_frame
from core.privacy.people import Person
from core.privacy.reading import Held
from core.typesetting import typeset

_TEMPLATE = Path(__file__).parent / "data" / "person.typ"


def as_json(person: Person, held: Sequence[Held], *, now: datetime) -> str:
    """Return everything as JSON: one object a row, with purpose, dates and facts."""
    frame = current_frame(get_language() or "da")
    content = {
        "about": person.email or person.phone,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "controller": frame.controller,
        "contact": frame.dpo_contact or frame.email,
        "held": [
            {
                "kind": str(each.rule.title),
                "purpose": str(each.rule.purpose),
                "what": each.title,
                "since": each.since.isoformat() if each.since else None,
                "until": each.until.isoformat() if each.until else None,
                "facts": {fact.label: fact.value for fact in each.facts},
            }
            for each in held
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def as_pdf(person: Person, held: Sequence[Held], *, now: datetime) -> bytes:
    """Return everything as PDF/UA-1 and PDF/A-2a. The compiler refuses what is not accessible."""
    language = get_language() or "da"
    frame = current_frame(language)
    at = now.astimezone(UTC)
    facts: dict[str, Any] = {
        "title": gettext("What we hold about %(who)s") % {"who": person.email or person.phone},
        "publisher": frame.controller,
        "language": language,
        "made_at_parts": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "intro": [
            gettext("Made on %(day)s by %(controller)s, who is responsible for the data.")
            % {"day": date_format(localtime(now), "j. F Y H.i"), "controller": frame.controller},
            gettext("Questions: %(contact)s.") % {"contact": frame.dpo_contact or frame.email},
        ],
        "purposes": [
            {
                "title": str(rule.title),
                "lines": [gettext("Why: %(purpose)s.") % {"purpose": str(rule.purpose)}],
                "rows": [_row(each) for each in rows],
            }
            for rule, rows in (
                (key, list(group)) for key, group in groupby(by_purpose(held), key=lambda each: each.rule)
            )
        ],
        "labels": {"page": gettext("Page"), "fact": gettext("Fact"), "value": gettext("Value")},
    }
    return typeset(_TEMPLATE, facts)


def by_purpose(held: Sequence[Held]) -> list[Held]:
    """Return the rows of each purpose together, in the order in which the purposes come first."""
    first: dict[str, int] = {}
    for index, each in enumerate(held):
        first.setdefault(each.rule.name, index)
    return sorted(held, key=lambda each: first[each.rule.name])


def _row(each: Held) -> dict[str, Any]:
    facts = [[fact.label, fact.value] for fact in each.facts]
    if each.until:
        facts.append([gettext("Deleted by itself after"), _day(each.until)])
    return {"title": each.title, "facts": facts}


def _day(day: date) -> str:
    return date_format(day, "j. F Y")
