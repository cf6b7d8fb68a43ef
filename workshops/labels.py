"""Short texts about offers and material, as cards, pages and mails show them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from workshops.enums import Audience, PlaceKind, SchoolProvides, TeachingLanguage, VisitPhase

EVENING_PHASES = {
    VisitPhase.BEFORE: _lazy("Before the evening"),
    VisitPhase.DURING: _lazy("During the evening"),
    VisitPhase.AFTER: _lazy("After the evening"),
}
EVENT_PHASES = {
    VisitPhase.BEFORE: _lazy("Before the event"),
    VisitPhase.DURING: _lazy("During the event"),
    VisitPhase.AFTER: _lazy("After the event"),
}
PHASES_BY_AUDIENCE = {
    Audience.PARENTS: EVENING_PHASES,
    Audience.ADULTS: EVENT_PHASES,
    Audience.PROFESSIONALS: EVENT_PHASES,
}
"""Nobody visits a parents' evening: only schools are visited."""


def phase_label(phase: VisitPhase, *, audience: str) -> str:
    """Return "before the visit", "before the evening" or "before the event"."""
    return str(PHASES_BY_AUDIENCE.get(Audience(audience), {}).get(phase, phase.label))


def grades_label(first: int | None, last: int | None) -> str:
    """Return "grades 4–6", "grade 9" or nothing."""
    if first is None and last is None:
        return ""
    if first is None or last is None or first == last:
        return _("Grade %(number)s") % {"number": last if first is None else first}
    return _("Grades %(first)s–%(last)s") % {"first": first, "last": last}


def duration_label(minutes: int | None, lessons: int | None) -> str:
    """Return "90 minutes (2 lessons)"; either may be missing."""
    parts = []
    if minutes:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    if lessons:
        parts.append(ngettext("%(count)s lesson", "%(count)s lessons", lessons) % {"count": lessons})
    return f"{parts[0]} ({parts[1]})" if len(parts) == 2 else "".join(parts)


def group_label(offer: Any) -> str:
    """Return how many may come: classes with their sizes, or people."""
    if offer.max_groups:
        text = ngettext("%(count)s class", "up to %(count)s classes", offer.max_groups) % {
            "count": offer.max_groups
        }
        if offer.max_group_size:
            text += ", " + _("at most %(count)s pupils in each") % {"count": offer.max_group_size}
        elif offer.max_people:
            text += ", " + _("at most %(count)s pupils in all") % {"count": offer.max_people}
        return text
    if offer.max_people:
        return _("At most %(count)s people") % {"count": offer.max_people}
    return ""


def languages_label(codes: list[str]) -> str:
    """Return the languages an offer is held in, Danish where none is named."""
    names = dict(TeachingLanguage.choices)
    return ", ".join(str(names.get(code, code)) for code in codes or [TeachingLanguage.DANISH.value])


def school_provides_labels(codes: list[str]) -> list[str]:
    """Return what the school makes ready, in the order the offer gives."""
    names = dict(SchoolProvides.choices)
    return [str(names.get(code, code)) for code in codes]


def place_label(offer: Any) -> str:
    """Return where an offer is held, as a card says it."""
    if offer.place_kind == PlaceKind.VENUE:
        return _("In town")
    return str(offer.get_place_kind_display())


def card_facts(offer: Any) -> list[str]:
    """Return a catalogue card's meta line: audience, grades, duration, place."""
    facts = [
        offer.get_audience_display(),
        grades_label(offer.grade_from, offer.grade_to),
        duration_label(offer.duration_minutes, offer.lessons),
        place_label(offer),
    ]
    return [str(fact) for fact in facts if fact]
