"""Every change of bookings and places (rule 1). One public function a use case; each owns its transaction."""

from booking.operations.administering import note_reading, renew_invitation, renew_link, send_receipt_again
from booking.operations.anonymising import anonymise_bookings, bookings_to_anonymise
from booking.operations.changing import change_booking
from booking.operations.changing_sessions import cancel_session, change_session_limits, move_session
from booking.operations.coverage import BookingCoverageObserver, keep_affected_booking
from booking.operations.deciding import answer_overdue_approvals, approve_booking, decline_booking
from booking.operations.ending import (
    cancel_booking,
    delete_abandoned_forms,
    expire_overdue,
    withdraw_booking,
)
from booking.operations.handing_over import (
    accept_handover,
    drop_ended_handovers,
    offer_handover,
    take_back_handover,
)
from booking.operations.holding import extend_hold, hold_places, release_hold
from booking.operations.moving import move_booking
from booking.operations.queueing import accept_offer, decline_offer, pick_from_queue
from booking.operations.submitting import book_for_caller, prove_address, submit_booking
from booking.operations.subscribing import (
    FeedOwner,
    delete_feeds,
    feed_of,
    make_feed,
    readable_feed,
    replace_feed_address,
    stop_feed,
    stop_feed_for_another,
)

__all__ = [
    "BookingCoverageObserver",
    "FeedOwner",
    "accept_handover",
    "accept_offer",
    "anonymise_bookings",
    "answer_overdue_approvals",
    "approve_booking",
    "book_for_caller",
    "bookings_to_anonymise",
    "cancel_booking",
    "cancel_session",
    "change_booking",
    "change_session_limits",
    "decline_booking",
    "decline_offer",
    "delete_abandoned_forms",
    "delete_feeds",
    "drop_ended_handovers",
    "expire_overdue",
    "extend_hold",
    "feed_of",
    "hold_places",
    "keep_affected_booking",
    "make_feed",
    "move_booking",
    "move_session",
    "note_reading",
    "offer_handover",
    "pick_from_queue",
    "prove_address",
    "readable_feed",
    "release_hold",
    "renew_invitation",
    "renew_link",
    "replace_feed_address",
    "send_receipt_again",
    "stop_feed",
    "stop_feed_for_another",
    "submit_booking",
    "take_back_handover",
    "withdraw_booking",
]
