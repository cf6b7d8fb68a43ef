"""Named states and kinds of applications, invitations, vetting cases and their entries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationState(models.TextChoices):
    """Where an application to become a provider is."""

    UNPROVEN = "unproven", _("E-mail not confirmed")
    WAITING = "waiting", _("Awaits our answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Turned down")


class InvitationState(models.TextChoices):
    """Where an invitation to act for a provider is. That its time is over is read from `expires_at`."""

    PROPOSED = "proposed", _("Awaits a confirmation")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Withdrawn")


PENDING_INVITATIONS = (InvitationState.PROPOSED, InvitationState.SENT)


class CaseKind(models.TextChoices):
    """Why an organisation is looked at."""

    ADMISSION = "admission", _("New provider")
    REVIEW = "review", _("Running cooperation")


class CaseState(models.TextChoices):
    """Where a vetting case is."""

    OPEN = "open", _("With us")
    AWAITING_ANSWER = "awaiting_answer", _("Awaits an answer")
    ANSWERED = "answered", _("Answered")
    HEARING = "hearing", _("Party hearing")
    HEARD = "heard", _("Party hearing answered")
    DECIDED = "decided", _("Decided")


AWAITS_PROVIDER = frozenset({CaseState.AWAITING_ANSWER, CaseState.HEARING})
"""States in which the organisation has something to answer, with a deadline."""


class CaseOutcome(models.TextChoices):
    """What a vetting case ended in."""

    APPROVED = "approved", _("Approved")
    NOT_APPROVED = "not_approved", _("No cooperation")
    ENDED = "ended", _("Cooperation ended")
    DECLINED_CHARTER = "declined_charter", _("Declined the charter")
    CLOSED = "closed", _("Closed without consequence")


class EntryKind(models.TextChoices):
    """What was added to a vetting case. Notes are ours alone."""

    QUESTION = "question", _("Question")
    ANSWER = "answer", _("Answer")
    HEARING = "hearing", _("Party hearing")
    HEARING_ANSWER = "hearing_answer", _("Answer to the party hearing")
    NOTE = "note", _("Internal note")


SHOWN_TO_PROVIDER = (EntryKind.QUESTION, EntryKind.ANSWER, EntryKind.HEARING, EntryKind.HEARING_ANSWER)
"""Never a note."""

FROM_PROVIDER = frozenset({EntryKind.ANSWER, EntryKind.HEARING_ANSWER})
