"""Why a message to those who have booked was not sent."""

from django.utils.translation import gettext_lazy as _

from booking.errors import BookingRefusedError


class NobodyToTellError(BookingRefusedError):
    """Nobody with a confirmed booking and a proven address is there."""

    code = "nobody_to_tell"
    text = _("There is nobody to write to: nobody has booked with a confirmed e-mail address.")


class MessagesClosedError(BookingRefusedError):
    """The session is cancelled, a draft, or over for longer than messages are sent."""

    code = "messages_closed"
    text = _("Messages can be sent until 14 days after the session, unless it is cancelled.")
