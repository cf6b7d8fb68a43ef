"""Why a report is not taken. Each has a stable `code` and a text that says what to do."""

from django.utils.translation import gettext_lazy as _

from booking.errors import BookingRefusedError


class SessionNotBegunError(BookingRefusedError):
    """The session has not begun."""

    code = "session_not_begun"
    text = _("The session has not begun yet. Report it when it is over.")


class SessionCancelledError(BookingRefusedError):
    """The session was cancelled or never opened: there is nothing to report."""

    code = "session_cancelled"
    text = _("The date is cancelled, so there is nothing to report.")


class CorrectionClosedError(BookingRefusedError):
    """The provider's time for corrections is over; staff may still correct."""

    code = "correction_closed"
    text = _("The time for corrections has passed. Call or write to us, and we will correct the numbers.")


class ReportChangedError(BookingRefusedError):
    """Somebody else has reported since the form was shown."""

    code = "report_changed"
    text = _("Somebody else has just reported. See their numbers, and correct them if they are wrong.")


class DoorClosedError(BookingRefusedError):
    """The door list takes no ticks yet, or no more."""

    code = "door_closed"
    text = _("The door list is open from the day before until a week after.")


class WrongTickError(BookingRefusedError):
    """A tick for somebody who is not on the list, or for more than are signed up."""

    code = "wrong_tick"
    text = _("This tick does not fit the list. Load the page again.")
