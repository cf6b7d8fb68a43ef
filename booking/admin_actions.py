"""What staff may do with a booking on its page: which button, asked how, running which operation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from booking.certificates.reading import Certificate, may_register_arrival
from booking.enums import LIVE_STATES, BookingState, CancelReason, DeclineReason, PickReason, WithdrawalReason
from booking.errors import OwnBookingError
from booking.messages import can_tell_again
from booking.models import Booking
from booking.operations import (
    accept_offer,
    approve_booking,
    cancel_booking,
    decline_booking,
    decline_offer,
    keep_affected_booking,
    pick_from_queue,
    renew_link,
    send_receipt_again,
    withdraw_booking,
)
from booking.operations.changing import is_changeable
from booking.operations.moving import MOVABLE_STATES
from booking.operations.reporting import register_arrival
from booking.permissions import user_can_decide
from core.audit.log import Actor
from workshops.models import Offer


@dataclass(frozen=True)
class Facts:
    """What decides which buttons a booking has."""

    booking: Booking
    offer: Offer
    starts_at: datetime
    is_affected: bool
    """An open task says that its cover ended (rule 3)."""

    certificate: Certificate
    now: datetime

    @property
    def is_awaiting(self) -> bool:
        """Whether somebody must say yes or no."""
        return self.booking.state == BookingState.AWAITING_APPROVAL

    @property
    def is_proven(self) -> bool:
        """Whether the address is proven: without it an entry has no rank in the queue."""
        return self.booking.proven_at is not None

    @property
    def is_endable(self) -> bool:
        """Whether it can still be withdrawn or cancelled."""
        return self.booking.state in LIVE_STATES


@dataclass(frozen=True)
class AdminAction:
    """One button of a booking's page."""

    name: str
    """Part of the address."""

    label: Any
    is_possible: Callable[[Facts], bool]
    run: Callable[[Booking, Actor, datetime, str], Any]
    """Calls the operation: `run(booking, actor, now, reason)`."""

    done: Any
    question: Any = ""
    """Asked on a page of its own before a serious step; empty = the button acts at once."""

    reasons: Sequence[tuple[str, Any]] = ()
    is_serious: bool = False
    is_decision: bool = False
    """Nobody decides what they registered themselves."""


def _has_a_page_of_its_own(booking: Booking, actor: Actor, now: datetime, reason: str) -> None:
    raise NotImplementedError("See booking.views.moving and booking.views.handing_over")


