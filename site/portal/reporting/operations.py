"""Changes of goals and of what counts: each leaves what was before (rule 11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.audit.log import Actor, record
from portal.reporting.errors import CountingChangedError, CountingUnchangedError
from portal.reporting.figures import mapping_in_force
from portal.reporting.models import AnnualGoal, SchoolTypeMapping

_NOT_LOGGED = frozenset({"id"})


def change_counting(
    *, groups: Mapping[str, str], reason: str, seen: int, actor: Actor, now: datetime
) -> SchoolTypeMapping:
    """Add a version of what each school type counts as; it is in force at once, for every year that is not closed.

    Args:
        seen: number of the version that the form showed.
    Raises:
        CountingUnchangedError: it says what the version in force says.
        CountingChangedError: another version came since the form was shown.
    """
    before = mapping_in_force()
    if before.number != seen:
        raise CountingChangedError
    if before.groups == dict(groups):
        raise CountingUnchangedError
    try:
        with transaction.atomic():
            mapping = SchoolTypeMapping.objects.create(
                number=before.number + 1,
                groups=dict(groups),
                reason=reason,
                made_at=now,
                made_by_id=actor.user_id,
            )
            record(
                "school_counting.changed",
                f"school_counting:{mapping.number}",
                actor=actor,
                now=now,
                before=before.groups,
                after=mapping.groups,
                reason=reason,
            )
    except IntegrityError:
        # The unique number decides between two who save at once.
        raise CountingChangedError from None
    return mapping


@transaction.atomic
def save_goal(*, goal: AnnualGoal, actor: Actor, now: datetime) -> AnnualGoal:
    """Save a new or changed goal; the log keeps every version of it."""
    before = AnnualGoal.objects.select_for_update(of=("self",)).filter(pk=goal.pk).first()
    was = facts_of(before) if before else None
    goal.save()
    after = facts_of(goal)
    if was != after:
        record(
            "goal.changed" if before else "goal.added",
            f"goal:{goal.pk}",
            actor=actor,
            now=now,
            before=was,
            after=after,
        )
    return goal


@transaction.atomic
def delete_goal(*, goal_id: int, actor: Actor, now: datetime) -> None:
    """Delete a goal; the log keeps what it was. Closed years keep it anyway."""
    goal = AnnualGoal.objects.select_for_update(of=("self",)).get(pk=goal_id)
    record("goal.deleted", f"goal:{goal_id}", actor=actor, now=now, before=facts_of(goal))
    goal.delete()


def facts_of(goal: AnnualGoal) -> dict[str, Any]:
    """Return a goal as the log keeps it."""
    values = {
        field.name: getattr(goal, field.attname)
        for field in goal._meta.concrete_fields
        if field.name not in _NOT_LOGGED
    }
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()
    }
