"""The shapes of the texts a new portal begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class OfferText:
    """An offer's page in one language; texts are HTML, lists of plain strings become bullet lists."""

    title: str
    slug: str
    teaser: str
    intro: str
    learning_goals: tuple[str, ...]
    before_visit: str
    during_visit: str
    after_visit: str
    sensitive_note: str
    content_accessibility: str
    price_for: str
    competence_goals: str = ""
    school_provides_extra: str = ""
    practitioner: tuple[str, str, str] = ("", "", "")
    """Name, role, profile as HTML."""

    questions: tuple[tuple[str, str], ...] = ()
    """What people ask: question and answer as HTML."""


@dataclass(frozen=True)
class LessonText:
    """One lesson of a material's plan."""

    title: str
    minutes: int
    goals: str
    activities: str
    signs: str = ""


@dataclass(frozen=True)
class MaterialText:
    """A teaching material in one language."""

    title: str
    slug: str
    teaser: str
    intro: str
    learning_goals: tuple[str, ...]
    learning_signs: tuple[str, ...]
    lessons: tuple[LessonText, ...]
    state_note: str = ""


@dataclass(frozen=True)
class MaterialFacts:
    """What is the same in every language."""

    version: str
    state: str
    illustration: str
    grade_from: int | None
    grade_to: int | None
    minutes: int
    lessons: int | None
    licence: str
    subjects: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    decided_by: str = ""
    decided_on: date | None = None
    decision_reference: str = ""


@dataclass(frozen=True)
class OfferRules:
    """An offer's booking rules as data; `provider` is the key of the provider the caller hands in."""

    provider: str
    title: str
    title_en: str
    illustration: str
    fields: Mapping[str, Any]
    subjects: tuple[str, ...] = ()
    topics: tuple[str, ...] = field(default=())


def bullet_list(items: tuple[str, ...]) -> str:
    """Return an HTML list, or nothing."""
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""