ACTIONS = [
    AdminAction(
        name="approve",
        label=_("Approve"),
        is_possible=lambda facts: facts.is_awaiting,
        run=lambda booking, actor, now, reason: approve_booking(booking_id=booking.pk, actor=actor, now=now),
        done=_("The booking is approved, and the receipt is on its way."),
        is_decision=True,
    ),
    AdminAction(
        name="decline",
        label=_("Decline"),
        is_possible=lambda facts: facts.is_awaiting,
        run=lambda booking, actor, now, reason: decline_booking(
            booking_id=booking.pk, reason=reason, actor=actor, now=now
        ),
        done=_("The booking is declined, and the place is free."),
        question=_("The places are given back at once, and the contact is told. Why is the answer no?"),
        reasons=DeclineReason.choices,
        is_serious=True,
        is_decision=True,
    ),
    AdminAction(
        name="offer",
        label=_("Offer a place out of turn"),
        is_possible=lambda facts: facts.booking.state == BookingState.WAITING and facts.is_proven,
        run=lambda booking, actor, now, reason: pick_from_queue(
            booked_session_id=booking.booked_sessions.all()[0].pk, reason=reason, actor=actor, now=now
        ),
        done=_("The place is offered. They have been told until when it is kept."),
        question=_(
            "The place is taken from what is free now, never over the limit, and those ahead keep their number."
            " The reason is kept in the log. Why out of turn?"
        ),
        reasons=PickReason.choices,
        is_serious=True,
    ),
    AdminAction(
        name="accept-offer",
        label=_("Say yes for the caller"),
        is_possible=lambda facts: facts.booking.state == BookingState.OFFERED,
        run=lambda booking, actor, now, reason: accept_offer(booking_id=booking.pk, actor=actor, now=now),
        done=_("The offer is accepted."),
    ),
    AdminAction(
        name="decline-offer",
        label=_("Say no for the caller"),
        is_possible=lambda facts: facts.booking.state == BookingState.OFFERED,
        run=lambda booking, actor, now, reason: decline_offer(booking_id=booking.pk, actor=actor, now=now),
        done=_("The offer is declined, and the place has gone to the next in line."),
        question=_("The place goes to the next in line that fits, and they leave the waiting list."),
        is_serious=True,
    ),
    AdminAction(
        name="keep",
        label=_("Keep the booking"),
        is_possible=lambda facts: facts.is_affected and facts.is_endable,
        run=lambda booking, actor, now, reason: keep_affected_booking(
            booking_id=booking.pk, actor=actor, now=now
        ),
        done=_("The booking is kept. The decision is in its history."),
        question=_(
            "Keep the booking only when you have agreed with the provider and the booker that it is held as it now"
            " stands."
        ),
    ),
    AdminAction(
        name="move",
        label=_("Move to another date"),
        is_possible=lambda facts: facts.booking.state in MOVABLE_STATES and facts.starts_at > facts.now,
        run=_has_a_page_of_its_own,
        done="",
        # Asked on booking.views.moving, which knows the dates.
        question=_("Which date instead?"),
    ),
    AdminAction(
        name="giv-videre",
        label=_("Hand over for the caller"),
        is_possible=lambda facts: is_changeable(facts.booking) and facts.starts_at > facts.now,
        run=_has_a_page_of_its_own,
        done="",
        # Asked on booking.views.handing_over, which asks to whom.
        question=_("Who takes it over?"),
    ),
    AdminAction(
        name="cancel",
        label=_("Cancel the booking"),
        is_possible=lambda facts: facts.is_endable,
        run=lambda booking, actor, now, reason: cancel_booking(
            booking_id=booking.pk, reason=reason, actor=actor, now=now
        ),
        done=_("The booking is cancelled, and the contact is told."),
        question=_(
            "You cancel for the organiser. The contact is told, and the places are free at once. Why?"
        ),
        reasons=CancelReason.choices,
        is_serious=True,
    ),
    AdminAction(
        name="withdraw",
        label=_("Withdraw for the caller"),
        is_possible=lambda facts: facts.is_endable and facts.starts_at > facts.now,
        run=lambda booking, actor, now, reason: withdraw_booking(
            booking_id=booking.pk, reason=reason, actor=actor, now=now, by_staff=True
        ),
        done=_("The booking is withdrawn, and the places are free."),
        question=_(
            "The participant withdraws by phone. You may do so until the start. Why do they withdraw?"
        ),
        reasons=WithdrawalReason.choices,
        is_serious=True,
    ),
    AdminAction(
        name="came",
        label=_("Register that they came"),
        is_possible=lambda facts: may_register_arrival(facts.certificate),
        run=lambda booking, actor, now, reason: register_arrival(booking_id=booking.pk, actor=actor, now=now),
        done=_("It is registered, and the certificate can be fetched on the booking’s own page."),
        question=_(
            "They were there, but not ticked off on the door list. All places of the sign-up count as used, and the"
            " certificate can be fetched. The figures of the report stay as they are."
        ),
    ),
    AdminAction(
        name="resend",
        label=_("Send the receipt again"),
        is_possible=lambda facts: can_tell_again(facts.booking),
        run=lambda booking, actor, now, reason: send_receipt_again(
            booking_id=booking.pk, actor=actor, now=now
        ),
        done=_("The e-mail is queued and will be sent within a minute."),
    ),
    AdminAction(
        name="new-link",
        label=_("Make a new personal link"),
        is_possible=lambda facts: facts.is_endable,
        run=lambda booking, actor, now, reason: renew_link(booking_id=booking.pk, actor=actor, now=now),
        done=_("The old links no longer work. A new one is on its way where there is an e-mail address."),
        question=_("All links sent until now stop working. A new e-mail with a new link is sent."),
        is_serious=True,
    ),
]

BY_NAME = {action.name: action for action in ACTIONS}


def actions_for(facts: Facts, user: Any) -> list[AdminAction]:
    """Return the buttons a member of staff who may change bookings sees now."""
    return [
        action
        for action in ACTIONS
        if action.is_possible(facts)
        and (not action.is_decision or user_can_decide(user, facts.booking, facts.offer))
    ]


def perform(action: AdminAction, facts: Facts, user: Any, *, reason: str) -> None:
    """Run an action for a member of staff.

    Raises:
        OwnBookingError: a decision on what they registered themselves.
        BookingRefusedError: what the operation refuses.
    """
    if action.is_decision and not user_can_decide(user, facts.booking, facts.offer):
        raise OwnBookingError
    action.run(facts.booking, Actor.of(user), facts.now, reason)
