"""Pure decisions about who may add whom, deadlines, hearings, and how long things are kept."""

from collections.abc import Collection
from datetime import date, timedelta

from charter.enums import MemberRole, ProviderKind, ProviderState, Transition
from charter.organisation.enums import CaseState

PROVE_WITHIN = timedelta(hours=48)
"""How long the link that confirms an application works; after it the application is deleted."""

APPLICATION_KEPT = timedelta(days=180)
"""An application that was answered: half a year, in case somebody asks why."""

PROVIDER_INVITATION_VALID = timedelta(days=30)
MEMBER_INVITATION_VALID = timedelta(days=14)
INVITATION_KEPT = timedelta(days=30)
"""After it was answered, withdrawn or ran out."""

ENTRIES_KEPT = timedelta(days=5 * 365)
"""What was asked and answered in a case: from the decision."""

DOCUMENT_KEPT = timedelta(days=5 * 365)
"""The document of an agreement: from its last day."""

ANSWER_WITHIN = timedelta(days=14)
"""The deadline proposed for questions and hearings."""

REMIND_BEFORE = timedelta(days=3)

ENDING_SOON_DAYS = 60
"""How long before its last day an agreement becomes a task."""

MANAGERS = (MemberRole.COORDINATOR, MemberRole.SIGNATORY)
"""Roles that look after the provider's members and answer for it in a vetting case."""

NEEDED_ROLES = (MemberRole.SIGNATORY, MemberRole.COORDINATOR)
"""Without a signatory nobody can sign; without a coordinator nobody is written to about bookings."""

BY_CASE = frozenset({Transition.ASK_EXPLANATION, Transition.RECEIVE_EXPLANATION})
"""Steps that are taken on the vetting case, with a deadline, and so are no buttons of the provider's page."""

CLOSED_STATES = frozenset({ProviderState.ENDED, ProviderState.DECLINED_CHARTER})

NEEDS_HEARING_IN = frozenset(
    {
        ProviderState.VETTING,
        ProviderState.AWAITING_EXPLANATION,
        ProviderState.APPROVED,
        ProviderState.ACTIVE,
        ProviderState.SUSPENDED,
    }
)
"""States from which the municipality ends nothing without a hearing (DOMAIN.md 1.3)."""


def needs_confirmation(*, role: str, is_staff: bool, own_roles: Collection[str]) -> bool:
    """Return whether an invitation is only a proposal until somebody else confirms it.

    A signatory binds the organisation: whoever can make one can sign the charter for it. So a coordinator alone
    may not (they could invite their own second address and sign); an existing signatory or the administration may.
    """
    if role != MemberRole.SIGNATORY or is_staff:
        return False
    return MemberRole.SIGNATORY not in own_roles


def may_manage_members(own_roles: Collection[str]) -> bool:
    """Return whether a member may invite, change and remove others: coordinators and signatories."""
    return any(role in own_roles for role in MANAGERS)


def roles_left_empty(*, taken: Collection[str], held_by_others: Collection[str]) -> list[str]:
    """Return the needed roles that nobody would hold once `taken` are taken away from a person."""
    return [role for role in NEEDED_ROLES if role in taken and role not in held_by_others]


def needs_hearing(transition: Transition, *, state: str, kind: str, asked_by_provider: bool) -> bool:
    """Return whether a step may be taken only after a party hearing.

    Ending a cooperation, or refusing to begin one, against the organisation's wish. A refusal of the charter is the
    organisation's own statement, a pause is temporary, and the municipality does not hear itself.
    Source: DOMAIN.md 1.3.
    """
    if transition != Transition.END or asked_by_provider or kind == ProviderKind.MUNICIPAL_TEAM:
        return False
    return state in NEEDS_HEARING_IN


def is_heard(*, state: str, due_on: date | None, today: date) -> bool:
    """Return whether a hearing is over: answered, or its deadline has passed."""
    if state == CaseState.HEARD:
        return True
    return state == CaseState.HEARING and due_on is not None and due_on < today
