"""Writing a provider's state: shared by the operations that decide about it and those of its vetting case."""

from datetime import date, datetime
from typing import Any

from charter.enums import ProviderState, Transition
from charter.models import Provider
from charter.organisation.errors import OwnOrganisationError
from charter.permissions import acts_for
from charter.work_items import ready_key
from core.audit.log import Actor, record
from core.worklist.operations import close_item_by_key


def set_state(
    provider: Provider,
    transition: Transition,
    target: ProviderState,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    decision_reference: str = "",
    note: str = "",
    decided_on: date | None = None,
) -> None:
    """Write the state of a locked provider, and note it in the log. The rules have been asked already."""
    before = provider.state
    close_item_by_key(
        key=ready_key(provider.pk, provider.state_since.isoformat()),
        resolution=transition.value,
        actor=actor,
        now=now,
    )
    provider.state = target
    provider.state_since = now
    provider.state_reason = reason.strip()
    provider.state_note = note.strip()
    provider.decision_reference = decision_reference.strip()
    provider.save(update_fields=["state", "state_since", "state_reason", "state_note", "decision_reference"])
    facts: dict[str, Any] = {} if decided_on is None else {"decided_on": decided_on.isoformat()}
    record(
        f"provider.{transition.value}",
        f"provider:{provider.pk}",
        actor=actor,
        now=now,
        provider_id=provider.pk,
        before=str(before),
        after=str(target),
        decision_reference=provider.decision_reference,
        **facts,
    )


def refuse_own_organisation(provider_id: int, actor: Actor) -> None:
    """Refuse whoever acts for the organisation that is decided about.

    Raises:
        OwnOrganisationError
    Source: DESIGN.md 5 (People): nobody approves what is their own.
    """
    if acts_for(actor.user_id, provider_id):
        raise OwnOrganisationError
