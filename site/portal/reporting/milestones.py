"""Milestones that can be seen: pilots of teaching material, stage by stage (P7)."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from booking.evaluation.pilots.reading import ASKED_STAGES, TriedMaterial, pilot_state
from portal.reporting.wording import stage_label


@dataclass(frozen=True)
class Part:
    """One part of a milestone, as words: what, how far, and whether it is there."""

    label: str
    detail: str
    is_reached: bool
    has_begun: bool
    url: str = ""


def parts_of_pilots(*, first_day: date, last_day: date) -> tuple[Part, ...]:
    """Return how far material has been tried and evaluated on each stage that is asked for. One statement."""
    state = pilot_state(first_day, last_day)
    parts = []
    for stage in ASKED_STAGES:
        evaluated = [item for item in state.evaluated if stage in item.stages]
        running = [item for item in state.running if stage in item.stages]
        if evaluated:
            detail = _("tried and evaluated: %(titles)s") % {"titles": _titles(evaluated)}
        elif running:
            detail = _("being tried: %(titles)s") % {"titles": _titles(running)}
        else:
            detail = _("nothing tried yet")
        parts.append(
            Part(stage_label(stage), detail, bool(evaluated), bool(evaluated or running), reverse("pilots"))
        )
    return tuple(parts)


def _titles(materials: list[TriedMaterial]) -> str:
    return ", ".join(dict.fromkeys(item.title for item in materials))
