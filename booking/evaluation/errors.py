"""Why an answer, a form or a pilot is refused. Each has a stable `code` and a text that says what to do."""

from django.utils.translation import gettext_lazy as _

from booking.errors import BookingRefusedError


class CodeUnknownError(BookingRefusedError):
    """No such code."""

    code = "code_unknown"
    text = _("We do not know that code. Look at the board once more, and type it again.")


class CodeNotOpenError(BookingRefusedError):
    """The code opens when the session begins."""

    code = "code_not_open"
    text = _("The code does not work yet. It opens when the visit begins.")


class CodeEndedError(BookingRefusedError):
    """The time of the code is over."""

    code = "code_ended"
    text = _("The code does not work any more. It is too late to answer.")


class CodeUsedUpError(BookingRefusedError):
    """As many have answered as the code takes."""

    code = "code_used_up"
    text = _("As many have answered as were there. Tell your teacher if you have not.")


class FormNotInUseError(BookingRefusedError):
    """The form has another version now, or none is in use."""

    code = "form_not_in_use"
    text = _("The questions have just been changed. Answer the new ones.")


class AlreadyAnsweredError(BookingRefusedError):
    """The link has been used."""

    code = "already_answered"
    text = _("You have answered already. Thank you.")


class FormLockedError(BookingRefusedError):
    """The version is not a draft: it may have answers."""

    code = "form_locked"
    text = _("This version is in use, or has been. Make a new version and change that one.")


class FormIncompleteError(BookingRefusedError):
    """A form needs at least one question in steps."""

    code = "form_incomplete"
    text = _("Write at least one question that is answered in steps.")


class TextAlreadyReadError(BookingRefusedError):
    """Somebody else has read the text meanwhile, or it is deleted."""

    code = "text_already_read"
    text = _("A colleague has just read this text, or it has been deleted.")


class PilotStateError(BookingRefusedError):
    """The pilot is not where this can be done."""

    code = "pilot_state"
    text = _("The pilot has moved on. Load the page again and see where it is.")


class PilotNotReportedError(BookingRefusedError):
    """A report needs at least one class that has used the material."""

    code = "pilot_without_class"
    text = _("No class has used the material yet. Enter the day that at least one of them used it.")


class OwnReportError(BookingRefusedError):
    """Who wrote the report does not decide on it."""

    code = "own_report"
    text = _("You wrote the report yourself. Let a colleague decide.")


class PilotRunsError(BookingRefusedError):
    """The material is on trial already."""

    code = "pilot_runs"
    text = _("This material is being tried out already. Finish that pilot first.")
