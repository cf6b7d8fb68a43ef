"""Refusals about applications, members, vetting cases and files. Each has a stable `code`."""

from django.utils.translation import gettext_lazy as _

from charter.errors import CharterError


class ApplicationAnsweredError(CharterError):
    """The application has been answered already, or its address is not proven."""

    code = "application_answered"
    message = _("This application has been answered already. Reload the page.")


class ApplicationExpiredError(CharterError):
    """The address was not confirmed in time."""

    code = "application_expired"
    message = _("The time to confirm is over. Fill in the form again.")


class InvitationUsedError(CharterError):
    """The invitation has been used, withdrawn or replaced."""

    code = "invitation_used"
    message = _("This invitation no longer works: it has been used or withdrawn. Reload the page.")


class InvitationExpiredError(CharterError):
    """The invitation's time is over."""

    code = "invitation_expired"
    message = _("This invitation has run out. Ask for a new one.")


class OtherAddressError(CharterError):
    """The invitation is for another address than the one logged in with."""

    code = "other_address"
    message = _("The invitation is for another e-mail address than the one you are logged in with.")


class AlreadyInvitedError(CharterError):
    """The address has a pending invitation in this role."""

    code = "already_invited"
    message = _("This address has been invited in that role already. Send the invitation again instead.")


class NotAllowedError(CharterError):
    """The person's role for the provider does not let them do this."""

    code = "not_allowed"
    message = _("Your role does not let you do this. Ask a colleague who is coordinator or signatory.")


class LastOfRoleError(CharterError):
    """Nobody would be left in a role that the provider needs; needs a confirmation."""

    code = "last_of_role"
    message = _("Nobody else has that role. Say that you know it, or give it to somebody else first.")


class ProviderClosedError(CharterError):
    """The cooperation has ended: nobody joins it."""

    code = "provider_closed"
    message = _("The cooperation has ended, so nobody can be added.")


class OwnOrganisationError(CharterError):
    """Somebody decides about an organisation they are a member of (DESIGN.md 5, People)."""

    code = "own_organisation"
    message = _("A colleague must do this: you act for the organisation yourself.")


class OwnApplicationError(CharterError):
    """Somebody answers an application that is their own (DESIGN.md 5, People)."""

    code = "own_application"
    message = _("A colleague must answer this: it is your own application, or you act for the organisation.")


class CaseClosedError(CharterError):
    """The vetting case has been decided."""

    code = "case_closed"
    message = _("The case has been decided. Open a new one if there is more to ask.")


class CaseOpenError(CharterError):
    """The provider has an open case already."""

    code = "case_open"
    message = _("There is an open case about this provider already. Go on in that one.")


class NothingAskedError(CharterError):
    """The organisation has not been asked anything that awaits an answer."""

    code = "nothing_asked"
    message = _("There is nothing to answer right now. Reload the page.")


class DeadlineError(CharterError):
    """The deadline is not a day to come."""

    code = "deadline"
    message = _("Choose a deadline that is later than today.")


class TextMissingError(CharterError):
    """An entry of a case without a text."""

    code = "text_missing"
    message = _("Write the text.")


class HearingMissingError(CharterError):
    """The municipality would end a cooperation without having heard the organisation (DOMAIN.md 1.3)."""

    code = "hearing_missing"
    message = _(
        "Hear the organisation first: start a party hearing on the case, and wait for the answer or the deadline. "
        "If the organisation has asked to stop, choose that instead."
    )


class UploadError(CharterError):
    """A file of a kind or size that is not taken."""

    code = "upload"
    message = _("Choose a PDF or a Word or OpenDocument text of at most 10 MB.")


class HearingRunsError(CharterError):
    """The organisation is being heard: nothing else is asked meanwhile."""

    code = "hearing_runs"
    message = _("The organisation is being heard. Wait for its answer or the deadline.")
