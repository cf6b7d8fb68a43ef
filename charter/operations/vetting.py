"""A vetting case: questions, answers, notes, a hearing, reminders and its end (DESIGN.md 6, DOMAIN.md 1.3).

An admission case follows a new provider until it is approved or not; a review case looks at a running cooperation
and leaves the provider's state alone until something is decided. Entries are added, never edited.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from charter.enums import ProviderKind, ProviderState, Transition
from charter.errors import ReasonMissingError, TransitionNotAllowedError
from charter.gate import local_day
from charter.models import Provider, ProviderMember, VettingCase, VettingEntry
from charter.operations.steps import refuse_own_organisation, set_state
from charter.organisation import notices
from charter.organisation.enums import (
    AWAITS_PROVIDER,
    CaseKind,
    CaseOutcome,
    CaseState,
    EntryKind,
)
from charter.organisation.errors import (
    CaseClosedError,
    CaseOpenError,
    DeadlineError,
    HearingRunsError,
    NotAllowedError,
    NothingAskedError,
    TextMissingError,
)
from charter.organisation.rules import (
    ANSWER_WITHIN,
    CLOSED_STATES,
    ENTRIES_KEPT,
    MANAGERS,
    REMIND_BEFORE,
)
from charter.organisation.uploads import stored_copy
from charter.organisation.work_items import VETTING_ANSWER, VETTING_OVERDUE, case_subject
from core.audit.log import SYSTEM, Actor, record
from core.worklist.operations import close_items, open_item


@dataclass(frozen=True)
class Decision:
    """What is decided in a case, besides the outcome."""

    reason: str
    file_reference: str = ""
    decision_maker: str = ""
    decided_on: date | None = None


def open_review(*, provider_id: int, actor: Actor, now: datetime, file_reference: str = "") -> VettingCase:
    """Open a case about a running cooperation: a public controversy, a complaint, before it may be ended.

    Raises:
        CaseOpenError: there is an open case already.
        TransitionNotAllowedError: the provider is new (start the vetting), has left, or is municipal.
        OwnOrganisationError: who opens it is a member.
    """
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        refuse_own_organisation(provider.pk, actor)
        if VettingCase.objects.open().filter(provider=provider).exists():
            raise CaseOpenError
        if not may_be_reviewed(provider):
            raise TransitionNotAllowedError(Transition.START_VETTING, provider.state)
        case = VettingCase.objects.create(
            provider=provider,
            kind=CaseKind.REVIEW,
            opened_at=now,
            opened_by_id=actor.user_id,
            file_reference=file_reference.strip(),
        )
        _record("vetting.opened", case, actor=actor, now=now, kind=case.kind)
    return case


def may_be_reviewed(provider: Provider) -> bool:
    """Return whether a case about a running cooperation can be opened: there is one, and no other case."""
    if provider.kind == ProviderKind.MUNICIPAL_TEAM or provider.state in CLOSED_STATES:
        return False
    if provider.state == ProviderState.NEW:
        return False
    return not VettingCase.objects.open().filter(provider=provider).exists()


def ask_question(*, case_id: int, text: str, due_on: date, actor: Actor, now: datetime) -> VettingEntry:
    """Ask the organisation something, with a deadline. It is told by mail that there is something to answer.

    Raises:
        CaseClosedError, HearingRunsError, OwnOrganisationError
        TextMissingError, DeadlineError: nothing is asked, or the deadline is not later than today.
    """
    with transaction.atomic():
        case = _locked(case_id, actor)
        if case.state == CaseState.HEARING:
            raise HearingRunsError
        entry = write_request(case, EntryKind.QUESTION, text, due_on, actor=actor, now=now)
        provider = case.provider
        if case.kind == CaseKind.ADMISSION and provider.state == ProviderState.VETTING:
            set_state(
                provider,
                Transition.ASK_EXPLANATION,
                ProviderState.AWAITING_EXPLANATION,
                reason=text,
                actor=actor,
                now=now,
            )
        _record("vetting.asked", case, actor=actor, now=now, entry=entry.pk, due_on=due_on.isoformat())
    return entry


def start_hearing(*, case_id: int, text: str, due_on: date, actor: Actor, now: datetime) -> VettingEntry:
    """Hear the organisation before something is decided against it: what we think of deciding, and on which facts.

    Raises:
        CaseClosedError, HearingRunsError, OwnOrganisationError, TextMissingError, DeadlineError
    Source: DOMAIN.md 1.3.
    """
    with transaction.atomic():
        case = _locked(case_id, actor)
        if case.state == CaseState.HEARING:
            raise HearingRunsError
        entry = write_request(case, EntryKind.HEARING, text, due_on, actor=actor, now=now)
        _record("vetting.hearing", case, actor=actor, now=now, entry=entry.pk, due_on=due_on.isoformat())
    return entry


def move_deadline(*, case_id: int, due_on: date, actor: Actor, now: datetime) -> VettingCase:
    """Give the organisation more time. It is told; the task that it was late closes.

    Raises:
        CaseClosedError, OwnOrganisationError, DeadlineError
        NothingAskedError: the case does not await an answer.
    """
    with transaction.atomic():
        case = _locked(case_id, actor)
        if case.state not in AWAITS_PROVIDER:
            raise NothingAskedError
        if due_on <= local_day(now):
            raise DeadlineError
        if due_on != case.due_on:
            case.due_on = due_on
            case.save(update_fields=["due_on"])
            entry = _asked(case)
            VettingEntry.objects.filter(pk=entry.pk).update(due_on=due_on)
            entry.due_on = due_on
            close_items(
                kind=VETTING_OVERDUE,
                subject=case_subject(case),
                resolution="more_time",
                actor=actor,
                now=now,
            )
            notices.tell_of_request(entry, now=now)
            _record("vetting.deadline_moved", case, actor=actor, now=now, due_on=due_on.isoformat())
    return case


def answer_case(
    *,
    case_id: int,
    text: str,
    actor: Actor,
    now: datetime,
    file: Any = None,
    by_staff: bool = False,
) -> VettingEntry:
    """Add what the organisation answers, to a question or a hearing; a task tells the administration.

    Args:
        file: an uploaded file, or None.
        by_staff: a caseworker notes an answer that came by letter.
    Raises:
        CaseClosedError
        NothingAskedError: nothing awaits an answer.
        NotAllowedError: the person is neither coordinator nor signatory of the organisation.
        TextMissingError, UploadError
    """
    with transaction.atomic():
        case = _locked(case_id, actor if by_staff else None)
        provider = case.provider
        if not by_staff and not _is_manager(provider.pk, actor):
            raise NotAllowedError
        if case.state not in AWAITS_PROVIDER:
            raise NothingAskedError
        is_hearing = case.state == CaseState.HEARING
        kind = EntryKind.HEARING_ANSWER if is_hearing else EntryKind.ANSWER
        entry = write_answer(case, kind, text, actor=actor, now=now, file=file)
        if case.kind == CaseKind.ADMISSION and provider.state == ProviderState.AWAITING_EXPLANATION:
            set_state(
                provider,
                Transition.RECEIVE_EXPLANATION,
                ProviderState.VETTING,
                reason="",
                actor=actor,
                now=now,
            )
        _record("vetting.answered", case, actor=actor, now=now, entry=entry.pk, has_file=bool(entry.file))
    return entry


def add_note(*, case_id: int, text: str, actor: Actor, now: datetime) -> VettingEntry:
    """Add an internal note; the organisation never sees it.

    Raises:
        CaseClosedError, OwnOrganisationError, TextMissingError
    """
    with transaction.atomic():
        case = _locked(case_id, actor)
        entry = _add(case, EntryKind.NOTE, text, actor=actor, now=now)
        _record("vetting.note", case, actor=actor, now=now, entry=entry.pk)
    return entry


def close_review(*, case_id: int, decision: Decision, actor: Actor, now: datetime) -> VettingCase:
    """End a review without consequence: the cooperation goes on.

    Raises:
        CaseClosedError, OwnOrganisationError, ReasonMissingError
        TransitionNotAllowedError: an admission is approved or refused on the provider.
    """
    with transaction.atomic():
        case = _locked(case_id, actor)
        if case.kind != CaseKind.REVIEW:
            raise TransitionNotAllowedError(Transition.APPROVE, case.provider.state)
        if not decision.reason.strip():
            raise ReasonMissingError
        decide(case, CaseOutcome.CLOSED, decision, actor=actor, now=now)
        _record("vetting.closed", case, actor=actor, now=now)
    return case


def decide(
    case: VettingCase, outcome: CaseOutcome, decision: Decision, *, actor: Actor, now: datetime
) -> None:
    """Write the end of a locked case; its entries get their day of deletion, its tasks close."""
    case.state = CaseState.DECIDED
    case.outcome = outcome
    case.due_on = None
    case.decided_at = now
    case.decided_by_id = actor.user_id
    case.decision_maker = decision.decision_maker.strip()
    case.decided_on = decision.decided_on or local_day(now)
    case.reason = decision.reason.strip()
    case.file_reference = decision.file_reference.strip() or case.file_reference
    case.save()
    case.entries.update(delete_after=local_day(now) + ENTRIES_KEPT)
    for kind in (VETTING_ANSWER, VETTING_OVERDUE):
        close_items(kind=kind, subject=case_subject(case), resolution=outcome.value, actor=actor, now=now)


def write_request(
    case: VettingCase, kind: EntryKind, text: str, due_on: date, *, actor: Actor, now: datetime
) -> VettingEntry:
    """Add a question or a hearing to a locked case, and queue the mail.

    Raises:
        TextMissingError, DeadlineError
    """
    if due_on <= local_day(now):
        raise DeadlineError
    entry = _add(case, kind, text, actor=actor, now=now, due_on=due_on)
    case.state = CaseState.HEARING if kind == EntryKind.HEARING else CaseState.AWAITING_ANSWER
    case.due_on = due_on
    case.save(update_fields=["state", "due_on"])
    for item_kind in (VETTING_ANSWER, VETTING_OVERDUE):
        close_items(kind=item_kind, subject=case_subject(case), resolution=kind.value, actor=actor, now=now)
    notices.tell_of_request(entry, now=now)
    return entry


def write_answer(
    case: VettingCase,
    kind: EntryKind,
    text: str,
    *,
    actor: Actor,
    now: datetime,
    file: Any = None,
) -> VettingEntry:
    """Add an answer to a locked case; the administration gets a task.

    Raises:
        TextMissingError, UploadError
    """
    entry = _add(case, kind, text, actor=actor, now=now, file=file)
    case.state = CaseState.HEARD if kind == EntryKind.HEARING_ANSWER else CaseState.ANSWERED
    case.due_on = None
    case.save(update_fields=["state", "due_on"])
    close_items(kind=VETTING_OVERDUE, subject=case_subject(case), resolution="answered", actor=actor, now=now)
    open_item(
        key=f"{VETTING_ANSWER}:{entry.pk}",
        kind=VETTING_ANSWER,
        subject=case_subject(case),
        provider_id=case.provider_id,
        data={"name": case.provider.name, "hearing": kind == EntryKind.HEARING_ANSWER},
        now=now,
    )
    notices.tell_of_answer(entry, now=now)
    return entry


def proposed_deadline(now: datetime) -> date:
    """Return the deadline a form starts with."""
    return local_day(now) + ANSWER_WITHIN


def chase_vetting(now: datetime) -> int:
    """Remind organisations before a deadline, and make a task of those that have passed; returns how many.

    Each deadline is reminded of once and is one task, however often the job runs or whatever days it missed.
    """
    today, done = local_day(now), 0
    waiting = VettingCase.objects.awaiting_provider().select_related("provider").order_by("pk")
    for case in waiting.filter(due_on__lte=today + REMIND_BEFORE):
        with transaction.atomic():
            if case.due_on is not None and case.due_on < today:
                open_item(
                    key=f"{VETTING_OVERDUE}:{case.pk}:{case.due_on:%Y%m%d}",
                    kind=VETTING_OVERDUE,
                    subject=case_subject(case),
                    provider_id=case.provider_id,
                    data={
                        "name": case.provider.name,
                        "hearing": case.state == CaseState.HEARING,
                        "due": case.due_on.isoformat(),
                    },
                    now=now,
                )
            else:
                notices.remind_of_request(_asked(case), now=now)
            done += 1
    return done


def delete_entries(now: datetime) -> int:
    """Delete what was asked and answered in cases decided long ago, files first. The decision itself stays."""
    due = old_vetting_entries(now).order_by("pk")
    deleted = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            entry = VettingEntry.objects.select_for_update().filter(pk=pk).select_related(None).first()
            if entry is None:
                continue
            if entry.file:
                entry.file.delete(save=False)
            case_id = entry.case_id
            entry.delete()
            record("vetting.entry_deleted", f"vettingcase:{case_id}", actor=SYSTEM, now=now)
        deleted += 1
    return deleted


def old_vetting_entries(now: datetime) -> QuerySet[VettingEntry]:
    """Return what was said in cases decided long ago."""
    rows: QuerySet[VettingEntry] = VettingEntry.objects.filter(delete_after__lt=local_day(now))
    return rows


def _locked(case_id: int, actor: Actor | None) -> VettingCase:
    """Lock provider, then case (the one order of locks), and refuse decided cases and own organisations."""
    provider_id = VettingCase.objects.values_list("provider_id", flat=True).get(pk=case_id)
    provider = Provider.objects.locked().get(pk=provider_id)
    case = VettingCase.objects.select_for_update(of=("self",)).get(pk=case_id)
    case.provider = provider
    if case.decided_at is not None:
        raise CaseClosedError
    if actor is not None:
        refuse_own_organisation(provider.pk, actor)
    return case


def _is_manager(provider_id: int, actor: Actor) -> bool:
    return (
        actor.user_id is not None
        and ProviderMember.objects.filter(
            provider=provider_id, user=actor.user_id, role__in=MANAGERS
        ).exists()
    )


def _add(
    case: VettingCase,
    kind: EntryKind,
    text: str,
    *,
    actor: Actor,
    now: datetime,
    due_on: date | None = None,
    file: Any = None,
) -> VettingEntry:
    if not text.strip():
        raise TextMissingError
    entry = VettingEntry(case=case, kind=kind, text=text.strip(), at=now, by_id=actor.user_id, due_on=due_on)
    if file:
        content, entry.file_name, _sha256 = stored_copy(file)
        entry.file.save(content.name or "file", content, save=False)
    entry.save()
    return entry


def _asked(case: VettingCase) -> VettingEntry:
    """Return what the organisation was asked last: the question or hearing that awaits its answer."""
    kind = EntryKind.HEARING if case.state == CaseState.HEARING else EntryKind.QUESTION
    entry: VettingEntry = case.entries.filter(kind=kind).order_by("-at", "-pk")[:1].get()
    return entry


def _record(action: str, case: VettingCase, *, actor: Actor, now: datetime, **facts: Any) -> None:
    record(action, f"vettingcase:{case.pk}", actor=actor, now=now, provider_id=case.provider_id, **facts)


__all__ = [
    "Decision",
    "add_note",
    "answer_case",
    "ask_question",
    "chase_vetting",
    "close_review",
    "decide",
    "delete_entries",
    "move_deadline",
    "open_review",
    "proposed_deadline",
    "start_hearing",
    "write_answer",
    "write_request",
]
