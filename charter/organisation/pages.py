"""What the provider's pages say about who takes part and about a vetting case: one decision each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from charter.enums import ProviderState
from charter.models import Provider, VettingCase
from charter.organisation.enums import AWAITS_PROVIDER, CaseOutcome, CaseState
from charter.pages import Notice, day_text


@dataclass(frozen=True)
class Line:
    """One label and value of a summary list."""

    label: Any
    value: Any


def state_notice(provider: Provider, case: VettingCase | None) -> Notice | None:
    """Return where a provider stands when it cannot hold sessions, and what to do now; None when it can.

    The case is asked about separately (`case_notice`): it may run while the cooperation does.
    """
    match provider.state:
        case ProviderState.NEW:
            return Notice(
                "info",
                _("We have your details"),
                _(
                    "We will soon begin to get to know you. You do not need to do anything now; you will hear from us by e-mail."
                ),
            )
        case ProviderState.VETTING | ProviderState.AWAITING_EXPLANATION:
            return Notice(
                "info",
                _("We are getting to know you"),
                _(
                    "We look at every organisation before we work together. When you are approved, you can sign the "
                    "charter. Meanwhile you can invite your colleagues."
                ),
            )
        case ProviderState.SUSPENDED:
            return Notice(
                "warning",
                _("The cooperation is paused"),
                _with_note(
                    _(
                        "Your dates cannot be booked for now. We will decide on the bookings you have, and tell schools and participants. You will hear from us; write to us if you have questions."
                    ),
                    provider,
                ),
            )
        case ProviderState.ENDED:
            never_began = case is not None and case.outcome == CaseOutcome.NOT_APPROVED
            heading = _("We have not begun a cooperation") if never_began else _("The cooperation has ended")
            text = (
                _("The case is closed. Write to us if you have questions, or if something has changed.")
                if never_began
                else _("Your dates cannot be booked. Write to us if you want to take part again.")
            )
            return Notice("info", heading, _with_note(text, provider))
        case ProviderState.DECLINED_CHARTER:
            return Notice(
                "info",
                _("You have said no to the charter"),
                _with_note(
                    _(
                        "Without the charter your dates cannot be booked. Have you changed your mind? Write to us, and "
                        "we begin again."
                    ),
                    provider,
                ),
            )
    return None


def case_notice(case: VettingCase | None, *, today: date) -> Notice | None:
    """Return what a running case asks of the organisation; None when it asks nothing."""
    if case is None or case.state not in AWAITS_PROVIDER or case.due_on is None:
        return None
    is_hearing = case.state == CaseState.HEARING
    heading = (
        _("Party hearing: you have the right to comment")
        if is_hearing
        else _("We are waiting for your answer")
    )
    if case.due_on < today:
        text = _("The deadline was %(day)s. Answer as soon as you can, or write to us.")
    else:
        text = _("Answer by %(day)s.")
    return Notice("warning", heading, text % {"day": day_text(case.due_on)})


def outcome_text(case: VettingCase) -> str:
    """Return how a case ended, for the organisation."""
    return {
        CaseOutcome.APPROVED: _("You are approved."),
        CaseOutcome.NOT_APPROVED: _("We do not begin a cooperation."),
        CaseOutcome.ENDED: _("The cooperation has ended."),
        CaseOutcome.DECLINED_CHARTER: _("You have said no to the charter."),
        CaseOutcome.CLOSED: _("The case is closed without consequence. The cooperation goes on."),
    }[CaseOutcome(case.outcome)]


def masked(email: str) -> str:
    """Return an address as a hint: "m…@example.dk"."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def _with_note(text: str, provider: Provider) -> str:
    if not provider.state_note:
        return text
    return _("%(text)s Our reason: %(note)s") % {"text": text, "note": provider.state_note}
