"""Refusals of the charter package. Each has a stable `code` and a text that says what to do."""

from typing import ClassVar

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class CharterError(Exception):
    """Something about providers or their charter that is refused."""

    code: ClassVar[str] = "charter"
    message: ClassVar[object] = ""

    def __str__(self) -> str:
        return str(self.message)


class TransitionNotAllowedError(CharterError):
    """The provider's state does not allow this step (charter.rules.TRANSITIONS)."""

    code = "transition_not_allowed"

    def __init__(self, transition: str, state: str) -> None:
        super().__init__(transition, state)
        self.transition = transition
        self.state = state

    def __str__(self) -> str:
        from charter.enums import ProviderState, Transition

        return gettext(
            "The step “%(step)s” is not possible while the provider is “%(state)s”. Reload the page to see what is."
        ) % {"step": Transition(self.transition).label, "state": ProviderState(self.state).label}


class ReasonMissingError(CharterError):
    """A decision without a reason."""

    code = "reason_missing"
    message = _("Write the reason for the decision.")


class DecisionReferenceMissingError(CharterError):
    """A decision without the file it was made in."""

    code = "decision_reference_missing"
    message = _("Write the reference of the decision in F2 or eDoc.")


class SelfApprovalError(CharterError):
    """Somebody approves a vetting they opened, or a provider they act for (DESIGN.md 5, People)."""

    code = "self_approval"
    message = _("A colleague must approve: you opened the vetting yourself, or act for the provider.")


class ProviderNameTakenError(CharterError):
    """Another provider has this name or CVR number."""

    code = "provider_exists"
    message = _("Another provider has this name or CVR number.")


class VersionLockedError(CharterError):
    """The version is signed: its text is never changed again (rule 4)."""

    code = "version_locked"
    message = _("This version has been signed and is locked. Make a new version instead.")


class VersionAlreadyPublishedError(CharterError):
    """The version is published already."""

    code = "version_published"
    message = _("This version is published already.")


class VersionNotPublishedError(CharterError):
    """The version is a draft: there is nothing to take back."""

    code = "version_not_published"
    message = _("This version is not published.")


class NewerVersionError(CharterError):
    """A newer version is published."""

    code = "newer_version"
    message = _("A newer version is published. Take that one back first.")


class DraftExistsError(CharterError):
    """There is a draft already; one new version at a time."""

    code = "draft_exists"
    message = _("There is a draft of a new version already. Edit that one.")


class DanishTextMissingError(CharterError):
    """A version without a Danish text cannot be published."""

    code = "danish_text_missing"
    message = _("Write the Danish text before you publish the version.")


class RequiredFromError(CharterError):
    """The day from which a version must be signed is in the past, or not after that of the version before."""

    code = "required_from"
    message = _(
        "Choose a day from today on, later than the day from which the version before must be signed."
    )


class AlreadyMemberError(CharterError):
    """The person has this role already."""

    code = "already_member"
    message = _("This person has that role already.")


class SigningError(CharterError):
    """Why the charter cannot be signed."""

    code = "signing"


class NotSignatoryError(SigningError):
    """The person is not a signatory of the provider."""

    code = "not_signatory"
    message = _("Only a signatory of the provider can sign the charter.")


class ProviderCannotSignError(SigningError):
    """The provider's state does not allow signing, or it needs no charter."""

    code = "provider_cannot_sign"
    message = _("The charter cannot be signed for this provider now. Write to us if you think it should.")


class SigningWindowClosedError(SigningError):
    """Nothing is left to sign for: signed already, or the window has not opened."""

    code = "signing_window_closed"
    message = _("There is nothing to sign now: the charter is signed, or signing has not opened yet.")


class VersionChangedError(SigningError):
    """The text is no longer the one the signer was shown."""

    code = "version_changed"
    message = _("The charter has changed since you opened it. Read the new text, then sign again.")


class SigningExpiredError(SigningError):
    """The signing was started too long ago."""

    code = "signing_expired"
    message = _("You started more than a day ago. Start again.")


class CodeExpiredError(SigningError):
    """The code is older than ten minutes, or none was asked for."""

    code = "code_expired"
    message = _("The code has expired. Ask for a new one.")


class CodeWrongError(SigningError):
    """The code is not the one we sent."""

    code = "code_wrong"

    def __init__(self, *, attempts_left: int) -> None:
        super().__init__(attempts_left)
        self.attempts_left = attempts_left

    def __str__(self) -> str:
        return ngettext(
            "The code is not right. Check the e-mail; you can try %(count)s more time.",
            "The code is not right. Check the e-mail; you can try %(count)s more times.",
            self.attempts_left,
        ) % {"count": self.attempts_left}


class CodeUsedUpError(SigningError):
    """Five wrong tries: the code is void."""

    code = "code_used_up"
    message = _("The code was typed wrong too many times. Ask for a new one.")


class MethodNotOfferedError(SigningError):
    """The method is not configured here, or not for this provider."""

    code = "method_not_offered"
    message = _("You cannot confirm in that way here. Choose one of the ways on the page.")


class ProofMissingError(SigningError):
    """Nothing was confirmed, or too long ago."""

    code = "proof_missing"
    message = _("It is too long since you confirmed who you are. Confirm again, then sign.")


class BrokerError(SigningError):
    """Why an identity broker's answer is no proof. Nothing is signed, and what was typed is kept."""

    code = "broker"


class BrokerCancelledError(BrokerError):
    """The person broke off at the broker."""

    code = "broker_cancelled"
    message = _(
        "You broke off. Nothing has been signed, and what you wrote is kept. Try again when you are ready."
    )


