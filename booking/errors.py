"""Why a booking was refused: one exception per refusal, each with a stable code and a text that says what to do."""

from typing import TYPE_CHECKING, ClassVar

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from workshops.models import Session


class BookingRefusedError(Exception):
    """The base of all refusals. `facts` fill the text and tell the page what is left."""

    code: ClassVar[str] = "refused"
    text: ClassVar[str | Promise] = ""
    insider_text: ClassVar[str | Promise] = ""
    """What the provider itself and the administration may know besides; empty: no more than anybody."""

    session: "Session | None" = None
    """Which of several dates booked together was refused; None where there is only one."""

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    @property
    def message(self) -> str:
        """Return the text for the person who asked."""
        return str(self.text) % self.facts if self.facts else str(self.text)

    @property
    def insider_message(self) -> str:
        """Return the text for the provider itself and for the administration."""
        return str(self.insider_text) or self.message


class SessionFullError(BookingRefusedError):
    """Fewer places are left than the party needs; `groups_left`, `people_left` say how many (None = no limit)."""

    code = "session_full"
    text = _("There are not enough places left on this date. Choose another date, or book for fewer.")


class NoQueueError(BookingRefusedError):
    """The offer has no waiting list, or the sessions of a course were asked for: a course does not wait."""

    code = "no_queue"
    text = _("There is no waiting list for this date. Choose another date.")


class NeverFitsError(BookingRefusedError):
    """The party is larger than the session ever has room for: waiting would lead nowhere."""

    code = "never_fits"
    text = _("You are more than there is room for on this date, even if others withdraw. Book for fewer.")


class OfferExpiredError(BookingRefusedError):
    """The place from the waiting list was offered until a time that has passed; it went to the next in line."""

    code = "offer_expired"
    text = _("The time to say yes has run out, and the place has gone to the next in line.")


class SessionClosedError(BookingRefusedError):
    """The session takes no bookings: not open, closed, cancelled, or its offer is closed."""

    code = "session_closed"
    text = _("This date can no longer be booked. Choose another date.")


class CharterNotCoveredError(BookingRefusedError):
    """The provider is not active or its charter does not cover today and the session's date (rule 2).

    Neutral to the public: nobody is named as not having signed (DOMAIN.md 1.3).
    """

    code = "charter_not_covered"
    text = _("This date cannot be booked right now. Choose another date, or call us.")
    insider_text = _(
        "This date cannot be booked right now, because the provider's charter is not in force for it."
    )


class OtherSchoolHostsError(BookingRefusedError):
    """The session is held at a school, and another school has it."""

    code = "other_school_hosts"
    text = _("Another school has booked this visit. Choose another date.")


class ClassAlreadyBookedError(BookingRefusedError):
    """The class already has an active place in the session."""

    code = "class_already_booked"
    text = _(
        "%(class_name)s is already signed up for this date. Check the class, or find the booking you have."
    )


class ClassTwiceError(BookingRefusedError):
    """Two spellings of one class in the same booking (S1)."""

    code = "class_twice"
    text = _("You have already typed %(class_name)s. Write each class once.")


class GroupTooSmallError(BookingRefusedError):
    """A class or sign-up is below the offer's smallest group (S3)."""

    code = "group_too_small"
    text = _("This offer takes groups of at least %(smallest)s. Join up with another class, or contact us.")


class GroupTooLargeError(BookingRefusedError):
    """A class or sign-up is above the offer's largest group (S3)."""

    code = "group_too_large"
    text = _(
        "This offer takes at most %(largest)s in one group. Enter %(largest)s or fewer, or book two dates."
    )


class SchoolCannotBookError(BookingRefusedError):
    """The school's type or municipality is excluded, or the unit cannot book (S27). Shown as a page of its own.

    `why` is "type", "municipality" or "unit".
    """

    code = "school_cannot_book"
    text = _("This offer cannot be booked by your school.")


class FairShareError(BookingRefusedError):
    """A rule of fair shares among schools turns a booking away (S22)."""

    code = "fair_share"
    stopped: object = None
    """Whom, as booking.fairness notes it."""


class SchoolCapError(FairShareError):
    """The school has as many classes of this offer in the term as one school may have (S22)."""

    code = "school_cap"
    text = _(
        "A school can have %(cap)s classes in this offer in each half of the school year, so that more schools get "
        "a visit. Yours can book %(left)s more. Choose a date in the other half, or call us."
    )


class NewSchoolsFirstError(FairShareError):
    """The date is kept for schools that have not had the offer this school year (S22)."""

    code = "new_schools_first"
    text = _("Until %(day)s this date is kept for schools that have not had the offer this school year.")

    @property
    def message(self) -> str:
        """Return the text with the day in words."""
        return str(self.text) % {"day": date_format(self.facts["open_to_all"], "j. F Y")}  # type: ignore[arg-type]


