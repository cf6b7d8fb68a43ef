"""Trying new teaching material: classes, log, report, and a decision by somebody else (P7, ADR 14)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from booking.enums import PILOT_FORMS, PilotDecision, PilotState
from booking.evaluation.errors import (
    OwnReportError,
    PilotNotReportedError,
    PilotRunsError,
    PilotStateError,
)
from booking.evaluation.rules import most_answers
from booking.models import Pilot, PilotClass, PilotNote
from booking.operations.evaluating import make_code
from booking.operations.forming import GoalText, set_learning_goals
from core.audit.log import Actor, record
from workshops.calendars import local_date_of

PILOT_CODE_DAYS = 200
"""A class may take a term and some from the first lesson to the last."""


def start_pilot(
    *,
    material_key: uuid.UUID,
    title: str,
    version: str,
    question: str,
    goals: Sequence[GoalText],
    actor: Actor,
    now: datetime,
) -> Pilot:
    """Begin to try one version of a material.

    Raises:
        PilotRunsError: it is being tried already.
    """
    try:
        with transaction.atomic():
            pilot = Pilot.objects.create(
                material_key=material_key,
                title=title,
                material_version=version,
                question=question,
                started_on=local_date_of(now),
            )
            set_learning_goals(pilot_id=pilot.pk, goals=goals, actor=actor, now=now)
            record("pilot_started", f"pilot:{pilot.pk}", actor=actor, now=now)
    except IntegrityError as error:
        raise PilotRunsError from error
    return pilot


@transaction.atomic
def add_class(
    *,
    pilot_id: int,
    school_id: int,
    name: str,
    grade: int,
    pupils: int,
    booked_session_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> PilotClass:
    """Let a class try the material, with a code for before and one for after. The same class again changes nothing.

    Raises:
        PilotStateError: the report is written.
    """
    pilot = _locked(pilot_id, PilotState.RUNNING)
    added, is_new = PilotClass.objects.get_or_create(
        pilot=pilot,
        school_id=school_id,
        name=name,
        defaults={"grade": grade, "pupils": pupils, "booked_session_id": booked_session_id},
    )
    if is_new:
        for kind in PILOT_FORMS:
            make_code(
                kind=kind,
                pilot_class=added,
                opens_at=now,
                ends_at=now + timedelta(days=PILOT_CODE_DAYS),
                max_answers=most_answers(pupils),
            )
        record("pilot_class_added", f"pilot:{pilot.pk}", actor=actor, now=now)
    return added


@transaction.atomic
def mark_used(*, pilot_class_id: int, used_on: date, actor: Actor, now: datetime) -> PilotClass:
    """Say on which day a class had used the material. Raises PilotStateError once the report is written."""
    pilot_id = PilotClass.objects.values_list("pilot_id", flat=True).get(pk=pilot_class_id)
    _locked(pilot_id, PilotState.RUNNING)
    used = PilotClass.objects.get(pk=pilot_class_id)
    if used.used_on != used_on:
        used.used_on = used_on
        used.save(update_fields=["used_on"])
        record("pilot_class_used", f"pilot:{pilot_id}", actor=actor, now=now)
    return used


@transaction.atomic
def write_note(
    *,
    pilot_id: int,
    text: str,
    happened_on: date,
    pilot_class_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> PilotNote:
    """Add a line to the log, while nothing is decided. Raises PilotStateError."""
    pilot = _locked(pilot_id, PilotState.RUNNING, PilotState.REPORTED)
    own = pilot.classes.filter(pk=pilot_class_id).first() if pilot_class_id else None
    return PilotNote.objects.create(
        pilot=pilot,
        pilot_class=own,
        happened_on=happened_on,
        text=text,
        written_at=now,
        written_by_id=actor.user_id,
    )


@transaction.atomic
def report_pilot(
    *, pilot_id: int, findings: str, changes: str, recommendation: str, actor: Actor, now: datetime
) -> Pilot:
    """Write the report, or write it anew while nothing is decided: whoever wrote last is its author.

    Raises:
        PilotStateError: it is decided.
        PilotNotReportedError: no class has used the material.
    """
    pilot = _locked(pilot_id, PilotState.RUNNING, PilotState.REPORTED)
    if not pilot.classes.filter(used_on__isnull=False).exists():
        raise PilotNotReportedError
    pilot.findings, pilot.changes, pilot.recommendation = findings, changes, recommendation
    pilot.state = PilotState.REPORTED
    pilot.reported_on = local_date_of(now)
    pilot.reported_by_id = actor.user_id
    pilot.save(update_fields=["findings", "changes", "recommendation", "state", "reported_on", "reported_by"])
    record("pilot_reported", f"pilot:{pilot.pk}", actor=actor, now=now)
    return pilot


@transaction.atomic
def decide_pilot(
    *,
    pilot_id: int,
    decision: PilotDecision | str,
    name: str,
    reference: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Pilot:
    """Decide on the report: spread, revise or drop. Repeated with the same decision, it changes nothing.

    Args:
        name: name and role of the one who decides, as it is to stand.
    Raises:
        PilotStateError: there is no report, or another decision.
        OwnReportError: the one who wrote the report decides.
    Source: DESIGN.md 5, People: nobody approves what they registered themselves.
    """
    pilot = Pilot.objects.select_for_update().get(pk=pilot_id)
    if pilot.state == PilotState.DECIDED and pilot.decision == decision:
        return pilot
    if pilot.state != PilotState.REPORTED:
        raise PilotStateError
    if actor.user_id is not None and pilot.reported_by_id == actor.user_id:
        raise OwnReportError
    pilot.state = PilotState.DECIDED
    pilot.decision, pilot.decision_reason, pilot.decision_reference = decision, reason, reference
    pilot.decided_name, pilot.decided_on = name, local_date_of(now)
    pilot.decided_by_id = actor.user_id
    pilot.save(
        update_fields=[
            "state",
            "decision",
            "decision_reason",
            "decision_reference",
            "decided_name",
            "decided_on",
            "decided_by",
        ]
    )
    record("pilot_decided", f"pilot:{pilot.pk}", actor=actor, now=now, decision=str(decision))
    return pilot


def _locked(pilot_id: int, *states: PilotState) -> Pilot:
    pilot = Pilot.objects.select_for_update().get(pk=pilot_id)
    if pilot.state not in states:
        raise PilotStateError
    return pilot
