"""A provider's way: created, vetted, approved, active, suspended, ended."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from charter import notices, observers
from charter.enums import ProviderState, Transition
from charter.errors import ProviderNameTakenError, SelfApprovalError
from charter.gate import local_day
from charter.models import Provider, ProviderMember, VettingCase
from charter.observers import Cause, CauseKind
from charter.operations.versions import remind_of_missing_charter
from charter.rules import check_transition
from charter.work_items import ready_key
from core.audit.log import Actor, record
from core.worklist.operations import close_item_by_key

_CAUSES = {
    Transition.SUSPEND: CauseKind.SUSPENDED,
    Transition.END: CauseKind.ENDED,
    Transition.DECLINE_CHARTER: CauseKind.DECLINED,
}


def create_provider(
    *, name: str, kind: str, actor: Actor, now: datetime, cvr: str | None = None, **plain: Any
) -> Provider:
    """Register a provider in the state `new`.

    Args:
        plain: other plain fields of the model (presentation, website, contact_..., p_number).
    Raises:
        ProviderNameTakenError: another provider has the name or the CVR number.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                provider = Provider.objects.create(
                    name=name,
                    slug=_free_slug(name),
                    kind=kind,
                    cvr=cvr or None,
                    state=ProviderState.NEW,
                    state_since=now,
                    **plain,
                )
        except IntegrityError as error:
            raise ProviderNameTakenError from error
        record("provider.created", f"provider:{provider.pk}", actor=actor, now=now, provider_id=provider.pk)
    return provider


def change_provider_state(
    *,
    provider_id: int,
    transition: Transition,
    actor: Actor,
    now: datetime,
    reason: str = "",
    decision_reference: str = "",
) -> Provider:
    """Take a provider one step further, with its vetting case, its mails and what depends on its coverage.

    An approved provider can sign; an active one can hold sessions, as far as its charter covers them. Pausing,
    ending and a declined charter close its dates at once, and what is booked becomes tasks (rule 3).

    Args:
        reason: for an explanation, what was asked or answered; else why. No facts about persons (rule 10).
        decision_reference: the decision's number in F2 or eDoc.
    Raises:
        TransitionNotAllowedError: the step is not legal from the provider's state.
        ReasonMissingError, DecisionReferenceMissingError: the step must state them.
        SelfApprovalError: who approves opened the vetting, or is a member of the provider.
    Source: DESIGN.md rule 3 and section 6.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        target = check_transition(
            transition,
            state=provider.state,
            kind=provider.kind,
            reason=reason,
            decision_reference=decision_reference,
        )
        case = VettingCase.objects.filter(provider=provider, decided_at=None).first()
        if transition == Transition.APPROVE:
            _refuse_self_approval(provider, case, actor)
        ends_coverage = provider.state == ProviderState.ACTIVE and target != ProviderState.ACTIVE
        if ends_coverage:
            observers.lock_sessions([provider.pk], now=now)
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
        provider.decision_reference = decision_reference.strip()
        provider.save(update_fields=["state", "state_since", "state_reason", "decision_reference"])
        _follow_in_vetting(provider, case, transition, reason, decision_reference, actor=actor, now=now)
        record(
            f"provider.{transition.value}",
            f"provider:{provider.pk}",
            actor=actor,
            now=now,
            provider_id=provider.pk,
            before=str(before),
            after=str(target),
            decision_reference=provider.decision_reference,
        )
        if transition == Transition.APPROVE:
            remind_of_missing_charter(now)
        if ends_coverage:
            observers.coverage_changed(
                [provider.pk], cause=Cause(_CAUSES[transition], local_day(now)), actor=actor, now=now
            )
            notices.tell_of_stop(provider, transition=transition, now=now)
    return provider


def _free_slug(name: str) -> str:
    base = slugify(name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa"))[:70] or "udbyder"
    slug, number = base, 1
    while Provider.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _refuse_self_approval(provider: Provider, case: VettingCase | None, actor: Actor) -> None:
    if actor.user_id is None:
        return
    opened_it = case is not None and case.opened_by_id == actor.user_id
    if opened_it or ProviderMember.objects.filter(provider=provider, user=actor.user_id).exists():
        raise SelfApprovalError


def _follow_in_vetting(
    provider: Provider,
    case: VettingCase | None,
    transition: Transition,
    reason: str,
    decision_reference: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the vetting case in step with the provider's state."""
    if transition == Transition.START_VETTING:
        VettingCase.objects.create(
            provider=provider, opened_at=now, opened_by_id=actor.user_id, file_reference=decision_reference
        )
    if case is None:
        return
    if transition == Transition.ASK_EXPLANATION:
        case.question = reason.strip()
    elif transition == Transition.RECEIVE_EXPLANATION:
        case.answer = reason.strip()
    elif transition in {Transition.APPROVE, Transition.END, Transition.DECLINE_CHARTER}:
        case.decided_at = now
        case.decided_by_id = actor.user_id
        case.is_approved = transition == Transition.APPROVE
        case.reason = reason.strip()
        case.file_reference = decision_reference.strip()
    case.save()
