"""What pilots tell: before against after, the decision a material may be spread by, and the goal's milestone."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from booking.enums import FormKind, PilotDecision, PilotState
from booking.evaluation.results import Line, Result, results_of, sums_of
from booking.models import Pilot, PilotClass, ResultBatch
from workshops.trials import Approval

ASKED_STAGES = ("mellemtrin", "udskoling")
"""Both are asked for by the yearly goal; one alone does not reach it."""


@dataclass(frozen=True)
class TriedMaterial:
    """A pilot as the goal counts it."""

    pilot_id: int
    title: str
    version: str
    stages: tuple[str, ...]
    """Of the classes that used it; while it runs, of all that are to."""

    classes: int
    schools: int
    state: str
    decision: str
    decided_on: date | None


@dataclass(frozen=True)
class PilotMilestone:
    """Whether new material was tried and evaluated in a period, on both stages."""

    evaluated: tuple[TriedMaterial, ...]
    """Decided in the period, whatever was decided: to drop a material is an evaluation, too."""

    running: tuple[TriedMaterial, ...]
    """Begun before the period's end and not decided by it."""

    @property
    def evaluated_stages(self) -> tuple[str, ...]:
        """Return the stages that evaluated material was tried on, of those asked for."""
        return _stages(self.evaluated)

    @property
    def running_stages(self) -> tuple[str, ...]:
        """Return the stages that material is being tried on, of those asked for."""
        return _stages(self.running)

    @property
    def missing_stages(self) -> tuple[str, ...]:
        """Return the stages asked for that no evaluated material was tried on."""
        return tuple(stage for stage in ASKED_STAGES if stage not in self.evaluated_stages)

    @property
    def is_reached(self) -> bool:
        """Whether both stages have evaluated material."""
        return not self.missing_stages


def _stages(materials: Sequence[TriedMaterial]) -> tuple[str, ...]:
    found = {stage for item in materials for stage in item.stages}
    return tuple(stage for stage in ASKED_STAGES if stage in found)


def pilot_state(first_day: date, last_day: date) -> PilotMilestone:
    """Return where the goal of material tried and evaluated stands for a period. One query.

    A pilot that no class takes part in says nothing yet, and is left out.
    """
    classes = PilotClass.objects.filter(pilot__started_on__lte=last_day).select_related("pilot")
    evaluated, running = [], []
    for pilot, of_pilot in groupby(
        classes.order_by("pilot__decided_on", "pilot_id", "pk"), key=lambda item: item.pilot
    ):
        if pilot.decided_on is None or pilot.decided_on > last_day:
            running.append(_tried(pilot, of_pilot, is_running=True))
        elif pilot.decided_on >= first_day:
            evaluated.append(_tried(pilot, of_pilot))
    return PilotMilestone(tuple(evaluated), tuple(running))


def _tried(pilot: Pilot, classes: Iterable[PilotClass], *, is_running: bool = False) -> TriedMaterial:
    used = [item for item in classes if is_running or item.used_on is not None]
    return TriedMaterial(
        pilot_id=pilot.pk,
        title=pilot.title,
        version=pilot.material_version,
        stages=tuple(sorted({item.stage for item in used})),
        classes=len(used),
        schools=len({item.school_id for item in used}),
        state=pilot.state,
        decision=pilot.decision,
        decided_on=pilot.decided_on,
    )


def approval_of(material_key: uuid.UUID) -> Approval | None:
    """Return the newest decision to spread a material, for `workshops.trials`; None where there is none."""
    pilot = (
        Pilot.objects.filter(
            material_key=material_key, state=PilotState.DECIDED, decision=PilotDecision.SPREAD
        )
        .prefetch_related("classes")
        .order_by("-decided_on", "-pk")
        .first()
    )
    if pilot is None or pilot.decided_on is None:
        return None
    tried = _tried(pilot, pilot.classes.all())
    return Approval(
        decided_by=pilot.decided_name,
        decided_on=pilot.decided_on,
        reference=pilot.decision_reference,
        version=pilot.material_version,
        classes=tried.classes,
        schools=tried.schools,
    )


@dataclass(frozen=True)
class Change:
    """One question, asked before and after."""

    label: str
    before: Line | None
    after: Line | None

    @property
    def difference(self) -> float | None:
        """Return how much the mean has moved; None where one side is missing."""
        if self.before is None or self.after is None:
            return None
        before, after = self.before.mean, self.after.mean
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class PilotResults:
    """What the classes of a pilot have answered."""

    before: Result | None
    after: Result | None
    changes: tuple[Change, ...]


def pilot_results(pilot: Pilot) -> PilotResults:
    """Return before against after, question by question, of all classes together and from five answers up."""
    batches = ResultBatch.objects.filter(pilot=pilot).order_by("pk")
    found = results_of(batches, sums_of(batches), goals_apart=True)
    by_kind = {result.kind: result for result in found}
    before, after = by_kind.get(FormKind.PILOT_BEFORE), by_kind.get(FormKind.PILOT_AFTER)
    first = {line.label: line for line in before.lines} if before else {}
    second = {line.label: line for line in after.lines} if after else {}
    labels = list(dict.fromkeys([*first, *second]))
    return PilotResults(
        before, after, tuple(Change(label, first.get(label), second.get(label)) for label in labels)
    )