class NotInvitedError(BookingRefusedError):
    """The session is by invitation, and the visitor has no link (F6)."""

    code = "not_invited"
    text = _("You need the invitation link to sign up for this date.")


class NoSchoolYetError(BookingRefusedError):
    """A parents' evening that waits for the school that will have it (packages)."""

    code = "no_school_yet"
    text = _("No school has booked this evening yet. Parents can sign up when their school has it.")


class EveningNotFreeError(BookingRefusedError):
    """The whole evening asked for together with a visit cannot be had; neither is booked (packages)."""

    code = "evening_not_free"
    text = _("That parents' evening is no longer free. Choose another one, or none. Nothing is booked yet.")


class WrongPartyError(BookingRefusedError):
    """A school tried to book an evening, or a person a school session."""

    code = "wrong_party"
    text = _("This date is not meant for this kind of sign-up.")


class HoldExpiredError(BookingRefusedError):
    """The hold ran out and the places could not be taken again."""

    code = "hold_expired"
    text = _("Your reservation ran out, and the places have been taken by others. Choose another date.")


class HoldExtensionsUsedError(BookingRefusedError):
    """The hold has been extended three times already."""

    code = "hold_extensions_used"
    text = _("The reservation cannot be extended again. Send the booking before it runs out.")


class TooManyUnprovenError(BookingRefusedError):
    """The address already holds as much as an unconfirmed address may (X6)."""

    code = "too_many_unproven"
    text = _(
        "Confirm the bookings you have already made with this address first. We have sent you an e-mail for each."
    )


class WithdrawalClosedError(BookingRefusedError):
    """The deadline for withdrawing oneself has passed; the page says whom to call (S11)."""

    code = "withdrawal_closed"
    text = _("It is too late to withdraw here. Call us, so that others can have the place.")


class WrongStateError(BookingRefusedError):
    """The booking is in a state that does not allow this (already withdrawn, cancelled, decided)."""

    code = "wrong_state"
    text = _("The booking has changed in the meantime. Look at it again before you go on.")


class NoAddressError(BookingRefusedError):
    """The booking has no e-mail address to write to."""

    code = "no_address"
    text = _("The booking has no e-mail address. Print the receipt instead.")


class OwnBookingError(BookingRefusedError):
    """Somebody tried to decide on a booking they registered themselves."""

    code = "own_booking"
    text = _("You registered this booking yourself. Let a colleague decide.")


class MoveClosedError(BookingRefusedError):
    """The deadline for moving one's booking oneself has passed; the page says whom to call (S10)."""

    code = "move_closed"
    text = _("It is too late to move the booking here. Call us, and we will find a date together.")


class OtherOfferError(BookingRefusedError):
    """A booking cannot be moved to this session: another offer's, or one that is only booked with others."""

    code = "other_offer"
    text = _("The booking cannot be moved to this date. Choose one of the dates on the list.")


class ChangedMeanwhileError(BookingRefusedError):
    """What was shown before a step is not what is there now: show it again (rule 3)."""

    code = "changed_meanwhile"
    text = _("Something has changed since you saw the page. Read it again before you go on.")


class BookingChangedError(BookingRefusedError):
    """The booking was changed by somebody else since the form was shown (S10)."""

    code = "booking_changed"
    text = _("The booking was changed somewhere else in the meantime. Look at it again before you save.")


class ChangeNeedsApprovalError(BookingRefusedError):
    """The change puts a confirmed booking back to approval, and that has not been accepted; `reasons` say why."""

    code = "change_needs_approval"
    text = _("The change must be approved first. You keep the date while you wait.")


class ClassRemovalClosedError(BookingRefusedError):
    """A whole class can be taken off until the deadline for withdrawing; numbers until the start (S10)."""

    code = "class_removal_closed"
    text = _("It is too late to take a whole class off here. Call us. You can still change the numbers.")


class HeadsDoNotAddUpError(BookingRefusedError):
    """The heads per occupation do not add up to the seats (V4)."""

    code = "heads_do_not_add_up"
    text = _(
        "You have %(seats)s seats, and %(heads)s are divided among the occupations. Make the numbers match."
    )


class AddressNotAllowedError(BookingRefusedError):
    """The offer takes addresses of certain domains only (V1)."""

    code = "address_not_allowed"
    text = _(
        "This is for people with a work address that ends in %(domains)s. Use that one, or ask us for an invitation."
    )


class SameAddressError(BookingRefusedError):
    """A booking handed over to the address it has (S26)."""

    code = "same_address"
    text = _("The booking has this address already. Enter your colleague's, or your own new one.")


class HandoverEndedError(BookingRefusedError):
    """The offer to take a booking over was taken back, ran out, or was accepted (S26)."""

    code = "handover_ended"
    text = _("It is no longer offered to you. Ask the one who wanted to hand it over.")
