"""A provider's way: created, vetted, approved, active, suspended, ended."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from charter import notices, observers
from charter.enums import ProviderKind, ProviderState, Transition
from charter.errors import ProviderNameTakenError, SelfApprovalError
from charter.gate import local_day
from charter.models import Provider, VettingCase
from charter.observers import Cause, CauseKind
from charter.operations.steps import refuse_own_organisation, set_state
from charter.operations.versions import remind_of_missing_charter
from charter.operations.vetting import (
    Decision,
    decide,
    proposed_deadline,
    write_answer,
    write_request,
)
from charter.organisation import notices as organisation_notices
from charter.organisation.enums import CaseKind, CaseOutcome, EntryKind
from charter.organisation.errors import HearingMissingError, OwnOrganisationError
from charter.organisation.rules import is_heard, needs_hearing
from charter.rules import check_transition
from core.audit.log import Actor, record

_CAUSES = {
    Transition.SUSPEND: CauseKind.SUSPENDED,
    Transition.END: CauseKind.ENDED,
    Transition.DECLINE_CHARTER: CauseKind.DECLINED,
}
_OUTCOMES = {
    Transition.APPROVE: CaseOutcome.APPROVED,
    Transition.END: CaseOutcome.ENDED,
    Transition.DECLINE_CHARTER: CaseOutcome.DECLINED_CHARTER,
}
_NEVER_WORKED = frozenset({ProviderState.NEW, ProviderState.VETTING, ProviderState.AWAITING_EXPLANATION})
"""States before there is a cooperation: what ends here has not begun."""


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
    note: str = "",
    asked_by_provider: bool = False,
    decision_maker: str = "",
    decided_on: date | None = None,
) -> Provider:
    """Take a provider one step further, with its vetting case, its mails and what depends on its coverage.

    An approved provider can sign; an active one can hold sessions, as far as its charter covers them. Pausing,
    ending and a declined charter close its dates at once, and what is booked becomes tasks (rule 3).

    Args:
        reason: for an explanation, what was asked or answered; else why. No facts about persons (rule 10).
        decision_reference: the decision's number in F2 or eDoc.
        note: the reason as the provider itself reads it; `reason` stays with the administration.
        asked_by_provider: it is the organisation itself that wants to stop: no hearing.
        decision_maker, decided_on: who decided and when, where it was not the actor today.
    Raises:
        TransitionNotAllowedError: the step is not legal from the provider's state.
        ReasonMissingError, DecisionReferenceMissingError: the step must state them.
        SelfApprovalError: who approves opened the vetting, or is a member of the provider.
        OwnOrganisationError: who takes any other step is a member of the provider.
        HearingMissingError: it would end against the organisation's wish, and it has not been heard.
    Source: DESIGN.md rule 3 and section 6, DOMAIN.md 1.3.
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
        case = VettingCase.objects.open().filter(provider=provider).first()
        _refuse_self_approval(provider, case, transition, actor)
        if needs_hearing(
            transition, state=provider.state, kind=provider.kind, asked_by_provider=asked_by_provider
        ) and not (case and is_heard(state=case.state, due_on=case.due_on, today=local_day(now))):
            raise HearingMissingError
        before = ProviderState(provider.state)
        ends_coverage = before == ProviderState.ACTIVE and target != ProviderState.ACTIVE
        if ends_coverage:
            observers.lock_sessions([provider.pk], now=now)
        set_state(
            provider,
            transition,
            target,
            reason=reason,
            decision_reference=decision_reference,
            note=note,
            decided_on=decided_on,
            actor=actor,
            now=now,
        )
        decision = Decision(reason, decision_reference, decision_maker, decided_on)
        _follow_in_vetting(provider, case, transition, decision, before=before, actor=actor, now=now)
        if transition == Transition.APPROVE:
            remind_of_missing_charter(now)
        if target == ProviderState.ACTIVE and before != ProviderState.ACTIVE:
            observers.coverage_restored([provider.pk], now=now)
        if ends_coverage:
            observers.coverage_changed(
                [provider.pk], cause=Cause(_CAUSES[transition], local_day(now)), actor=actor, now=now
            )
        if transition in {Transition.SUSPEND, Transition.END} and before not in _NEVER_WORKED:
            notices.tell_of_stop(provider, transition=transition, now=now)
        else:
            organisation_notices.tell_of_step(provider, transition=transition, before=before, now=now)
    return provider


def _free_slug(name: str) -> str:
    base = slugify(name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa"))[:70] or "udbyder"
    slug, number = base, 1
    while Provider.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _refuse_self_approval(
    provider: Provider, case: VettingCase | None, transition: Transition, actor: Actor
) -> None:
    if actor.user_id is None or provider.kind == ProviderKind.MUNICIPAL_TEAM:
        return
    try:
        refuse_own_organisation(provider.pk, actor)
    except OwnOrganisationError:
        if transition == Transition.APPROVE:
            raise SelfApprovalError from None
        raise
    if transition == Transition.APPROVE and case is not None and case.opened_by_id == actor.user_id:
        raise SelfApprovalError


def _follow_in_vetting(
    provider: Provider,
    case: VettingCase | None,
    transition: Transition,
    decision: Decision,
    *,
    before: ProviderState,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the vetting case in step with the provider's state. An end without a case gets one: it is a decision."""
    if transition == Transition.START_VETTING:
        VettingCase.objects.create(
            provider=provider,
            kind=CaseKind.ADMISSION,
            opened_at=now,
            opened_by_id=actor.user_id,
            file_reference=decision.file_reference,
        )
        return
    is_municipal = provider.kind == ProviderKind.MUNICIPAL_TEAM
    if case is None and transition in {Transition.END, Transition.DECLINE_CHARTER} and not is_municipal:
        case = VettingCase.objects.create(
            provider=provider, kind=CaseKind.REVIEW, opened_at=now, opened_by_id=actor.user_id
        )
    if case is None:
        return
    case.provider = provider
    if transition == Transition.ASK_EXPLANATION:
        due_on = proposed_deadline(now)
        write_request(case, EntryKind.QUESTION, decision.reason, due_on, actor=actor, now=now)
    elif transition == Transition.RECEIVE_EXPLANATION:
        write_answer(case, EntryKind.ANSWER, decision.reason, actor=actor, now=now)
    elif transition in _OUTCOMES:
        outcome = _OUTCOMES[transition]
        if transition == Transition.END and before in _NEVER_WORKED:
            outcome = CaseOutcome.NOT_APPROVED
        decide(case, outcome, decision, actor=actor, now=now)
