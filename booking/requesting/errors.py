"""Why a request, an answer to it or a notice was refused."""

from django.utils.translation import gettext_lazy as _

from booking.errors import BookingRefusedError


class RequestRefusedError(BookingRefusedError):
    """The base of the refusals of requests."""


class RequestsNotTakenError(RequestRefusedError):
    """The offer takes no requests: switched off, closed, or its provider is not active."""

    code = "requests_not_taken"
    text = _("You cannot ask for other dates for this offer at the moment. Call us if you need help.")


class WishMissingError(RequestRefusedError):
    """No date is wished."""

    code = "wish_missing"
    text = _("Choose at least one date that suits you.")


class WishInPastError(RequestRefusedError):
    """A wished date is today or over."""

    code = "wish_in_past"
    text = _("Choose a date that lies ahead, from tomorrow on.")


class WishTooFarError(RequestRefusedError):
    """A wished date lies further ahead than the provider plans."""

    code = "wish_too_far"
    text = _("Choose a date within the next 12 months.")


class RequestStateError(RequestRefusedError):
    """The request is in a state that does not allow this: answered, agreed, declined, withdrawn, expired."""

    code = "request_state"
    text = _("The request has changed in the meantime. Look at it again before you go on.")


class OwnRequestError(RequestRefusedError):
    """Somebody tried to answer a request they sent themselves (DESIGN.md 5, People)."""

    code = "own_request"
    text = _("You sent this request yourself. Let a colleague answer it.")


class TimesMissingError(RequestRefusedError):
    """An answer names no time."""

    code = "times_missing"
    text = _("Propose at least one time.")


class TooManyTimesError(RequestRefusedError):
    """An answer names more than five times."""

    code = "too_many_times"
    text = _("Propose five times at most.")


class TimePassedError(RequestRefusedError):
    """A proposed time has begun."""

    code = "time_passed"
    text = _("This time is over. Choose another.")


class PlaceMissingError(RequestRefusedError):
    """The offer is held at a venue, and the answer names none."""

    code = "place_missing"
    text = _("Choose the place where it is held.")


class OfferMissingError(RequestRefusedError):
    """An urgent request is answered with a new time, and nobody has said of which offer."""

    code = "offer_missing"
    text = _("Choose the offer that the times are for.")


class PartyMissingError(RequestRefusedError):
    """Nobody knows yet how many come: asked when an urgent request is answered."""

    code = "party_missing"
    text = _("Enter which classes, or how many people, it is for.")


class TimeNotCoveredError(RequestRefusedError):
    """The provider's charter does not cover a proposed time: accepting it would be refused (rule 2)."""

    code = "time_not_covered"
    text = _(
        "The provider’s charter is not in force on %(date)s. Choose another day, or sign the charter first."
    )


class TimeClashError(RequestRefusedError):
    """The place or the facilitator is taken at a proposed time; `what` says by what."""

    code = "time_clash"
    text = "%(what)s"


class TimeTakenBackError(RequestRefusedError):
    """The proposed time was taken back or replaced by others."""

    code = "time_taken_back"
    text = _("This time has been taken back. Look at the times that are proposed now.")


class TimeTakenError(RequestRefusedError):
    """The place or the facilitator is taken then, and the setting refuses that (S21)."""

    code = "time_taken"
    text = _("This time has been taken by something else in the meantime. Choose another time.")


class OtherTimeAcceptedError(RequestRefusedError):
    """Another of the times has been accepted already, in another tab or by a colleague."""

    code = "other_time_accepted"
    text = _("One of the times has already been accepted. Here is the booking it became.")