class BrokerUnreachableError(BrokerError):
    """The broker does not answer, or refused for a reason of its own."""

    code = "broker_unreachable"
    message = _(
        "We got no answer. Nothing has been signed. Try again in a little while, or confirm in another way."
    )


class BrokerAnswerError(BrokerError):
    """The answer is not one to our question: issuer, audience, nonce, time or signature."""

    code = "broker_answer"
    message = _("The answer could not be used. Nothing has been signed. Try again.")


class BrokerAnswerUsedError(BrokerError):
    """The answer was used, was replaced by a newer try, or belongs to another browser."""

    code = "broker_answer_used"
    message = _(
        "That answer has been used or is too old. Nothing more has been signed. Start again from the page."
    )


class BrokerStaleError(BrokerError):
    """The broker did not ask the person again."""

    code = "broker_stale"
    message = _("You must confirm anew each time you sign. Log out there, and try again.")


class BrokerLevelError(BrokerError):
    """The level of assurance that came back is not one of those accepted."""

    code = "broker_level"
    message = _(
        "You confirmed at a level that is too low to sign with. Try again, and use your app or code display."
    )


class BrokerTypeError(BrokerError):
    """Not the kind of identity that is accepted."""

    code = "broker_type"
    message = _("You used another kind of identity than this one asks for. Try again with the right one.")


class BrokerOrganisationError(BrokerError):
    """The identity belongs to another CVR number, or to none."""

    code = "broker_organisation"
    message = _("You confirmed for another organisation. Try again, and choose the one you sign for.")


class OtherPersonError(BrokerError):
    """The identity is not that of the member who is logged in."""

    code = "other_person"
    message = _(
        "The person who confirmed is not the one who is logged in here. Log in as yourself, or write to us if your "
        "name is wrong with us."
    )


class NameDiffersError(BrokerError):
    """The name that was typed is not the name that came back."""

    code = "name_differs"

    def __init__(self, *, confirmed: str) -> None:
        super().__init__(confirmed)
        self.confirmed = confirmed

    def __str__(self) -> str:
        return gettext(
            "You signed as somebody else than %(name)s, who confirmed. Go back, and write the name as it stands there."
        ) % {"name": self.confirmed}


class ScanError(CharterError):
    """A file that is empty, too large or of another kind."""

    code = "scan"
    message = _("Choose a PDF, JPG or PNG of at most 10 MB.")


class PaperError(CharterError):
    """Why a signature on paper is not registered, approved or declined."""

    code = "paper"


class OwnPaperError(PaperError):
    """Somebody approves what they registered themselves (DESIGN.md 5, People)."""

    code = "own_paper"
    message = _("A colleague must approve: you registered it yourself.")


class PaperPartyError(PaperError):
    """A caseworker who acts for the provider registers, approves or checks its signature."""

    code = "paper_party"
    message = _("A colleague must do this: you act for the provider yourself.")


class PaperDecidedError(PaperError):
    """It has been decided already."""

    code = "paper_decided"
    message = _("A colleague has decided this already. Reload the page.")


class PaperWaitsError(PaperError):
    """One for the same period waits already."""

    code = "paper_waits"
    message = _("A signature for this period waits for approval already. Decide that one first.")


class PaperDayError(PaperError):
    """It was signed in the future, or before the version existed."""

    code = "paper_day"
    message = _("Choose the day it was signed: not after today, and not before the version was published.")


class PaperVersionError(PaperError):
    """The version is not one that counts in the period."""

    code = "paper_version"
    message = _("That version of the charter does not count in the period. Choose another one.")


class NoteMissingError(CharterError):
    """A doubt without a note."""

    code = "note_missing"
    message = _("Write what makes it doubtful.")


class WithdrawalDayError(CharterError):
    """The day a withdrawal takes effect lies in the past, or after the signature's own end."""

    code = "withdrawal_day"
    message = _("Choose a day from today on, before the charter ends by itself.")


class ReminderError(CharterError):
    """Why nobody is reminded."""

    code = "reminder"


class ReminderNotNeededError(ReminderError):
    """Nothing needs to be signed now, or nothing can be."""

    code = "reminder_not_needed"
    message = _("There is nothing to remind of: nothing needs to be signed now, or nothing can be.")


class ReminderSentTodayError(ReminderError):
    """A reminder has gone today; one a day is enough."""

    code = "reminder_sent_today"
    message = _("A reminder has been sent today. Try again tomorrow, or call them.")


class NobodyToRemindError(ReminderError):
    """The provider has no signatory."""

    code = "nobody_to_remind"
    message = _("Nobody is registered as signatory. Add one on the provider's page first.")


class SealError(SigningError):
    """The document cannot be sealed, so nothing is signed. What to do is the operator's: it is logged and a task."""

    code = "seal"
    message = _(
        "We cannot seal the document right now, so nothing has been signed. We have been told. Try again later."
    )


class SealMissingError(SealError):
    """No seal is configured where one is required."""

    code = "seal_missing"


class SealUnreadableError(SealError):
    """The file of the seal or a published certificate cannot be read."""

    code = "seal_unreadable"


class SealExpiredError(SealError):
    """The seal's certificate is not valid at the time of the signature."""

    code = "seal_expired"


class TimestampFailedError(SealError):
    """The time-stamp authority gave no time stamp."""

    code = "timestamp_failed"


class RevocationDataMissingError(SealError):
    """Revocation data for the long-term level could not be had."""

    code = "revocation_data_missing"


class ClockWrongError(SealError):
    """Our clock and the time-stamp authority's are too far apart."""

    code = "clock_wrong"
